"""A new generation out of the store alone: with another encoder, the analyzer and keyword engine of today, or in place
of damaged files. The old generation is served meanwhile, and kept for a rollback.
"""

from __future__ import annotations

from pathlib import Path

from paraglot.indexer.opensearch.generations import rebuild_on_cluster
from paraglot.indexer.run import Making, Progress, Report
from paraglot.indexer.write import writing
from paraglot.search.errors import IndexMismatch
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import committed_number
from paraglot.search.types.address import Address


def rebuild_index(
    index: Address,
    model: str | None = None,
    sentences: bool | None = None,
    progress: Progress | None = None,
    wait_s: float = 0,
    *,
    keyword: str | None = None,
    means: bool | None = None,
) -> Report:
    """Write every index anew from the store. ``model`` None: the encoder as it is, whose vectors are then kept;
    ``keyword`` None: the keyword engine as it is; ``means``: learn the means of languages anew and take them from the
    vectors, or take none (None: as it is).

    Articles are divided into paragraphs again where the encoder reads longer or shorter texts than the one before.
    Raises as `paraglot.indexer.build.index_corpus` does.
    """
    if not isinstance(index, Path):
        return rebuild_on_cluster(index, model, progress or (lambda *_: None), wait_s)
    folder = index
    committed_number(IndexLayout(folder))
    with writing(folder, Making(model, sentences, anew=True, keyword=keyword, means=means), progress, wait_s) as write:
        base_model = write.base[1].encoder.name if write.base else model
        if write.outside and base_model != model and model is not None:
            raise IndexMismatch(
                f"{folder}: vectors from outside cannot be made from the texts that the index keeps.",
                f"Index the articles with theirs into a new folder: paraglot index CORPUS --model {model}",
            )
        longest = write.encoder().spec.max_tokens
        if write.base and write.base[1].encoder.max_tokens != longest:
            with write.stage("read"):
                for draft in write.records.drafts():
                    write.put(draft, only_if_parted_anew=True)
        write.commit()
        return write.report

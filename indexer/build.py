"""The indexer: from a corpus to a committed generation. Start reading at `index_corpus`.

One run is one commit. What did not change keeps its rows, its vectors and its files; a run that finds nothing new
writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.own_vectors import UnfitVectors
from paraglot.indexer.corpus.remarks import Remarks
from paraglot.indexer.corpus.unchanged import MOST_SKIPPED, Remembered, fingerprint, is_still
from paraglot.indexer.opensearch.articles import apply_on_cluster, delete_on_cluster, index_on_cluster
from paraglot.indexer.readers.inputs import Options
from paraglot.indexer.run import Making, Progress, Report
from paraglot.indexer.write import DEFAULT_MODEL, Write, writing
from paraglot.search.encoders.means import is_centred
from paraglot.search.errors import IndexMismatch, InvalidSettings
from paraglot.search.folder.keyword.engines import AUTO, chosen
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import committed_number
from paraglot.search.text.normal_form import id_form
from paraglot.search.types.address import Address, ClusterAddress, Place, place_of

__all__ = ["DEFAULT_MODEL", "Progress", "Report", "apply_changes", "delete_articles", "index_corpus"]


def index_corpus(
    index: Place,
    corpus: str | PathLike[str] | Sequence[str | PathLike[str]],
    model: str | None = None,
    progress: Progress | None = None,
    sentences: bool | None = None,
    options: Options = Options(),  # noqa: B008
    *,
    keyword: str | None = None,
    means: bool | None = None,
    prune: bool = False,
    wait_s: float = 0,
    listener: Callable[[str], None] | None = None,
) -> Report:
    """Add and replace the articles of ``corpus`` in an index, made if need be: in a folder by one commit, on a cluster
    by one for every thousand articles, and without ``keyword``, ``means`` and ``prune``.

    ``model`` names the encoder of a new index, ``sentences`` says whether it keeps the vectors of sentences (None: if
    the encoder has them in the same pass), ``keyword`` its keyword engine (auto, whoosh, tantivy), ``means`` whether
    its vectors are less the means of their languages (None: where that helps); an index that is there keeps its own.
    ``prune`` removes what was once read from the same paths and is not there any more. Another writer is waited for up
    to ``wait_s`` seconds. ``listener`` is called with a line for each thing that is left out; all is then read, even if
    nothing changed.

    Raises `IndexLocked`, `IndexMismatch`, `IndexDamaged`, `EncoderMissing`, `DiskFailure`; whatever is raised, the
    last commit is whole.
    """
    making = Making(model, sentences, keyword=keyword, means=means)
    paths = [Path(path) for path in ([corpus] if isinstance(corpus, str | PathLike) else corpus)]
    folder = place_of(index)
    if not isinstance(folder, Path):
        check_on_cluster(folder, making, prune)
        return index_on_cluster(folder, paths, making, progress or (lambda *_: None), options, wait_s, listener)
    with writing(folder, making, progress, wait_s) as write:
        check_made_alike(folder, write, making)
        with write.stage("read"):
            _Reading(write, paths, options, listener).read(prune)
        write.commit()
        return write.report


def delete_articles(index: Place, article_ids: str | Sequence[str], wait_s: float = 0) -> Report:
    """Remove articles by id. Raises `NotFound` for the first id that the index does not have; then nothing changes."""
    ids = dict.fromkeys(map(id_form, [article_ids] if isinstance(article_ids, str) else article_ids))
    folder = place_of(index)
    if not isinstance(folder, Path):
        return delete_on_cluster(folder, ids, wait_s)
    committed_number(IndexLayout(folder))
    with writing(folder, Making(), None, wait_s) as write:
        check_made_alike(folder, write, Making())
        for article_id in ids:
            write.remove(article_id)
        write.commit()
        return write.report


def apply_changes(index: Address, changes: Mapping[str, Draft | None]) -> tuple[Report, frozenset[str]]:
    """Put articles, and remove those whose draft is None, in one commit; one that is not there is removed already.

    Returns with the report the ids among them that the index had no article of. Raises as `index_corpus` does, and
    `IndexMissing`; `UnfitVectors` for an article whose vectors are not those that the index takes.
    """
    if not isinstance(index, Path):
        return apply_on_cluster(index, changes)
    committed_number(IndexLayout(index))
    with writing(index, Making()) as write:
        check_made_alike(index, write, Making())
        absent = frozenset(change for change in changes if write.records.input_hash(change) is None)
        for article_id, draft in changes.items():
            if draft is not None:
                write.put(draft)
            elif article_id not in absent:
                write.remove(article_id)
        write.commit()
        return write.report, absent


def check_on_cluster(index: ClusterAddress, making: Making, prune: bool = False) -> None:
    """What an index on a cluster cannot have is refused. Raises `InvalidSettings`."""
    if prune:
        raise InvalidSettings(f"{index}: only an index in a folder knows what was read where.", "Leave --prune out.")
    if making.keyword not in (None, AUTO):
        raise InvalidSettings(f"{index}: the cluster keeps the words of its indexes.", "Leave --keyword out.")
    if making.means:
        raise InvalidSettings(f"{index}: means of languages are for a folder.", "Leave --language-means out.")


class _Reading:
    """A corpus on its way into a write: what was read from which of its paths, and what is there no more."""

    def __init__(
        self, write: Write, corpus: Sequence[Path], options: Options, listener: Callable[[str], None] | None
    ) -> None:
        self._write = write
        self._corpus = corpus
        self._listened = listener is not None
        self._remarks = Remarks(listener)
        self._options = replace(options, remarks=self._remarks)
        # The longest first: of two paths within each other the inner one is the root.
        self._roots = sorted({str(path): _absolute(path) for path in corpus}.items(), key=lambda item: -len(item[0]))
        self._read_from: set[str] = set()
        self._unreadable: set[str] = set()
        self._moved: dict[str, str] = {}

    def read(self, prune: bool) -> None:
        """Put all that is read; with ``prune``, remove what has vanished.

        Of a corpus that an earlier run read into just this state only the bytes are read.
        """
        report, records = self._write.report, self._write.records
        look = fingerprint(self._corpus, self._options, prune)
        if look and not (self._listened or self._write.lost_vectors) and (noted := records.noted_corpus(look.content)):
            remembered = Remembered.from_json(noted)
            report.articles_unchanged, report.left_out = remembered.articles, remembered.left_out
            report.warnings += remembered.warnings
            report.skip(*remembered.skipped)
            return
        self._read(prune)
        # These are not of the corpus alone: the next run may say something else.
        lasting = not report.warnings and report.skipped_count <= MOST_SKIPPED
        report.left_out, warnings = self._remarks.counts(), self._remarks.warned()
        report.warnings += warnings
        if look and lasting and is_still(self._corpus, look):
            articles = report.articles_added + report.articles_changed + report.articles_unchanged
            remembered = Remembered(articles, tuple(report.skipped), report.left_out, tuple(warnings))
            records.note_corpus(look.content, self._write.generation, remembered.to_json())

    def _read(self, prune: bool) -> None:
        report = self._write.report
        for count, result in enumerate(read_corpus(self._corpus, self._options), start=1):
            self._write.progress("read", count, None)
            if isinstance(result, Skipped):
                report.skip(result)
                self._unreadable.add(_absolute(result.place.path))
                continue
            try:
                replaced = self._write.put(result)
            except UnfitVectors as error:
                report.skip(Skipped(result.place, str(error)))
                self._unreadable.add(_absolute(result.place.path))
                continue
            if result.vectors and not self._write.outside:
                self._remarks.leave_out("vectors: the index makes its own", result.place, result.title)
            self._note(result, replaced)
            if prune:
                self._write.records.note_seen(result.id)
        if self._moved:
            article_id, root = next(iter(self._moved.items()))
            report.warnings.append(
                f"Read from another place before: {len(self._moved)}, such as {article_id!r} from {root}; replaced."
                " Two corpora with the same ids belong in two indexes, or below one folder."
            )
        if prune:
            self._prune()

    def _note(self, draft: Draft, replaced: bool) -> None:
        root = next((root for name, root in self._roots if str(draft.place.path).startswith(name)), self._roots[0][1])
        self._read_from.add(root)
        before = self._write.records.note_origin(draft.id, root, _absolute(draft.place.path))
        if before is not None and replaced:
            self._moved[draft.id] = before

    def _prune(self) -> None:
        """Remove what came from the same paths and is gone. A path that gave nothing at all may be a disk that is not
        there: nothing is removed for it.
        """
        for _, root in self._roots:
            if root not in self._read_from:
                self._write.report.warnings.append(f"{root}: no article was read, so none was pruned.")
        for article_id in list(self._write.records.vanished(sorted(self._read_from), sorted(self._unreadable))):
            self._write.remove(article_id)


def _absolute(path: Path) -> str:
    """A path as the index notes it: text, whatever bytes its names are made of."""
    absolute = os.path.abspath(path)  # noqa: PTH100 (links stay: they are how the user names the place)
    return os.fsencode(absolute).decode("utf-8", "backslashreplace")


def check_made_alike(folder: Path, write: Write, making: Making) -> None:
    """What an index was made with stays as it is, but by a rebuild. Raises `IndexMismatch`."""
    model, sentences, keyword = making.model, making.sentences, making.keyword
    if write.base is None:
        return
    manifest = write.base[1]
    if model not in (None, manifest.encoder.name):
        raise IndexMismatch(
            f"{folder}: the index was made with the encoder {manifest.encoder.name!r}, not {model!r}.",
            f"Leave --model out, name a new folder, or change the encoder: paraglot rebuild --model {model}",
        )
    if sentences not in (None, manifest.sentences):
        has = "with" if manifest.sentences else "without"
        raise IndexMismatch(
            f"{folder}: the index was made {has} the vectors of sentences.",
            "Leave --sentences and --no-sentences out, or change it: paraglot rebuild --sentences or --no-sentences",
        )
    if making.means not in (None, is_centred(manifest.encoder)):
        option = "--language-means" if making.means else "--no-language-means"
        raise IndexMismatch(
            f"{folder}: the index was made {'without' if making.means else 'with'} means of languages.",
            f"Leave {option} out, or change it: paraglot rebuild {option}",
        )
    if keyword not in (None, AUTO, manifest.keyword_engine):
        raise IndexMismatch(
            f"{folder}: the words of the index are kept by {manifest.keyword_engine}, not {keyword}.",
            f"Leave --keyword out, or change it: paraglot rebuild --keyword {chosen(keyword)}",
        )

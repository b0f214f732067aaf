"""A commit: everything of one generation made durable, then one small file replaced.

Until CURRENT names the new generation no reader sees any of it; a writer that dies before leaves only debris, which the
next writer clears.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import portalocker

from indexer.dense_parts import write_dense
from indexer.embed import Embedded
from indexer.keyword_segments import write_keyword
from indexer.records import NewRow
from indexer.sentence_parts import write_sentences
from search import disk
from search.analysis import ANALYZER
from search.keyword import ENGINE
from search.layout import Generation, IndexLayout
from search.manifest import FileRecord, IndexManifest
from search.types import EncoderSpec

KEPT_GENERATIONS = 2
"""The committed one and the one before it."""


def clear_debris(layout: IndexLayout, current: int) -> None:
    """Remove what a writer that died left: generations that were never committed and a draft of CURRENT."""
    disk.remove_file(layout.current_draft)
    for number in layout.generation_numbers():
        if number > current:
            disk.remove_tree(layout.generation(number).folder)


def write_generation(
    target: Generation,
    base: tuple[Generation, IndexManifest] | None,
    rows: Sequence[NewRow],
    embedded: Embedded,
    removed: Sequence[int],
    encoder: EncoderSpec,
    counts: tuple[int, Mapping[str, int]],
) -> None:
    """Write all files of ``target`` but the store: those of ``base`` with ``rows`` and without ``removed``."""
    base_generation, base_manifest = base or (None, None)
    disk.make_folder(target.folder)
    write_keyword(target, base_generation, rows, removed)
    numbers, base_parts = [one.row for one in rows], base_manifest.dense_parts if base_manifest else ()
    parts = write_dense(target, base_generation, base_parts, numbers, embedded.vectors, removed)
    if embedded.sentences is not None:
        write_sentences(target, base_generation, base_parts, numbers, embedded.sentences, removed)
    articles, languages = counts
    manifest = IndexManifest(
        generation=target.number,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        encoder=encoder,
        analyzer=ANALYZER,
        keyword_engine=ENGINE,
        articles=articles,
        paragraphs=sum(languages.values()),
        languages=languages,
        sentences=embedded.sentences is not None,
        dense_parts=parts,
        files=tuple(_file_records(target, base)),
    )
    disk.write_file(target.manifest, manifest.to_json().encode())
    disk.sync_folder(target.folder)
    disk.sync_folder(target.folder.parent)


def point_current(layout: IndexLayout, number: int) -> None:
    """The commit itself: CURRENT names ``number`` from here on."""
    disk.write_file(layout.current_draft, f"{number}\n".encode("ascii"))
    disk.replace_file(layout.current_draft, layout.current)
    disk.sync_folder(layout.folder)


def collect_garbage(layout: IndexLayout, current: int) -> int:
    """Remove old generations that no reader has open. Returns the oldest generation that is still there."""
    kept = layout.generation_numbers()
    for number in kept[:-KEPT_GENERATIONS]:
        generation = layout.generation(number)
        if _is_free(generation.manifest):
            disk.remove_tree(generation.folder)
            kept.remove(number)
    return min(kept, default=current)


def _is_free(manifest: Path) -> bool:
    """True where no reader holds its lease: the lock is taken for a moment, and the manifest removed under it."""
    if not manifest.exists():
        return True
    with manifest.open("rb") as file:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.LockException:
            return False
        disk.remove_file(manifest)
        return True


def _file_records(target: Generation, base: tuple[Generation, IndexManifest] | None) -> Iterator[FileRecord]:
    """Sizes and checksums of a generation's files; a file linked from the base keeps the record it has there."""
    known = {record.name: record for record in base[1].files} if base else {}
    for path in sorted(
        file for folder in (target.keyword, target.dense, target.sentences) for file in folder.rglob("*")
    ):
        name = path.relative_to(target.folder).as_posix()
        if base and name in known and path.samefile(base[0].folder / name):
            yield known[name]
        else:
            yield FileRecord(name, path.stat().st_size, disk.sha256(path))

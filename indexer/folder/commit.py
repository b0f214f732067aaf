"""A commit: everything of one generation made durable, then one small file replaced.

Until CURRENT names the new generation no reader sees any of it; a writer that dies before leaves only debris, which the
next writer clears.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import portalocker

from paraglot.indexer.folder.vector_parts import SegmentChange, write_segments
from paraglot.indexer.folder.words import RowWords
from paraglot.search import disk
from paraglot.search.errors import IndexLocked
from paraglot.search.folder.keyword.engines import TANTIVY, WHOOSH
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import FileRecord, IndexManifest
from paraglot.search.text.analysis import ANALYZER
from paraglot.search.types import EncoderSpec

KEPT_GENERATIONS = 2
"""The committed one and the one before it."""

READERS_WAIT_S = 30
"""How long readers may take to leave a generation that was rolled back; the service looks twice a second."""


def clear_debris(layout: IndexLayout, current: int) -> None:
    """Remove what is newer than the last commit: generations that were never committed or were rolled back, a draft
    of CURRENT.

    One that was rolled back may still have readers. They go over to ``current`` by themselves, so it is waited for
    them; raises `IndexLocked` where they do not end.
    """
    until = time.monotonic() + READERS_WAIT_S
    for number in layout.generation_numbers():
        if number <= current:
            continue
        while not _is_free(layout.generation(number).manifest):
            if time.monotonic() >= until:
                raise IndexLocked(
                    f"{layout.generation(number).folder}: the generation was rolled back and is still being read.",
                    "Try again when its readers have ended.",
                )
            time.sleep(0.1)
        disk.remove_tree(layout.generation(number).folder)
    disk.remove_file(layout.current_draft)  # last: beside generation 1 it says that nothing was committed


@dataclass(frozen=True, slots=True)
class KeywordChange:
    """What becomes of the keyword index of ``base`` (None: there is none yet): ``rows`` with their ``words`` come,
    ``removed`` ones go. ``engine`` keeps it, which is the base's if there is one.
    """

    base: Generation | None
    rows: Sequence[int]
    words: Iterable[RowWords]
    removed: Sequence[int]
    engine: str = WHOOSH


def write_generation(
    target: Generation,
    keyword: KeywordChange,
    segments: SegmentChange,
    encoder: EncoderSpec,
    counts: tuple[int, Mapping[str, int]],
    base: tuple[Generation, IndexManifest] | None,
) -> None:
    """Write all files of ``target`` but the store. ``counts``: articles, and paragraphs by language."""
    disk.make_folder(target.folder)
    write_words(target, keyword)
    parts = write_segments(target, segments)
    articles, languages = counts
    manifest = IndexManifest(
        generation=target.number,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        encoder=encoder,
        analyzer=ANALYZER,
        keyword_engine=keyword.engine,
        articles=articles,
        paragraphs=sum(languages.values()),
        languages=languages,
        sentences=segments.sentences,
        dense_parts=parts,
        files=tuple(_file_records(target, base)),
    )
    disk.write_file(target.manifest, manifest.to_json().encode())
    disk.sync_folder(target.folder)
    disk.sync_folder(target.folder.parent)


def write_words(target: Generation, change: KeywordChange) -> None:
    """Write the keyword index of ``target`` by its engine, which alone is loaded."""
    if change.engine == TANTIVY:
        from paraglot.indexer.folder.keyword_tantivy import write_tantivy

        write_tantivy(target, change.base, change.rows, change.words, change.removed)
    else:
        from paraglot.indexer.folder.keyword_segments import write_keyword

        write_keyword(target, change.base, change.rows, change.words, change.removed)


def announce_first(layout: IndexLayout, number: int) -> None:
    """Write the draft of CURRENT before there is a manifest: by it a first commit that was cut off is told from an
    index that lost its CURRENT.
    """
    disk.write_file(layout.current_draft, f"{number}\n".encode("ascii"))
    disk.sync_folder(layout.folder)


def point_current(layout: IndexLayout, number: int) -> None:
    """The commit itself: CURRENT names ``number`` from here on."""
    disk.write_file(layout.current_draft, f"{number}\n".encode("ascii"))
    disk.replace_file(layout.current_draft, layout.current)
    disk.sync_folder(layout.folder)


def collect_garbage(layout: IndexLayout, current: int) -> int:
    """Remove old generations that no reader has open. Returns the oldest generation that is still there."""
    numbers = layout.generation_numbers()
    for number in numbers[:-KEPT_GENERATIONS]:
        generation = layout.generation(number)
        if _is_free(generation.manifest):
            disk.remove_tree(generation.folder)
            numbers.remove(number)
    return min(numbers, default=current)


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
    """Sizes, checksums and times of a generation's files. A file linked from the base was held against the record it
    has there when this write began. A hidden file is none of ours: a thread of tantivy's may write a lock at any time.
    """
    base_records = {record.name: record for record in base[1].files} if base else {}
    folders = (target.keyword, target.columns, target.dense, target.sentences)
    for path in sorted(file for folder in folders for file in folder.rglob("*")):
        name = path.relative_to(target.folder).as_posix()
        if path.name.startswith("."):
            continue
        if base and name in base_records and (base[0].folder / name).exists() and path.samefile(base[0].folder / name):
            yield replace(base_records[name], modified_ns=path.stat().st_mtime_ns)
        else:
            status = path.stat()
            yield FileRecord(name, status.st_size, disk.sha256(path), status.st_mtime_ns)

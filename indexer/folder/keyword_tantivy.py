"""The keyword index in tantivy, the side that writes: that of the generation before, its files linked, and added to."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence

import numpy as np
from pyroaring import BitMap

from paraglot.indexer.folder.keyword_parts import (
    MOST_ROWS,
    Lengths,
    NewPlaces,
    link_part,
    old_parts,
    write_places,
)
from paraglot.indexer.folder.parts import plan_parts
from paraglot.indexer.folder.words import RowWords
from paraglot.search import disk
from paraglot.search.folder.keyword.tantivy import PARTS, Stumbled, Writer, segment_files
from paraglot.search.folder.layout import Generation


def write_tantivy(
    target: Generation, base: Generation | None, rows: Sequence[int], words: Iterable[RowWords], removed: Sequence[int]
) -> None:
    """Write the keyword index of ``target``: that of ``base`` with ``rows``, whose words are ``words`` in their order,
    and without ``removed``. Rows ascend.
    """
    disk.make_folder(target.keyword)
    linked = _link_files(target, base) if base else set()
    lengths = Lengths()
    try:
        writer = Writer(target.keyword)
        writer.remove(removed)
        for row_words in words:
            lengths.add(row_words.terms)
            writer.add(row_words.row, row_words.terms)
        writer.commit()
    except Stumbled as error:
        raise OSError(errno.EIO, f"tantivy could not write ({error})", str(target.keyword)) from error
    _tidy(target, linked)
    _write_parts(target, base, rows, lengths, removed)
    disk.sync_folder(target.keyword)


def _link_files(target: Generation, base: Generation) -> set[str]:
    """Let ``target`` have the index of ``base``. Its list of segments is copied: it is what will be another's."""
    linked = set()
    for path in segment_files(base.keyword):
        if path.suffix == ".json":
            disk.write_file(target.keyword / path.name, path.read_bytes())
        else:
            disk.link_file(path, target.keyword / path.name)
            linked.add(path.name)
    return linked


def _tidy(target: Generation, linked: set[str]) -> None:
    """Remove locks, notes and segments that were merged into others; make durable and private what is new."""
    own_files = set(segment_files(target.keyword))
    for path in sorted(target.keyword.iterdir()):
        if path not in own_files:
            disk.remove_file(path)
        elif path.name not in linked:
            disk.make_private(path)
            disk.sync_file(path)


def _write_parts(
    target: Generation, base: Generation | None, rows: Sequence[int], lengths: Lengths, removed: Sequence[int]
) -> None:
    old = old_parts(base, removed, PARTS.get)
    removed_rows = BitMap.union(BitMap(), *(part.removed_rows for part in old.values()))
    fresh, first, new = max(old, default=0), 0, lengths.bytes()
    for planned in plan_parts([(number, part.rows) for number, part in old.items()], removed_rows, rows, MOST_ROWS):
        if planned.kept:
            old_part = old[planned.old[0]]
            link_part(target, old_part, old_part.part.places)
            continue
        fresh, last = fresh + 1, first + len(planned.new)
        added = NewPlaces(np.array(planned.new, np.int64), new[:, first:last])
        write_places(target.keyword_part(fresh), [*(old[number] for number in planned.old), added])
        first = last

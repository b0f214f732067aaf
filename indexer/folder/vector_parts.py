"""All segments of a generation: linked where they stay as they are, written where something is new or half gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder.dense_parts import write_dense_part
from paraglot.indexer.folder.embed import BATCH, Embedded
from paraglot.indexer.folder.parts import PlannedPart, live_mask, most_rows, plan_parts
from paraglot.indexer.folder.sentence_parts import live_sentences, write_sentence_part
from paraglot.search import disk
from paraglot.search.folder.columns import bitmap
from paraglot.search.folder.dense import DensePart, read_part
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.sentence_index import read_sentence_part
from paraglot.search.parts.sentence_records import Records


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """What becomes of the segments of ``base`` (None: there are none yet): ``added`` rows come, of its own those are
    ``staying``.

    ``embedded`` gives what is stored of some added rows; ``sentences`` says whether those are kept. ``write_columns``
    writes what belongs to a segment's rows, given its number and the rows; ``linked_columns``: whether the base's can
    be linked. ``means``: what the vectors are less, as it is stored (None: nothing).
    """

    base: Generation | None
    base_parts: Sequence[int]
    added: Sequence[int]
    staying: BitMap
    embedded: Callable[[Sequence[int]], Embedded]
    write_columns: Callable[[Generation, int, NDArray[np.int64]], None]
    dimension: int
    sentences: bool
    linked_columns: bool = True
    means: bytes | None = None


def write_segments(target: Generation, change: SegmentChange) -> tuple[int, ...]:
    """Write the segments of ``target``. Returns their numbers, in order of rows."""
    folders = [target.dense, target.columns, *([target.sentences] if change.sentences else [])]
    for folder in folders:
        disk.make_folder(folder)
    old = {number: read_part(change.base.part(number)) for number in change.base_parts} if change.base else {}
    numbers: list[int] = []
    fresh = max(old, default=0)
    rows = sorted(((number, part.rows) for number, part in old.items()), key=lambda item: item[1][:1].tolist())
    removed = BitMap.union(BitMap(), *(bitmap(of_part) for _, of_part in rows)) - change.staying
    kept_rows = BitMap()
    for planned in plan_parts(rows, removed, change.added, most_rows(change.dimension)):
        if planned.kept and change.base:
            [number] = planned.old
            _link(change, change.base, target, number, old[number].rows[live_mask(old[number].rows, removed)])
            kept_rows |= bitmap(old[number].rows)
        else:
            fresh += 1
            number = fresh
            _write(target, number, planned, [(number, old[number]) for number in planned.old], removed, change)
        numbers.append(number)
    if change.means is not None:
        disk.write_file(target.language_means, change.means)
    disk.write_file(target.removed_rows, (removed & kept_rows).serialize())
    for folder in folders:
        disk.sync_folder(folder)
    return tuple(numbers)


def _link(change: SegmentChange, base: Generation, target: Generation, number: int, rows: NDArray[np.int64]) -> None:
    """Link a segment, whose living ``rows`` these are."""
    disk.link_file(base.part(number), target.part(number))
    if base.coarse(number).exists():
        disk.link_file(base.coarse(number), target.coarse(number))
    if change.sentences:
        disk.link_file(base.sentence_rows(number), target.sentence_rows(number))
        disk.link_file(base.sentence_records(number), target.sentence_records(number))
    if change.linked_columns:
        disk.link_file(base.columns_of(number), target.columns_of(number))
    else:
        change.write_columns(target, number, rows)


def _write(
    target: Generation,
    number: int,
    planned: PlannedPart,
    old: Sequence[tuple[int, DensePart]],
    removed: BitMap,
    change: SegmentChange,
) -> None:
    all_rows: list[NDArray[np.int64]] = []
    sentences: list[Records] = []

    def batches() -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        for number, part in old:
            live = live_mask(part.rows, removed)
            if change.sentences and change.base:
                sentences.extend(live_sentences(read_sentence_part(change.base, number), removed))
            all_rows.append(part.rows[live])
            yield part.rows[live], part.vectors(live)
        for first in range(0, len(planned.new), BATCH):
            rows = planned.new[first : first + BATCH]
            embedded = change.embedded(rows.tolist())
            sentences.extend(embedded.sentences or [])
            all_rows.append(rows)
            yield rows, embedded.vectors

    write_dense_part(target, number, change.dimension, batches())
    rows = np.concatenate(all_rows)
    if change.sentences:
        write_sentence_part(target, number, change.dimension, rows, sentences)
    change.write_columns(target, number, rows)

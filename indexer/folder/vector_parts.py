"""All parts of a generation: linked where they stay as they are, written where something is new or half gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder.dense_parts import living_vectors, write_dense_part
from paraglot.indexer.folder.embed import BATCH, Embedded
from paraglot.indexer.folder.parts import PlannedPart, gone_rows, most_rows, plan_parts
from paraglot.indexer.folder.sentence_parts import living_sentences, write_sentence_part
from paraglot.search import disk
from paraglot.search.folder.dense import Part, part_rows, read_part
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.sentence_index import Records, read_sentence_part
from paraglot.search.folder.shared_rows import NOTHING_SHARED, SharedRows


@dataclass(frozen=True, slots=True)
class VectorChange:
    """What becomes of the parts of ``base`` (None: there are none yet): ``added`` rows come, ``removed`` ones go.

    ``shared`` are all rows of the new generation that lie in no part. ``embedded`` gives what is stored of some added
    rows; ``sentences`` says whether those are kept.
    """

    base: Generation | None
    base_parts: Sequence[int]
    added: Sequence[int]
    removed: Sequence[int]
    embedded: Callable[[Sequence[int]], Embedded]
    dimension: int
    sentences: bool
    shared: SharedRows = NOTHING_SHARED


def write_parts(target: Generation, change: VectorChange) -> tuple[int, ...]:
    """Write the dense index of ``target``, and the sentences. Returns the numbers of the parts, in order of rows."""
    for folder in [target.dense] + ([target.sentences] if change.sentences else []):
        disk.make_folder(folder)
    none_of_the_index = gone_rows(change.base, change.removed)
    needed = BitMap(change.shared.holders)
    gone = none_of_the_index - needed
    old = {number: read_part(change.base.part(number)) for number in change.base_parts} if change.base else {}
    rows = [(number, part_rows(part)) for number, part in old.items()]
    numbers: list[int] = []
    fresh = max(old, default=0)
    held = BitMap()
    for planned in plan_parts(rows, gone, change.added, most_rows(change.dimension)):
        if planned.kept and change.base:
            [number] = planned.old
            _link(change.base, target, number, change.sentences)
            held |= BitMap(part_rows(old[number]))
        else:
            fresh += 1
            number = fresh
            _write(target, number, planned, [(one, old[one]) for one in planned.old], gone, change)
        numbers.append(number)
    disk.write_file(target.removed_rows, (none_of_the_index & (held | needed)).serialize())
    disk.write_through(target.shared_rows, partial(np.save, arr=change.shared.pairs, allow_pickle=False))
    for folder in [target.dense] + ([target.sentences] if change.sentences else []):
        disk.sync_folder(folder)
    return tuple(numbers)


def _link(base: Generation, target: Generation, number: int, sentences: bool) -> None:
    disk.link_file(base.part(number), target.part(number))
    if sentences:
        disk.link_file(base.sentence_rows(number), target.sentence_rows(number))
        disk.link_file(base.sentence_records(number), target.sentence_records(number))


def _write(
    target: Generation,
    number: int,
    planned: PlannedPart,
    old: Sequence[tuple[int, Part]],
    gone: BitMap,
    change: VectorChange,
) -> None:
    all_rows: list[NDArray[np.int64]] = []
    sentences: list[Records] = []

    def batches() -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        for own, part in old:
            rows, vectors = living_vectors(part, gone)
            if change.sentences and change.base:
                sentences.extend(living_sentences(read_sentence_part(change.base, own), gone))
            all_rows.append(rows)
            yield rows, vectors
        for first in range(0, len(planned.new), BATCH):
            rows = planned.new[first : first + BATCH]
            embedded = change.embedded(rows.tolist())
            sentences.extend(embedded.sentences or [])
            all_rows.append(rows)
            yield rows, embedded.vectors

    write_dense_part(target, number, change.dimension, batches())
    if change.sentences:
        write_sentence_part(target, number, change.dimension, np.concatenate(all_rows), sentences)

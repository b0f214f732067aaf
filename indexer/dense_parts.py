"""The dense index, the side that writes: write-once FAISS parts, merged as `indexer.parts` says."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from indexer.parts import first_merged, gone_rows, is_living
from search import disk
from search.dense import part_rows, part_vectors, read_part
from search.layout import Generation
from search.seams import Vectors


def write_dense(
    target: Generation,
    base: Generation | None,
    base_parts: Sequence[int],
    rows: Sequence[int],
    vectors: Vectors,
    removed: Sequence[int],
) -> tuple[int, ...]:
    """Write the dense index of ``target``: that of ``base`` with ``rows`` (``vectors`` ``float32[n, dim]``) and without
    ``removed``. Returns the numbers of its parts, oldest first.
    """
    disk.make_folder(target.dense)
    gone = gone_rows(base, removed)
    old = [(number, read_part(base.part(number))) for number in base_parts] if base else []
    linked = first_merged([part_rows(part) for _, part in old], gone, len(rows))
    kept, merged = old[:linked], old[linked:]
    new_rows, new_vectors = np.asarray(rows, dtype=np.int64), vectors
    for _, part in reversed(merged):
        new_rows, new_vectors = _merged(part, gone, new_rows, new_vectors)
    if base:
        for number, _ in kept:
            disk.link_file(base.part(number), target.part(number))
    numbers = [number for number, _ in kept]
    if len(new_rows):
        numbers.append(target.number)
        disk.write_file(target.part(target.number), _part(new_rows, new_vectors))
    held = BitMap.union(BitMap(), *(BitMap(part_rows(part)) for _, part in kept))
    disk.write_file(target.removed_rows, (gone & held).serialize())
    disk.sync_folder(target.dense)
    return tuple(numbers)


def _merged(
    part: faiss.Index, gone: BitMap, rows: NDArray[np.int64], vectors: Vectors
) -> tuple[NDArray[np.int64], Vectors]:
    """What lives of a part, and the newer rows after it; rows only grow, so they stay ascending."""
    own = part_rows(part)
    living = is_living(own, gone)
    return np.concatenate([own[living], rows]), np.concatenate([part_vectors(part)[living], vectors])


def _part(rows: NDArray[np.int64], vectors: Vectors) -> bytes:
    part = faiss.IndexIDMap(faiss.IndexFlatIP(vectors.shape[1]))
    part.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), rows)
    return bytes(faiss.serialize_index(part))

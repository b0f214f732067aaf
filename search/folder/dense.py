"""The semantic leg's index: FAISS parts, each exact (inner product of unit vectors) and never changed once written."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.candidates import in_order
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import DAMAGED_REMEDY
from paraglot.search.folder.shared_rows import NOTHING_SHARED, SharedRows, open_shared
from paraglot.search.seams import Allowed, Ranking, Vectors

_HEAD = struct.Struct("<4siqqqBi")
"""How FAISS begins an index: its kind, the dimension and number of its vectors, two numbers without meaning, whether
it is trained, the metric.
"""

Part: TypeAlias = Any
"""A `faiss.IndexIDMap` over a `faiss.IndexFlatIP`; FAISS's own types do not know what those hold."""


class FaissIndex:
    """The dense index of one generation. Safe to share between threads: FAISS searches do not change an index."""

    def __init__(self, parts: Sequence[Part], removed: BitMap, shared: SharedRows = NOTHING_SHARED) -> None:
        """``removed`` are rows of the parts that are none of the index; ``shared`` are those that lie in no part."""
        self._parts = parts
        self._removed, self._shared = removed, shared
        self._seen: BitMap | None = None
        without = removed - BitMap(shared.holders)
        self._rows = [_living(part_rows(part), without) for part in parts]

    def within(self, seen: BitMap) -> FaissIndex:
        """The index as it would be of the rows ``seen`` alone."""
        part = copy(self)
        part._seen = seen
        return part

    def search(self, vector: NDArray[np.float32], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by cosine with ``vector`` (``float32[dim]``, unit)."""
        found: Ranking = []
        permitted = self._seen if allowed is None else BitMap(allowed)
        if permitted is not None and self._seen is not None:
            permitted = permitted & self._seen
        wanted = permitted
        if permitted is not None and len(self._shared.rows):
            wanted = BitMap(self._shared.holders_of(permitted.to_array()))
        for part, rows in zip(self._parts, self._rows, strict=True):
            keep = rows if wanted is None else _held(rows, wanted)
            if len(keep):
                found += with_ties(partial(_nearest, part, vector, keep), limit)
        return in_order(self._with_sharing(found, permitted))[:limit]

    def _with_sharing(self, found: Ranking, permitted: BitMap | None) -> Iterator[tuple[int, float]]:
        """The rows of the index that have the vectors of those found, as far as they are ``permitted``."""
        for holder, score in found:
            for row in [holder, *self._shared.sharing(holder)] if len(self._shared.rows) else [holder]:
                if row not in self._removed and (permitted is None or row in permitted):
                    yield row, score

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[float]:
        """Cosine of each of ``rows``, in their order. A row that the index does not hold raises `KeyError`."""
        found: dict[int, float] = {}
        holders = self._shared.holders_of(rows).tolist()
        for part, own in zip(self._parts, self._rows, strict=True):
            held = _held(own, holders)
            if len(held):
                found.update(_nearest(part, vector, held, len(held)))
        return [found[holder] for holder in holders]

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The stored vectors of ``rows``, ``float32[n, dim]``. A row that no part holds raises `KeyError`."""
        taken: dict[int, NDArray[np.float32]] = {}
        holders = self._shared.holders_of(rows).tolist()
        for part, own in zip(self._parts, self._rows, strict=True):
            held = _held(own, holders)
            if len(held):
                places = np.searchsorted(part_rows(part), held)
                taken.update(zip(held.tolist(), part_vectors(part)[places], strict=True))
        return np.stack([taken[holder] for holder in holders])


NO_VECTORS = FaissIndex([], BitMap())
"""What there is where the vectors of an index cannot be used."""


def open_dense(generation: Generation, numbers: Sequence[int]) -> FaissIndex:
    """Open the parts of a generation. Raises `IndexDamaged` with the file that cannot be read."""
    parts = [read_part(generation.part(number)) for number in numbers]
    try:
        return FaissIndex(parts, read_removed(generation), open_shared(generation))
    except OverflowError as error:
        raise IndexDamaged(f"{generation.dense}: holds rows that cannot be ({error}).", DAMAGED_REMEDY) from error


def read_part(path: Path) -> Part:
    """One part, memory-mapped. Raises `IndexDamaged`."""
    try:
        _check_part(path)
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except (OSError, ValueError, struct.error, RuntimeError) as error:
        raise IndexDamaged(f"{path}: FAISS cannot read it ({error}).", DAMAGED_REMEDY) from error


def _check_part(path: Path) -> None:
    """See that a file is what we write and nothing else that FAISS reads, some of which names further files.

    Raises `ValueError`.
    """
    with path.open("rb") as file:
        outer, inner = (_HEAD.unpack(file.read(_HEAD.size)) for _ in range(2))
        (floats,) = struct.unpack("<q", file.read(8))
    size_bytes = 2 * _HEAD.size + 8 + 4 * floats + 8 + 8 * outer[2]
    sizes = (outer[1:3], floats, path.stat().st_size)
    if (outer[0], inner[0]) != (b"IxMp", b"IxFI") or sizes != (inner[1:3], outer[1] * outer[2], size_bytes):
        raise ValueError("it is no list of vectors under numbers")


def read_removed(generation: Generation) -> BitMap:
    """The rows that lie in some part but were removed since. Raises `IndexDamaged`."""
    try:
        return BitMap.deserialize(generation.removed_rows.read_bytes())
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{generation.removed_rows}: {error}.", DAMAGED_REMEDY) from error


def part_rows(part: Part) -> NDArray[np.int64]:
    """The rows of a part, ascending, ``int64[n]``."""
    rows: NDArray[np.int64] = faiss.vector_to_array(part.id_map)
    return rows


def part_vectors(part: Part) -> Vectors:
    """The vectors of a part in the order of `part_rows`, ``float32[n, dim]``; a view into the part."""
    flat: Part = faiss.downcast_index(part.index)
    vectors: Vectors = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(flat.ntotal, flat.d)
    return vectors


def _held(own: NDArray[np.int64], rows: Iterable[int]) -> NDArray[np.int64]:
    """Those of ``rows`` that are in ``own``, which is ascending; ascending, each once."""
    wanted: NDArray[np.int64] = np.array(BitMap(rows).to_array(), np.int64)
    places = np.searchsorted(own, wanted)
    held: NDArray[np.int64] = wanted[np.append(own, -1)[places] == wanted]
    return held


def _living(rows: NDArray[np.int64], removed: BitMap) -> NDArray[np.int64]:
    gone = removed & BitMap(rows)
    return np.setdiff1d(rows, np.asarray(gone, dtype=np.int64)) if gone else rows


def with_ties(search: Callable[[int], Ranking], limit: int) -> Ranking:
    """The ``limit`` best of a search and at least all that tie with the last of them: asks on until it has them.

    ``search(n)`` gives any n best rows. Without this, which of two equal paragraphs is found would hang on the history
    of the index.
    """
    asked = limit + 1
    while True:
        found = search(asked)
        if len(found) < asked or found[-1][1] < found[limit - 1][1]:
            return in_order(found)
        asked *= 2


def _nearest(part: Part, vector: NDArray[np.float32], keep: NDArray[np.int64], limit: int) -> Ranking:
    everything = len(keep) == part.ntotal
    parameters = None if everything else faiss.SearchParameters(sel=faiss.IDSelectorBatch(keep))  # type: ignore[call-arg]
    scores, rows = part.search(vector[np.newaxis], min(limit, len(keep)), params=parameters)
    return list(zip(rows[0].tolist(), scores[0].tolist(), strict=True))

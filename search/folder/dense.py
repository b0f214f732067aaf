"""The semantic leg's index: a part of vectors for each segment, mapped, never changed once written.

A part is a flat FAISS index under row numbers. FAISS searches it; what is known of a row is taken out of the mapped
vectors.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.candidates import in_order
from paraglot.search.encoders.means import Means, read_means
from paraglot.search.encoders.protocols import Ranking, Vectors
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.columns import as_array
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import DAMAGED_REMEDY, MEND_REMEDY
from paraglot.search.folder.opened import Opened, alone
from paraglot.search.parts.protocols import Allowed

_HEAD = struct.Struct("<4siqqqBi")
"""How FAISS begins an index: its kind, the dimension and number of its vectors, two numbers without meaning, whether
it is trained, the metric.
"""

_Flat: TypeAlias = Any
"""A `faiss.IndexFlatIP`."""


class DensePart:
    """The vectors of one segment: ``rows`` ascend, ``int64[n]``, and ``vectors`` are theirs, ``float32[n, dim]``."""

    def __init__(self, rows: NDArray[np.int64], flat: _Flat, owner: object = None) -> None:
        """``owner``: what gives back the memory of ``flat`` when it is gone."""
        self.rows = rows
        self._flat, self._owner = flat, owner
        self.vectors: Vectors = faiss.rev_swig_ptr(flat.get_xb(), flat.ntotal * flat.d).reshape(flat.ntotal, flat.d)

    @classmethod
    def of(cls, rows: NDArray[np.int64], vectors: Vectors) -> DensePart:
        """A part in memory."""
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors))
        return cls(rows, flat)

    def nearest(self, vector: NDArray[np.float32], keep: NDArray[np.bool_], limit: int) -> Ranking:
        """The ``limit`` best of the rows to ``keep`` (one truth for each row here)."""
        bits = np.packbits(keep, bitorder="little")
        selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
        parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        most = min(limit, int(np.count_nonzero(keep)))
        scores, places = self._flat.search(vector[np.newaxis], most, params=parameters)
        return list(zip(self.rows[places[0]].tolist(), scores[0].tolist(), strict=True))


class FaissIndex:
    """The vectors of one generation. Safe to share between threads: FAISS searches do not change an index."""

    def __init__(self, parts: Sequence[DensePart], living: BitMap) -> None:
        """``living``: the rows of the generation; the parts may hold more."""
        self._parts = parts
        self._living = living

    def within(self, seen: BitMap) -> FaissIndex:
        """The index as it would be of the rows ``seen`` alone."""
        part = copy(self)
        part._living = self._living & seen
        return part

    def search(self, vector: NDArray[np.float32], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` nearest rows by cosine with ``vector`` (``float32[dim]``, unit).

        It may be approximate: a caller must not take it that no other row is as near. What it says of the rows it
        finds is exact, as `scores` is.
        """
        wanted = as_array(self._living if allowed is None else self._living & BitMap(allowed))
        found: Ranking = []
        for part in self._parts:
            keep = np.zeros(len(part.rows), np.bool_)
            keep[_places(part.rows, wanted)[1]] = True
            if keep.any():
                found += with_ties(partial(part.nearest, vector, keep), limit)
        rows = [row for row, _ in found]
        return in_order(zip(rows, self.scores(vector, rows), strict=True))[:limit]

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[float]:
        """Cosine of each of ``rows``, in their order. A row that the index does not hold raises `KeyError`."""
        # Rounded, because a product depends in its last digits on where in the matrix a row lies.
        found = np.round((self.vectors(rows) @ vector).astype(np.float64), 6) if len(rows) else np.empty(0)
        scores: list[float] = found.tolist()
        return scores

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The stored vectors of ``rows``, ``float32[n, dim]``. A row that the index does not hold raises `KeyError`."""
        wanted = np.asarray(rows, np.int64)
        missing = np.ones(len(wanted), np.bool_)
        taken = np.empty((len(wanted), self._parts[0].vectors.shape[1] if self._parts else 0), np.float32)
        for part in self._parts:
            which, places = _places(part.rows, wanted)
            taken[which] = part.vectors[places]
            missing[which] = False
        for row in wanted[missing].tolist() or [row for row in rows if row not in self._living]:
            raise KeyError(row)
        return taken


NO_VECTORS = FaissIndex([], BitMap())
"""What there is where the vectors of an index cannot be used."""


def language_means(generation: Generation) -> Means:
    """What the vectors of a generation are less. Raises `IndexDamaged`."""
    try:
        return read_means(generation.language_means.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{generation.language_means}: no means of languages ({error}).", MEND_REMEDY) from error


def open_dense(generation: Generation, numbers: Sequence[int], living: BitMap) -> FaissIndex:
    """Open the parts of a generation. Raises `IndexDamaged` with the file that cannot be read."""
    parts = [_PARTS.get(generation.part(number)) for number in numbers]
    return FaissIndex([*parts, *_shared(generation, parts)], living)


def read_part(path: Path) -> DensePart:
    """One part, memory-mapped. Raises `IndexDamaged`."""
    try:
        _check_part(path)
        part: _Flat = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        return DensePart(faiss.vector_to_array(part.id_map), faiss.downcast_index(part.index), part)
    except (OSError, ValueError, struct.error, RuntimeError) as error:
        raise IndexDamaged(f"{path}: FAISS cannot read it ({error}).", DAMAGED_REMEDY) from error


_PARTS = Opened(read_part, alone)


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


def _shared(generation: Generation, parts: Sequence[DensePart]) -> Iterator[DensePart]:
    """Of an index of format 5 the rows that lie in no part, because each has the vector of another. In memory."""
    pairs = read_shared(generation)
    if pairs.size:
        rows, holders = pairs
        held = BitMap.union(BitMap(), *(BitMap(one.rows.tolist()) for one in parts))
        try:
            yield DensePart.of(rows, FaissIndex(parts, held).vectors(holders.tolist()))
        except KeyError as error:
            raise IndexDamaged(f"{generation.shared_rows}: no part has row {error}.", DAMAGED_REMEDY) from error


def read_shared(generation: Generation) -> NDArray[np.int64]:
    """``int64[2, n]``: of format 5, rows, ascending, and the row that has the vectors of each.

    Raises `IndexDamaged`.
    """
    if not generation.shared_rows.exists():
        return np.empty((2, 0), np.int64)
    try:
        pairs = np.load(generation.shared_rows, allow_pickle=False).astype(np.int64, casting="safe")
        return np.asarray(pairs.reshape(2, -1), np.int64)
    except Exception as error:  # NumPy stumbles over a damaged head in many ways
        raise IndexDamaged(f"{generation.shared_rows}: NumPy cannot read it ({error}).", DAMAGED_REMEDY) from error


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


def _places(ascending: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of ``rows`` are in ``ascending``, and where."""
    at = np.searchsorted(ascending, rows)
    which = np.flatnonzero(np.append(ascending, -1)[at] == rows)
    return which, at[which]

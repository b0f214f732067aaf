"""The semantic leg's index: a part of vectors for each segment, mapped, never changed once written.

A part is a FAISS index of vectors in half precision under row numbers; those of a format before 9 have single
precision. FAISS searches it, or, of a large one, the codes that lie beside it (`coarse`); what is known of a row is
taken out of the mapped vectors.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import faiss
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.candidates import in_order
from paraglot.search.encoders.means import Means, read_means
from paraglot.search.encoders.protocols import Ranking, Vectors
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import map_npy
from paraglot.search.folder.coarse import LEAST_NUMBERS, Coarse, read_coarse
from paraglot.search.folder.columns import as_array
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import DAMAGED_REMEDY, MEND_REMEDY
from paraglot.search.folder.opened import Opened
from paraglot.search.parts.protocols import Allowed
from paraglot.search.parts.ranges import located

_HEAD = struct.Struct("<4siqqqBi")
"""How FAISS begins an index: its kind, the dimension and number of its vectors, two numbers without meaning, whether
it is trained, the metric.
"""

_QUANTIZER = struct.Struct("<iifqqq")
"""How it describes half precision: the kind, two settings without meaning, the dimension, the bytes of a vector, and
how many numbers it was trained to.
"""

RESCORED = 400
"""Rows that a coarse search names and whose vectors are looked at again, at least."""

_PER_WANTED, _SPARE_OF_MANY, _MOST_SHARE, _ROUNDED = 8, 2_400, 6, 1e-5
"""How many are named for each row that is wanted; where many are, how many beyond two for each; the share of a part
(1 / 6) from which on all are looked at; what products may differ by, depending on where in a matrix they stand.
"""

SPARE = 32
"""Rows that are asked for beyond those wanted, so that what ties with the last is mostly among them at once."""

_Flat: TypeAlias = Any
"""A `faiss.IndexScalarQuantizer` of half precision, or a `faiss.IndexFlatIP`."""

_HALF = faiss.ScalarQuantizer.QT_fp16


def empty_flat(dimension: int) -> _Flat:
    """What takes vectors in half precision, to be searched exactly."""
    flat: _Flat = faiss.IndexScalarQuantizer(dimension, _HALF, faiss.METRIC_INNER_PRODUCT)
    return flat


def stored_vectors(flat: _Flat, owner: object = None) -> NDArray[np.float16] | Vectors:
    """``float16[n, dim]`` or ``float32[n, dim]``, as they lie in an index, whose memory is ``owner``'s."""
    halves = isinstance(flat, faiss.IndexScalarQuantizer)
    pointer, size = (flat.codes.data(), flat.codes.size()) if halves else (flat.get_xb(), flat.ntotal * flat.d)
    stored = _array_in(owner or flat, pointer, size)
    return (stored.view(np.float16) if halves else stored).reshape(flat.ntotal, flat.d)


class _Memory:
    """What an array is of, and whose memory that is: it lives as long as the array does."""

    def __init__(self, owner: object, array: NDArray[Any]) -> None:
        self._owner, self.__array_interface__ = owner, array.__array_interface__


def _array_in(owner: object, pointer: object, size: int) -> NDArray[Any]:
    """The ``size`` numbers that ``pointer`` of FAISS's points to, not copied."""
    array: NDArray[Any] = np.asarray(_Memory(owner, faiss.rev_swig_ptr(pointer, size)))
    return array


class VisibleRows(NamedTuple):
    """How many rows of a part are visible, and which: one truth for each; None: all of them."""

    total: int
    keep: NDArray[np.bool_] | None

    @classmethod
    def of(cls, size: int, places: NDArray[np.intp]) -> VisibleRows:
        """Those at ``places`` of a part of this size."""
        if len(places) == size:
            return cls(size, None)
        keep = np.zeros(size, np.bool_)
        keep[places] = True
        return cls(len(places), keep)


class DensePart:
    """The vectors of one segment, whose ``rows`` ascend, ``int64[n]``."""

    def __init__(
        self, rows: NDArray[np.int64], flat: _Flat, owner: object = None, coarse: Coarse | None = None
    ) -> None:
        """``owner``: what gives back the memory of ``flat`` when it is gone; ``coarse``: the codes of the vectors."""
        if coarse and (coarse.count, coarse.dimension) != (flat.ntotal, flat.d):
            raise ValueError("it has the codes of other vectors")
        self.rows = rows
        self.coarse = coarse
        self._flat, self._owner = flat, owner
        self._stored = stored_vectors(flat, owner)

    @classmethod
    def of(cls, rows: NDArray[np.int64], vectors: Vectors) -> DensePart:
        """A part in memory."""
        flat = empty_flat(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors))
        return cls(rows, flat)

    @property
    def dimension(self) -> int:
        """Of its vectors."""
        return int(self._stored.shape[1])

    def vectors(self, places: NDArray[np.integer] | NDArray[np.bool_]) -> Vectors:
        """Those at ``places``, ``float32[n, dim]``."""
        return self._stored[places].astype(np.float32, copy=False)

    def nearest(
        self, vector: NDArray[np.float32], visible: VisibleRows, limit: int, rescored: int = RESCORED
    ) -> Ranking:
        """The ``limit`` best of the rows ``visible``, and what ties with the last; ``rescored``: how many codes name at
        least, 0: none.

        With codes some may be missed, but where few rows are visible or many are wanted: then all are looked at.
        """
        if self.coarse is None or not rescored or visible.total * self.coarse.dimension < LEAST_NUMBERS:
            return with_ties(partial(self._exact, vector, visible), limit)
        candidates = max(rescored, min(_PER_WANTED * limit, 2 * limit + _SPARE_OF_MANY))
        candidates = candidates * len(self.rows) // visible.total
        if candidates * _MOST_SHARE > len(self.rows):
            return with_ties(partial(self._exact, vector, visible), limit)
        places = self.coarse.nearest(vector, candidates)
        if visible.keep is not None:
            places = places[visible.keep[places]]
        scores = self.vectors(places) @ vector
        if len(places) > limit:
            best = scores >= np.partition(scores, -limit)[-limit] - _ROUNDED
            places, scores = places[best], scores[best]
        return list(zip(self.rows[places].tolist(), scores.tolist(), strict=True))

    def _exact(self, vector: NDArray[np.float32], visible: VisibleRows, limit: int) -> Ranking:
        options = {}
        if visible.keep is not None:
            selector = faiss.IDSelectorBitmap(np.packbits(visible.keep, bitorder="little"))  # type: ignore[call-arg, arg-type]
            options["params"] = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, places = self._flat.search(vector[np.newaxis], min(limit, visible.total), **options)
        return list(zip(self.rows[places[0]].tolist(), scores[0].tolist(), strict=True))


class FaissIndex:
    """The vectors of one generation. Safe to share between threads: FAISS searches do not change an index."""

    def __init__(self, parts: Sequence[DensePart], live_rows: BitMap, rescored: int = RESCORED) -> None:
        """``live_rows``: the rows of the generation; the parts may hold more. ``rescored``: how many rows codes name at
        least that are looked at again; 0: all are searched exactly.
        """
        self._parts, self._rescored = parts, rescored
        self._live_rows = live_rows

    def within(self, visible: BitMap) -> FaissIndex:
        """The index as it would be of the rows ``visible`` alone."""
        part = copy(self)
        vars(part).pop("_visible", None)
        part._live_rows = self._live_rows & visible
        return part

    def search(self, vector: NDArray[np.float32], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` nearest rows by cosine with ``vector`` (``float32[dim]``, unit).

        It may be approximate: a caller must not take it that no other row is as near. What it says of the rows it
        finds is exact, as `scores` is.
        """
        visible = self._visible if allowed is None else self._visible_of(self._live_rows & BitMap(allowed))
        hits: Ranking = []
        for part, visible_here in zip(self._parts, visible, strict=True):
            if visible_here.total:
                hits += part.nearest(vector, visible_here, limit, self._rescored)
        rows = [row for row, _ in hits]
        return in_order(zip(rows, self.scores(vector, rows), strict=True))[:limit]

    @cached_property
    def _visible(self) -> list[VisibleRows]:
        return self._visible_of(self._live_rows)

    def _visible_of(self, rows: BitMap) -> list[VisibleRows]:
        """Of each part which of its rows are among ``rows``."""
        ascending = as_array(rows)
        return [VisibleRows.of(len(part.rows), places_of(part.rows, ascending)[1]) for part in self._parts]

    @property
    def recall(self) -> float | None:
        """How many of the ten nearest a search finds, as measured when the codes were written; None: it is exact."""
        coded = (part.coarse for part in self._parts if part.coarse and self._rescored)
        return min((coarse.recall for coarse in coded), default=None)

    def warm(self) -> None:
        """Make beforehand what the first query would have to."""
        for part in self._parts:
            if part.coarse and self._rescored:
                part.coarse.warm()

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[float]:
        """Cosine of each of ``rows``, in their order. A row that the index does not hold raises `KeyError`."""
        if not len(rows):
            return []
        # In single precision the last of these digits would depend on where in the matrix a row lies.
        scores: list[float] = np.round(self.vectors(rows).astype(np.float64) @ vector.astype(np.float64), 6).tolist()
        return scores

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The stored vectors of ``rows``, ``float32[n, dim]``. A row that the index does not hold raises `KeyError`."""
        sought = np.asarray(rows, np.int64)
        missing = np.ones(len(sought), np.bool_)
        vectors = np.empty((len(sought), self._parts[0].dimension if self._parts else 0), np.float32)
        for part in self._parts:
            indices, places = places_of(part.rows, sought)
            vectors[indices] = part.vectors(places)
            missing[indices] = False
        if missing.any() or not BitMap(rows).issubset(self._live_rows):
            absent = (
                row for row, none in zip(rows, missing.tolist(), strict=True) if none or row not in self._live_rows
            )
            raise KeyError(next(absent))
        return vectors


NO_VECTORS = FaissIndex([], BitMap())
"""What there is where the vectors of an index cannot be used."""


def language_means(generation: Generation) -> Means:
    """What the vectors of a generation are less. Raises `IndexDamaged`."""
    try:
        return read_means(generation.language_means.read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"{generation.language_means}: no means of languages ({error}).", MEND_REMEDY) from error


def open_dense(
    generation: Generation, numbers: Sequence[int], live_rows: BitMap, rescored: int = RESCORED
) -> FaissIndex:
    """Open the parts of a generation. Raises `IndexDamaged` with the file that cannot be read."""
    parts = [_PARTS.get(generation.part(number)) for number in numbers]
    return FaissIndex([*parts, *_shared(generation, parts)], live_rows, rescored)


def read_part(path: Path) -> DensePart:
    """One part, memory-mapped. Raises `IndexDamaged`."""
    try:
        _check_part(path)
        part: _Flat = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        coarse = read_coarse(path.with_suffix(".coarse")) if path.with_suffix(".coarse").exists() else None
        rows = _array_in(part, part.id_map.data(), part.ntotal)
        return DensePart(rows, faiss.downcast_index(part.index), part, coarse)
    except (OSError, ValueError, struct.error, RuntimeError) as error:
        raise IndexDamaged(f"{path}: FAISS cannot read it ({error}).", DAMAGED_REMEDY) from error


def _files(path: Path) -> list[Path]:
    coarse = path.with_suffix(".coarse")
    return [path, coarse] if coarse.exists() else [path]


_PARTS = Opened(read_part, _files)


def _check_part(path: Path) -> None:
    """See that a file is what we write and nothing else that FAISS reads, some of which names further files.

    Raises `ValueError`.
    """
    with path.open("rb") as file:
        outer, inner = (_HEAD.unpack(file.read(_HEAD.size)) for _ in range(2))
        halves = inner[0] == b"IxSQ"
        described = _QUANTIZER.unpack(file.read(_QUANTIZER.size)) if halves else ()
        (stored,) = struct.unpack("<q", file.read(8))  # in bytes, or in numbers of four
        begin = file.tell()
    dimension, count = outer[1:3]
    size_bytes = begin + (stored if halves else 4 * stored) + 8 + 8 * count
    if (
        (outer[0], inner[0]) not in ((b"IxMp", b"IxSQ"), (b"IxMp", b"IxFI"))
        or (*inner[1:3], inner[6]) != (dimension, count, faiss.METRIC_INNER_PRODUCT)
        or (halves and (described[0], *described[3:]) != (_HALF, dimension, 2 * dimension, 0))
        or (stored, path.stat().st_size) != ((2 if halves else 1) * dimension * count, size_bytes)
    ):
        raise ValueError("it is no list of vectors under numbers")


def _shared(generation: Generation, parts: Sequence[DensePart]) -> Iterator[DensePart]:
    """Of an index of format 5 the rows that lie in no part, because each has the vector of another. In memory."""
    pairs = read_shared(generation)
    if pairs.size:
        rows, holders = pairs
        stored = BitMap.union(BitMap(), *(BitMap(part.rows.tolist()) for part in parts))
        try:
            yield DensePart.of(rows, FaissIndex(parts, stored).vectors(holders.tolist()))
        except KeyError as error:
            raise IndexDamaged(f"{generation.shared_rows}: no part has row {error}.", DAMAGED_REMEDY) from error


def read_shared(generation: Generation) -> NDArray[np.int64]:
    """``int64[2, n]``: of format 5, rows, ascending, and the row that has the vectors of each.

    Raises `IndexDamaged`.
    """
    if not generation.shared_rows.exists():
        return np.empty((2, 0), np.int64)
    try:
        pairs = map_npy(generation.shared_rows).astype(np.int64, casting="safe")
        return np.asarray(pairs.reshape(2, -1), np.int64)
    except Exception as error:  # NumPy stumbles over a damaged head in many ways
        raise IndexDamaged(f"{generation.shared_rows}: NumPy cannot read it ({error}).", DAMAGED_REMEDY) from error


def with_ties(search: Callable[[int], Ranking], limit: int) -> Ranking:
    """The ``limit`` best of a search and at least all that tie with the last of them: asks on until it has them.

    ``search(n)`` gives any n best rows. Without this, which of two equal paragraphs is found would hang on the history
    of the index.
    """
    count = limit + SPARE
    while True:
        ranking = search(count)
        if len(ranking) < count or ranking[-1][1] < ranking[limit - 1][1]:
            return in_order(ranking)
        count *= 2


def places_of(ascending: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which of ``rows`` are in ``ascending``, and where."""
    places, is_there = located(ascending, rows)
    indices = np.flatnonzero(is_there)
    return indices, places[indices]

"""The seam between a keyword engine and what is made of it: where a term stands in the paragraphs of a generation.

An engine keeps the terms. Which row stands at which place and how long its texts are, lies in arrays of its parts,
which are the same under every engine, as are BM25 and all else above (`paraglot.search.folder.keyword.keyword`): two
engines that were given the same terms say the same, to the last digit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeAlias, TypeGuard, TypeVar

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import map_npy
from paraglot.search.folder.columns import as_array, bitmap
from paraglot.search.folder.keyword.lengths import LENGTHS
from paraglot.search.folder.layout import Generation, KeywordPart
from paraglot.search.folder.manifest import REBUILD_REMEDY
from paraglot.search.parts.protocols import Field

FIELDS: tuple[Field, ...] = ("text", "title")
"""In the order in which a part has them."""

ROW = np.dtype("<i8")

Numbers: TypeAlias = NDArray[np.integer[Any]]

Places: TypeAlias = Numbers
"""Paragraphs counted over all parts of a generation, in the order of their rows; removed ones count."""

Rows: TypeAlias = NDArray[np.int64]


class Occurrences(NamedTuple):
    """Where a term stands in a field, ascending, and how often in each place (at most 65,535)."""

    places: Numbers
    counts: Numbers


class Part:
    """The rows and lengths of one part, mapped. Safe to share between threads."""

    def __init__(self, part: KeywordPart) -> None:
        self.rows: Rows = _mapped(part.rows, ROW, (-1,))
        """The row of every place, ascending."""
        self.lengths: NDArray[np.uint8] = _mapped(part.lengths, np.dtype("u1"), (len(FIELDS), len(self.rows)))
        """Of every field, the byte of the number of terms in every place."""

    def places_without(self, rows: Rows) -> BitMap:
        """The places of all but ``rows``, which ascend."""
        between = rows[np.searchsorted(rows, self.rows[0]) : np.searchsorted(rows, self.rows[-1], "right")]
        places = np.searchsorted(self.rows, between)
        return BitMap(range(len(self.rows))) - bitmap(places[self.rows[places] == between])

    @cached_property
    def length_counts(self) -> NDArray[np.int64]:
        """``int64[fields, 256]``: how many places have a length of each byte."""
        return np.array([np.bincount(codes, minlength=256) for codes in self.lengths])


class LiveMask:
    """The places of a part that are not removed, in a bit each."""

    def __init__(self, size: int, removed: BitMap) -> None:
        is_live = np.ones(size, np.bool_)
        is_live[as_array(removed)] = False
        self._bits = np.packbits(is_live, bitorder="little")

    def has(self, places: Numbers) -> NDArray[np.bool_]:
        """Which of ``places`` are."""
        is_live: NDArray[np.bool_] = (self._bits[places >> 3] >> (places & 7).astype(np.uint8)) & 1 == 1
        return is_live


def read_removed(part: KeywordPart) -> BitMap:
    """The places of a part whose paragraphs are removed, as of its generation."""
    return BitMap.deserialize(part.removed.read_bytes()) if part.removed.exists() else BitMap()


@dataclass(frozen=True, slots=True)
class _Reading:
    """As `contextlib.contextmanager` would have it, in a quarter of the time: a query reads a hundred times."""

    folder: Path
    engine: str

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) or is_panic(error):
            raise unreadable(self.folder, self.engine, error) from error


def is_panic(error: BaseException | None) -> TypeGuard[BaseException]:
    """Whether it is a panic of an engine in Rust, which is no `Exception` in Python."""
    return type(error).__name__ == "PanicException"


P = TypeVar("P", bound=Part)


def opened_parts(generation: Generation, opened: Callable[[KeywordPart], P]) -> tuple[list[P], list[BitMap]]:
    """The parts of a generation in the order of their rows, and of each the places that are removed."""
    parts = [generation.keyword_part(number) for number in generation.keyword_parts()]
    pairs = sorted(((opened(part), read_removed(part)) for part in parts), key=lambda pair: int(pair[0].rows[0]))
    return [pair for pair, _ in pairs], [removed for _, removed in pairs]


class Postings(ABC):
    """The terms of one generation, or of a part of its rows. Safe to share between threads."""

    engine: str
    """What keeps them, as people call it."""

    def __init__(self, parts: Sequence[Part] = (), removed: Sequence[BitMap] = (), folder: Path = Path()) -> None:
        """``parts`` in the order of their rows; ``removed``: of each the places that are not of these rows."""
        if any(places and places.max() >= len(part.rows) for part, places in zip(parts, removed, strict=True)):
            raise ValueError("a place is removed that there is not")
        self._parts = parts
        self._removed = removed
        self._folder = folder
        self._starts = np.cumsum([0, *(len(part.rows) for part in parts)])
        self.size = int(self._starts[-1])
        """The number of all places."""
        self.live = self.size - sum(map(len, removed))
        """How many of them are not removed."""

    @abstractmethod
    def forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points; some may be gone."""

    @abstractmethod
    def count(self, term: str, field: Field) -> int:
        """How many places have a term in a field, removed ones left out."""

    @abstractmethod
    def occurrences(self, term: str, field: Field) -> Occurrences:
        """Where a term stands in a field, removed places left out."""

    def _reading(self) -> _Reading:
        """Raises `IndexDamaged` where the engine or an array stumbles, over whatever it does."""
        return _Reading(self._folder, self.engine)

    def within(self, rows: BitMap) -> Self:
        """The same as if all but ``rows`` were removed."""
        ascending = as_array(rows)
        with self._reading():
            pairs = zip(self._parts, self._removed, strict=True)
            removed = [places | part.places_without(ascending) for part, places in pairs]
        part = copy(self)
        vars(part).pop("_live_masks", None)
        part._removed, part.live = removed, self.size - sum(map(len, removed))
        return part

    @cached_property
    def _live_masks(self) -> list[LiveMask | None]:
        """Of each part what tells the places that are not removed; None: all are there."""
        pairs = zip(self._parts, self._removed, strict=True)
        return [LiveMask(len(part.rows), removed) if removed else None for part, removed in pairs]

    def rows(self) -> BitMap:
        """All rows that are not removed."""
        pairs = zip(self._parts, self._removed, strict=True)
        with self._reading():
            return BitMap.union(BitMap(), *(bitmap(np.delete(part.rows, as_array(removed))) for part, removed in pairs))

    def rows_of(self, places: Places) -> Rows:
        """The rows of places that ascend."""
        bounds = np.searchsorted(places, self._starts)
        rows = [
            part.rows[places[first:last] - start]
            for part, start, first, last in zip(self._parts, self._starts, bounds, bounds[1:], strict=False)
        ]
        return np.concatenate([np.empty(0, np.int64), *rows])

    def places_of(self, rows: Sequence[int] | Rows) -> Places:
        """The place of each of ``rows``; -1 for one that the index does not hold."""
        sought = np.asarray(rows, np.int64)
        places = np.full(len(sought), -1)
        for part, start in zip(self._parts, self._starts, strict=False):
            first, last = int(part.rows[0]), int(part.rows[-1])
            if last - first == len(part.rows) - 1:  # no row is missing between them
                has = (first <= sought) & (sought <= last)
                places[has] = sought[has] - first + start
                continue
            at = np.minimum(np.searchsorted(part.rows, sought), len(part.rows) - 1)
            has = part.rows[at] == sought
            places[has] = at[has] + start
        return places

    def lengths(self, field: Field, places: Places) -> NDArray[np.float64]:
        """The terms in a field of places that ascend: rounded, as a byte can say it."""
        bounds = np.searchsorted(places, self._starts)
        with self._reading():
            codes = [
                part.lengths[FIELDS.index(field)][places[first:last] - start]
                for part, start, first, last in zip(self._parts, self._starts, bounds, bounds[1:], strict=False)
            ]
        lengths: NDArray[np.float64] = LENGTHS[np.concatenate([np.empty(0, np.uint8), *codes])]
        return lengths

    def mean_length(self, field: Field) -> float:
        """The mean number of terms in a field of those that have it at all."""
        counts = np.zeros(256, np.int64)
        with self._reading():
            for part, removed in zip(self._parts, self._removed, strict=True):
                codes = part.lengths[FIELDS.index(field)]
                removed_counts = np.bincount(codes[as_array(removed)], minlength=256)
                counts += part.length_counts[FIELDS.index(field)] - removed_counts
        total = int(counts[1:].sum())
        return float((counts * LENGTHS).sum() / total) if total else 1.0


class NoPostings(Postings):
    """The terms of nothing."""

    engine = "nothing"

    def forms(self, _: str) -> list[str]:
        """None."""
        return []

    def count(self, *_: str) -> int:
        """None."""
        return 0

    def occurrences(self, *_: str) -> Occurrences:
        """None."""
        return Occurrences(np.empty(0, np.int64), np.empty(0, np.uint16))


def unreadable(folder: Path, engine: str, error: BaseException) -> IndexDamaged:
    """What is raised over a damaged file is whatever unpickling and unpacking stumble on."""
    return IndexDamaged(f"{folder}: {engine} cannot read it ({type(error).__name__}: {error}).", REBUILD_REMEDY)


def _mapped(path: Path, kind: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    mapped: NDArray[Any] = np.asarray(map_npy(path))
    if mapped.dtype != kind or mapped.ndim != len(shape) or (shape != (-1,) and mapped.shape != shape):
        raise ValueError(f"{path.name} holds other numbers")
    return mapped

"""The segments of the keyword index as arrays: where a term stands, how long texts are, which forms there are.

A segment that is open is shared by all generations that have it, so a new generation opens what is new in it. Opening
one maps its files; nothing of it is read that grows with its paragraphs. What follows for BM25, for all paragraphs or
for a part of them, is `paraglot.search.folder.keyword.keyword`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.columns import as_array, bitmap
from paraglot.search.folder.kept import Kept
from paraglot.search.folder.keyword.files import FIELDS, LENGTHS, ROW, Numbers, Occurrences, TermsReader
from paraglot.search.folder.layout import Generation, KeywordPart
from paraglot.search.folder.manifest import REBUILD_REMEDY
from paraglot.search.folder.opened import Opened
from paraglot.search.parts.protocols import Field

KEPT_FORMS = 200_000
"""Surface forms of a segment that are kept at hand, by the beginning that was asked for."""

Places: TypeAlias = Numbers
"""Paragraphs counted over all segments of a generation, in the order of their rows; removed ones count."""

Rows: TypeAlias = NDArray[np.int64]


class Segment:
    """One segment, opened. Safe to share between threads."""

    def __init__(self, part: KeywordPart) -> None:
        self.terms = TermsReader(part)
        self.rows: Rows = _mapped(part.rows, ROW, (-1,))
        """The row of every place, ascending."""
        self.lengths: NDArray[np.uint8] = _mapped(part.lengths, np.dtype("u1"), (len(FIELDS), len(self.rows)))
        """Of every field, the byte of the number of terms in every place."""
        self._forms: Kept[str, list[str]] = Kept(KEPT_FORMS, lambda forms: 1 + len(forms))

    def forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix; of paragraphs that are removed, too."""
        return self._forms.get(prefix, self._read_forms)

    def _read_forms(self, prefix: str) -> list[str]:
        found = {term for field in FIELDS for term in self.terms.beginning_with(field, prefix.encode())}
        return [term.decode() for term in found if b":" not in term]

    def places_without(self, rows: Rows) -> BitMap:
        """The places of all but ``rows``, which ascend."""
        between = rows[np.searchsorted(rows, self.rows[0]) : np.searchsorted(rows, self.rows[-1], "right")]
        places = np.searchsorted(self.rows, between)
        return BitMap(range(len(self.rows))) - bitmap(places[self.rows[places] == between])

    @cached_property
    def length_counts(self) -> NDArray[np.int64]:
        """``int64[fields, 256]``: how many places have a length of each byte."""
        return np.array([np.bincount(own, minlength=256) for own in self.lengths])


class _Living:
    """The places of a segment that are not removed, in a bit each."""

    def __init__(self, size: int, removed: BitMap) -> None:
        living = np.ones(size, np.bool_)
        living[as_array(removed)] = False
        self._bits = np.packbits(living, bitorder="little")

    def has(self, places: Numbers) -> NDArray[np.bool_]:
        """Which of ``places`` are."""
        found: NDArray[np.bool_] = (self._bits[places >> 3] >> (places & 7).astype(np.uint8)) & 1 == 1
        return found


def read_segment(part: KeywordPart) -> Segment:
    """A segment, mapped. Raises whatever reading its files stumbles on."""
    return Segment(part)


SEGMENTS = Opened(read_segment, lambda part: part.files)
"""The same object for as long as the files are the same, and some generation of this process has it open."""


def read_removed(part: KeywordPart) -> BitMap:
    """The places of a segment whose paragraphs are removed, as of its generation."""
    return BitMap.deserialize(part.removed.read_bytes()) if part.removed.exists() else BitMap()


class Segments:
    """The segments of one generation, or of a part of its rows, in the order of their rows. Safe to share between
    threads.
    """

    def __init__(self, segments: Sequence[Segment] = (), removed: Sequence[BitMap] = (), folder: Path = Path()) -> None:
        """``removed``: of each segment the places that are not of these rows."""
        self._segments = segments
        self._removed = removed
        self._folder = folder
        self._starts = np.cumsum([0, *(len(one.rows) for one in segments)])
        self.size = int(self._starts[-1])
        """The number of all places."""
        self.live = self.size - sum(map(len, removed))
        """How many of them are not removed."""

    def within(self, rows: BitMap) -> Segments:
        """These segments as if all but ``rows`` were removed."""
        wanted = as_array(rows)
        with self._reading():
            pairs = zip(self._segments, self._removed, strict=True)
            return Segments(self._segments, [gone | one.places_without(wanted) for one, gone in pairs], self._folder)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Raises `IndexDamaged` where Whoosh or an array stumbles, over whatever it does."""
        try:
            yield
        except Exception as error:
            raise unreadable(self._folder, error) from error

    @cached_property
    def _living(self) -> list[_Living | None]:
        """Of each segment what tells the places that are not removed; None: all are there."""
        pairs = zip(self._segments, self._removed, strict=True)
        return [_Living(len(segment.rows), removed) if removed else None for segment, removed in pairs]

    def rows(self) -> BitMap:
        """All rows that are not removed."""
        pairs = zip(self._segments, self._removed, strict=True)
        with self._reading():
            return BitMap.union(BitMap(), *(bitmap(np.delete(one.rows, as_array(gone))) for one, gone in pairs))

    def rows_of(self, places: Places) -> Rows:
        """The rows of places that ascend."""
        bounds = np.searchsorted(places, self._starts)
        found = [
            segment.rows[places[first:last] - start]
            for segment, start, first, last in zip(self._segments, self._starts, bounds, bounds[1:], strict=False)
        ]
        return np.concatenate([np.empty(0, np.int64), *found])

    def places_of(self, rows: Sequence[int] | Rows) -> Places:
        """The place of each of ``rows``; -1 for one that the index does not hold."""
        wanted = np.asarray(rows, np.int64)
        places = np.full(len(wanted), -1)
        for segment, start in zip(self._segments, self._starts, strict=False):
            at = np.minimum(np.searchsorted(segment.rows, wanted), len(segment.rows) - 1)
            has = segment.rows[at] == wanted
            places[has] = at[has] + start
        return places

    def lengths(self, field: Field, places: Places) -> NDArray[np.float64]:
        """The terms in a field of places that ascend: rounded, as a byte can say it."""
        bounds = np.searchsorted(places, self._starts)
        with self._reading():
            found = [
                segment.lengths[FIELDS.index(field)][places[first:last] - start]
                for segment, start, first, last in zip(self._segments, self._starts, bounds, bounds[1:], strict=False)
            ]
        lengths: NDArray[np.float64] = LENGTHS[np.concatenate([np.empty(0, np.uint8), *found])]
        return lengths

    def mean_length(self, field: Field) -> float:
        """The mean number of terms in a field of those that have it at all."""
        counts = np.zeros(256, np.int64)
        with self._reading():
            for segment, removed in zip(self._segments, self._removed, strict=True):
                codes = segment.lengths[FIELDS.index(field)]
                gone = np.bincount(codes[as_array(removed)], minlength=256)
                counts += segment.length_counts[FIELDS.index(field)] - gone
        total = int(counts[1:].sum())
        return float((counts * LENGTHS).sum() / total) if total else 1.0

    def forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points; some may be gone."""
        with self._reading():
            return sorted({form for segment in self._segments for form in segment.forms(prefix)})

    def count(self, term: str) -> int:
        """How many places have a term in their text."""
        count = 0
        with self._reading():
            for segment, living in zip(self._segments, self._living, strict=True):
                if living is None:
                    count += segment.terms.count("text", term.encode())
                elif found := segment.terms.occurrences("text", term.encode()):
                    count += int(np.count_nonzero(living.has(found.places)))
        return count

    def occurrences(self, term: str, field: Field) -> Occurrences:
        """Where a term stands in a field, removed places left out."""
        places: list[Places] = [np.empty(0, np.int64)]
        counts: list[Numbers] = [np.empty(0, np.uint16)]
        with self._reading():
            for segment, living, start in zip(self._segments, self._living, self._starts, strict=False):
                found = segment.terms.occurrences(field, term.encode())
                if found is None:
                    continue
                own = slice(None) if living is None else living.has(found.places)
                places.append(found.places[own] + start)
                counts.append(found.counts[own])
        return Occurrences(np.concatenate(places), np.concatenate(counts))


def open_segments(generation: Generation) -> Segments:
    """The segments of a generation. Raises `IndexDamaged`."""
    try:
        parts = [generation.keyword_part(number) for number in generation.keyword_parts()]
        both = [(SEGMENTS.get(part), read_removed(part)) for part in parts]
        both.sort(key=lambda one: int(one[0].rows[0]))
        if any(removed and removed.max() >= len(segment.rows) for segment, removed in both):
            raise ValueError("a place is removed that there is not")
        return Segments([one for one, _ in both], [removed for _, removed in both], generation.keyword)
    except Exception as error:
        raise unreadable(generation.keyword, error) from error


def unreadable(folder: Path, error: Exception) -> IndexDamaged:
    """What is raised over a damaged file is whatever unpickling and unpacking stumble on."""
    return IndexDamaged(f"{folder}: Whoosh cannot read it ({type(error).__name__}: {error}).", REBUILD_REMEDY)


def _mapped(path: Path, kind: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    found: NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    if found.dtype != kind or found.ndim != len(shape) or (shape != (-1,) and found.shape != shape):
        raise ValueError(f"{path.name} holds other numbers")
    return found

"""Which paragraphs stand for chance: a bottom-k sample, of segments as of a whole index.

Each row has a priority, a hash of its number, and the rows of the least priorities are a sample of any set of rows. So
the least of each segment are found once, and the sample of a generation is the least of those: a commit changes little
of it, and what is known of a segment is not looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Vectors
from paraglot.search.parts.copies import distinct

SAMPLE = 240
"""Paragraphs that stand for chance."""

_OF_SEGMENT, _ALIKE, _LEAST_LIVING = 2 * SAMPLE, 4, 4
"""Candidates of a segment; how many copies of each other they may be, so that some are left when others are removed;
the share of them (1 / 4) that must live, or all living rows are looked at.
"""

_ENOUGH, _MOST_READ, _AT_ONCE = SAMPLE // 2, 128 * SAMPLE, 1_024
"""Distinct paragraphs below which more than `SAMPLE` rows are looked at, how many at most, and how many at once."""

_EVERY = np.iinfo(np.uint64).max

Read = Callable[[Sequence[int]], Vectors]
"""The vectors of some rows, ``float32[n, dim]``, unit."""


class SegmentSample(NamedTuple):
    """The candidates of one segment: ``rows`` (``int64[n]``) by ascending priority, all that there are of the
    priorities up to ``until`` but for further copies.
    """

    rows: NDArray[np.int64]
    until: int


def priorities(rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """``uint64[n]``, as good as chance and the same everywhere: SplitMix64 of each row."""
    mixed = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def sample_segment(rows: NDArray[np.int64], read: Read) -> SegmentSample:
    """The candidates of a segment of ``rows`` (``int64[n]``)."""
    if len(rows) <= SAMPLE:
        return SegmentSample(by_priority(rows), int(_EVERY))
    first = by_priority(rows, _MOST_READ)
    chosen = _distinct_rows(first, read, _OF_SEGMENT, _OF_SEGMENT, _ALIKE)
    whole = len(chosen) < _OF_SEGMENT and len(first) == len(rows)
    last = chosen[-1:] if len(chosen) == _OF_SEGMENT else first[-1:]
    return SegmentSample(chosen, int(_EVERY if whole else priorities(last)[0]))


def sample_rows(rows: NDArray[np.int64], read: Read, segments: Sequence[SegmentSample] = ()) -> list[int]:
    """`SAMPLE` of ``rows`` (``int64[n]``, ascending), or fewer, none of them a copy: the same in every process.

    ``segments``: what is known of those that have the rows; without them all rows are looked at.
    """
    candidates = _living(rows, segments) if segments else None
    if candidates is None:
        candidates = by_priority(rows, _MOST_READ)
    sample: list[int] = _distinct_rows(candidates, read, SAMPLE, _ENOUGH).tolist()
    return sample


def by_priority(rows: NDArray[np.int64], most: int | None = None) -> NDArray[np.int64]:
    """The rows by ascending priority; the first ``most`` of them."""
    order = priorities(rows)
    if most is not None and len(rows) > most:
        first = np.argpartition(order, most)[:most]
        rows, order = rows[first], order[first]
    return rows[np.argsort(order)]


def _living(rows: NDArray[np.int64], segments: Sequence[SegmentSample]) -> NDArray[np.int64] | None:
    """The candidates of all segments that are among ``rows``, by priority; None where too few of one's are left."""
    living = [segment.rows[_among(segment.rows, rows)] for segment in segments]
    if any(_LEAST_LIVING * len(own) < len(segment.rows) for own, segment in zip(living, segments, strict=True)):
        return None
    merged = by_priority(np.concatenate(living))
    return merged[priorities(merged) <= np.uint64(min(segment.until for segment in segments))]


def _among(sought: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(ascending, sought), len(ascending) - 1)
    return np.asarray(ascending[places] == sought if len(ascending) else np.zeros(len(sought)), np.bool_)


def _distinct_rows(rows: NDArray[np.int64], read: Read, most: int, enough: int, alike: int = 1) -> NDArray[np.int64]:
    """The first ``most`` of ``rows`` of which ``alike`` at most are copies of each other; ``enough``: how many end it
    after the first `SAMPLE` rows.
    """
    chosen: list[NDArray[np.int64]] = []
    known: Vectors | None = None
    first, last = 0, SAMPLE
    while first < len(rows) and (known is None or len(known) < enough):
        block = rows[first:last]
        vectors = read(block.tolist())
        places = distinct(vectors, known, most - (0 if known is None else len(known)), alike)
        chosen.append(block[places])
        known = vectors[places] if known is None else np.concatenate([known, vectors[places]])
        first, last = last, last + _AT_ONCE
    return np.concatenate([np.empty(0, np.int64), *chosen])

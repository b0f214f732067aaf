"""Which paragraphs stand for chance: a bottom-k sample, of segments as of a whole index.

Each paragraph has a priority, a hash of its id, and those of the least priorities are a sample of any set of them. So
the least of each segment are found once, and the sample of a generation is the least of those: a commit changes little
of it, and what is known of a segment is not looked at again. What else there is in an index changes no priority.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Vectors
from paraglot.search.parts.copies import distinct
from paraglot.search.parts.ranges import located

SAMPLE = 240
"""Paragraphs that stand for chance."""

_OF_SEGMENT, _ALIKE, _LEAST_LIVING = 2 * SAMPLE, 4, 4
"""Candidates of a segment; how many copies of each other they may be, so that some are left when others are removed;
the share of them (1 / 4) that must live, or all living rows are looked at.
"""

_ENOUGH, _MOST_READ, _AT_ONCE = SAMPLE // 2, 128 * SAMPLE, 1_024
"""Distinct paragraphs below which more than `SAMPLE` rows are looked at, how many at most, and how many at once."""

_EVERY = (1 << 64) - 1

Read = Callable[[Sequence[int]], Vectors]
"""The vectors of some rows, ``float32[n, dim]``, unit."""


class Candidates(NamedTuple):
    """``rows`` (``int64[n]``) by ascending ``priorities`` (``uint64[n]``): all that there are of the priorities up to
    ``until``, but for further copies.
    """

    rows: NDArray[np.int64]
    priorities: NDArray[np.uint64]
    until: int = _EVERY

    @classmethod
    def of(cls, rows: NDArray[np.int64], priorities: NDArray[np.uint64], until: int = _EVERY) -> Candidates:
        """Rows in any order: the first of them, as many as are ever looked at."""
        if len(rows) > _MOST_READ:
            first = np.argpartition(priorities, _MOST_READ)[:_MOST_READ]
            rows, priorities = rows[first], priorities[first]
        order = np.argsort(priorities, kind="stable")
        return cls(rows[order], priorities[order], until)

    def only(self, chosen: NDArray[np.bool_]) -> Candidates:
        """Those that are ``chosen``, ``bool[n]``."""
        return Candidates(self.rows[chosen], self.priorities[chosen], self.until)


def priorities_of(paragraph_ids: Iterable[str]) -> NDArray[np.uint64]:
    """``uint64[n]``, as good as chance and the same everywhere."""
    hashes = (hashlib.blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=8) for id_ in paragraph_ids)
    return np.array([int.from_bytes(hashed.digest(), "big") for hashed in hashes], np.uint64)


def candidates_of_segment(rows: NDArray[np.int64], priorities: NDArray[np.uint64], read: Read) -> Candidates:
    """The candidates of a segment of ``rows`` (``int64[n]``), which have ``priorities``."""
    if len(rows) <= SAMPLE:
        return Candidates.of(rows, priorities)
    first = Candidates.of(rows, priorities)
    places = _distinct_places(first.rows, read, _OF_SEGMENT, _OF_SEGMENT, _ALIKE)
    is_full = len(places) == _OF_SEGMENT
    last = places[-1] if is_full else -1
    until = int(first.priorities[last]) if is_full or len(first.rows) < len(rows) else _EVERY
    return Candidates(first.rows[places], first.priorities[places], until)


def merged(segments: Sequence[Candidates], living: NDArray[np.int64]) -> Candidates | None:
    """The candidates of all segments that are ``living`` (rows, ascending); None where too few of one's are left."""
    parts = [segment.only(located(living, segment.rows)[1]) for segment in segments]
    if not parts or any(_LEAST_LIVING * len(p.rows) < len(s.rows) for p, s in zip(parts, segments, strict=True)):
        return None
    rows, priorities = (np.concatenate([part[field] for part in parts]) for field in (0, 1))
    until = min(part.until for part in parts)
    every = Candidates.of(rows, priorities, until)
    return every.only(every.priorities <= np.uint64(until))


def sample_rows(candidates: Candidates, read: Read) -> list[int]:
    """`SAMPLE` rows, or fewer, none of them a copy: the same in every process."""
    sample: list[int] = candidates.rows[_distinct_places(candidates.rows, read, SAMPLE, _ENOUGH)].tolist()
    return sample


def _distinct_places(rows: NDArray[np.int64], read: Read, most: int, enough: int, alike: int = 1) -> NDArray[np.int64]:
    """Where the first ``most`` of ``rows`` stand of which ``alike`` at most are copies of each other.

    ``enough``: how many end it after the first `SAMPLE` rows.
    """
    chosen: list[int] = []
    known: Vectors | None = None
    first, last = 0, SAMPLE
    while first < len(rows) and len(chosen) < enough:
        vectors = read(rows[first:last].tolist())
        places = distinct(vectors, known, most - len(chosen), alike)
        chosen += [first + place for place in places]
        known = vectors[places] if known is None else np.concatenate([known, vectors[places]])
        first, last = last, last + _AT_ONCE
    return np.array(chosen, np.int64)

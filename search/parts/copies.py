"""Copies: paragraphs that say the same, so that together they count as one wherever a mean is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.encoders.protocols import Vectors

COPY = 0.95
"""The least cosine of copies. Among 240 paragraphs of ordinary corpora there is hardly a pair so near."""

SAMPLE = 240
"""Paragraphs that stand for chance."""

_BLOCK = 64
"""Vectors that are compared with each other at once."""

_ENOUGH, _FINEST = SAMPLE // 2, 128
"""Distinct paragraphs below which a sample is drawn again, twice as fine, and how fine at most: 30,720 rows."""


def shares(vectors: Vectors) -> NDArray[np.float64]:
    """``float64[n]``: 1 for a paragraph without copies among these, else 1 / how many they are together.

    ``vectors`` are ``float32[n, dim]``, unit.
    """
    copies = np.count_nonzero(vectors @ vectors.T >= COPY, axis=1)
    return np.asarray(1 / np.maximum(copies, 1), np.float64)


def stacked(vectors: Sequence[NDArray[np.float32]]) -> Vectors:
    """``float32[n, dim]`` of n vectors, of which there are some: in a third of the time of `numpy.stack`."""
    return np.concatenate(vectors).reshape(len(vectors), -1)


def sample_rows(rows: Sequence[int] | BitMap, vectors: Callable[[Sequence[int]], Vectors]) -> list[int]:
    """`SAMPLE` of ``rows`` (ascending), evenly spread, or fewer, none of them a copy: the same in every process.

    Where nearly all are copies the others are looked for among more rows. ``vectors`` reads those of some rows.
    """
    every = np.array(rows.to_array() if isinstance(rows, BitMap) else rows, np.int64)  # one by one takes 2 µs each
    kept: list[int] = []
    known: Vectors | None = None
    drawn: set[int] = set()
    fineness = 1
    while len(kept) < min(_ENOUGH, len(every)) and len(drawn) < len(every) and fineness <= _FINEST:
        new = [row for row in _spread(every, SAMPLE * fineness) if row not in drawn]
        read = vectors(new)
        places = distinct(read, known)
        kept += [new[place] for place in places]
        known = read[places] if known is None else np.concatenate([known, read[places]])
        drawn.update(new)
        fineness *= 2
    return _spread(np.array(sorted(kept), np.int64), SAMPLE)


def distinct(vectors: Vectors, known: Vectors | None = None, most: int | None = None) -> list[int]:
    """The places of ``vectors`` (``float32[n, dim]``, unit) without copies of ``known`` ones and of earlier ones.

    ``most``: the first so many.
    """
    left = np.arange(len(vectors))
    if known is not None:
        left = left[(vectors @ known.T).max(axis=1, initial=-1.0) < COPY]
    kept: list[int] = []
    while len(left) and len(kept) != most:
        block, left = left[:_BLOCK], left[_BLOCK:]
        copies = vectors[block] @ vectors[block].T >= COPY
        chosen: list[int] = []
        for place in range(len(block)):
            if len(kept) + len(chosen) != most and not copies[place, chosen].any():
                chosen.append(place)
        kept += block[chosen].tolist()
        left = left[(vectors[left] @ vectors[block[chosen]].T).max(axis=1, initial=-1.0) < COPY]
    return kept


def _spread(rows: NDArray[np.integer], count: int) -> list[int]:
    spread: list[int] = rows[(np.arange(min(count, len(rows))) * max(len(rows) / count, 1.0)).astype(np.int64)].tolist()
    return spread

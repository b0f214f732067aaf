"""Vectors in dictionaries, compared one by one: the semantic leg without an engine."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import in_order
from paraglot.search.encoders.protocols import Ranking, Vectors
from paraglot.search.parts.protocols import Allowed, BestSentences
from paraglot.search.text.sentences import Span

Vector = NDArray[np.float32]


class MemoryVectors:
    """``float32[dim]`` of each row, unit."""

    def __init__(self, rows: Mapping[int, Vector]) -> None:
        self._rows = dict(sorted(rows.items()))

    def within(self, rows: Collection[int]) -> MemoryVectors:
        """The index as it would be of ``rows`` alone."""
        return MemoryVectors({row: vector for row, vector in self._rows.items() if row in rows})

    def search(self, vector: Vector, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by cosine with ``vector``."""
        rows = [row for row in self._rows if allowed is None or row in allowed]
        return in_order(zip(rows, self.scores(vector, rows), strict=True))[:limit]

    def scores(self, vector: Vector, rows: Sequence[int]) -> list[float]:
        """The cosine of ``vector`` and each of ``rows``. A row that there is not raises `KeyError`."""
        return [float(self._rows[row] @ vector) for row in rows]

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """The vectors of ``rows``, ``float32[n, dim]``. A row that there is not raises `KeyError`."""
        return np.stack([self._rows[row] for row in rows])


class MemorySentences:
    """For each row the spans of its sentences, and their vectors."""

    def __init__(self, rows: Mapping[int, Sequence[tuple[Span, Vector]]]) -> None:
        self._rows = rows

    def best(self, vector: Vector, rows: Sequence[int]) -> BestSentences:
        """The sentence of each of ``rows`` with the highest cosine, the first of equals."""
        best = [self._best(vector, self._rows[row]) for row in rows]
        spans = np.array([span for _, span in best], np.int64).reshape(-1, 2)
        return BestSentences(np.array([score for score, _ in best], np.float64), spans)

    def _best(self, vector: Vector, sentences: Sequence[tuple[Span, Vector]]) -> tuple[float, Span]:
        scored = [(round(float(direction @ vector), 6), span) for span, direction in sentences]
        return max(scored, key=itemgetter(0), default=(math.nan, (-1, -1)))

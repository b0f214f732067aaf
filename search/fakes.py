"""The smallest things that keep the law of the seams, for tests of what stands on them.

The fake encoder lives with the encoders: `search.encoders.fake`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from search.fusion import in_order
from search.seams import Allowed, BestSentence, Ranking
from search.sentences import Span


class FakeKeywordIndex:
    """Terms in a dictionary: a row's score is the sum over the query's terms of n / (n + 1), n times in the row."""

    def __init__(self, rows: Mapping[int, Sequence[str]]) -> None:
        self._rows = rows

    def search(self, terms: Sequence[str], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` rows with the highest scores."""
        rows = [row for row in self._rows if allowed is None or row in allowed]
        scored = zip(rows, self.scores(terms, rows), strict=True)
        return in_order((row, score) for row, score in scored if score > 0)[:limit]

    def scores(self, terms: Sequence[str], rows: Sequence[int]) -> list[float]:
        """The score of each of ``rows``."""
        counts = [[list(self._rows.get(row, ())).count(term) for term in dict.fromkeys(terms)] for row in rows]
        return [sum(count / (count + 1) for count in own) for own in counts]

    def coverage(self, terms: Sequence[str], rows: Sequence[int]) -> list[float]:
        """The share of the terms, weighted by idf squared, that each of ``rows`` has."""
        weights = {term: self._idf(term) ** 2 for term in terms}
        total = sum(weights.values()) or 1.0
        return [
            sum(weight for term, weight in weights.items() if term in self._rows.get(row, ())) / total for row in rows
        ]

    def _idf(self, term: str) -> float:
        """As Whoosh counts it: log(N / (n + 1)) + 1."""
        return math.log(len(self._rows) / (sum(term in own for own in self._rows.values()) + 1)) + 1


class FakeDenseIndex:
    """Vectors in a dictionary, compared one by one."""

    def __init__(self, rows: Mapping[int, NDArray[np.float32]]) -> None:
        self._rows = rows

    def search(self, vector: NDArray[np.float32], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by inner product with ``vector``."""
        rows = [row for row in self._rows if allowed is None or row in allowed]
        return in_order(zip(rows, self.scores(vector, rows), strict=True))[:limit]

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[float]:
        """The inner product of ``vector`` and each of ``rows``."""
        return [float(self._rows[row] @ vector) for row in rows]


class FakeSentenceIndex:
    """Sentences in a dictionary: for each row their spans and vectors."""

    def __init__(self, rows: Mapping[int, Sequence[tuple[Span, NDArray[np.float32]]]]) -> None:
        self._rows = rows

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[BestSentence | None]:
        """The sentence of each of ``rows`` with the highest inner product, the first of equals."""
        return [self._best(vector, self._rows[row]) for row in rows]

    def _best(
        self, vector: NDArray[np.float32], own: Sequence[tuple[Span, NDArray[np.float32]]]
    ) -> BestSentence | None:
        found = [BestSentence(float(direction @ vector), *span) for span, direction in own]
        return max(found, key=lambda sentence: sentence.score, default=None)

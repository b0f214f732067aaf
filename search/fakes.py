"""The smallest things that keep the law of the seams, for tests of what stands on them.

The fake encoder lives with the encoders: `paraglot.search.encoders.fake`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import in_order
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.seams import Allowed, BestSentence, Choose, Field, Ranking
from paraglot.search.text.sentences import Span


class FakeKeywordIndex:
    """Terms in a dictionary: n occurrences of a term in a row give its weight times n / (n + 1)."""

    def __init__(self, rows: Mapping[int, Sequence[str]]) -> None:
        self._rows = rows

    def search(self, query: KeywordQuery, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` rows with the highest scores."""
        rows = [row for row in self._rows if allowed is None or row in allowed]
        scored = zip(rows, self.scores(query, rows), strict=True)
        return in_order((row, score) for row, score in scored if score > 0)[:limit]

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """The score of each of ``rows``."""
        weighted = [entry for word in query.words for entry in word.terms.items()]
        counts = [[(weight, self._count(row, term)) for term, weight in weighted] for row in rows]
        return [sum(weight * count / (count + 1) for weight, count in own) for own in counts]

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """The share of the words, weighted by idf squared, that each of ``rows`` has."""
        weights = [(word.terms, self._idf(word) ** 2) for word in query.words]
        total = sum(weight for _, weight in weights) or 1.0
        return [
            sum(weight for own, weight in weights if any(self._count(row, term) for term in own)) / total
            for row in rows
        ]

    def covering(self, query: KeywordQuery, share: float, allowed: Allowed = None) -> list[int]:
        """The rows that cover at least ``share`` of what the best one covers."""
        rows = sorted(row for row in self._rows if allowed is None or row in allowed)
        covered = self.coverage(query, rows)
        least = share * max(covered, default=0) - 1e-9
        return [row for row, own in zip(rows, covered, strict=True) if own > 0 and own >= least]

    def frequency(self, term: str) -> int:
        """How many rows have a term."""
        return len(self.rows_with(term))

    def rows_with(self, term: str, field: Field | None = None) -> list[int]:
        """The rows that have a term; there are no titles."""
        return [row for row in self._rows if self._count(row, term) and field != "title"]

    def vocabulary(self, prefix: str, choose: Choose = list) -> list[str]:
        """The surface forms that begin with a prefix."""
        found = {term for own in self._rows.values() for term in own if term.startswith(prefix)}
        return list(choose(sorted(term for term in found if ":" not in term)))

    def _terms(self, row: int) -> Sequence[str]:
        return self._rows.get(row, ())

    def _count(self, row: int, term: str) -> int:
        return min(self._terms(row).count(part) for part in term.split(" "))

    def _idf(self, word: QueryWord) -> float:
        """The lowest of its terms that any row has, each log(N / (n + 1)) + 1."""
        found = [frequency for term in word.terms if (frequency := self.frequency(term))]
        return math.log(len(self._rows) / (max(found, default=0) + 1)) + 1


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


class FakeReranker:
    """The share of a query's words, without case, that a text has."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """``float32[n]``, 0 to 1."""
        asked = set(query.casefold().split())
        found = [len(asked & set(text.casefold().split())) / max(len(asked), 1) for text in texts]
        return np.array(found, np.float32)


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

"""The words of paragraphs as they are stored, and their exact scores, out of counts that the cluster gave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.opensearch.statistics import Statistics
from paraglot.search.parts.bm25 import TITLE_WEIGHT, share
from paraglot.search.query.query_terms import KeywordQuery

_WORD = np.dtype([("term", "<u8"), ("text", "<u2"), ("title", "<u2")])
_MOST = 0xFFFF


class _Standing(NamedTuple):
    """Of n rows which have a term, and what it counts there before idf."""

    has: NDArray[np.bool_]
    shares: NDArray[np.float64]


def packed_words(text: Mapping[str, int], title: Mapping[str, int]) -> bytes:
    """How often each term stands in a paragraph's text and in its title."""
    terms = {**text, **title}
    counts = [(number_of(term), min(text.get(term, 0), _MOST), min(title.get(term, 0), _MOST)) for term in terms]
    return np.array(counts, _WORD).tobytes()


class ReadWords:
    """The words of some rows, as they were read."""

    def __init__(self, packed: Mapping[int, bytes], statistics: Statistics) -> None:
        """``statistics``: of the snapshot; what is asked must be known to it."""
        self._statistics = statistics
        self._places = {row: place for place, row in enumerate(packed)}
        counts = [len(own) // _WORD.itemsize for own in packed.values()]
        self._holders = np.repeat(np.arange(len(counts)), counts)
        every = np.frombuffer(b"".join(packed.values()), _WORD)
        self._terms = np.ascontiguousarray(every["term"])
        self._counts = {"text": every["text"].astype(np.float64), "title": every["title"].astype(np.float64)}
        self._lengths = {where: np.bincount(self._holders, own, len(counts)) for where, own in self._counts.items()}
        self._standings: dict[str, _Standing] = {}

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs."""
        scores = np.zeros(len(self._places))
        for word in query.words:
            for term, weight in word.terms.items():
                scores += weight * self._statistics.idf(term) * self._standing(term).shares
        found: list[float] = np.round(scores, 6)[self._at(rows)].tolist()
        return found

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared."""
        covered, total = np.zeros(len(self._places)), 0.0
        for word in query.words:
            weight = self._statistics.word_idf(word) ** 2
            total += weight
            has = np.zeros(len(covered), np.bool_)
            for term in word.terms:
                has |= self._standing(term).has
            covered[has] += weight
        found: list[float] = np.minimum(1.0, covered / (total or 1.0))[self._at(rows)].tolist()
        return found

    def _at(self, rows: Sequence[int]) -> NDArray[np.intp]:
        return np.array([self._places[row] for row in rows], np.intp)

    def _standing(self, term: str) -> _Standing:
        """Of a term that is several, the rows that have all, each with the least share."""
        if term not in self._standings:
            self._standings[term] = self._stands(term)
        return self._standings[term]

    def _stands(self, term: str) -> _Standing:
        parts = [self._part(part) for part in dict.fromkeys(term.split(" "))]
        has = np.all([part.has for part in parts], axis=0)
        return _Standing(has, np.where(has, np.min([part.shares for part in parts], axis=0), 0.0))

    def _part(self, term: str) -> _Standing:
        at = np.flatnonzero(self._terms == number_of(term))
        holders = self._holders[at]
        shares = np.zeros(len(self._places))
        for where, weight in (("text", 1.0), ("title", TITLE_WEIGHT)):
            counts, mean = self._counts[where][at], self._statistics.mean_length(where)
            shares[holders] += weight * share(counts, self._lengths[where][holders].astype(np.float64), mean)
        has = np.zeros(len(shares), np.bool_)
        has[holders] = True
        return _Standing(has, shares)


@lru_cache(1 << 16)
def number_of(term: str) -> int:
    """What stands for a term: of 64 bits, so that two terms have hardly ever the same."""
    return int.from_bytes(blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "little")

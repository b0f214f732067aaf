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


class _TermShares(NamedTuple):
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
        counts = [len(words) // _WORD.itemsize for words in packed.values()]
        self._holders = np.repeat(np.arange(len(counts)), counts)
        records = np.frombuffer(b"".join(packed.values()), _WORD)
        self._terms = np.ascontiguousarray(records["term"])
        self._counts = {"text": records["text"].astype(np.float64), "title": records["title"].astype(np.float64)}
        self._lengths = {
            field_name: np.bincount(self._holders, words, len(counts)) for field_name, words in self._counts.items()
        }
        self._shares_of: dict[str, _TermShares] = {}

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs."""
        scores = np.zeros(len(self._places))
        for word in query.words:
            for term, weight in word.terms.items():
                scores += weight * self._statistics.idf(term) * self._term_shares(term).shares
        rounded: list[float] = np.round(scores, 6)[self._places_of(rows)].tolist()
        return rounded

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared."""
        covered, total = np.zeros(len(self._places)), 0.0
        for word in query.words:
            weight = self._statistics.word_idf(word) ** 2
            total += weight
            has = np.zeros(len(covered), np.bool_)
            for term in word.terms:
                has |= self._term_shares(term).has
            covered[has] += weight
        rounded: list[float] = np.minimum(1.0, covered / (total or 1.0))[self._places_of(rows)].tolist()
        return rounded

    def _places_of(self, rows: Sequence[int]) -> NDArray[np.intp]:
        return np.array([self._places[row] for row in rows], np.intp)

    def _term_shares(self, term: str) -> _TermShares:
        """Of a term that is several, the rows that have all, each with the least share."""
        if term not in self._shares_of:
            self._shares_of[term] = self._joint_shares(term)
        return self._shares_of[term]

    def _joint_shares(self, term: str) -> _TermShares:
        parts = [self._single_shares(part) for part in dict.fromkeys(term.split(" "))]
        has = np.all([part.has for part in parts], axis=0)
        return _TermShares(has, np.where(has, np.min([part.shares for part in parts], axis=0), 0.0))

    def _single_shares(self, term: str) -> _TermShares:
        at = np.flatnonzero(self._terms == number_of(term))
        holders = self._holders[at]
        shares = np.zeros(len(self._places))
        for field_name, weight in (("text", 1.0), ("title", TITLE_WEIGHT)):
            counts, mean = self._counts[field_name][at], self._statistics.mean_length(field_name)
            shares[holders] += weight * share(counts, self._lengths[field_name][holders].astype(np.float64), mean)
        has = np.zeros(len(shares), np.bool_)
        has[holders] = True
        return _TermShares(has, shares)


@lru_cache(1 << 16)
def number_of(term: str) -> int:
    """What stands for a term: of 64 bits, so that two terms have hardly ever the same."""
    return int.from_bytes(blake2b(term.encode("utf-8", "replace"), digest_size=8).digest(), "little")

"""The keyword leg's index: a generation's terms, ranked by BM25.

Terms arrive analysed (`paraglot.search.text.analysis`). A paragraph's text and heading are one field, its article's
title another that counts less: every paragraph of an article has the title's words in common. A keyword engine gives
where a term stands (`postings`), and the scores are added up here. The idf of a term that is marked with a language
counts the paragraphs of that language alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.deadline import check
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.folder.keyword.engines import WHOOSH, open_postings
from paraglot.search.folder.keyword.postings import FIELDS, NoPostings, Occurrences, Places, Postings
from paraglot.search.folder.layout import Generation
from paraglot.search.index import TermStatistics
from paraglot.search.parts.bm25 import TITLE_WEIGHT, idf, share, word_idf
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.parts.protocols import Allowed, Choose, Field
from paraglot.search.parts.ranges import located
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.text.languages import primary

KEPT_BYTES, KEPT_BYTES_OF_PART = 1 << 25, 1 << 23
"""Shares of terms that are kept at hand, of all paragraphs and of a part of them."""

KEPT_COUNTS = 20_000
"""Terms of which it is kept at hand how many paragraphs have them."""

_PER_TERM = 500


class _Shares(NamedTuple):
    """Where a term stands, ascending, and BM25's share of each place before idf."""

    places: Places
    shares: NDArray[np.float64]


class KeywordIndex:
    """The keyword index of one generation, or of a part of its rows. Safe to share between threads.

    All that it says is said of its own rows alone, statistics and all.
    """

    def __init__(self, terms: Postings, languages: Mapping[str, int], kept_bytes: int = KEPT_BYTES) -> None:
        """``languages``: paragraphs per language, as the manifest counts them."""
        self._terms = terms
        self._counts: Counter[str] = Counter()
        for tag, count in languages.items():
            self._counts[primary(tag)] += count
        self._means: dict[Field, float] = {}
        self._kept: LruCache[tuple[str, Field | None], _Shares] = LruCache(
            kept_bytes, lambda shares: _PER_TERM + 16 * len(shares.places)
        )
        self._count = lru_cache(KEPT_COUNTS)(terms.count)

    def within(self, rows: BitMap, languages: Mapping[str, int]) -> KeywordIndex:
        """The index as it would be of ``rows`` alone; ``languages`` counts theirs. Not to be closed."""
        return KeywordIndex(self._terms.within(rows), languages, KEPT_BYTES_OF_PART)

    def close(self) -> None:
        """Let the files go: each is closed when no other generation has its segment."""
        self._terms = NoPostings()

    def warm(self) -> None:
        """Read beforehand what every search needs."""
        self._mean_length("text")
        self._mean_length("title")

    def rows(self) -> BitMap:
        """All rows that the index holds."""
        return self._terms.rows()

    def search(self, query: KeywordQuery, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by BM25."""
        all_scores = self._scores(query)
        places = self._allowed(np.flatnonzero(all_scores), allowed)
        scores = np.round(all_scores[places], 6)
        least = np.partition(scores, -limit)[-limit] if len(places) > limit else 0.0
        is_best = (scores >= least) & (scores > 0)
        rows, best = self._terms.rows_of(places[is_best]), scores[is_best]
        order = np.lexsort((rows, -best))[:limit]
        return list(zip(rows[order].tolist(), best[order].tolist(), strict=True))

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs."""
        places = self._terms.places_of(rows)
        scores = np.zeros(len(places))
        for word in query.words:
            for term, weight in word.terms.items():
                postings = self._postings(term, None)
                at, has = located(postings.places, places)
                scores[has] += weight * self._idf(term) * postings.shares[at[has]]
        rounded: list[float] = np.round(scores, 6).tolist()
        return rounded

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared.

        A word that no paragraph has weighs most of all: who looks for it is not answered by the others.
        """
        places = self._terms.places_of(rows)
        covered, total = np.zeros(len(places)), 0.0
        for word in query.words:
            weight = self._word_idf(word) ** 2
            total += weight
            has = np.zeros(len(places), np.bool_)
            for term in word.terms:
                has |= located(self._postings(term, None).places, places)[1]
            covered[has] += weight
        return np.minimum(1.0, covered / total).tolist() if total else [0.0] * len(rows)

    def covering(self, query: KeywordQuery, share: float, allowed: Allowed = None) -> list[int]:
        """The rows that cover at least ``share`` of what the best one covers, and anything at all; ascending."""
        covered = np.zeros(self._terms.size)
        for word in query.words:
            check()
            has = np.zeros(len(covered), np.bool_)
            for term in word.terms:
                has[self._postings(term, None).places] = True
            covered[has] += self._word_idf(word) ** 2
        places = self._allowed(np.flatnonzero(covered), allowed)
        covered = covered[places]
        # Sums of the same weights in another order differ in their last digit.
        is_enough = covered >= share * covered.max(initial=0) - 1e-9
        rows: list[int] = self._terms.rows_of(places[is_enough]).tolist()
        return rows

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        check()
        return self._count(term, "text")

    def statistics(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``, in their text and in their title."""
        check()
        return TermStatistics(*({term: self._count(term, field) for term in terms} for field in FIELDS))

    def rows_with(self, term: str, field: Field | None = None) -> list[int]:
        """The rows that have a term in a field (None: in either)."""
        rows: list[int] = self._terms.rows_of(self._postings(term, field).places).tolist()
        return rows

    def vocabulary(self, prefix: str, choose: Choose = list) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points, as far as they are chosen."""
        chosen = choose(self._terms.forms(prefix))
        return [form for form in chosen if self.frequency(form) or self._count(form, "title")]

    def _scores(self, query: KeywordQuery) -> NDArray[np.float64]:
        """The BM25 of every place, not rounded."""
        scores = np.zeros(self._terms.size)
        for word in query.words:
            for term, weight in word.terms.items():
                postings = self._postings(term, None)
                scores[postings.places] += weight * self._idf(term) * postings.shares
        return scores

    def _idf(self, term: str) -> float:
        language, marked, _ = term.partition(":")
        total = self._counts[language] if marked and self._counts[language] else self._terms.live
        return idf(total, len(self._postings(term, None).places))

    def _word_idf(self, word: QueryWord) -> float:
        """The lowest of its terms that any paragraph has, before those of its sound."""
        return word_idf(word.terms, lambda term: len(self._postings(term, None).places), self._idf, self._terms.live)

    def _allowed(self, places: Places, allowed: Allowed) -> Places:
        if allowed is None:
            return places
        allowed_rows = allowed.to_array() if isinstance(allowed, BitMap) else list(allowed)
        return places[np.isin(self._terms.rows_of(places), np.array(allowed_rows, np.int64))]

    def _postings(self, term: str, field: Field | None) -> _Shares:
        return self._kept.get((term, field), lambda _: self._read_postings(term, field))

    def _read_postings(self, term: str, field: Field | None) -> _Shares:
        """In ``field`` alone, or in both, the title at its weight; of several terms where all of them stand."""
        if " " in term:
            return _intersection([self._postings(part, field) for part in dict.fromkeys(term.split(" "))])
        if field:
            return self._field_postings(term, field)
        text, title = self._field_postings(term, "text"), self._field_postings(term, "title")
        return _union(text, title) if len(title.places) else text

    def _field_postings(self, term: str, field: Field) -> _Shares:
        places, counts = self._occurrences(term, field)
        if not len(places):
            return _Shares(places, np.zeros(0))
        lengths = self._terms.lengths(field, places)
        return _Shares(places, share(counts.astype(np.float64), lengths, self._mean_length(field)))

    def _occurrences(self, term: str, field: Field) -> Occurrences:
        check()
        return self._terms.occurrences(term, field)

    def _mean_length(self, field: Field) -> float:
        if field not in self._means:
            self._means[field] = self._terms.mean_length(field)
        return self._means[field]


def open_keyword(generation: Generation, languages: Mapping[str, int], engine: str = WHOOSH) -> KeywordIndex:
    """Open the keyword index of a generation; ``languages`` and ``engine`` as in its manifest.

    Raises `IndexDamaged` where the engine cannot read it, and `IndexMismatch` where it is not installed.
    """
    return KeywordIndex(open_postings(generation, engine), languages)


def no_keywords(languages: Mapping[str, int]) -> KeywordIndex:
    """The keyword index of nothing: what there is where that of a generation cannot be used."""
    return KeywordIndex(NoPostings(), languages)


def _intersection(terms: Sequence[_Shares]) -> _Shares:
    """The places of all, each with the least share."""
    places = reduce(np.intersect1d, [postings.places for postings in terms])
    shares = [postings.shares[np.searchsorted(postings.places, places)] for postings in terms]
    return _Shares(places, np.min(shares, axis=0))


def _union(text: _Shares, title: _Shares) -> _Shares:
    """The places of both, the title at its weight; by insertion, for `numpy.union1d` would sort all of them anew."""
    insert_at, is_new = text.places.searchsorted(title.places), ~located(text.places, title.places)[1]
    places = np.insert(text.places, insert_at[is_new], title.places[is_new])
    shares = np.insert(text.shares, insert_at[is_new], 0.0)
    shares[places.searchsorted(title.places)] += TITLE_WEIGHT * title.shares
    return _Shares(places, shares)

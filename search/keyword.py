"""The keyword leg's index: Whoosh segments, fed with our own terms, ranked by BM25.

Terms arrive analysed (`search.analysis`), so Whoosh only splits at spaces. A paragraph's text and heading are one
field, its article's title another that counts less: every paragraph of an article has the title's words in common.
Whoosh gives the postings of a term; they are kept, as arrays, for as long as the generation is open, and the scores are
added up here. The idf of a term that is marked with a language counts the paragraphs of that language alone.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache, reduce
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from whoosh import fields
from whoosh.analysis import RegexTokenizer
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.searching import Searcher

from search.errors import IndexDamaged
from search.fusion import in_order
from search.languages import primary
from search.layout import Generation
from search.manifest import DAMAGED_REMEDY
from search.query import KeywordQuery, QueryWord
from search.seams import Allowed, Field, Ranking

ENGINE = "whoosh"

TITLE_WEIGHT = 0.3
"""What a word in the title counts beside a word in the text."""

K1, B = 1.2, 0.75
"""BM25's saturation of repeated words, and how far a long paragraph is held to more of them."""

KEPT_POSTINGS, KEPT_FREQUENCIES = 2_000, 20_000
"""Terms whose postings, and whose counts, are kept at hand."""

KEPT_PREFIXES = 64
"""Beginnings whose surface forms are kept at hand: letters, for mistyped words, and prefixes asked for."""

SCHEMA = fields.Schema(
    row=fields.ID(sortable=True),
    title=fields.TEXT(analyzer=RegexTokenizer(r"[^ ]+"), phrase=False),
    text=fields.TEXT(analyzer=RegexTokenizer(r"[^ ]+"), phrase=False),
)

Places = NDArray[np.int64]


class _Postings(NamedTuple):
    """Where a term stands: Whoosh's document numbers ascending, and BM25's share of each before idf."""

    places: Places
    shares: NDArray[np.float64]


class WhooshIndex:
    """The keyword index of one generation. Safe to share between threads: a lock guards the one searcher."""

    def __init__(self, index: FileIndex, languages: Mapping[str, int]) -> None:
        """``languages``: paragraphs per language, as the manifest counts them."""
        self._lock = threading.Lock()
        self._index = index
        self._searcher: Searcher = index.searcher()
        self._rows = _row_column(self._searcher)
        self._order = np.argsort(self._rows, kind="stable")
        self._ordered = self._rows[self._order]
        self._live = self._searcher.doc_count()
        self._counts: Counter[str] = Counter()
        for tag, count in languages.items():
            self._counts[primary(tag)] += count
        self._norms: dict[Field, NDArray[np.float64]] = {}
        self._postings = lru_cache(KEPT_POSTINGS)(self._read_postings)
        self._vocabulary = lru_cache(KEPT_PREFIXES)(self._read_vocabulary)
        self._frequencies = lru_cache(KEPT_FREQUENCIES)(self._count)

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._searcher.close()
            self._index.close()

    def warm(self) -> None:
        """Read beforehand what every search needs."""
        with self._lock:
            self._field_norms("text")
            self._field_norms("title")

    def rows(self) -> BitMap:
        """All rows that the index holds."""
        with self._lock:
            places = list(self._searcher.reader().all_doc_ids())
        return BitMap(self._rows[places].tolist() if places else [])

    def search(self, query: KeywordQuery, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by BM25."""
        scores = self._scores(query)
        if allowed is not None:
            scores[~np.isin(self._rows, np.fromiter(allowed, np.int64))] = 0
        found = np.flatnonzero(scores)
        if len(found) > limit:
            least = np.partition(scores[found], -limit)[-limit]
            found = found[scores[found] >= least]
        return in_order((int(self._rows[place]), float(scores[place])) for place in found)[:limit]

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs."""
        places = self._places(rows)
        scores = np.zeros(len(places))
        for word in query.words:
            for term, weight in word.terms.items():
                postings = self._postings(term, None)
                at, has = _found(postings.places, places)
                scores[has] += weight * self._idf(term) * postings.shares[at[has]]
        rounded: list[float] = np.round(scores, 6).tolist()
        return rounded

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared.

        A word that no paragraph has weighs most of all: who looks for it is not answered by the others.
        """
        places = self._places(rows)
        covered, total = np.zeros(len(places)), 0.0
        for word in query.words:
            weight = self._word_idf(word) ** 2
            total += weight
            has = np.zeros(len(places), np.bool_)
            for term in word.terms:
                has |= _found(self._postings(term, None).places, places)[1]
            covered[has] += weight
        return np.minimum(1.0, covered / total).tolist() if total else [0.0] * len(rows)

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        return self._frequencies(term)

    def rows_with(self, term: str, field: Field | None = None) -> list[int]:
        """The rows that have a term in a field (None: in either)."""
        return [int(row) for row in self._rows[self._postings(term, field).places]]

    def vocabulary(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points."""
        return self._vocabulary(prefix)

    def _read_vocabulary(self, prefix: str) -> list[str]:
        with self._lock:
            reader = self._searcher.reader()
            found = {term.decode() for name in ("text", "title") for term in reader.expand_prefix(name, prefix)}
        return sorted(term for term in found if ":" not in term)

    def _scores(self, query: KeywordQuery) -> NDArray[np.float64]:
        """The BM25 of every place."""
        scores = np.zeros(len(self._rows))
        for word in query.words:
            for term, weight in word.terms.items():
                postings = self._postings(term, None)
                scores[postings.places] += weight * self._idf(term) * postings.shares
        return np.round(scores, 6)

    def _idf(self, term: str) -> float:
        language, marked, _ = term.partition(":")
        among = self._counts[language] if marked and self._counts[language] else self._live
        return max(0.0, log(max(among, 1) / (len(self._postings(term, None).places) + 1)) + 1)

    def _word_idf(self, word: QueryWord) -> float:
        """The lowest of its terms that any paragraph has."""
        known = [self._idf(term) for term in word.terms if len(self._postings(term, None).places)]
        return min(known, default=log(max(self._live, 1)) + 1)

    def _places(self, rows: Sequence[int]) -> Places:
        """The Whoosh document number of each of ``rows``; -1 for one that the index does not hold."""
        at, has = _found(self._ordered, np.asarray(rows, np.int64))
        places = np.full(len(rows), -1)
        places[has] = self._order[at[has]]
        return places

    def _read_postings(self, term: str, field: Field | None) -> _Postings:
        """In ``field`` alone, or in both, the title at its weight; of several terms where all of them stand."""
        if " " in term:
            return _together([self._postings(part, field) for part in dict.fromkeys(term.split(" "))])
        if field:
            return self._field_postings(term, field)
        text, title = self._field_postings(term, "text"), self._field_postings(term, "title")
        if not len(title.places):
            return text
        places = np.union1d(text.places, title.places)
        shares = np.zeros(len(places))
        shares[np.searchsorted(places, text.places)] += text.shares
        shares[np.searchsorted(places, title.places)] += TITLE_WEIGHT * title.shares
        return _Postings(places, shares)

    def _count(self, term: str) -> int:
        """Whoosh's own count of a segment has removed paragraphs in it until the segment is merged."""
        count = 0
        with self._lock:
            for searcher, _ in self._searcher.leaf_searchers():
                reader = searcher.reader()
                if not reader.has_deletions():
                    count += reader.doc_frequency("text", term)
                elif ("text", term) in reader:
                    count += sum(1 for _ in reader.postings("text", term).all_ids())
        return count

    def _field_postings(self, term: str, field: Field) -> _Postings:
        places: list[int] = []
        counts: list[float] = []
        with self._lock:
            for searcher, offset in self._searcher.leaf_searchers():
                reader = searcher.reader()
                if (field, term) not in reader:
                    continue
                matcher = reader.postings(field, term)
                while matcher.is_active():
                    places.append(matcher.id() + offset)
                    counts.append(matcher.weight())
                    matcher.next()
            norms = self._field_norms(field)
        where, count = np.array(places, np.int64), np.array(counts)
        return _Postings(where, count * (K1 + 1) / (count + norms[where]) if len(where) else count)

    def _field_norms(self, field: Field) -> NDArray[np.float64]:
        """K1 · (1 - B + B · length / mean length) of every place; lengths as Whoosh keeps them, rounded to a byte."""
        if field not in self._norms:
            reader = self._searcher.reader()
            lengths = np.array([reader.doc_field_length(place, field) for place in range(len(self._rows))], np.float64)
            kept = [not reader.is_deleted(place) for place in range(len(self._rows))]
            there = lengths[np.array(kept, np.bool_) & (lengths > 0)]
            self._norms[field] = K1 * (1 - B + B * lengths / (there.mean() if len(there) else 1))
        return self._norms[field]


def open_keyword(generation: Generation, languages: Mapping[str, int]) -> WhooshIndex:
    """Open the keyword index of a generation; ``languages`` as in its manifest.

    Raises `IndexDamaged` when Whoosh cannot read it.
    """
    try:
        return WhooshIndex(FileIndex(FileStorage(str(generation.keyword), readonly=True), schema=SCHEMA), languages)
    # What Whoosh raises over a damaged file is whatever its unpickling and unpacking stumble on.
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise IndexDamaged(f"{generation.keyword}: Whoosh cannot read it ({what}).", DAMAGED_REMEDY) from error


def _together(several: Sequence[_Postings]) -> _Postings:
    """The places of all, each with the least share."""
    places = reduce(np.intersect1d, [one.places for one in several])
    shares = [one.shares[np.searchsorted(one.places, places)] for one in several]
    return _Postings(places, np.min(shares, axis=0))


def _found(ascending: Places, wanted: Places) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where in ``ascending`` each of ``wanted`` stands, and whether it is there at all."""
    at = np.searchsorted(ascending, wanted)
    has = np.append(ascending, -2)[at] == wanted
    return at, has


def _row_column(searcher: Searcher) -> NDArray[np.int64]:
    """Row of every Whoosh document number, deleted ones included, ``int64[n]``."""
    reader = searcher.reader()
    if not reader.doc_count_all():
        return np.empty(0, dtype=np.int64)
    return np.array([int(value) for value in reader.column_reader("row", translate=False)], dtype=np.int64)

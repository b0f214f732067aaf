"""The keyword leg's index: Whoosh segments, fed with our own terms, ranked by BM25.

Terms arrive analysed (`search.analysis`), so Whoosh only splits at spaces. A paragraph's text and heading are one
field, its article's title another that counts less: every paragraph of an article has the title's words in common.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap
from whoosh import fields, query
from whoosh.analysis import RegexTokenizer
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from search.errors import IndexDamaged
from search.fusion import best
from search.layout import Generation
from search.manifest import DAMAGED_REMEDY
from search.seams import Allowed, Ranking

ENGINE = "whoosh"

TITLE_WEIGHT = 0.3
"""What a word in the title counts beside a word in the text."""

SCHEMA = fields.Schema(
    row=fields.ID(sortable=True),
    title=fields.TEXT(analyzer=RegexTokenizer(r"[^ ]+"), phrase=False),
    text=fields.TEXT(analyzer=RegexTokenizer(r"[^ ]+"), phrase=False),
)

_FIELDS = (("text", 1.0), ("title", TITLE_WEIGHT))


class WhooshIndex:
    """The keyword index of one generation. Safe to share between threads: a lock guards the one searcher."""

    def __init__(self, index: FileIndex) -> None:
        self._lock = threading.Lock()
        self._index = index
        self._searcher: Searcher = index.searcher(weighting=BM25F())
        self._rows = _row_column(self._searcher)

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._searcher.close()
            self._index.close()

    def rows(self) -> BitMap:
        """All rows that the index holds."""
        with self._lock:
            places = list(self._searcher.reader().all_doc_ids())
        return BitMap(self._rows[places].tolist() if places else [])

    def search(self, terms: Sequence[str], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by BM25 for the analysed ``terms``."""
        if not terms or not len(self._rows):
            return []
        question = query.Or([_term(term) for term in dict.fromkeys(terms)])
        keep = None if allowed is None else set(np.flatnonzero(np.isin(self._rows, list(allowed))).tolist())
        if keep is not None and not keep:
            return []
        with self._lock:
            return best(lambda n: self._found(question, n, keep), limit)

    def scores(self, terms: Sequence[str], rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs."""
        places = self._places(rows)
        wanted = sorted(places.values())
        found = dict.fromkeys(wanted, 0.0)
        with self._lock:
            for term in dict.fromkeys(terms):
                for place, score in self._term_scores(term, wanted):
                    found[place] += score
        return [round(found[places[row]], 6) if row in places else 0.0 for row in rows]

    def coverage(self, terms: Sequence[str], rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the terms, weighted by idf squared.

        A term that no paragraph has weighs most of all: who looks for it is not answered by the others.
        """
        wanted = self._places(rows)
        found = dict.fromkeys(wanted.values(), 0.0)
        total = 0.0
        with self._lock:
            for term in dict.fromkeys(terms):
                places = [place for place, _ in self._term_scores(term, sorted(found))]
                weight = self._searcher.idf("text", term) ** 2
                total += weight
                for place in places:
                    found[place] += weight
        return [found[wanted[row]] / total if row in wanted and total else 0.0 for row in rows]

    def _places(self, rows: Sequence[int]) -> dict[int, int]:
        """Row → Whoosh document number, for those of ``rows`` that the index holds."""
        return {int(self._rows[place]): place for place in np.flatnonzero(np.isin(self._rows, rows)).tolist()}

    def _found(self, question: query.Query, limit: int, keep: set[int] | None) -> Ranking:
        results = self._searcher.search(question, limit=min(limit, len(self._rows)), filter=keep)
        return [(int(self._rows[place]), round(score, 6)) for score, place in results.top_n]

    def _term_scores(self, term: str, wanted: Sequence[int]) -> list[tuple[int, float]]:
        """The score that a term gives to each of the ``wanted`` places (ascending) that have it."""
        found = []
        for searcher, offset in self._searcher.leaf_searchers():
            inside = [place - offset for place in wanted if 0 <= place - offset < searcher.doc_count_all()]
            matcher = _term(term).matcher(searcher, searcher.boolean_context().set(weighting=BM25F()))
            for place in inside:
                if matcher.is_active() and matcher.id() < place:
                    matcher.skip_to(place)
                if not matcher.is_active():
                    break
                if matcher.id() == place:
                    found.append((place + offset, matcher.score()))
        return found


def open_keyword(generation: Generation) -> WhooshIndex:
    """Open the keyword index of a generation. Raises `IndexDamaged` when Whoosh cannot read it."""
    try:
        return WhooshIndex(FileIndex(FileStorage(str(generation.keyword), readonly=True), schema=SCHEMA))
    # What Whoosh raises over a damaged file is whatever its unpickling and unpacking stumble on.
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise IndexDamaged(f"{generation.keyword}: Whoosh cannot read it ({what}).", DAMAGED_REMEDY) from error


def _term(term: str) -> query.Query:
    return query.Or([query.Term(name, term, boost=weight) for name, weight in _FIELDS])


def _row_column(searcher: Searcher) -> NDArray[np.int64]:
    """Row of every Whoosh document number, deleted ones included, ``int64[n]``."""
    reader = searcher.reader()
    if not reader.doc_count_all():
        return np.empty(0, dtype=np.int64)
    return np.array([int(value) for value in reader.column_reader("row")], dtype=np.int64)

"""The paragraphs that may be seen of a generation, as the parts of a snapshot ask the cluster for them."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import in_order
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.opensearch.cluster import SEARCH_TYPE, Json
from paraglot.search.opensearch.point import Point, among, columns, row_of
from paraglot.search.opensearch.schema import MOST_CLAUSES, WINDOW, kept_term
from paraglot.search.opensearch.statistics import Statistics, having
from paraglot.search.opensearch.words import ReadWords
from paraglot.search.parts.bm25 import K1, TITLE_WEIGHT
from paraglot.search.query.query_terms import KeywordQuery

BY_ROW = [{"row": "asc"}]
BY_SCORE = [{"_score": "desc"}, *BY_ROW]

TEXTS = ("paragraph.heading", "paragraph.text", "head.title")
"""What is read of a paragraph's texts."""

_ONCE = 1 / (1 + K1)
"""What Lucene counts one occurrence in a text of mean length, before idf."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Paragraphs of a point in time, and their statistics."""

    point: Point
    filters: tuple[Json, ...]
    """What lets them through; of all of a point there may be none."""
    statistics: Statistics
    whole: Statistics
    """Of the whole generation: by these Lucene scores."""

    def both(
        self, query: KeywordQuery, vector: NDArray[np.float32], limit: int, filters: Sequence[Json]
    ) -> tuple[Ranking, Ranking]:
        """`best` and `nearest` by one request."""
        self.statistics.prepare(query)
        by_words = self._by_words(query, filters)
        if by_words is None:
            return [], self.nearest(vector, limit, filters)
        proposed = {**by_words, "size": _proposed(limit), "track_total_hits": False}
        words, nearest = self.point.search(proposed, self._by_vector(vector, limit, filters))
        return self._scored(query, words["hits"]["hits"], limit), _cosines(nearest)

    def best(self, query: KeywordQuery, limit: int, filters: Sequence[Json]) -> Ranking:
        """The ``limit`` best by BM25. Lucene proposes more than these, and they are scored anew."""
        self.statistics.prepare(query)
        body = self._by_words(query, filters)
        return [] if body is None else self._scored(query, list(self.point.hits(body, _proposed(limit))), limit)

    def nearest(self, vector: NDArray[np.float32], limit: int, filters: Sequence[Json]) -> Ranking:
        """The ``limit`` nearest by the cosine, as the graphs of the shards lead to them."""
        [answer] = self.point.search(self._by_vector(vector, limit, filters))
        return _cosines(answer)

    def first(self, filters: Sequence[Json], most: int | None, reading: Json) -> Iterator[Json]:
        """The hits of the lowest rows that meet all filters; ``reading`` as `columns` gives it."""
        body = {"query": among([*self.filters, *filters]), "sort": BY_ROW, **reading}
        return self.point.hits(body, most)

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``."""
        wanted = list(rows)
        found = self.point.paragraphs(wanted, self.filters, source=TEXTS)
        for row in wanted:
            source = found[row]["_source"]
            own = source["paragraph"]
            yield row, (source["head"]["title"], f"{own['heading']}\n{own['text']}")

    def _by_words(self, query: KeywordQuery, filters: Sequence[Json]) -> Json | None:
        """The search that proposes what is best by BM25; None where nothing has a word of the query."""
        if not (should := self._should(query)):
            return None
        query_ = {**among([*self.filters, *filters])["bool"], "should": should, "minimum_should_match": 1}
        reading = columns("row", packed=["words"])
        return {"query": {"bool": query_}, "sort": BY_SCORE, **reading, SEARCH_TYPE: "dfs_query_then_fetch"}

    def _scored(self, query: KeywordQuery, found: Sequence[Json], limit: int) -> Ranking:
        words = ReadWords({row_of(hit): packed(hit, "words") for hit in found}, self.statistics)
        rows = [row_of(hit) for hit in found]
        scored = zip(rows, words.scores(query, rows), strict=True)
        return in_order((row, score) for row, score in scored if score > 0)[:limit]

    def _by_vector(self, vector: NDArray[np.float32], limit: int, filters: Sequence[Json]) -> Json:
        most = min(limit, WINDOW)
        asked = {"vector": vector.tolist(), "k": most, "filter": among([*self.filters, *filters])}
        return {"size": most, "query": {"knn": {"vector": asked}}, **columns("row")}

    def _should(self, query: KeywordQuery) -> list[Json]:
        """The words of a query so weighted that Lucene's scores are nearly ours: its idf is divided out."""
        weighted = [
            (weight * self.statistics.idf(term), term)
            for word in query.words
            for term, weight in word.terms.items()
            if self.statistics.having(term).either
        ]
        weighted = sorted((one for one in weighted if one[0] > 0), reverse=True)[: MOST_CLAUSES // 2]
        self.whole.look_up(term for _, term in weighted)
        return [clause for weight, term in weighted for clause in self._clauses(term, weight)]

    def _clauses(self, term: str, weight: float) -> Iterator[Json]:
        if " " in term:
            yield {"constant_score": {"filter": having(term), "boost": weight * _ONCE}}
            return
        count = self.whole.having(term)
        for field, own, part in (("text", count.text, 1.0), ("title", count.title, TITLE_WEIGHT)):
            if own:
                boost = weight * part / _lucene_idf(self.whole.among, own)
                yield {"term": {field: {"value": kept_term(term), "boost": boost}}}


def _proposed(limit: int) -> int:
    """How many Lucene proposes, whose scores are nearly ours, where so many are asked for."""
    return limit + limit // 4 + 50


def _cosines(answer: Json) -> Ranking:
    """Lucene's score is (1 + cosine) / 2."""
    return in_order((row_of(hit), round(2 * hit["_score"] - 1, 6)) for hit in answer["hits"]["hits"])


def packed(hit: Json, name: str) -> bytes:
    """What is stored of a hit under a name; nothing where it has none."""
    return b64decode(hit["fields"].get(name, [""])[0])


def _lucene_idf(count: int, having_: int) -> float:
    return log(1 + (max(count - having_, 0) + 0.5) / (having_ + 0.5))

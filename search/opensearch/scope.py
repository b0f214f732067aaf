"""The paragraphs that may be seen of a generation, as the parts of a snapshot ask the cluster for them."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import in_order
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.opensearch.cluster import SEARCH_TYPE, Json
from paraglot.search.opensearch.point import Point, all_of, columns, paragraph_query, row_of
from paraglot.search.opensearch.schema import MOST_CLAUSES, PACKED, WINDOW, kept_term
from paraglot.search.opensearch.statistics import Statistics, term_query
from paraglot.search.opensearch.words import ReadWords
from paraglot.search.parts.bm25 import K1, TITLE_WEIGHT
from paraglot.search.query.query_terms import KeywordQuery

BY_ROW = [{"row": "asc"}]
BY_SCORE = [{"_score": "desc"}, *BY_ROW]

TEXTS = ("paragraph.heading", "paragraph.text", "head.title")
"""What is read of a paragraph's texts."""

WHOLE = columns(packed=PACKED, source=True)
"""What is read of a paragraph where all evidence is needed of it."""

FEW = 200
"""Paragraphs of a leg that are read whole by the search that finds them."""

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

    def by_both_legs(
        self, query: KeywordQuery, vector: NDArray[np.float32], limit: int, filters: Sequence[Json]
    ) -> tuple[Ranking, Ranking, dict[int, Json]]:
        """`best` and `nearest` by one request, and row → hit of all that was found, with `WHOLE`."""
        self.statistics.prepare(query)
        by_words, by_vector = self._words_body(query, filters), self._vector_body(vector, limit, filters)
        bodies = [{**by_vector, **WHOLE}]
        if by_words is not None:
            bodies.append({**by_words, "size": _oversampled(limit), "track_total_hits": False, **WHOLE})
        nearest, *words = (answer["hits"]["hits"] for answer in self.point.search(*bodies))
        hits = {row_of(hit): hit for of_leg in (nearest, *words) for hit in of_leg}
        return (self._scored(query, words[0], limit) if words else []), _by_cosine(nearest), hits

    def by_words(self, query: KeywordQuery, limit: int, filters: Sequence[Json]) -> Ranking:
        """The ``limit`` best by BM25. Lucene proposes more than these, and they are scored anew."""
        self.statistics.prepare(query)
        body = self._words_body(query, filters)
        return [] if body is None else self._scored(query, list(self.point.hits(body, _oversampled(limit))), limit)

    def by_vector(
        self, vector: NDArray[np.float32], limit: int, filters: Sequence[Json]
    ) -> tuple[Ranking, dict[int, Json]]:
        """The ``limit`` nearest by the cosine, as the graphs of the shards lead to them, and row → hit, of a few with
        `WHOLE`."""
        reading = WHOLE if limit <= FEW else {}
        [answer] = self.point.search({**self._vector_body(vector, limit, filters), **reading})
        answered = answer["hits"]["hits"]
        return _by_cosine(answered), {row_of(hit): hit for hit in answered} if reading else {}

    def in_row_order(self, filters: Sequence[Json], most: int | None, reading: Json) -> Iterator[Json]:
        """The hits of the lowest rows that meet all filters; ``reading`` as `columns` gives it."""
        body = {"query": paragraph_query([*self.filters, *filters]), "sort": BY_ROW, **reading}
        return self.point.hits(body, most)

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``."""
        distinct = list(rows)
        hits = self.point.paragraphs(distinct, self.filters, source=TEXTS)
        for row in distinct:
            source = hits[row]["_source"]
            paragraph = source["paragraph"]
            yield row, (source["head"]["title"], f"{paragraph['heading']}\n{paragraph['text']}")

    def _words_body(self, query: KeywordQuery, filters: Sequence[Json]) -> Json | None:
        """The search that proposes what is best by BM25; None where nothing has a word of the query."""
        if not (should := self._should(query)):
            return None
        query_ = {**all_of([*self.filters, *filters])["bool"], "should": should, "minimum_should_match": 1}
        reading = columns(packed=["words"])
        return {"query": {"bool": query_}, "sort": BY_SCORE, **reading, SEARCH_TYPE: "dfs_query_then_fetch"}

    def _scored(self, query: KeywordQuery, hits: Sequence[Json], limit: int) -> Ranking:
        words = ReadWords({row_of(hit): packed(hit, "words") for hit in hits}, self.statistics)
        rows = [row_of(hit) for hit in hits]
        scored = zip(rows, words.scores(query, rows), strict=True)
        return in_order((row, score) for row, score in scored if score > 0)[:limit]

    def _vector_body(self, vector: NDArray[np.float32], limit: int, filters: Sequence[Json]) -> Json:
        most = min(limit, WINDOW)
        both = [*self.filters, *filters]  # of none the shards need not look through all that they have
        filtering = {"filter": all_of(both)} if both else {}
        knn = {"vector": vector.tolist(), "k": most, **filtering}
        return {"size": most, "query": {"knn": {"vector": knn}}, "track_total_hits": False, **columns()}

    def _should(self, query: KeywordQuery) -> list[Json]:
        """The words of a query so weighted that Lucene's scores are nearly ours: its idf is divided out."""
        weighted = [
            (weight * self.statistics.idf(term), term)
            for word in query.words
            for term, weight in word.terms.items()
            if self.statistics.count_of(term).either
        ]
        weighted = sorted((pair for pair in weighted if pair[0] > 0), reverse=True)[: MOST_CLAUSES // 2]
        self.whole.look_up(term for _, term in weighted)
        return [clause for weight, term in weighted for clause in self._clauses(term, weight)]

    def _clauses(self, term: str, weight: float) -> Iterator[Json]:
        if " " in term:
            yield {"constant_score": {"filter": term_query(term), "boost": weight * _ONCE}}
            return
        count = self.whole.count_of(term)
        for field, df, field_weight in (("text", count.text, 1.0), ("title", count.title, TITLE_WEIGHT)):
            if df:
                boost = weight * field_weight / _lucene_idf(self.whole.total, df)
                yield {"term": {field: {"value": kept_term(term), "boost": boost}}}


def _oversampled(limit: int) -> int:
    """How many Lucene proposes, whose scores are nearly ours, where so many are asked for."""
    return limit + max(limit // 4, 25)


def _by_cosine(hits: Sequence[Json]) -> Ranking:
    """Lucene's score is (1 + cosine) / 2."""
    return in_order((row_of(hit), round(2 * hit["_score"] - 1, 6)) for hit in hits)


def packed(hit: Json, name: str) -> bytes:
    """What is stored of a hit under a name, unpacked when it is first read; nothing where it has none."""
    fields = hit.setdefault("fields", {})
    value = fields.get(name, b"")
    if not isinstance(value, bytes):
        value = fields[name] = a2b_base64(value[0])
    return value


def _lucene_idf(count: int, df: int) -> float:
    return log(1 + (max(count - df, 0) + 0.5) / (df + 0.5))

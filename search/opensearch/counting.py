"""What is counted and listed over all paragraphs that may be seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from paraglot.search.index import ArticleKey, Matching
from paraglot.search.opensearch.attributes import any_of
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.manifest import ClusterManifest
from paraglot.search.opensearch.point import Point, among, columns, row_of
from paraglot.search.opensearch.schema import MOST_CLAUSES, WINDOW
from paraglot.search.opensearch.scope import BY_ROW, Scope
from paraglot.search.opensearch.statistics import having
from paraglot.search.parts.attributes import LANGUAGE, OF_ARTICLES
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.types import Sort

_EXACT = 40_000
"""Articles up to which their number is exact; of more in a part it is an estimate."""


def of_part(point: Point, filters: Sequence[Json]) -> ClusterManifest:
    """The manifest as it would be of what some filters let through."""
    articles = {"cardinality": {"field": "article_id", "precision_threshold": _EXACT}}
    by_language = {"terms": {"field": "language", "size": WINDOW}, "aggs": {"articles": articles}}
    counting = {"articles": articles, "languages": by_language}
    body = {"size": 0, "track_total_hits": True, "query": among(filters), "aggs": counting}
    [answer] = point.search(body)
    found = answer["aggregations"]
    tags = sorted(found["languages"]["buckets"], key=lambda one: str(one["key"]))
    return replace(
        point.manifest,
        articles=found["articles"]["value"],
        paragraphs=answer["hits"]["total"]["value"],
        languages={one["key"]: one["doc_count"] for one in tags},
        articles_in={one["key"]: one["articles"]["value"] for one in tags},
    )


def names(scope: Scope) -> list[str]:
    """All attributes that any article has."""
    counting = {"names": {"terms": {"field": "names", "size": WINDOW}}}
    [answer] = scope.point.search({"size": 0, "query": among(scope.filters), "aggs": counting})
    found = {str(one["key"]) for one in answer["aggregations"]["names"]["buckets"]}
    return sorted({*found, *OF_ARTICLES, LANGUAGE})


def articles(scope: Scope, filters: Sequence[Json]) -> list[ArticleKey]:
    """Each article that has a paragraph which filters let through, by the lowest row of those."""
    found: dict[str, ArticleKey] = {}
    for hit in scope.first(filters, None, columns(columns=["article_id", "start"], source=["head.title"])):
        own = hit["fields"]
        id_ = str(own["article_id"][0])
        if id_ not in found:
            start = float(own.get("start", [math.nan])[0])
            found[id_] = ArticleKey(row_of(hit), id_, str(hit["_source"]["head"]["title"]), start)
    return list(found.values())


def matching(
    scope: Scope, query: KeywordQuery, share: float, filters: Sequence[Json], sort: Sort, limit: int
) -> Matching:
    """What covers at least ``share`` of what the best one covers, and the first ``limit`` in an order."""
    scope.statistics.prepare(query)
    should = _coverage(scope, query)
    if not should:
        return Matching([], 0)
    query_ = {"bool": {**among([*scope.filters, *filters])["bool"], "should": should, "minimum_should_match": 1}}
    least: Json = {}
    if share > 0:
        [answer] = scope.point.search({"size": 1, "query": query_, "_source": False, "track_total_hits": False})
        # Sums of the same weights in another order differ in their last digits.
        least = {"min_score": share * (answer["hits"]["max_score"] or 0.0) * (1 - 1e-5)}
    order = BY_ROW if sort == "relevance" else [{"start": {"order": sort[5:], "missing": "_last"}}, *BY_ROW]
    body = {"query": query_, "sort": order, **columns(), **least}
    [counted] = scope.point.search({**body, "size": 0, "track_total_hits": True})
    rows = [row_of(hit) for hit in scope.point.hits(body, limit)] if limit else []
    return Matching(rows, counted["hits"]["total"]["value"])


def _coverage(scope: Scope, query: KeywordQuery) -> list[Json]:
    """The words of a query, each as much as it weighs in coverage: the score is what a paragraph covers."""
    statistics = scope.statistics
    total = sum(statistics.word_idf(word) ** 2 for word in query.words) or 1.0
    found: list[Json] = []
    for word in query.words:
        terms = [term for term in word.terms if statistics.having(term).either][: MOST_CLAUSES // len(query.words)]
        weight = statistics.word_idf(word) ** 2 / total
        if terms and weight > 0:
            clause = {"filter": any_of([having(term) for term in terms]), "boost": weight}
            found.append({"constant_score": clause})
    return found

"""What is counted and listed over all paragraphs that may be seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from paraglot.search.index import ArticleKey, Matching
from paraglot.search.opensearch.attributes import any_of
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.manifest import ClusterManifest
from paraglot.search.opensearch.point import Point, columns, paragraph_query, row_of
from paraglot.search.opensearch.schema import MOST_CLAUSES, WINDOW
from paraglot.search.opensearch.scope import BY_ROW, Scope
from paraglot.search.opensearch.statistics import term_query
from paraglot.search.parts.attributes import LANGUAGE, OF_ARTICLES
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.types import Sort

_EXACT = 40_000
"""Articles up to which their number is exact; of more in a part it is an estimate."""


def manifest_of_part(point: Point, filters: Sequence[Json]) -> ClusterManifest:
    """The manifest as it would be of what some filters let through."""
    articles = {"cardinality": {"field": "article_id", "precision_threshold": _EXACT}}
    by_language = {"terms": {"field": "language", "size": WINDOW}, "aggs": {"articles": articles}}
    counting = {"articles": articles, "languages": by_language}
    body = {"size": 0, "track_total_hits": True, "query": paragraph_query(filters), "aggs": counting}
    [answer] = point.search(body)
    counted = answer["aggregations"]
    tags = sorted(counted["languages"]["buckets"], key=lambda bucket: str(bucket["key"]))
    return replace(
        point.manifest,
        articles=counted["articles"]["value"],
        paragraphs=answer["hits"]["total"]["value"],
        languages={bucket["key"]: bucket["doc_count"] for bucket in tags},
        articles_in={bucket["key"]: bucket["articles"]["value"] for bucket in tags},
    )


def names(scope: Scope) -> list[str]:
    """All attributes that any article has."""
    counting = {"names": {"terms": {"field": "names", "size": WINDOW}}}
    [answer] = scope.point.search({"size": 0, "query": paragraph_query(scope.filters), "aggs": counting})
    names = {str(bucket["key"]) for bucket in answer["aggregations"]["names"]["buckets"]}
    return sorted({*names, *OF_ARTICLES, LANGUAGE})


def articles(scope: Scope, filters: Sequence[Json]) -> list[ArticleKey]:
    """Each article that has a paragraph which filters let through, by the lowest row of those."""
    by_id: dict[str, ArticleKey] = {}
    for hit in scope.in_row_order(filters, None, columns(columns=["article_id", "start"], source=["head.title"])):
        fields = hit["fields"]
        id_ = str(fields["article_id"][0])
        if id_ not in by_id:
            start = float(fields.get("start", [math.nan])[0])
            by_id[id_] = ArticleKey(row_of(hit), id_, str(hit["_source"]["head"]["title"]), start)
    return list(by_id.values())


def matching(
    scope: Scope, query: KeywordQuery, share: float, filters: Sequence[Json], sort: Sort, limit: int
) -> Matching:
    """What covers at least ``share`` of what the best one covers, and the first ``limit`` in an order."""
    scope.statistics.prepare(query)
    should = _coverage(scope, query)
    if not should:
        return Matching([], 0)
    query_ = {
        "bool": {**paragraph_query([*scope.filters, *filters])["bool"], "should": should, "minimum_should_match": 1}
    }
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
    clauses: list[Json] = []
    for word in query.words:
        terms = [term for term in word.terms if statistics.count_of(term).either][: MOST_CLAUSES // len(query.words)]
        weight = statistics.word_idf(word) ** 2 / total
        if terms and weight > 0:
            clause = {"filter": any_of([term_query(term) for term in terms]), "boost": weight}
            clauses.append({"constant_score": clause})
    return clauses

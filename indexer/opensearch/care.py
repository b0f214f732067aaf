"""Looking after an index on a cluster: what it is made of and takes, whether it is whole, all that is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from paraglot.indexer.corpus.drafts import MARKS, Block, Draft, Place
from paraglot.indexer.corpus.own_vectors import as_fields
from paraglot.search.encoders.outside import outside_dimension
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.memory.texts import StoredArticle
from paraglot.search.opensearch.articles import read_all
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.connecting import connected
from paraglot.search.opensearch.manifest import ClusterManifest
from paraglot.search.opensearch.point import Point, paragraph_query
from paraglot.search.opensearch.schema import ARTICLE
from paraglot.search.opensearch.scope import packed
from paraglot.search.types.address import ClusterAddress


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """``index`` is the one that the name stands for; ``sizes_bytes`` are those of its shards, and with all copies."""

    manifest: ClusterManifest
    index: str
    health: str
    shards: int
    copies: int
    sizes_bytes: dict[str, int]


def cluster_status(address: ClusterAddress) -> ClusterStatus:
    """The status of an index. Raises `IndexMissing`, `IndexMismatch`, `ClusterFailure`."""
    cluster = connected(address)
    with closing(Point(cluster, address.name)) as point:
        condition = cluster.condition(point.index)
        return ClusterStatus(point.manifest, point.index, *condition)


def committed_on_cluster(address: ClusterAddress) -> int:
    """The generation that is served. Raises as `cluster_status`."""
    with closing(Point(connected(address), address.name)) as point:
        return point.manifest.generation


def faults_on_cluster(address: ClusterAddress) -> tuple[ClusterManifest, list[str]]:
    """What the index says of itself and what is not as it says. Raises as `cluster_status`."""
    with closing(Point(connected(address), address.name)) as point:
        return point.manifest, list(faults_of(point))


def faults_of(point: Point) -> Iterator[str]:
    """What is not as the manifest says: counts by language, articles, vectors."""
    manifest = point.manifest
    languages = {"terms": {"field": "language", "size": 10_000}}
    counted = {"size": 0, "track_total_hits": True}
    articles = {"bool": {"filter": [{"term": {"kind": ARTICLE}}, *point.generation_filters]}}
    vectors = {"exists": {"field": "vector"}}
    answers = point.search(
        {**counted, "query": paragraph_query(point.generation_filters), "aggs": {"languages": languages}},
        {**counted, "query": articles},
        {**counted, "query": paragraph_query([vectors, *point.generation_filters])},
    )
    counts = {bucket["key"]: bucket["doc_count"] for bucket in answers[0]["aggregations"]["languages"]["buckets"]}
    for language in sorted({*counts, *manifest.languages}):
        if counts.get(language, 0) != manifest.languages.get(language, 0):
            difference = f"{counts.get(language, 0)} and not {manifest.languages.get(language, 0)}"
            yield f"{point.index}: the paragraphs in {language} are {difference}"
    if (total := _total(answers[1])) != manifest.articles:
        yield f"{point.index}: the articles are {total} and not {manifest.articles}"
    if (total := _total(answers[2])) != manifest.paragraphs:
        yield f"{point.index}: the paragraphs with a vector are {total} and not {manifest.paragraphs}"


def articles_on_cluster(address: ClusterAddress) -> Iterator[dict[str, Any]]:
    """Every article, in the order of ids, as `paraglot index` reads it to the same paragraphs."""
    with closing(Point(connected(address), address.name)) as point:
        outside = outside_dimension(point.manifest.encoder.name)
        for document in read_all(point):
            vectors = as_fields(_vectors(point, document.stored)) if outside else {}
            yield {**_fields(document.stored), **vectors}


def _vectors(point: Point, stored: StoredArticle) -> Vectors:
    """``float32[n, dim]``: those that the paragraphs of an article came with, in their order."""
    rows = [paragraph.row for paragraph in stored.paragraphs]
    hits = point.paragraphs(rows, point.generation_filters, packed=["direction"])
    return np.stack([np.frombuffer(packed(hits[row], "direction"), np.float32) for row in rows])


def _fields(stored: StoredArticle) -> dict[str, Any]:
    article = stored.article
    blocks = tuple(
        Block(
            paragraph.text,
            paragraph.start,
            paragraph.end,
            paragraph.heading,
            _other(paragraph.language, article.language),
            paragraph.anchor,
        )
        for paragraph in stored.paragraphs
    )
    marks = Draft(Place(Path(article.id)), article.id, article.title, article.text, blocks=blocks, divided=True).marks()
    head = {name: getattr(article, name) for name in ("language", "url", "date", "source")}
    fields = {name: value for name, value in head.items() if value is not None}
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        MARKS: marks,
        **fields,
        **article.attributes,
    }


def _other(language: str, of_article: str) -> str:
    return "" if language == of_article else language


def _total(answer: Json) -> int:
    return int(answer["hits"]["total"]["value"])

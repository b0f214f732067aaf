"""Articles: read whole, as far as they may be seen, and asked as an index in memory is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from paraglot.search.memory.texts import MemoryStore, StoredArticle
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import Point
from paraglot.search.opensearch.schema import ARTICLE
from paraglot.search.parts.attributes import LANGUAGE
from paraglot.search.query.filters import Filter, conditions
from paraglot.search.types import Article, Paragraph

MOST_AT_ONCE = 1_000
"""Articles that are read by one search."""


@dataclass(frozen=True, slots=True)
class ArticleDocument:
    """An article as it is stored, with the ids of its own document and of those of its paragraphs, in order.

    ``vectors``: a hash of those that its paragraphs came with; empty where the index makes its own.
    """

    id: str
    stored: StoredArticle
    documents: tuple[str, ...]
    vectors: str = ""

    def to_json(self) -> str:
        """What its document holds of it."""
        article = self.stored
        paragraphs = [asdict(paragraph) for paragraph in article.paragraphs]
        body = {"article": asdict(article.article), "paragraphs": paragraphs, "former": dict(article.former)}
        return json.dumps({**body, "documents": self.documents, "vectors": self.vectors}, ensure_ascii=False)


def read_documents(point: Point, field: str, values: Sequence[str]) -> Iterator[ArticleDocument]:
    """The articles that have one of ``values`` in a field of their documents."""
    distinct = list(dict.fromkeys(values))
    for first in range(0, len(distinct), MOST_AT_ONCE):
        filters = [{"term": {"kind": ARTICLE}}, {"terms": {field: distinct[first : first + MOST_AT_ONCE]}}]
        body = {"query": {"bool": {"filter": [*filters, *point.generation_filters]}}, "_source": ["article"]}
        yield from map(_document, point.hits({**body, "sort": [{"article_id": "asc"}]}))


def read_all(point: Point) -> Iterator[ArticleDocument]:
    """All articles, in the order of ids."""
    query = {"bool": {"filter": [{"term": {"kind": ARTICLE}}, *point.generation_filters]}}
    yield from map(_document, point.hits({"query": query, "_source": ["article"], "sort": [{"article_id": "asc"}]}))


def read_articles(point: Point, field: str, values: Sequence[str], forced: Filter | None = None) -> MemoryStore:
    """The articles that have one of ``values`` in a field, and of them what the filter ``forced`` lets through."""
    store = MemoryStore(
        {document.stored.article.id: document.stored for document in read_documents(point, field, values)}
    )
    if forced is None:
        return store
    return store.within(set(store.attributes.rows(forced)), by_paragraph(forced))


def by_paragraph(forced: Filter) -> bool:
    """Whether a filter may let through some paragraphs of an article and others not."""
    return any(condition.name == LANGUAGE for condition in conditions(forced))


def _document(hit: Json) -> ArticleDocument:
    body = json.loads(hit["_source"]["article"])
    paragraphs = tuple(Paragraph(**fields) for fields in body["paragraphs"])
    stored = StoredArticle(Article(**body["article"]), paragraphs, body["former"])
    return ArticleDocument(hit["_id"], stored, tuple(body["documents"]), body.get("vectors", ""))

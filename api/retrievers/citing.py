"""What retrievers tell of a hit, and how they ask: the same for every framework."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from paraglot.search.types import Hit, SearchRequest, SearchResponse


class Searcher(Protocol):
    """What a retriever asks: an open index, a `Client`, or an `AsyncClient`, whose answer is awaited."""

    def search(self, request: SearchRequest, /) -> SearchResponse | Awaitable[SearchResponse]:
        """The answer to one request."""


def ask(searcher: Searcher, query: str, options: Mapping[str, Any]) -> list[Hit]:
    """The hits of a query, from where nothing can be awaited."""
    found = searcher.search(SearchRequest(query, **options))
    if isinstance(found, SearchResponse):
        return list(found.hits)
    if inspect.iscoroutine(found):
        found.close()
    raise TypeError("An AsyncClient can only be awaited: use the retriever's async methods, or a Client.")


async def ask_async(searcher: Searcher, query: str, options: Mapping[str, Any]) -> list[Hit]:
    """The hits of a query; what waits for them in process, or for the network, does so in a thread."""
    found = await asyncio.to_thread(searcher.search, SearchRequest(query, **options))
    return list((found if isinstance(found, SearchResponse) else await found).hits)


def check(options: Mapping[str, Any]) -> None:
    """Options are those of `SearchRequest`. Raises `InvalidRequest`, or `TypeError` for an unknown name."""
    SearchRequest("any", **options)


def metadata(hit: Hit) -> dict[str, Any]:
    """The citation of a hit, how good it is, and which article and paragraph it is, as plain JSON."""
    citation = hit.citation
    return {
        "url": citation.url,
        "quote": citation.quote,
        "title": citation.title,
        "source": citation.source,
        "date": citation.date,
        "language": citation.language,
        "score": hit.score,
        "relevance": hit.relevance,
        "article_id": hit.article.id,
        "paragraph_id": hit.paragraph.id,
    }

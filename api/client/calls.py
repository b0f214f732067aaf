"""What can be asked of a service: each call is what to send and how to read the answer. Sends nothing itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from paraglot.api.client import reading as reading
from paraglot.api.client.reading import CitedParagraph, CollectionInfo, IndexLanguage, Json
from paraglot.api.http.queue.tasks import Task
from paraglot.search.answer.listing import ArticlesRequest, ArticlesResponse
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.suggest.types import SuggestRequest, SuggestResponse
from paraglot.search.types import AcrossResponse, Article, Paragraph, SearchRequest, SearchResponse
from paraglot.search.types.options import request_of

T = TypeVar("T")

LINES = "application/x-ndjson"


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request; ``read`` makes the result of the answer's JSON; ``wait_s``: so much longer the answer may take."""

    method: str
    path: str
    read: Callable[[Json], T]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    media_type: str = "application/json"
    wait_s: float = 0.0


def search(request: SearchRequest | str) -> Call[SearchResponse]:
    """The answer to one request; a text is one with all else unsaid."""
    query = request_of(SearchRequest, request)
    return _call("search", _fields(query), lambda answer: reading.response(answer, query))


def search_all(requests: Sequence[SearchRequest | str]) -> Call[list[SearchResponse]]:
    """The answers to at most 20 requests, all from the same state of the index."""
    queries = [request_of(SearchRequest, request) for request in requests]
    body = {"searches": [_fields(query) for query in queries]}
    return _call("multi-search", body, lambda answer: reading.responses(answer, queries))


def search_across(request: SearchRequest | str, collections: Sequence[str] = ()) -> Call[AcrossResponse]:
    """The answer of several collections to one request, the most relevant first; none named: all that the key opens."""
    query = request_of(SearchRequest, request)
    return _call("collections/search", {**_fields(query), "collections": list(collections)}, reading.across)


def collections() -> Call[list[CollectionInfo]]:
    """The collections that the key opens, the default one first."""
    return Call("GET", "/v1/collections", reading.collections)


def similar(request: SimilarRequest | str) -> Call[SimilarResponse]:
    """The paragraphs that say what another one, or a text, says. Raises `NotFound`."""
    query = request_of(SimilarRequest, request, "text")
    return _call("similar", _fields(query), lambda answer: reading.similar(answer, query))


def suggest(request: SuggestRequest | str) -> Call[SuggestResponse]:
    """Titles and phrases that go on as what was typed."""
    query = request_of(SuggestRequest, request)
    return _call("suggest", _fields(query), lambda answer: reading.suggestions(answer, query))


def articles(request: ArticlesRequest) -> Call[ArticlesResponse]:
    """One page of the articles that a filter lets through."""
    parameters = {
        name: ",".join(value) if isinstance(value, tuple) else value for name, value in _fields(request).items()
    }
    return Call("GET", "/v1/articles", lambda answer: reading.articles(answer, request), parameters)


def article(article_id: str) -> Call[tuple[Article, list[Paragraph]]]:
    """An article and its paragraphs in order. Raises `NotFound`."""
    return Call("GET", _path("articles", article_id), reading.article)


def paragraph(paragraph_id: str, context: int = 0) -> Call[CitedParagraph]:
    """A paragraph, and up to ``context`` on either side of it. Raises `NotFound`, or `ParagraphChanged`."""
    return Call("GET", _path("paragraphs", paragraph_id), reading.cited_paragraph, {"context": context})


def languages() -> Call[list[IndexLanguage]]:
    """The languages of the index, that of the most paragraphs first."""
    return Call("GET", "/v1/languages", reading.languages)


def put_article(article: Article | Mapping[str, Any], wait_s: float = 0.0) -> Call[Task]:
    """Add an article, or replace it whole; ``wait_s`` waits for the commit.

    A mapping has the fields of a line of JSON: id, title, text or paragraphs, language, url, date, source, any more.
    """
    document = _line(article)
    body = json.dumps(document).encode()
    return replace(_written("PUT", _path("articles", str(document["id"])), wait_s), body=body)


def put_articles(articles: Iterable[Article | Mapping[str, Any]], wait_s: float = 0.0) -> Call[Task]:
    """Add and replace many articles at once; the task counts and names those that are none."""
    body = b"".join(json.dumps(_line(article)).encode() + b"\n" for article in articles)
    return replace(_written("POST", "/v1/articles", wait_s), body=body, media_type=LINES)


def delete_article(article_id: str, wait_s: float = 0.0) -> Call[Task]:
    """Remove an article; one that is not there is removed already."""
    return _written("DELETE", _path("articles", article_id), wait_s)


def task(task_id: int, wait_s: float = 0.0) -> Call[Task]:
    """A write and what became of it, or what it is after ``wait_s``. Raises `NotFound`."""
    return _written("GET", f"/v1/tasks/{task_id}", wait_s)


def _call(name: str, fields: Any, read: Callable[[Json], T]) -> Call[T]:
    return Call("POST", f"/v1/{name}", read, body=json.dumps(fields).encode())


def _written(method: str, path: str, wait_s: float) -> Call[Task]:
    return Call(method, path, reading.task, {"wait": wait_s}, wait_s=wait_s)


def _path(kind: str, identity: str) -> str:
    return f"/v1/{kind}/{quote(identity, safe='')}"


def _fields(request: SearchRequest | SimilarRequest | SuggestRequest | ArticlesRequest) -> dict[str, Any]:
    return {name: value for name, value in asdict(request).items() if value is not None}


def _line(article: Article | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(article, Article):
        return article
    fields = asdict(article)
    return {**fields.pop("attributes"), **{name: value for name, value in fields.items() if value is not None}}

"""The service's JSON as the types that a search in process gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from paraglot.api.client.problems import AnswerNotUnderstood
from paraglot.api.http.queue.tasks import Task
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.suggest.types import SuggestRequest, SuggestResponse
from paraglot.search.types import Article, ArticleHead, Citation, Context, Paragraph, SearchRequest, SearchResponse

T = TypeVar("T")
Told = Mapping[str, Any]

NO_ROW = -1
"""`Paragraph.row` of what came over HTTP: rows are known to the index alone."""


@dataclass(frozen=True, slots=True)
class CitedParagraph:
    """A paragraph by its id, with the head of its article; ``context`` is None where none was asked for."""

    paragraph: Paragraph
    article: ArticleHead
    citation: Citation
    context: Context | None


@dataclass(frozen=True, slots=True)
class IndexLanguage:
    """A language of the index: ``keyword`` and ``semantic`` say how far each leg reaches it, in the API's words."""

    language: str
    name: str
    english_name: str
    articles: int
    paragraphs: int
    keyword: str
    semantic: str


def response(told: Told, request: SearchRequest) -> SearchResponse:
    """The answer to a search."""
    return _read(SearchResponse, lambda: _response(told), request=request)


def responses(told: Told, requests: Iterable[SearchRequest]) -> list[SearchResponse]:
    """The answers to several searches."""
    return [response(one, request) for one, request in zip(told["results"], requests, strict=True)]


def similar(told: Told, request: SimilarRequest) -> SimilarResponse:
    """Paragraphs that say the same."""
    return _read(SimilarResponse, lambda: {**told, "hits": _hits(told["hits"])}, request=request)


def suggestions(told: Told, request: SuggestRequest) -> SuggestResponse:
    """Suggestions."""
    return _read(SuggestResponse, lambda: told, request=request)


def article(told: Told) -> tuple[Article, list[Paragraph]]:
    """An article and its paragraphs in order."""
    head = _read(ArticleHead, lambda: told)
    paragraphs = _read(list[Paragraph], lambda: [_paragraph(one, head.id) for one in told["paragraphs"]])
    return Article(**asdict(head), text=told["text"], attributes=told["attributes"]), paragraphs


def cited_paragraph(told: Told) -> CitedParagraph:
    """A paragraph by its id."""
    return _read(CitedParagraph, lambda: _cited(told))


def languages(told: Told) -> list[IndexLanguage]:
    """The languages of the index."""
    return _read(list[IndexLanguage], lambda: told["languages"])


def task(told: Told) -> Task:
    """A write and what became of it."""
    return _read(Task, lambda: told)


def _read(kind: type[T], shape: Callable[[], Any], **known: Any) -> T:
    """``shape()`` checked to be a ``kind``, whose further fields are ``known``."""
    try:
        told = shape()
        return _adapter(kind).validate_python({**told, **known} if known else told)  # type: ignore[arg-type,no-any-return]
    except (KeyError, TypeError, ValidationError) as error:
        raise AnswerNotUnderstood(
            f"The answer is no {kind}: {error}", "Use the client of the service's own version."
        ) from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _response(told: Told) -> Told:
    analysis = told["query_analysis"]
    return {
        **told,
        "hits": _hits(told["hits"]),
        "languages": {one["language"]: one["probability"] for one in analysis["languages"]},
        "tokens": analysis["tokens"],
        "synonyms": analysis["synonyms"],
        "facets": told["facet_distribution"],
    }


def _hits(told: Sequence[Told]) -> list[Told]:
    without = {"keyword": None, "semantic": None}
    return [{**_cited(one), **(one["explain"] or without), "more": _hits(one["more"])} for one in told]


def _cited(told: Told) -> Told:
    own, context = told["article"]["id"], told["context"]
    beside = context and {side: [_paragraph(one, own) for one in near] for side, near in context.items()}
    return {**told, "paragraph": _paragraph(told, own), "context": beside}


def _paragraph(told: Told, article_id: str) -> Told:
    return {**told, "row": NO_ROW, "article_id": article_id}

"""The service's JSON as the types that a search in process gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from paraglot.api.client.problems import AnswerNotUnderstood
from paraglot.api.http.queue.tasks import Task
from paraglot.search.answer.listing import ArticlesRequest, ArticlesResponse
from paraglot.search.answer.notebook import show_in_notebooks
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.suggest.types import SuggestRequest, SuggestResponse
from paraglot.search.types import (
    AcrossResponse,
    Article,
    ArticleHead,
    Citation,
    Context,
    Paragraph,
    SearchRequest,
    SearchResponse,
)

show_in_notebooks()

T = TypeVar("T")
Json = Mapping[str, Any]

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
    """A language of the index: ``keyword`` and ``semantic`` say how far each leg reaches it, in the API's words;
    ``semantic_share`` how much is found in it, None where that was not measured.
    """

    language: str
    name: str
    english_name: str
    articles: int
    paragraphs: int
    keyword: str
    semantic: str
    semantic_share: float | None = None


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """A collection of the service, as far as the key may see it; ``languages`` counts paragraphs."""

    name: str
    default: bool
    articles: int
    paragraphs: int
    languages: Mapping[str, int]
    encoder: str
    generation: int


def response(answer: Json, request: SearchRequest) -> SearchResponse:
    """The answer to a search."""
    return _read(SearchResponse, lambda: _response(answer), request=request)


def responses(answer: Json, requests: Iterable[SearchRequest]) -> list[SearchResponse]:
    """The answers to several searches."""
    return [response(result, request) for result, request in zip(answer["results"], requests, strict=True)]


def across(answer: Json) -> AcrossResponse:
    """The answer of several collections."""
    return _read(
        AcrossResponse, lambda: {**answer, "hits": _alignments(answer), "facets": answer["facet_distribution"]}
    )


def collections(answer: Json) -> list[CollectionInfo]:
    """The collections that the key opens."""
    return _read(list[CollectionInfo], lambda: answer["collections"])


def similar(answer: Json, request: SimilarRequest) -> SimilarResponse:
    """Paragraphs that say the same."""
    return _read(SimilarResponse, lambda: {**answer, "hits": _hits(answer["hits"])}, request=request)


def suggestions(answer: Json, request: SuggestRequest) -> SuggestResponse:
    """Suggestions."""
    return _read(SuggestResponse, lambda: answer, request=request)


def articles(answer: Json, request: ArticlesRequest) -> ArticlesResponse:
    """One page of articles."""
    return _read(ArticlesResponse, lambda: {**answer, "facets": answer["facet_distribution"]}, request=request)


def article(answer: Json) -> tuple[Article, list[Paragraph]]:
    """An article and its paragraphs in order."""
    head = _read(ArticleHead, lambda: answer)
    paragraphs = _read(list[Paragraph], lambda: [_paragraph(paragraph, head.id) for paragraph in answer["paragraphs"]])
    return Article(**asdict(head), text=answer["text"], attributes=answer["attributes"]), paragraphs


def cited_paragraph(answer: Json) -> CitedParagraph:
    """A paragraph by its id."""
    return _read(CitedParagraph, lambda: _cited(answer))


def languages(answer: Json) -> list[IndexLanguage]:
    """The languages of the index."""
    return _read(list[IndexLanguage], lambda: answer["languages"])


def task(answer: Json) -> Task:
    """A write and what became of it."""
    return _read(Task, lambda: answer)


def _read(kind: type[T], shape: Callable[[], Any], **fields: Any) -> T:
    """``shape()`` checked to be a ``kind``, whose further fields are ``fields``."""
    try:
        answer = shape()
        return _adapter(kind).validate_python({**answer, **fields} if fields else answer)  # type: ignore[arg-type,no-any-return]
    except (KeyError, TypeError, ValidationError) as error:
        raise AnswerNotUnderstood(
            f"The answer is no {kind}: {error}", "Use the client of the service's own version."
        ) from error


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _response(answer: Json) -> Json:
    analysis = answer["query_analysis"]
    return {
        **answer,
        "hits": _hits(answer["hits"]),
        "languages": {guess["language"]: guess["probability"] for guess in analysis["languages"]},
        "tokens": analysis["tokens"],
        "synonyms": analysis["synonyms"],
        "facets": answer["facet_distribution"],
    }


def _hits(answer: Sequence[Json]) -> list[Json]:
    without = {"keyword": None, "semantic": None}
    return [{**_cited(hit), **(hit["explain"] or without), "more": _hits(hit["more"])} for hit in answer]


def _alignments(answer: Json) -> list[Json]:
    return [
        {"collection": result["collection"], "hit": hit} for result in answer["hits"] for hit in _hits([result["hit"]])
    ]


def _cited(answer: Json) -> Json:
    article_id, context = answer["article"]["id"], answer["context"]
    beside = context and {
        side: [_paragraph(neighbour, article_id) for neighbour in near] for side, near in context.items()
    }
    return {**answer, "paragraph": _paragraph(answer, article_id), "context": beside}


def _paragraph(answer: Json, article_id: str) -> Json:
    return {**answer, "row": NO_ROW, "article_id": article_id}

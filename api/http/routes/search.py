"""The endpoints under ``/v1`` and the two that tell whether the service lives and is ready."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from paraglot.api.http.fields.answers import SearchModel
from paraglot.api.http.fields.faults import ParagraphChangedModel, ProblemModel
from paraglot.api.http.fields.index import HealthModel, IndexModel
from paraglot.api.http.fields.paragraphs import ArticleModel, CitedParagraphModel
from paraglot.api.http.fields.search import EXAMPLE_QUERY, SearchFields, SearchUrl
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.access import current_key
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.problems import MEDIA_TYPE
from paraglot.search.engine.engine import Engine
from paraglot.search.engine.view import View
from paraglot.search.types import MAX_CONTEXT

router = APIRouter(prefix="/v1")
health = APIRouter()

READS = needs("search", filtered=True, validated=True)
HEALTH = needs(None, metered=False)
"""Whoever watches over the service asks often and has no key."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries for the errors that an endpoint answers."""
    meanings = {
        404: "No such id.",
        410: "Its article changed this paragraph, or has it no more.",
        415: "The body is of another kind.",
        501: "It is not given in this format.",
        422: "A field is wrong.",
        503: "The index or its encoder cannot serve.",
    }
    shapes = {410: ParagraphChangedModel.__name__}
    return {
        status: {
            "description": meanings[status],
            "content": {
                MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{shapes.get(status, ProblemModel.__name__)}"}}
            },
        }
        for status in statuses
    }


@router.get(
    "/search",
    summary="Search by URL",
    response_model=SearchModel,
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True, costly=True, validated=True)],
)
def search_by_url(request: Request, fields: Annotated[SearchUrl, from_url(SearchUrl)]) -> Response:
    """Paragraphs that answer the query, best first, in any language."""
    return _search(request, fields)


@router.post(
    "/search",
    summary="Search by JSON",
    response_model=SearchModel,
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True, costly=True)],
)
def search_by_json(
    request: Request,
    fields: Annotated[
        SearchFields,
        Body(
            openapi_examples={
                "across languages": {"value": {"q": EXAMPLE_QUERY, "limit": 3}},
                "French only, by keyword": {"value": {"q": "amitié", "mode": "keyword", "languages": ["fr"]}},
            }
        ),
    ],
) -> Response:
    """The same search, its fields in a JSON body."""
    return _search(request, fields)


@router.get("/index", summary="The index served", responses=problems(503), dependencies=[READS])
def index(request: Request) -> IndexModel:
    """What the index is made of: counts, languages, encoder, generation."""
    return engine_of(request).read(lambda view: IndexModel.of(view.manifest), forced_filter(request))


@router.get(
    "/articles/{article_id:path}", summary="An article", responses=problems(404, 422, 503), dependencies=[READS]
)
def article(
    request: Request, article_id: Annotated[str, Path(description="The article's id.", examples=["reef-ja"])]
) -> ArticleModel:
    """An article with its text and paragraphs."""
    return ArticleModel.of_article(
        *engine_of(request).read(lambda view: view.article(article_id), forced_filter(request))
    )


@router.get(
    "/paragraphs/{paragraph_id:path}",
    summary="A paragraph",
    responses=problems(404, 410, 422, 503),
    dependencies=[READS],
)
def paragraph(
    request: Request,
    paragraph_id: Annotated[
        str, Path(description="The paragraph's id, as a hit gives it.", examples=["reef-ja~e1cbc2e2b76a"])
    ],
    context: Annotated[int, Query(ge=0, le=MAX_CONTEXT, description="Paragraphs before and after it to give.")] = 0,
) -> CitedParagraphModel:
    """A paragraph, the head of its article, its citation, and what stands beside it."""

    def cited(view: View) -> CitedParagraphModel:
        found, head = view.paragraph(paragraph_id)
        beside = view.context([found.row], context)[found.row] if context else None
        return CitedParagraphModel.of_cited(found, head, beside)

    return engine_of(request).read(cited, forced_filter(request))


@health.get("/livez", summary="Does it live?", dependencies=[HEALTH])
def livez() -> HealthModel:
    """The process answers."""
    return HealthModel(status="ok")


@health.get("/readyz", summary="Is it ready?", responses=problems(503), dependencies=[HEALTH])
def readyz(request: Request) -> HealthModel:
    """The index is open and whole, its encoder is loaded. Where a part of it is damaged, searches answer without it."""
    see_to_engines(request)
    return HealthModel(status="ok")


def see_to_engines(request: Request) -> None:
    """Every collection has its encoder and is whole, or what is wrong is raised."""
    for engine in request.app.state.shared.engines.values():
        engine.encoder()
        for fault in engine.faults:
            raise fault


def engine_of(request: Request) -> Engine:
    """The engine of the application."""
    engine: Engine = request.app.state.engine
    return engine


def forced_filter(request: Request) -> str | None:
    """The filter of the caller's key, which nothing that the caller asks for can leave."""
    return current_key(request).filter


def as_json(model: BaseModel) -> Response:
    """An answer as it is sent, made where it was found: FastAPI would hand it to another thread to be validated."""
    return Response(model.model_dump_json(by_alias=True), media_type="application/json")


def _search(request: Request, fields: SearchFields) -> Response:
    return as_json(SearchModel.of(engine_of(request).search(fields.request(), forced_filter(request))))

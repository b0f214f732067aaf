"""Endpoints that read beside searching: similar paragraphs, the index's languages, a list of its articles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request

from paraglot.api.http.fields.articles import ArticlesModel, ArticlesUrl
from paraglot.api.http.fields.languages import LanguagesModel
from paraglot.api.http.fields.similar import SimilarFields, SimilarModel, SimilarUrl
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import READS, engine_of, forced_filter, problems
from paraglot.search.encoders.load import found_by
from paraglot.search.engine.view import View

router = APIRouter(prefix="/v1")


@router.get(
    "/similar",
    summary="Similar paragraphs by URL",
    responses=problems(404, 410, 422, 503),
    dependencies=[needs("search", filtered=True, costly=True, validated=True)],
)
def similar_by_url(request: Request, fields: Annotated[SimilarUrl, from_url(SimilarUrl)]) -> SimilarModel:
    """Paragraphs that say what a paragraph or a text says: with `languages`, the same in other languages."""
    return _similar(request, fields)


@router.post(
    "/similar",
    summary="Similar paragraphs by JSON",
    responses=problems(404, 410, 422, 503),
    dependencies=[needs("search", filtered=True, costly=True)],
)
def similar_by_json(
    request: Request,
    fields: Annotated[
        SimilarFields,
        Body(
            openapi_examples={
                "a text in other languages": {
                    "value": {"text": "The council raised the tax on bread.", "languages": ["de", "fr"]}
                }
            }
        ),
    ],
) -> SimilarModel:
    """The same, its fields in a JSON body."""
    return _similar(request, fields)


@router.get("/languages", summary="The index's languages", responses=problems(503), dependencies=[READS])
def languages(request: Request) -> LanguagesModel:
    """Which languages the index has, how much of each, and how far words and meaning reach it."""

    def languages_model(view: View) -> LanguagesModel:
        encoder = view.manifest.encoder
        found = found_by(encoder.name)
        return LanguagesModel.of(view.languages(), encoder.languages, found, view.manifest.generation)

    return engine_of(request).read(languages_model, forced_filter(request))


@router.get(
    "/articles",
    summary="A list of articles",
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True, costly=True, validated=True)],
)
def articles(request: Request, fields: Annotated[ArticlesUrl, from_url(ArticlesUrl)]) -> ArticlesModel:
    """The articles that a filter lets through, without a query: by date or title, page by page."""
    return ArticlesModel.of(engine_of(request).articles(fields.request(), forced_filter(request)))


def _similar(request: Request, fields: SimilarFields) -> SimilarModel:
    return SimilarModel.of(engine_of(request).similar(fields.request(), forced_filter(request)))

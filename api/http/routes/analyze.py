"""``/v1/analyze``: what happens to a text or a query."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request

from paraglot.api.http.fields.analyze import AnalysisModel, AnalyzeFields, AnalyzeUrl, of_query, of_text
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import engine_of, problems

router = APIRouter(prefix="/v1")


@router.get(
    "/analyze",
    summary="Analyse by URL",
    responses=problems(422, 503),
    dependencies=[needs("search", costly=True, validated=True)],
)
def analyze_by_url(request: Request, fields: Annotated[AnalyzeUrl, from_url(AnalyzeUrl)]) -> AnalysisModel:
    """The terms that a text has in the index, or those that a query looks for."""
    return _analyze(request, fields)


@router.post(
    "/analyze",
    summary="Analyse by JSON",
    responses=problems(422, 503),
    dependencies=[needs("search", costly=True)],
)
def analyze_by_json(request: Request, fields: Annotated[AnalyzeFields, Body()]) -> AnalysisModel:
    """The same analysis, its fields in a JSON body."""
    return _analyze(request, fields)


def _analyze(request: Request, fields: AnalyzeFields) -> AnalysisModel:
    if fields.query:
        return of_query(engine_of(request), fields.text, fields.language)
    return of_text(fields.text, fields.language)

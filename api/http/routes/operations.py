"""Endpoints for those who run the service: metrics and, where they are kept, statistics of queries."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from paraglot.api.http.fields.index import HealthModel
from paraglot.api.http.guard.access import current_key
from paraglot.api.http.guard.doors import NAMED
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.observing.metrics import CONTENT_TYPE
from paraglot.api.http.observing.statistics import Statistics
from paraglot.api.http.problems import problem
from paraglot.api.http.routes.search import HEALTH, problems, see_to_engines
from paraglot.api.keys import LOCAL
from paraglot.api.service_folder import ServiceFolder

operations = APIRouter()


class QueryCountModel(BaseModel):
    """How often a query, in lower case, was asked in a language."""

    query: str
    language: str
    count: int


class LanguageCountModel(BaseModel):
    """Queries of one language."""

    asked: int
    without_results: int


class StatisticsModel(BaseModel):
    """Which queries are asked; nothing of who asked."""

    languages: dict[str, LanguageCountModel]
    top: list[QueryCountModel]
    without_results: list[QueryCountModel]


@operations.get("/healthz", summary="Is all well?", responses=problems(503), dependencies=[HEALTH])
def healthz(request: Request) -> HealthModel:
    """The index is open and whole, its encoder is loaded, its disk has room, the queue of writes can be read."""
    see_to_engines(request)
    ServiceFolder.of(request.app.state.settings).see_to_room()
    request.app.state.queue.waiting()
    return HealthModel(status="ok")


@operations.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    dependencies=[needs("admin")],
)
def metrics(request: Request) -> Response:
    """Requests, searches, the index and the queue, in Prometheus' text format: of all collections that the key opens,
    and under the name of one of that alone."""
    state, key = request.app.state, current_key(request)
    is_collection = NAMED in request.scope
    names = {name for name in state.shared.doors.names if not is_collection and (key is LOCAL or key.opens(name))}
    return Response(state.shared.metrics.text({*names, state.name}), media_type=CONTENT_TYPE)


@operations.get(
    "/v1/stats",
    summary="Which queries are asked",
    response_model=StatisticsModel,
    responses=problems(404, 422),
    dependencies=[needs("admin")],
)
def statistics(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 50) -> Any:
    """The queries asked most often and those that most often find nothing; kept where `--statistics` asks for it."""
    statistics: Statistics | None = request.app.state.engine.observation.statistics
    if statistics is None:
        return problem(HTTPStatus.NOT_FOUND, "not_kept", "Queries are not counted; paraglot serve --statistics does.")
    return {
        "languages": statistics.languages(),
        "top": statistics.top(limit, without_results=False),
        "without_results": statistics.top(limit, without_results=True),
    }

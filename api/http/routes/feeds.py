"""A search in the shapes that other programs read: feeds for news monitoring, a table for spreadsheets."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from paraglot.api.http.fields.export import as_csv
from paraglot.api.http.fields.feeds import FeedModel, rss
from paraglot.api.http.fields.fields import fields_of
from paraglot.api.http.fields.search import SearchUrl
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.doors import NAMED
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import engine_of, forced_filter, problems
from paraglot.search.types import ANSWER_RELEVANCE, MAX_LIMIT, SearchRequest, SearchResponse

router = APIRouter(dependencies=[needs("search", filtered=True, costly=True, validated=True)])


class ExportUrl(fields_of(SearchRequest, SearchUrl, limit=MAX_LIMIT)):  # type: ignore[misc]
    """A search whose hits are exported, as the parameters of a URL: those of ``/v1/search``, a long page unasked."""

    def request(self) -> SearchRequest:
        """The request that the engine takes. These shapes do not say why a hit is there, so that is not worked out."""
        request: SearchRequest = super().request()
        return replace(request, explain=False)


class FeedUrl(fields_of(SearchRequest, ExportUrl, limit=20, sort="date:desc", min_relevance=ANSWER_RELEVANCE)):  # type: ignore[misc]
    """A search that is followed: the same, by default the newest of what is sure to answer."""

    def request(self) -> SearchRequest:
        """The request that the engine takes. Unasked, what has the query's words is in it, however relevant it is."""
        unasked = "min_relevance" not in self.model_fields_set
        request: SearchRequest = super().request()
        return replace(request, words_suffice=request.words_suffice or unasked)


class JsonFeedResponse(JSONResponse):
    """A JSON Feed."""

    media_type = "application/feed+json"


class RssResponse(Response):
    """An RSS feed."""

    media_type = "application/rss+xml"


class CsvResponse(Response):
    """A table."""

    media_type = "text/csv"


@router.get(
    "/feed.json",
    summary="A search as JSON Feed",
    response_class=JsonFeedResponse,
    response_model_exclude_none=True,
    responses=problems(422, 503),
)
def json_feed(request: Request, fields: Annotated[FeedUrl, from_url(FeedUrl)]) -> FeedModel:
    """The newest paragraphs that answer a query, as JSON Feed 1.1: a saved search to subscribe to."""
    return _feed(request, fields)


@router.get("/feed.rss", summary="A search as RSS", response_class=RssResponse, responses=problems(422, 503))
def rss_feed(request: Request, fields: Annotated[FeedUrl, from_url(FeedUrl)]) -> RssResponse:
    """The same as RSS 2.0."""
    return RssResponse(rss(_feed(request, fields)))


@router.get("/export.csv", summary="A search as CSV", response_class=CsvResponse, responses=problems(422, 503))
def export(request: Request, fields: Annotated[ExportUrl, from_url(ExportUrl)]) -> CsvResponse:
    """The hits as a table for spreadsheets. Texts that one would calculate begin with an apostrophe."""
    headers = {"content-disposition": 'attachment; filename="paraglot.csv"'}
    return CsvResponse(as_csv(_search(request, fields).hits, str(request.base_url)), headers=headers)


def _feed(request: Request, fields: FeedUrl) -> FeedModel:
    name = request.scope.get(NAMED, "Paraglot")
    return FeedModel.of(fields.q, _search(request, fields).hits, str(request.base_url), str(request.url), name)


def _search(request: Request, fields: ExportUrl) -> SearchResponse:
    return engine_of(request).search(fields.request(), forced_filter(request))

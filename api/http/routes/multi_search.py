"""``/v1/multi-search``: several searches in one request, all of the same state of the index."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from paraglot.api.http.fields.answers import SearchModel
from paraglot.api.http.fields.fields import Fields
from paraglot.api.http.fields.search import EXAMPLE_QUERY, SearchFields
from paraglot.api.http.guard.access import charge, too_many
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import as_json, engine_of, forced_filter, problems
from paraglot.search.errors import InvalidRequest
from paraglot.search.types import SearchRequest

MAX_SEARCHES = 20

router = APIRouter(prefix="/v1")


class MultiSearchFields(Fields):
    """Several searches, each with the fields of ``/v1/search``."""

    searches: Annotated[list[SearchFields], Field(min_length=1, max_length=MAX_SEARCHES)]


class MultiSearchModel(BaseModel):
    """The answers in the order of the searches, all of the same generation."""

    results: list[SearchModel]
    took_ms: float
    generation: Annotated[int, Field(description="The commit of the index that answered.")]


@router.post(
    "/multi-search",
    summary="Several searches at once",
    response_model=MultiSearchModel,
    responses=problems(422, 503),
    dependencies=[needs("search", filtered=True, costly=True)],
)
def multi_search(
    request: Request,
    fields: Annotated[
        MultiSearchFields,
        Body(
            openapi_examples={
                "two queries": {"value": {"searches": [{"q": EXAMPLE_QUERY}, {"q": "amitié", "languages": ["fr"]}]}}
            }
        ),
    ],
) -> Response:
    """Up to 20 searches, answered from one state of the index. Each counts as a request."""
    started = time.perf_counter()
    wait_s = charge(request, len(fields.searches) - 1)
    if wait_s:
        return too_many(wait_s)
    found = engine_of(request).search_all(list(_requests(fields)), forced_filter(request))
    return as_json(
        MultiSearchModel(
            results=[SearchModel.of(response) for response in found],
            took_ms=round((time.perf_counter() - started) * 1000, 3),
            generation=found[0].generation,
        )
    )


def _requests(fields: MultiSearchFields) -> Iterator[SearchRequest]:
    for index, search in enumerate(fields.searches):
        try:
            yield search.request()
        except InvalidRequest as error:
            raise InvalidRequest(f"searches/{index}/{error.field}", error.message) from None

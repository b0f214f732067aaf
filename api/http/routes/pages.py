"""The search page at ``/`` and the files that it loads."""

from __future__ import annotations

import json
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.http.fields.fields import unknown
from paraglot.api.http.guard.access import current_key, key_in_url, refusal_of
from paraglot.api.http.guard.headers import PAGE
from paraglot.api.http.guard.policy import OPEN, declare, needs
from paraglot.api.http.problems import problem_of
from paraglot.api.http.routes.search import engine_of, forced_filter
from paraglot.api.keys import ANONYMOUS, LOCAL
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.show import show
from paraglot.api.pages.texts import choose
from paraglot.search.errors import InvalidRequest, ParaglotError
from paraglot.search.types import Facet, SearchResponse

router = APIRouter(include_in_schema=False)


class _Files(StaticFiles):
    """Files that browsers ask for anew each time; one that is the same answers 304."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """One file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


static = declare(Mount("/static", _Files(directory=Path(__file__).parents[2] / "pages" / "static")), OPEN)
"""Scripts, styles and pictures of the pages."""


@router.get("/", response_class=HTMLResponse, dependencies=[needs(None, filtered=True, costly=True)])
def page(request: Request) -> Response:
    """The search page; with ``q`` in its address, with the results in it. A parameter that it does not have is refused,
    as everywhere: who mistypes a filter must not take the whole for its part."""
    refused = refusal_of(request)
    form = PageForm.of(request.query_params, "" if refused else key_in_url(request))
    ui = choose(form.ui, request.headers.get("accept-language", ""))
    response, problem, status = None, None, HTTPStatus.OK
    facets: dict[str, Facet] = {}
    if refused:
        problem = ProblemModel(**json.loads(bytes(refused.body)))
    else:
        try:
            if name := form.unknown(request.query_params):
                raise InvalidRequest(name, unknown(name, [field.name for field in fields(form)]))
            if form.q.strip():
                response, facets = _search(request, form)
        except ParaglotError as error:
            problem = problem_of(error)
    if problem:
        status = HTTPStatus(problem.status)
    headers = {
        "content-security-policy": PAGE,
        "content-language": ui,
        "cache-control": "private, no-cache",
        "vary": "Accept-Language, Authorization, X-API-Key",
    }
    if refused and "www-authenticate" in refused.headers:
        headers["www-authenticate"] = refused.headers["www-authenticate"]
    followable = bool(form.key) or current_key(request).id in (LOCAL.id, ANONYMOUS)
    shareable = form.q.strip() and not form.key  # editors pass on what they are told
    embedding = f"oembed?{urlencode({'url': str(request.url)})}" if shareable else ""
    content = show(form, ui, response, facets, problem, refused is not None, followable, embedding)
    return HTMLResponse(content, status, headers)


def _search(request: Request, form: PageForm) -> tuple[SearchResponse, dict[str, Facet]]:
    """The answer, and the facets to choose filters by: of an attribute that is filtered by, as if it were not.

    One view counts as one request, since there are no more such searches than groups of filters.
    """
    wider = form.wider()
    response, *others = engine_of(request).search_all([form.request(), *wider.values()], forced_filter(request))
    return response, {**response.facets, **{name: one.facets[name] for name, one in zip(wider, others, strict=True)}}

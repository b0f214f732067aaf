"""The search page at ``/`` and the files that it loads."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from api.access import key_in_url, refusal_of
from api.headers import PAGE
from api.pages.asked import Asked
from api.pages.show import show
from api.pages.texts import choose
from api.problems import problem_of
from api.routes import engine_of, forced_filter
from api.schemas import ProblemModel
from search.errors import RosettaError

router = APIRouter(include_in_schema=False)


class _Files(StaticFiles):
    """Files that browsers ask for anew each time; one that is the same answers 304."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """One file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


static = _Files(directory=Path(__file__).parent / "pages" / "static")
"""Scripts, styles and pictures of the pages, for ``/static``."""


@router.get("/", response_class=HTMLResponse)
def page(request: Request) -> Response:
    """The search page; with ``q`` in its address, with the results in it."""
    asked = Asked.of(request.query_params, key_in_url(request))
    ui = choose(asked.ui, request.headers.get("accept-language", ""))
    refused = refusal_of(request)
    response, problem, status = None, None, HTTPStatus.OK
    if refused:
        problem = ProblemModel(**json.loads(bytes(refused.body)))
    elif asked.q.strip():
        try:
            response = engine_of(request).search(asked.request(), forced_filter(request))
        except RosettaError as error:
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
    return HTMLResponse(show(asked, ui, response, problem, shut=refused is not None), status, headers)

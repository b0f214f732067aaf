"""A search in a frame of another site: the page that the frame holds, and oEmbed, which tells how to frame it."""

from __future__ import annotations

import re
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field
from starlette.datastructures import URL, QueryParams
from starlette.exceptions import HTTPException
from starlette.responses import Response

from paraglot.api.http.fields.fields import UrlFields
from paraglot.api.http.fields.url import from_url
from paraglot.api.http.guard.access import refusal_of
from paraglot.api.http.guard.policy import needs
from paraglot.api.http.routes.search import problems
from paraglot.api.pages.form import PageForm

WIDTH, HEIGHT = 640, 480
"""Of a frame, in CSS pixels, where its page names no smaller one."""

router = APIRouter()

_PAGE = (Path(__file__).parents[2] / "widgets" / "embed.html").read_text("utf-8")


class EmbedFields(UrlFields):
    """What the frame shows; its script reads them from the address, and ``/v1/search`` says what is wrong with one."""

    q: str = ""
    languages: Annotated[list[str], Field(default_factory=list)]
    filter: str = ""
    limit: str = ""
    mode: str = ""
    less_likely: str = ""
    lang: str = ""


class OembedModel(BaseModel):
    """A response of type "rich" (oembed.com, version 1.0)."""

    version: Literal["1.0"] = "1.0"
    type: Literal["rich"] = "rich"
    title: str
    provider_name: Literal["Paraglot"] = "Paraglot"
    provider_url: str
    html: Annotated[str, Field(description="A frame that shows the search.")]
    width: int
    height: int
    cache_age: int = 3600


@router.get(
    "/embed",
    include_in_schema=False,
    dependencies=[needs(None, filtered=True, costly=True, idle=True, foreign=True, framed=True)],
)
def embed(request: Request, fields: Annotated[EmbedFields, from_url(EmbedFields)]) -> Response:  # noqa: ARG001
    """The page of a frame. Only pages of the origins that the service allows may frame it."""
    refused = refusal_of(request)
    if refused:
        return refused
    ancestors = " ".join(request.app.state.settings.allow_origin) or "'none'"
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; "
        f"frame-ancestors {ancestors}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    return HTMLResponse(_PAGE, headers={"content-security-policy": policy, "cache-control": "no-cache"})


@router.get(
    "/oembed",
    summary="How to frame a search",
    responses=problems(404, 422, 501),
    dependencies=[needs(None, foreign=True)],
)
def oembed(
    request: Request,
    url: Annotated[
        str,
        Query(
            description="The address of a search: `/?q=…` or `/embed?q=…` of this service.",
            examples=["http://127.0.0.1:8000/?q=amitié"],
        ),
    ],
    format: Annotated[str, Query(description="`json`; nothing else is given.")] = "json",
    maxwidth: Annotated[int, Query(ge=1, description="Of the frame, in pixels.")] = WIDTH,
    maxheight: Annotated[int, Query(ge=1, description="Of the frame, in pixels.")] = HEIGHT,
) -> OembedModel:
    """The frame of a search by its address, for editors that know oEmbed. It tells nothing of the index."""
    if format != "json":
        raise HTTPException(HTTPStatus.NOT_IMPLEMENTED, "oEmbed is given as format=json alone.")
    home = _home(url, request.base_url)
    fields = _embedded_fields(url, home)
    if fields is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "url is no address of a search of this service, such as /?q=words.")
    title = f"{fields['q']} – Paraglot"
    width, height = min(maxwidth, WIDTH), min(maxheight, HEIGHT)
    address, title_attribute = escape(f"{home}embed?{urlencode(fields)}"), escape(title)
    frame = (
        f'<iframe src="{address}" title="{title_attribute}" width="{width}" height="{height}" loading="lazy"></iframe>'
    )
    return OembedModel(title=title, provider_url=str(home), html=frame, width=width, height=height)


def _home(url: str, home: URL) -> URL:
    """The address that the search at ``url`` is below: that of the collection which it names, or the one asked."""
    below = re.match(rf"https?://[^/?#]+({re.escape(home.path)}v1/collections/\w[\w.-]*/)", url, re.ASCII)
    return home.replace(path=below[1]) if below else home


def _embedded_fields(url: str, home: URL) -> dict[str, str] | None:
    """The fields of the frame for a search by the address of its page or frame; None: it is none of this service, or
    of the collection that is asked.

    A key in the address was the caller's to share, and goes on in that of the frame.
    """
    try:
        at = urlsplit(url)
    except ValueError:
        return None
    if at.scheme not in ("http", "https") or at.netloc.lower() != home.netloc.lower():
        return None
    parameters = QueryParams(at.query)
    if at.path == f"{home.path}embed":
        fields = {name: ",".join(parameters.getlist(name)) for name in (*EmbedFields.model_fields, "key")}
    elif at.path == home.path:
        page = PageForm.of(parameters, parameters.get("key", ""))
        fields = {name: getattr(page, name) for name in ("q", "limit", "mode", "less_likely", "key")}
        fields |= {"languages": ",".join(page.languages), "filter": page.filter(), "lang": page.ui}
    else:
        return None
    return {name: value for name, value in fields.items() if value} if fields["q"].strip() else None

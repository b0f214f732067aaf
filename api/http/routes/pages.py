"""The search page at ``/``, the page of an article, and the files that they load."""

from __future__ import annotations

import json
from dataclasses import fields
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.http.fields.fields import unknown
from paraglot.api.http.guard.access import current_key, key_in_url, refusal_of
from paraglot.api.http.guard.headers import PAGE
from paraglot.api.http.guard.policy import RoutePolicy, declare, needs
from paraglot.api.http.problems import problem_of
from paraglot.api.http.routes.search import engine_of, forced_filter
from paraglot.api.keys import ANONYMOUS, LOCAL
from paraglot.api.pages.addresses import article_path, way_home
from paraglot.api.pages.brand import PICTURES, Brand
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.inside import inside
from paraglot.api.pages.read import ReadArticle, show_article
from paraglot.api.pages.show import Shown, parts, show
from paraglot.api.pages.texts import choose, locale_of
from paraglot.search.engine.view import View
from paraglot.search.errors import InvalidRequest, NotFound, ParaglotError
from paraglot.search.types import Facet, Paragraph

router = APIRouter(include_in_schema=False)

PARTS_OF_IT = "application/json"
"""What the page's own script accepts: what another search changes of it, in place of the whole."""


STATIC = Path(__file__).parents[2] / "pages" / "static"


class _Files(StaticFiles):
    """Files that browsers ask for anew each time; one that is the same answers 304."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """One file."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


static = declare(Mount("/static", _Files(directory=STATIC)), RoutePolicy(None, kept=True))
"""Scripts, styles and pictures of the pages."""


@router.get("/favicon.ico", dependencies=[needs(None)])
def favicon(request: Request) -> Response:
    """The sign of the service, for what has no page that names it, such as a feed."""
    return _logo(request) or FileResponse(STATIC / "icon.svg", media_type=PICTURES[".svg"])


@router.get("/logo", dependencies=[needs(None)])
def logo(request: Request) -> Response:
    """The picture of the setting ``page_logo``."""
    found = _logo(request)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


@router.get("/brand.css", dependencies=[needs(None, kept=True)])
def brand_style(request: Request) -> Response:
    """The colours of the setting ``page_colours``."""
    brand = _brand(request)
    if not brand.colours:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Response(brand.style, media_type="text/css", headers={"cache-control": "no-cache"})


@router.get("/robots.txt", response_class=PlainTextResponse, dependencies=[needs(None)])
def robots() -> str:
    """Articles may be read by robots; searches without end, and what programs ask, are not for them."""
    return "User-agent: *\nAllow: /article/\nAllow: /$\nDisallow: /\n"


def _brand(request: Request) -> Brand:
    return Brand.of(request.app.state.settings)


def _logo(request: Request) -> Response | None:
    path = _brand(request).logo
    headers = {"cache-control": "no-cache"}
    return FileResponse(path, media_type=PICTURES[path.suffix.lower()], headers=headers) if path else None


@router.get(
    "/article/{article_id:path}", response_class=HTMLResponse, dependencies=[needs(None, filtered=True, costly=True)]
)
def read(request: Request, article_id: str) -> Response:
    """The page of an article; the id of a paragraph leads to it in its article's."""
    refused = refusal_of(request)
    form = PageForm.of(request.query_params, "" if refused else key_in_url(request))
    found: ReadArticle | None = None
    problem = _problem_of(refused)
    home = way_home(request.scope)
    if not refused:
        try:
            found = _read(request, article_id)
        except NotFound as error:
            if paragraph := _paragraph(request, article_id):
                path = form.reading(paragraph.article_id, paragraph.id)
                return RedirectResponse(home + path, HTTPStatus.TEMPORARY_REDIRECT)
            problem = problem_of(error)
        except ParaglotError as error:
            problem = problem_of(error)
    ui, locale = _reader(request, form)
    content = show_article(
        form, ui, _brand(request), home, article_path(article_id), found, problem, refused is not None, locale
    )
    return _answer(HTMLResponse(content), ui, problem, refused)


def _read(request: Request, article_id: str) -> ReadArticle:
    def read(view: View) -> ReadArticle:
        article, paragraphs = view.article(article_id)
        return ReadArticle(article, paragraphs, view.same_story(paragraphs))

    return engine_of(request).read(read, forced_filter(request))


def _paragraph(request: Request, paragraph_id: str) -> Paragraph | None:
    """The paragraph with an id, or what it has become."""
    try:
        return engine_of(request).read(lambda view: view.paragraph_now(paragraph_id), forced_filter(request))
    except NotFound:
        return None


@router.get("/", response_class=HTMLResponse, dependencies=[needs(None, filtered=True, costly=True, idle=True)])
def page(request: Request) -> Response:
    """The search page; with ``q`` in its address, with the results in it. A parameter that it does not have is refused,
    as everywhere: who mistypes a filter must not take the whole for its part."""
    refused = refusal_of(request)
    form = PageForm.of(request.query_params, "" if refused else key_in_url(request))
    ui, locale = _reader(request, form)
    found: dict[str, Any] = {}
    problem = _problem_of(refused)
    if not refused:
        try:
            found = _found(request, form, ui)
        except ParaglotError as error:
            problem = problem_of(error)
    followable = bool(form.key) or current_key(request).id in (LOCAL.id, ANONYMOUS)
    shareable = form.q.strip() and not form.key  # editors pass on what they are told
    embedding = f"oembed?{urlencode({'url': str(request.url)})}" if shareable else ""
    shut = refused is not None
    brand = _brand(request)
    shown = Shown(
        form=form,
        ui=ui,
        locale=locale,
        brand=brand,
        problem=problem,
        shut=shut,
        followable=followable,
        embedding=embedding,
        **found,
    )
    if request.headers.get("accept") == PARTS_OF_IT:
        return _answer(JSONResponse(parts(shown)), ui, problem, refused)
    return _answer(HTMLResponse(show(shown)), ui, problem, refused)


def _found(request: Request, form: PageForm, ui: str) -> dict[str, Any]:
    """What the address asks for, by its name in `Shown`. Raises `ParaglotError`."""
    if name := form.unknown(request.query_params):
        raise InvalidRequest(name, unknown(name, [field.name for field in fields(form)]))
    if form.q.strip():
        return _search(request, form)
    if form.lists:
        return _list(request, form)
    return {"inside": engine_of(request).read(lambda view: inside(view, ui), forced_filter(request))}


def _reader(request: Request, form: PageForm) -> tuple[str, str]:
    """The language of the page, and the locale that its reader writes dates and numbers by."""
    accepted = request.headers.get("accept-language", "")
    ui = choose(form.ui, accepted)
    return ui, locale_of(ui, accepted)


def _problem_of(refused: Response | None) -> ProblemModel | None:
    """What a refusal says."""
    return ProblemModel(**json.loads(bytes(refused.body))) if refused else None


def _answer(answer: Response, ui: str, problem: ProblemModel | None, refused: Response | None) -> Response:
    """With the headers of a page, and the status of what is wrong, if anything is."""
    answer.status_code = HTTPStatus(problem.status) if problem else HTTPStatus.OK
    answer.headers.update(
        {
            "content-security-policy": PAGE,
            "content-language": ui,
            "cache-control": "private, no-cache",
            "vary": "Accept, Accept-Language, Authorization, X-API-Key",
        }
    )
    if refused and "www-authenticate" in refused.headers:
        answer.headers["www-authenticate"] = refused.headers["www-authenticate"]
    return answer


def _search(request: Request, form: PageForm) -> dict[str, Any]:
    """The answer, and the facets to choose filters by: of an attribute that is filtered by, as if it were not.

    One view counts as one request, since there are no more such searches than groups of filters.
    """
    engine, forced = engine_of(request), forced_filter(request)
    spelled, facets = form, dict[str, Facet]()
    if form.sources:
        [counted] = engine.search_all([form.wider()["source"]], forced)
        spelled, facets = form.spelled(counted.facets["source"].counts), {"source": counted.facets["source"]}
    wider = {name: wider_form for name, wider_form in spelled.wider().items() if name not in facets}
    response, *wider_responses = engine.search_all([spelled.request(), *wider.values()], forced)
    facets |= {name: wider_form.facets[name] for name, wider_form in zip(wider, wider_responses, strict=True)}
    return {"asked": spelled, "response": response, "facets": {**response.facets, **facets}}


def _list(request: Request, form: PageForm) -> dict[str, Any]:
    """The same without a query."""
    engine, forced = engine_of(request), forced_filter(request)
    spelled, facets = form, dict[str, Facet]()
    if form.sources:
        facets["source"] = engine.articles(form.wider_lists()["source"], forced).facets["source"]
        spelled = form.spelled(facets["source"].counts)
    wider = {name: wider_form for name, wider_form in spelled.wider_lists().items() if name not in facets}
    facets |= {name: engine.articles(wider_form, forced).facets[name] for name, wider_form in wider.items()}
    response = engine.articles(spelled.listing(), forced)
    return {"asked": spelled, "listed": response, "facets": {**response.facets, **facets}}

"""The page as HTML: what its address asks for and what the engine answered, through the templates."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.language_names import date_in, name_in, number_in
from paraglot.api.pages.addresses import article_path
from paraglot.api.pages.filters import chips, filters
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.inside import Inside
from paraglot.api.pages.texts import RIGHT_TO_LEFT, all_texts
from paraglot.api.pages.told import BUSY, told
from paraglot.api.pages.why import sentence
from paraglot.search.answer.listing import ORDERS, ArticlesResponse
from paraglot.search.answer.pieces import pieces, words_of
from paraglot.search.types import ANSWER_RELEVANCE, MODES, SORTS, Facet, SearchResponse


def show(
    form: PageForm,
    ui: str,
    response: SearchResponse | None,
    facets: Mapping[str, Facet],
    problem: ProblemModel | None = None,
    shut: bool = False,
    followable: bool = True,
    embedding: str = "",
    listed: ArticlesResponse | None = None,
    inside: Inside | None = None,
) -> str:
    """The page. Without a response: before a search, or with what went wrong; ``shut``: for want of a key.

    ``facets`` are those to choose filters by; ``followable``: other programs may ask for the same by an address alone;
    ``embedding``: where editors ask for a frame of it; ``listed``: articles without a query; ``inside``: what a first
    visitor is told of the index.
    """
    return (
        templates()
        .get_template("page.html")
        .render(
            **interface(ui),
            form=form,
            modes=MODES,
            sorts=dict(zip(SORTS, ("relevance_first", "newest_first", "oldest_first"), strict=True)),
            orders=dict(zip(ORDERS, ("newest_first", "oldest_first", "by_title", "by_title_back"), strict=True)),
            response=response,
            listed=listed,
            inside=inside,
            chips=chips(form, ui),
            groups=filters(form, facets, ui),
            pages=_pages(response) if response else {},
            problem=problem,
            shut=shut,
            followable=followable and response is not None,
            embedding=embedding,
        )
    )


def interface(ui: str) -> dict[str, Any]:
    """What every page has: the words of its language, and how it writes."""
    return {
        "ui": ui,
        "t": all_texts()[ui],
        "direction": "rtl" if ui in RIGHT_TO_LEFT else "ltr",
        "interfaces": {tag: texts["name"] for tag, texts in all_texts().items()},
        "article_path": article_path,
        "told": told,
        "date_in": date_in,
        "number_in": number_in,
    }


def _pages(response: SearchResponse) -> dict[str, int]:
    """The numbers of the page, the one before and the one after it; those that there are."""
    request = response.request
    number = request.offset // request.limit + 1
    found = {"number": number}
    if number > 1:
        found["previous"] = number - 1
    if request.offset + request.limit < response.estimated_total_hits:
        found["next"] = number + 1
    return found


@cache
def templates() -> Environment:
    """The templates of all pages."""
    environment: Any = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(pieces=pieces, name_in=name_in, sentence=sentence, words_of=words_of)
    environment.globals.update(answer_relevance=ANSWER_RELEVANCE, busy=BUSY)
    typed: Environment = environment
    return typed

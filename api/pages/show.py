"""The page as HTML: what its address asks for and what the engine answered, through the templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.language_names import date_in, name_in, number_in
from paraglot.api.pages.addresses import article_path
from paraglot.api.pages.brand import Brand
from paraglot.api.pages.filters import chips, filters
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.inside import Inside
from paraglot.api.pages.problem_text import BUSY, problem_text
from paraglot.api.pages.texts import RIGHT_TO_LEFT, all_texts
from paraglot.api.pages.timeline import timeline
from paraglot.api.pages.why import in_other_words, sentence
from paraglot.search.answer.listing import ORDERS, ArticlesResponse
from paraglot.search.answer.pieces import excerpt, pieces, words_of
from paraglot.search.types import ANSWER_RELEVANCE, MODES, SORTS, AlsoIn, Facet, Hit, SearchResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page shows: an answer or a list of articles; before a search, what is inside; or what went wrong.

    ``locale``: how dates and numbers are written, where not as in all countries of the language ``ui``.
    ``asked`` is the form with all spellings of its sources; ``facets`` are those to choose filters by; ``shut``: it is
    for want of a key that nothing is shown; ``followable``: other programs may ask for the same by an address alone;
    ``embedding``: where editors ask for a frame of it.
    """

    form: PageForm
    ui: str
    locale: str = ""
    brand: Brand = Brand()
    asked: PageForm | None = None
    response: SearchResponse | None = None
    listed: ArticlesResponse | None = None
    inside: Inside | None = None
    facets: Mapping[str, Facet] = field(default_factory=dict)
    problem: ProblemModel | None = None
    shut: bool = False
    followable: bool = True
    embedding: str = ""


MOST_SHOWN = 1_000
"""Characters of a paragraph that a hit shows; its article has it whole."""

PARTS = {"chips": "chips.html", "results": "shown.html", "filters": "filters.html"}
"""What a search changes of the page: elements by their id, and the templates of what is in them."""


def show(shown: Shown) -> str:
    """The page."""
    return templates().get_template("page.html").render(_values(shown))


def parts(shown: Shown) -> dict[str, str]:
    """What another search changes of the page: its title, its status, and what is in each of `PARTS`."""
    values = _values(shown)
    rendered = {name: templates().get_template(template).render(values) for name, template in PARTS.items()}
    status = templates().get_template("status.html").render(values).strip()
    return {"title": _title(shown.form, values["t"]), "status": status, **rendered}


def _title(form: PageForm, texts: Mapping[str, str]) -> str:
    return f"{form.q} – {texts['title']}" if form.q else texts["title"]


def _article_title(shown: Shown) -> str:
    """Of the one article that is searched, as far as it is found."""
    found = [hit.article for hit in shown.response.hits] if shown.response else []
    heads = shown.listed.articles if shown.listed else found
    return next((head.title for head in heads if head.id == shown.form.article), "")


def _values(shown: Shown) -> dict[str, Any]:
    """What the templates ask for."""
    form, ui, response = shown.form, shown.ui, shown.response
    words = interface(ui, shown.brand, shown.locale)
    return (
        words
        | {name: getattr(shown, name) for name in ("form", "response", "listed", "inside", "problem", "shut")}
        | {
            "title": _title(form, words["t"]),
            "asked": shown.asked or form,
            "modes": MODES,
            "sorts": dict(zip(SORTS, ("relevance_first", "newest_first", "oldest_first"), strict=True)),
            "orders": dict(zip(ORDERS, ("newest_first", "oldest_first", "by_title", "by_title_back"), strict=True)),
            "chips": chips(form, words["locale"], _article_title(shown)),
            "groups": filters(form, shown.facets, ui),
            "timeline": timeline(shown.facets["date"].counts, words["locale"]) if "date" in shown.facets else [],
            "pages": _pages(response) if response else {},
            "followable": shown.followable and response is not None,
            "embedding": shown.embedding,
        }
    )


def interface(ui: str, brand: Brand, locale: str = "") -> dict[str, Any]:
    """What every page has: the words of its language, and how it writes, in the country of ``locale`` if any."""
    return {
        "ui": ui,
        "locale": locale or ui,
        "t": {**all_texts()[ui], **({"title": brand.title} if brand.title else {})},
        "brand": brand,
        "direction": "rtl" if ui in RIGHT_TO_LEFT else "ltr",
        "interfaces": {tag: texts["name"] for tag, texts in all_texts().items()},
        "article_path": article_path,
        "problem_text": problem_text,
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


def others(hit: Hit) -> list[AlsoIn]:
    """Where else the same is told: of several that a reader could not tell apart the first."""
    shown = {(hit.article.language, hit.article.title)}
    found = []
    for other in hit.also_in:
        name = other.language, other.title
        if name not in shown or not other.title:
            found.append(other)
            shown.add(name)
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
    environment.globals.update(
        pieces=pieces,
        excerpt=excerpt,
        most_shown=MOST_SHOWN,
        name_in=name_in,
        sentence=sentence,
        words_of=words_of,
        in_other_words=in_other_words,
    )
    environment.globals.update(others=others, answer_relevance=ANSWER_RELEVANCE, busy=BUSY)
    typed: Environment = environment
    return typed

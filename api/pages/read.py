"""The page of one article: the whole text, each paragraph with an address of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.pages.addresses import anchor
from paraglot.api.pages.brand import Brand
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.show import interface, templates
from paraglot.search.answer.citations import is_web_page
from paraglot.search.types import AlsoIn, Article, AttributeValue, Paragraph

AUTHORS = ("author", "authors", "creator")
TAGS = ("tags", "tag", "keywords", "categories", "category", "subject")
"""The attributes that name authors and tags, as readers of formats and people call them."""

_CELL_END = re.compile(r" \|(?= |$)")

MOST_NAMES, MOST_CHARACTERS = 50, 200
"""Of a field that may hold anything."""


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as it is read: its paragraphs in order, and where other languages tell the same."""

    article: Article
    paragraphs: Sequence[Paragraph]
    also_in: Sequence[AlsoIn]

    def authors(self) -> list[str]:
        """Who wrote it, each once, in their order."""
        return _values_of(self.article.attributes, AUTHORS)

    def tags(self) -> list[str]:
        """What it was said to be about, each once, in their order."""
        return _values_of(self.article.attributes, TAGS)


def show_article(
    form: PageForm,
    ui: str,
    brand: Brand,
    home: str,
    path: str,
    read: ReadArticle | None,
    problem: ProblemModel | None,
    shut: bool,
    locale: str = "",
) -> str:
    """The page at ``path``, from which ``home`` leads to the search; ``form``: the search that it was found by."""
    return (
        templates()
        .get_template("article.html")
        .render(
            **interface(ui, brand, locale),
            form=form,
            home=home,
            path=path,
            read=read,
            original=read.article.url if read and is_web_page(read.article.url) else None,
            problem=problem,
            shut=shut,
            anchor=anchor,
            cells=cells,
        )
    )


def cells(text: str) -> list[list[str]]:
    """The cells of a paragraph whose lines are rows of a table, each with as many; else nothing.

    >>> cells("Town | People\\nWeir | | 12"), cells("Town | People\\nMill | 12"), cells("Town | People")
    ([], [['Town', 'People'], ['Mill', '12']], [])
    """
    rows = [[cell.strip() for cell in _CELL_END.split(line)] for line in text.split("\n")]
    return rows if len(rows) > 1 and {len(row) for row in rows} - {1} and len({len(row) for row in rows}) == 1 else []


def _values_of(attributes: Mapping[str, AttributeValue], fields: Sequence[str]) -> list[str]:
    """The words of these attributes: texts, numbers, lists of them, and things that have a name."""
    found = dict.fromkeys(name for field in fields for name in _names(attributes.get(field)) if name)
    return [name if len(name) <= MOST_CHARACTERS else f"{name[:MOST_CHARACTERS]}…" for name in list(found)[:MOST_NAMES]]


def _names(value: AttributeValue) -> Iterator[str]:
    if isinstance(value, list):
        for entry in value:
            yield from _names(entry)
    elif isinstance(value, dict):
        yield from _names(value.get("name"))
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield " ".join(str(value).split())

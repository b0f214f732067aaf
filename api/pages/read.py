"""The page of one article: the whole text, each paragraph with an address of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paraglot.api.http.fields.faults import ProblemModel
from paraglot.api.pages.addresses import anchor
from paraglot.api.pages.brand import Brand
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.show import interface, templates
from paraglot.search.answer.citations import is_web_page
from paraglot.search.types import AlsoIn, Article, Paragraph


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as it is read: its paragraphs in order, and where other languages tell the same."""

    article: Article
    paragraphs: Sequence[Paragraph]
    also_in: Sequence[AlsoIn]


def show_article(
    form: PageForm,
    ui: str,
    brand: Brand,
    home: str,
    path: str,
    read: ReadArticle | None,
    problem: ProblemModel | None,
    shut: bool,
) -> str:
    """The page at ``path``, from which ``home`` leads to the search; ``form``: the search that it was found by."""
    return (
        templates()
        .get_template("article.html")
        .render(
            **interface(ui, brand),
            form=form,
            home=home,
            path=path,
            read=read,
            original=read.article.url if read and is_web_page(read.article.url) else None,
            problem=problem,
            shut=shut,
            anchor=anchor,
        )
    )

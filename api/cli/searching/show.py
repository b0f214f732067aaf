"""``paraglot show``: an article whole, with the paragraph that was found in it marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from paraglot.api.cli.options import IndexOption, JsonOption
from paraglot.api.cli.output import paged, print_json
from paraglot.api.settings import load_settings
from paraglot.search.errors import NotFound, ParagraphChanged

if TYPE_CHECKING:
    from paraglot.search.engine.view import View
    from paraglot.search.types import Article, Paragraph


def show_command(
    id_: Annotated[str, typer.Argument(metavar="ID", help="Id of an article, or of a paragraph in it.")],
    index: IndexOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print an article whole; the paragraph whose id it is stands out."""
    from paraglot.search.engine.engine import open_index

    with open_index(load_settings({"index": index}).index) as engine, engine.view() as view:
        paragraph_id = _paragraph(view, id_)
        article, paragraphs = view.article(paragraph_id.article_id if paragraph_id else id_)
        same_story = view.same_story(paragraphs)
    if as_json:
        from paraglot.api.http.fields.paragraphs import ArticleModel

        print_json(ArticleModel.of_article(article, paragraphs).model_dump())
        return
    from rich.text import Text

    with paged() as console:
        print_article(console, article, paragraphs, paragraph_id.id if paragraph_id else None)
        for other in same_story:
            line = f"the same in {other.language}: {other.title or other.article_id}  (paraglot show {other.id})"
            console.print(Text(line, style="dim"), soft_wrap=True)


def print_article(console: Any, article: Article, paragraphs: list[Paragraph], paragraph_id: str | None) -> None:
    """The head, and the paragraphs under their headings; the one with the id ``paragraph_id`` behind a bar."""
    from rich.text import Text

    from paraglot.api.cli.searching.render import day

    console.print(Text(article.title or article.id, style="bold"), soft_wrap=True)
    facts = " · ".join(filter(None, (article.language, article.source, day(article.date), article.url, article.id)))
    console.print(Text(facts, style="dim"), soft_wrap=True)
    heading = ""
    for paragraph in paragraphs:
        if paragraph.heading != heading:
            heading = paragraph.heading
            console.print(Text(f"\n{heading}", style="bold"), soft_wrap=True)
        marked = paragraph.id == paragraph_id
        text = Text(("▌ " if marked else "") + paragraph.text, style="bold" if marked else "")
        console.print()
        console.print(text, soft_wrap=not console.is_terminal)
    console.print()


def _paragraph(view: View, id_: str) -> Paragraph | None:
    """The paragraph with an id, or what it has become; None: it is no paragraph's."""
    try:
        return view.paragraph_now(id_)
    except ParagraphChanged:
        raise
    except NotFound:
        return None

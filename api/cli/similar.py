"""``paraglot similar``: the same said elsewhere, in other articles and languages."""

from __future__ import annotations

from typing import Annotated

import typer

from paraglot.api.cli.options import ContextOption, FilterOption, IndexOption, JsonOption, LanguageOption
from paraglot.api.cli.output import message, print_json
from paraglot.api.settings import load_settings


def similar_command(
    paragraph: Annotated[str | None, typer.Argument(metavar="[ID]", help="The id of a paragraph.")] = None,
    text: Annotated[str | None, typer.Option(help="A text instead of an id.")] = None,
    index: IndexOption = None,
    limit: Annotated[int | None, typer.Option(help="Paragraphs to show [default: 10].")] = None,
    offset: Annotated[int, typer.Option(help="Paragraphs to leave out before the first.")] = 0,
    language: LanguageOption = None,
    filter_: FilterOption = "",
    context: ContextOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Print the paragraphs of other articles that say what a paragraph or a text says, the nearest first."""
    from paraglot.search.answer.similar_types import SimilarRequest
    from paraglot.search.engine import open_index

    settings = load_settings({"index": index, "limit": limit})
    request = SimilarRequest(paragraph, text, settings.limit, offset, tuple(language or ()), filter_, context)
    with open_index(settings.index) as engine:
        response = engine.similar(request)
    for warning in response.warnings:
        message(warning)
    if as_json:
        from paraglot.api.http.fields.similar import SimilarModel

        print_json(SimilarModel.of(response).model_dump())
    else:
        from rich.console import Console

        from paraglot.api.cli.render import print_hits

        print_hits(Console(highlight=False), response.hits, offset)

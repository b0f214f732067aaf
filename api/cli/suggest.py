"""``paraglot suggest``: what a query may go on to be."""

from __future__ import annotations

from typing import Annotated

import typer

from paraglot.api.cli.options import IndexOption, JsonOption
from paraglot.api.cli.output import print_json, print_line
from paraglot.api.settings import load_settings


def suggest_command(
    typed: Annotated[str, typer.Argument(help="What was typed so far; its last word may be unfinished.")],
    index: IndexOption = None,
    limit: Annotated[int, typer.Option(help="Suggestions at most.")] = 8,
    language: Annotated[
        list[str] | None, typer.Option(help="Only of paragraphs in this language; may be repeated.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print titles and frequent phrases that go on so. Reads all texts first; a service does so once."""
    from paraglot.search.engine import open_index
    from paraglot.search.suggest.types import SuggestRequest

    request = SuggestRequest(typed, tuple(language or ()), limit)
    with open_index(load_settings({"index": index}).index) as engine:
        response = engine.suggest(request)
    if as_json:
        from paraglot.api.http.routes.suggest import SuggestModel

        print_json(SuggestModel.of(response).model_dump())
        return
    for one in response.suggestions:
        where = f", {one.article_id}" if one.article_id else ""
        print_line(f"{one.text}  [{one.language}]  {one.kind}, {one.count} paragraphs{where}")

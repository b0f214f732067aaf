"""``paraglot suggest``: what a query may go on to be."""

from __future__ import annotations

from typing import Any

from paraglot.api.cli.options import IndexOption, JsonOption
from paraglot.api.cli.output import counted, message, print_json, print_line
from paraglot.api.cli.searching.request import takes
from paraglot.api.settings import load_settings
from paraglot.search.suggest.types import SuggestRequest


@takes(SuggestRequest, "q", metavar="TYPED")
def suggest_command(index: IndexOption = None, as_json: JsonOption = False, **values: Any) -> None:
    """Print titles and frequent phrases that go on so. Reads all texts first; a service does so once."""
    from paraglot.search.engine.engine import open_index

    request = SuggestRequest(**values)
    with open_index(load_settings({"index": index}).index) as engine:
        response = engine.suggest(request)
    if as_json:
        from paraglot.api.http.routes.suggest import SuggestModel

        print_json(SuggestModel.of(response).model_dump())
        return
    if not response.suggestions:
        message("Nothing goes on so.")
    for suggestion in response.suggestions:
        where = f", {suggestion.article_id}" if suggestion.article_id else ""
        many = counted(suggestion.count, "paragraph")
        print_line(f"{suggestion.text}  [{suggestion.language}]  {suggestion.kind}, {many}{where}")

"""``paraglot similar``: the same said elsewhere, in other articles and languages."""

from __future__ import annotations

from typing import Any

from paraglot.api.cli.options import IndexOption, JsonOption, LongOption
from paraglot.api.cli.output import message, paged, print_json
from paraglot.api.cli.searching.request import takes
from paraglot.api.settings import load_settings
from paraglot.search.answer.similar_types import SimilarRequest


@takes(SimilarRequest, "id", metavar="[ID]", defaults={"limit": None})
def similar_command(
    index: IndexOption = None, long: LongOption = False, as_json: JsonOption = False, **values: Any
) -> None:
    """Print the paragraphs of other articles that say what a paragraph or a text says, the nearest first."""
    from paraglot.search.engine.engine import open_index

    settings = load_settings({"index": index, "limit": values["limit"]})
    request = SimilarRequest(**values | {"limit": settings.limit})
    with open_index(settings.index) as engine:
        response = engine.similar(request)
    for warning in response.warnings:
        message(warning)
    if as_json:
        from paraglot.api.http.fields.similar import SimilarModel

        print_json(SimilarModel.of(response).model_dump())
    else:
        from paraglot.api.cli.searching.render import print_hits

        if not response.hits:
            message("Nothing says anything alike.")
        with paged() as console:
            print_hits(console, response.hits, request.offset, long or request.context > 0)

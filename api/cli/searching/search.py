"""``paraglot search``: the paragraphs that answer."""

from __future__ import annotations

from typing import Any

from paraglot.api.cli.options import EndpointOption, IndexOption, JsonOption, RerankerOption
from paraglot.api.cli.output import message, print_json
from paraglot.api.cli.searching.request import takes
from paraglot.api.settings import load_settings
from paraglot.search.types import SearchRequest, SearchResponse


@takes(SearchRequest, "q", metavar="QUERY", defaults={"limit": None, "mode": None, "group_by": "article"})
def search_command(
    index: IndexOption = None,
    endpoint: EndpointOption = None,
    reranker: RerankerOption = None,
    as_json: JsonOption = False,
    **values: Any,
) -> None:
    """Print the paragraphs that answer a query, best first, and why."""
    from paraglot.search.encoders.load import load_reranker
    from paraglot.search.engine.engine import open_index

    flags = {"index": index, "endpoint": endpoint, "reranker": reranker}
    settings = load_settings(flags | {"limit": values["limit"], "mode": values["mode"]})
    request = SearchRequest(**values | {"limit": settings.limit, "mode": settings.mode})
    with open_index(settings.index, reranker=load_reranker(settings.reranker)) as engine:
        response = engine.search(request)
    for warning in response.warnings:
        message(warning)
    if response.did_you_mean:
        message(f"did you mean: {response.did_you_mean}")
    _print(response, as_json)


def _print(response: SearchResponse, as_json: bool) -> None:
    if as_json:
        from paraglot.api.http.fields.answers import SearchModel

        print_json(SearchModel.of(response).model_dump())
        return
    from rich.console import Console

    from paraglot.api.cli.searching.render import print_response

    print_response(Console(highlight=False), response)

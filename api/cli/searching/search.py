"""``paraglot search``: the paragraphs that answer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from paraglot.api.cli.options import EndpointOption, IndexOption, JsonOption, LongOption, RerankerOption
from paraglot.api.cli.output import message, paged, print_json
from paraglot.api.cli.searching.request import takes
from paraglot.api.service_folder import index_of
from paraglot.api.settings import load_settings
from paraglot.search.errors import InvalidSettings
from paraglot.search.types import ANSWER_RELEVANCE, SearchRequest, SearchResponse

DEFAULTS = {"limit": None, "mode": None, "group_by": "article", "min_relevance": None, "answers_first": True}
LessLikelyOption = Annotated[
    bool, typer.Option("--less-likely", help="Also what hardly answers: a relevance below 0.5. With --json as usual.")
]


@takes(SearchRequest, "q", metavar="QUERY", defaults=DEFAULTS)
def search_command(
    index: IndexOption = None,
    endpoint: EndpointOption = None,
    reranker: RerankerOption = None,
    less_likely: LessLikelyOption = False,
    long: LongOption = False,
    as_json: JsonOption = False,
    **values: Any,
) -> None:
    """Print the paragraphs that answer a query, best first."""
    from paraglot.search.encoders.load import load_reranker
    from paraglot.search.engine.engine import open_index

    flags = {"index": index, "endpoint": endpoint, "reranker": reranker}
    settings = load_settings(flags | {"limit": values["limit"], "mode": values["mode"]})
    least = _least(values["min_relevance"], less_likely, as_json)
    request = SearchRequest(**values | {"limit": settings.limit, "mode": settings.mode, "min_relevance": least})
    with open_index(index_of(settings), reranker=load_reranker(settings.reranker)) as engine:
        response = engine.search(request)
    for warning in response.warnings:
        message(warning)
    if response.did_you_mean:
        message(f"did you mean: {response.did_you_mean}")
    _print(response, as_json, long or request.explain or request.context > 0)


def _least(min_relevance: float | None, less_likely: bool, as_json: bool) -> float:
    """How relevant hits must be: programs get all, people what answers unless they ask for more."""
    if less_likely and min_relevance is not None:
        raise InvalidSettings("--less-likely is --min-relevance 0: give one of the two.")
    if min_relevance is not None:
        return min_relevance
    return 0.0 if less_likely or as_json else ANSWER_RELEVANCE


def _print(response: SearchResponse, as_json: bool, long: bool) -> None:
    if as_json:
        from paraglot.api.http.fields.answers import SearchModel

        print_json(SearchModel.of(response).model_dump())
        return
    from paraglot.api.cli.searching.render import print_response

    with paged() as console:
        print_response(console, response, long)

"""An option of a search is declared once; every door has every one of them, with the same type, default and words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin
from unittest.mock import MagicMock

import pytest
import typer
from typer.testing import CliRunner

from paraglot.api.cli.searching.request import flag, takes
from paraglot.api.client import calls
from paraglot.api.http.app import create_app
from paraglot.api.http.fields.search import SearchFields, SearchUrl
from paraglot.api.mcp.tools import TOOLS
from paraglot.api.pages.form import PageForm
from paraglot.api.settings import Settings
from paraglot.search.answer.listing import ArticlesRequest
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.errors import InvalidRequest
from paraglot.search.suggest.types import SuggestRequest
from paraglot.search.types import SearchRequest
from paraglot.search.types.options import DeclaredOption, Option, check_bounds, options
from tests.conftest import ROOT

REQUESTS = {"search": SearchRequest, "similar": SimilarRequest, "suggest": SuggestRequest}
OF_SEARCH = [one.name for one in options(SearchRequest)]
FEEDS = {"/feed.json": {"limit": 20, "sort": "date:desc", "min_relevance": 0.5}, "/export.csv": {"limit": 100}}
FEEDS["/feed.rss"] = FEEDS["/feed.json"]


@pytest.fixture(scope="module")
def document() -> Any:
    return create_app(MagicMock(), Settings(index=Path("none"))).openapi()


def parameters(document: Any, path: str) -> dict[str, Any]:
    found = document["paths"][path]["get"]["parameters"]
    return {one["name"]: one | one["schema"] for one in found if one["in"] == "query"}


def body(document: Any, path: str) -> dict[str, Any]:
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    found: dict[str, Any] = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    return found


def default_of(one: DeclaredOption) -> Any:
    return None if one.default in (MISSING, None, ()) else one.default


@pytest.mark.parametrize("name", REQUESTS)
def test_get_and_post_have_every_option_of_a_request(document: Any, name: str) -> None:
    declared = options(REQUESTS[name])
    by_url, by_json = parameters(document, f"/v1/{name}"), body(document, f"/v1/{name}")
    assert list(by_url) == list(by_json["properties"]) == [one.name for one in declared]
    for one in declared:
        for shown in (by_url[one.name], by_json["properties"][one.name]):
            assert shown["description"] == one.option.help
            assert shown.get("default") == default_of(one)
    assert by_json.get("required", []) == [one.name for one in declared if one.required]


def test_feeds_and_tables_take_what_a_search_takes(document: Any) -> None:
    for path, own in FEEDS.items():
        shown = parameters(document, path)
        assert set(shown) == set(OF_SEARCH)
        for one in options(SearchRequest):
            assert shown[one.name]["description"] == one.option.help
            assert shown[one.name].get("default") == own.get(one.name, default_of(one)), (path, one.name)


def test_several_searches_and_the_tool_of_assistants_take_them_all(document: Any) -> None:
    one = body(document, "/v1/multi-search")["properties"]["searches"]["items"]["$ref"]
    assert list(document["components"]["schemas"][one.rpartition("/")[2]]["properties"]) == OF_SEARCH
    assert list(TOOLS["search_paragraphs"].takes.model_json_schema()["properties"]) == OF_SEARCH


@pytest.mark.parametrize("name", REQUESTS)
def test_the_command_line_has_a_flag_for_every_option(name: str) -> None:
    from paraglot.api.cli.main import app

    help_ = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "1000", "TERMINAL_WIDTH": "1000"}).output
    first, *others = options(REQUESTS[name])
    for one in others:
        assert re.search(rf"^  {flag(one)}\b", help_, re.MULTILINE), (name, flag(one))
        assert one.option.help in re.sub(r"\s+", " ", help_)
    assert first.option.help in re.sub(r"\s+", " ", help_)


def test_values_reach_the_request_whole(tmp_path: Path) -> None:
    """Another value than the default for each option, through the fields of HTTP and the flags of the command line."""
    other = {one.name: _other(one) for one in options(SearchRequest)}
    expected = SearchRequest(**other)
    assert all(getattr(expected, name) != one.default for name, one in zip(other, options(SearchRequest), strict=True))
    as_json = {name: list(value) if isinstance(value, tuple) else value for name, value in other.items()}
    assert SearchFields(**as_json).request() == expected
    as_url = {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value) for name, value in other.items()
    }
    as_url |= {name: str(value).lower() for name, value in other.items() if isinstance(value, bool)}
    assert SearchUrl(**as_url).request() == expected
    asked: list[SearchRequest] = []
    application = typer.Typer()

    @application.command()
    @takes(SearchRequest, "q")
    def command(**given: Any) -> None:
        asked.append(SearchRequest(**given))

    (tmp_path / "vector.json").write_text(json.dumps(other["vector"]))
    done = CliRunner().invoke(application, [other["q"], *_flags(other | {"vector": str(tmp_path / "vector.json")})])
    assert (done.exit_code, asked) == (0, [expected])
    CliRunner().invoke(application, ["bread", "--language", "de, fr", "--language", "ja", "--facet", "source,tags"])
    assert (asked[1].languages, asked[1].facets) == (("de", "fr", "ja"), ("source", "tags"))


def _other(one: DeclaredOption) -> Any:
    """A value that is not the default."""
    if one.choices:
        return one.choices[-1]
    if one.name == "filter":
        return "language = de"
    if one.numbers:
        return (0.5, -2.0)
    if one.several:
        return ("de", "fr")
    if one.type is bool:
        return not one.default
    if one.option.maximum is not None:
        return one.option.maximum if one.type is int else one.option.maximum / 2
    return "de"


def _flags(values: dict[str, Any]) -> Iterator[str]:
    for one in options(SearchRequest):
        value = values[one.name]
        if one.type is bool:
            yield flag(one) if value else f"--no-{flag(one)[2:]}"
        elif one.name != "q":
            for entry in value if isinstance(value, tuple) else (value,):
                yield from (flag(one), str(entry))


def test_the_python_client_sends_what_is_asked() -> None:
    other = {one.name: _other(one) for one in options(SearchRequest)}
    sent = calls.search(SearchRequest(**other)).body or b""
    assert SearchFields.model_validate_json(sent).request() == SearchRequest(**other)


def typescript(name: str, request: type) -> str:
    """What ``client.d.ts`` says of the fields of a request."""
    lines = [f"export type {name} = {{"]
    for one in options(request):
        kinds = {int: "number | string", float: "number | string", bool: "boolean"}
        bare = next((kind for kind in (one.type, *get_args(one.type)) if kind in kinds), str)
        entry = "number" if one.numbers else "string"
        shown = f"string | readonly {entry}[]" if one.several else kinds.get(bare, "string")
        words = " ".join([one.option.help, *([f"One of {', '.join(one.choices)}."] if one.choices else [])])
        given = f"{one.name}: {shown}" if one.required else f"{one.name}?: {shown} | null"
        lines += [f"  /** {words} */", f"  {given};"]
    return "\n".join([*lines, "};\n"])


def table(request: type) -> str:
    """What ``docs/http.md`` says of the fields of a request."""
    lines = ["| field | what it asks for | values | unasked |", "|---|---|---|---|"]
    for one in options(request):
        shown = (
            ""
            if default_of(one) in (None, "")
            else f"`{str(one.default).lower() if one.type is bool else one.default}`"
        )
        lines.append(f"| `{one.name}` | {one.option.help} | {_values(one)} | {shown or '–'} |")
    return "\n".join([*lines, ""])


def _values(one: DeclaredOption) -> str:
    option, length = one.option, one.option.maximum_length
    if one.choices:
        return ", ".join(f"`{word}`" for word in one.choices)
    if option.maximum is not None:
        return f"{'above ' + format(option.above, 'g') if option.above is not None else format(option.minimum, 'g')} to {option.maximum:,.10g}"
    if one.numbers:
        return f"at most {length:,} numbers"
    if one.several:
        return f"at most {length:,}" if length else "a list"
    return "`true`, `false`" if one.type is bool else f"at most {length:,} characters" if length else "a text"


def test_the_types_of_the_javascript_client_are_these() -> None:
    told = (ROOT / "api/widgets/client.d.ts").read_text("utf-8")
    for name, request in {**REQUESTS, "articles": ArticlesRequest}.items():
        assert typescript(f"{name.title()}Params", request) in told


def test_the_guide_has_a_table_of_them() -> None:
    assert table(SearchRequest) in (ROOT / "docs/http.md").read_text("utf-8")


def test_what_scripts_and_the_page_send_is_an_option() -> None:
    script = (ROOT / "api/widgets/instantsearch.js").read_text("utf-8")
    [sent] = re.findall(r"return \{\n(    explain: .*?)\n  \};", script, re.DOTALL)
    assert set(re.findall(r"^    (\w+):", sent, re.MULTILINE)) <= set(OF_SEARCH)
    page = PageForm(q="bread", languages=("de",)).request()
    assert (page.group_by, page.explain, page.min_relevance) == ("article", True, 0.5)
    fixed = {"sources", "years", "since", "until", "article", "browse", "after", "less_likely", "page", "ui", "key"}
    assert {one.name for one in fields(PageForm)} - fixed <= set(OF_SEARCH)


def test_settings_begin_where_a_request_begins() -> None:
    defaults = {one.name: one.default for one in options(SearchRequest)}
    assert {name: getattr(Settings(), name) for name in ("limit", "mode")} == {
        name: defaults[name] for name in ("limit", "mode")
    }


@dataclass(frozen=True)
class Order:
    """A request as small as can be."""

    pages: Annotated[int, Option("How many.", minimum=1, maximum=3)] = 1
    weight: Annotated[float | None, Option("How heavy.", above=0, maximum=2)] = None
    paper: Annotated[Literal["white", "grey"], Option("Which.")] = "white"
    names: Annotated[tuple[str, ...], Option("Whose.", maximum_length=2)] = ()


@pytest.mark.parametrize(
    ("fields_", "message"),
    [
        ({"pages": 0}, "pages must be from 1 to 3, not 0."),
        ({"pages": 4}, "pages must be from 1 to 3, not 4."),
        ({"weight": 0.0}, "weight must be above 0 and at most 2, not 0.0."),
        ({"weight": float("nan")}, "weight must be above 0 and at most 2, not nan."),
        ({"paper": "red"}, "paper must be one of white, grey, not 'red'."),
        ({"names": ("a", "b", "c")}, "At most 2 names can be named, not 3."),
    ],
)
def test_bounds_are_checked_where_they_are_declared(fields_: dict[str, Any], message: str) -> None:
    check_bounds(Order(pages=3, weight=2.0, paper="grey", names=("a", "b")))
    with pytest.raises(InvalidRequest, match="^" + re.escape(message)):
        check_bounds(Order(**fields_))


def test_a_field_without_an_option_is_no_request() -> None:
    @dataclass(frozen=True)
    class Forgotten:
        q: str

    assert get_origin(Forgotten.__annotations__["q"]) is None
    with pytest.raises(TypeError, match="'q' of a request has no Option"):
        options(Forgotten)

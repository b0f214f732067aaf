"""The fields of a request over HTTP: filters, facets, sort, strict types, nearly right names, HEAD, filters of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastapi
import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.concurrency import run_in_threadpool

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import NotFound


@pytest.fixture
def keys(small_index: Path) -> KeyFile:
    return KeyFile(ServiceFolder(small_index).keys)


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    settings = Settings(index=small_index)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as opened:
        yield opened


def fault(response: httpx.Response) -> tuple[int, str, str]:
    problem = response.json()
    [one] = problem["errors"]
    return response.status_code, one["pointer"], one["detail"]


def test_filter_facets_and_sort(client: TestClient) -> None:
    fields = {"q": "bread", "filter": "language IN [en, de]", "facets": ["source", "tags"], "sort": "date:desc"}
    by_json = client.post("/v1/search", json=fields).json()
    by_url = client.get("/v1/search", params=fields | {"facets": "source,tags"}).json()
    assert by_url["hits"] == by_json["hits"]
    assert [hit["article"]["id"] for hit in by_json["hits"]] == ["tax", "tax", "steuer"]  # of which one names it
    assert by_json["estimated_total_hits"] == 3
    counted = {"source": {"counts": {"Gazette": 2}, "missing": 1}, "tags": {"counts": {"Stadt": 1}, "missing": 2}}
    assert by_json["facet_distribution"] == by_url["facet_distribution"] == counted


def test_a_faulty_filter_says_where(client: TestClient) -> None:
    detail = "The filter cannot be read at the end: expected a value."
    assert fault(client.get("/v1/search", params={"q": "x", "filter": "a ="})) == (422, "/filter", detail)


@pytest.mark.parametrize(
    "filter_", ["date = banana", "date != banana", "date IN [2024, banana]", "NOT date = 'spring'"]
)
def test_a_date_that_is_none_is_said(client: TestClient, filter_: str) -> None:
    status, pointer, detail = fault(client.get("/v1/search", params={"q": "x", "filter": filter_}))
    assert (status, pointer) == (422, "/filter")
    word = "spring" if "spring" in filter_ else "banana"
    at = filter_.index(word) + 1 - ("'" in filter_)
    expected = "expected a date such as 2024, 2024-05 or 2024-05-31."
    assert detail == f"The filter cannot be read at character {at}, '{word}': {expected}"
    kept = "title = banana OR date_as_given = banana OR date EXISTS OR date = 2024-05"
    assert client.get("/v1/search", params={"q": "x", "filter": kept}).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": True},
        {"limit": "5"},
        {"limit": 5.0},
        {"explain": 1},
        {"explain": "true"},
        {"languages": "en"},
        {"q": 7},
    ],
)
def test_json_types_are_strict(client: TestClient, fields: dict[str, Any]) -> None:
    [name] = fields
    status, pointer, _ = fault(client.post("/v1/search", json={"q": "bread"} | fields))
    assert (status, pointer) == (422, f"/{name}")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "value"), [("limit", "true"), ("limit", "5.0"), ("limit", "1_0"), ("explain", "yes")])
def test_url_types_are_strict(client: TestClient, name: str, value: str) -> None:
    status, pointer, _ = fault(client.get("/v1/search", params={"q": "bread", name: value}))
    assert (status, pointer) == (422, f"/{name}")


def test_the_nearest_known_name_is_told_for_get_and_post(client: TestClient) -> None:
    expected = (422, "/limt", "There is no parameter 'limt'. Did you mean 'limit'?")
    assert fault(client.get("/v1/search", params={"q": "x", "limt": "3"})) == expected
    assert fault(client.post("/v1/search", json={"q": "x", "limt": 3})) == expected
    status, pointer, detail = fault(client.post("/v1/search", json={"q": "x", "{colour}": "red"}))
    assert (status, pointer) == (422, "/{colour}")
    assert detail.startswith("There is no parameter '{colour}'. Known are: q, limit, offset,")


@pytest.mark.parametrize("path", ["/v1/search?q=bread", "/v1/articles/tax", "/v1/index", "/livez", "/openapi.json"])
def test_head_is_get_without_a_body(client: TestClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert client.head("/v1/articles/nobody").status_code == 404


def test_no_parameter_gets_around_the_filter_of_a_key(client: TestClient, keys: KeyFile) -> None:
    _, token = keys.create("search", filter="language = de")
    client.headers["authorization"] = f"Bearer {token}"
    for fields in (
        {},
        {"filter": "id EXISTS OR NOT id EXISTS"},
        {"filter": "language = en OR language = de"},
        {"filter": "NOT (language = de AND language = en)"},
        {"mode": "semantic"},
        {"mode": "keyword"},
        {"sort": "date:desc"},
    ):
        found = client.post("/v1/search", json={"q": "bread tax 面包税", "facets": ["id"]} | fields).json()
        assert {hit["language"] for hit in found["hits"]} == {"de"}
        assert set(found["facet_distribution"]["id"]["counts"]) == {"steuer"}
    absent = "No paragraph is in 'en'; a shorter tag takes in its varieties."
    for fields, warnings in (
        ({"languages": ["en"]}, [absent]),
        ({"filter": "language = en"}, []),
        ({"filter": "id = tax"}, []),
    ):
        found = client.post("/v1/search", json={"q": "bread tax", "facets": ["id"]} | fields).json()
        assert (found["hits"], found["estimated_total_hits"], found["warnings"]) == ([], 0, warnings)
        assert found["facet_distribution"]["id"] == {"counts": {}, "missing": 0}
    assert client.get("/v1/articles/steuer").status_code == 200
    hidden, absent = client.get("/v1/articles/tax"), client.get("/v1/articles/tay")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"].replace("tay", "tax")
    # Completed or mended from the whole index, a word would tell what lies outside.
    for word in ("counc*", "counsil"):
        found = client.get("/v1/search", params={"q": word}).json()
        assert "council" not in json.dumps(found)
    index = client.get("/v1/index").json()
    assert (index["articles"], index["paragraphs"], index["languages"]) == (1, 3, {"de": 3})


def test_a_name_is_given_once_in_a_body_too(client: TestClient) -> None:
    """Where the second would win, who checks a request by the first sees another than the one that is answered."""
    for method, path, body, pointer in (
        ("POST", "/v1/search", '{"q": "bread", "q": "tax"}', "/q"),
        ("POST", "/v1/search", '{"q": "bread", "\\u0071": "bread"}', "/q"),
        ("POST", "/v1/suggest", '{"q": "bread", "limit": 1, "limit": 2}', "/limit"),
        ("POST", "/v1/multi-search", '{"queries": [{"q": "tax"}, {"q": "bread", "q": "tax"}]}', "/queries/1/q"),
        ("PUT", "/v1/articles/new", '{"text": "One.", "more": {"a/b": 1, "a/b": 1}}', "/more/a~1b"),
    ):
        answer = client.request(method, path, content=body, headers={"content-type": "application/json"})
        name = pointer.rpartition("/")[2].replace("~1", "/")
        assert fault(answer) == (422, pointer, f"{name} is given 2 times; it can be given once."), body
    twice = '{"q": "bread", "facets": ["id", "id"]}'
    assert client.post("/v1/search", content=twice, headers={"content-type": "application/json"}).status_code == 200


def test_paragraphs_outside_a_forced_filter_are_not_there(small_index: Path) -> None:
    with Engine(small_index) as engine:
        with engine.view() as whole:
            [first, second] = whole.article("tax")[1]
        with engine.view("language = en") as allowed:
            assert allowed.paragraph(first.id)[0] == first
        with engine.view("language = de") as other, pytest.raises(NotFound, match="There is no paragraph"):
            other.paragraph(second.id)


def test_of_an_article_seen_in_part_only_that_part_is_read(tmp_path: Path, write_corpus: Any) -> None:
    from paraglot.indexer.build import index_corpus

    english = "The council of the old town raised the tax on bread, and the bakers protested loudly about it all day."
    german = (
        "Der Rat der Altstadt hat die Steuer auf Brot erhöht, und die Bäcker haben den ganzen Tag laut protestiert."
    )
    index_corpus(tmp_path / "index", [write_corpus([{"id": "both", "paragraphs": [german, english]}])], "fake")
    with Engine(tmp_path / "index") as engine, engine.view("language = en") as view:
        article, [paragraph] = view.article("both")
    assert (article.text, paragraph.text, paragraph.position) == (english, english, 0)
    assert article.text[paragraph.start : paragraph.end] == english


def test_the_page_refuses_what_it_does_not_have_but_not_what_others_add_to_links(client: TestClient) -> None:
    """As everywhere: who mistypes a filter must not take everything for what it lets through."""
    for address in ("/?nope=1", "/?q=bread&nope=1"):
        refused = client.get(address)
        assert refused.status_code == 422
        assert "There is no parameter &#39;nope&#39;." in refused.text
        assert "<article" not in refused.text
    assert "Did you mean &#39;languages&#39;?" in client.get("/?q=bread&language=de").text
    added = ("utm_source=x", "fbclid=x", "gclid=x", "mc_eid=x", "igshid=x", "_ga=x")
    assert {client.get(f"/?q=bread&{name}").status_code for name in added} == {200}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_search_is_handed_to_one_thread_once(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """FastAPI would hand what was found to another one, to be validated."""
    handed: list[object] = []

    async def handed_over(work: Any, *given: Any, **named: Any) -> Any:
        handed.append(work)
        return await run_in_threadpool(work, *given, **named)

    for module in (fastapi.routing, fastapi.dependencies.utils):
        monkeypatch.setattr(module, "run_in_threadpool", handed_over)
    asked: dict[str, Any] = {"params" if method == "GET" else "json": {"q": "bread tax"}}
    assert client.request(method, "/v1/search", **asked).json()["hits"]
    assert len(handed) == 1

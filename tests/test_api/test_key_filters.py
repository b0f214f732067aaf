"""What lies outside of a key's filter is told by nothing: every way of asking, against words that only it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

import paraglot.api.mcp.server  # noqa: F401  # a first import within what Hypothesis runs may fail in CPython 3.11
from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import ParagraphChanged
from tests.conftest import index_of

SECRETS = ("zanzikor", "quicksilver")
"""Words of what is hidden, in each of its titles, texts, sources and tags; no request holds one whole but in ids and
filters, which no answer repeats.
"""

GERMAN = "Der Rat der Altstadt hat die Steuer auf Brot erhöht, und die Bäcker haben den ganzen Tag laut protestiert."
ENGLISH = (
    "The council of the old town bought all the quicksilver that there was, and nobody was told about it for years."
)
OPEN: dict[str, Any] = {
    "id": "offen", "title": "Offene Briefe", "source": "Zeitung", "tags": ["stadt"], "language": "de",
    "text": "Ein Brief an die Stadt.\n\nNoch ein Brief an die Bäcker.",
}  # fmt: skip
MIXED: dict[str, Any] = {"id": "beides", "title": "Beides", "source": "Zeitung", "paragraphs": [GERMAN, ENGLISH]}
HIDDEN: dict[str, Any] = {
    "id": "zanzikor", "title": "The zanzikor letters", "source": "quicksilver press", "tags": ["zanzikor"],
    "author": {"name": "quicksilver"}, "date": "2024-05-31", "language": "en", "url": "https://quicksilver.example",
    "text": "A letter of zanzikor to the bakers of the town.\n\nThe quicksilver tax on bread.",
}  # fmt: skip
FORMER = HIDDEN | {"text": "A zanzikor draft.\n\nThe quicksilver tax on bread."}

QUERIES = st.sampled_from(
    ["Brief Bäcker", "quicksilv*", "quicksilvre", "zanzikr", '"the quicksilv*"', "-Brief letter", "title:zanziko*",
     "source:quicksilv*", "tax on bread", "Steuer OR zanziko*", "the council bought"]
)  # fmt: skip
FILTERS = st.sampled_from(
    ["", "language = en", "source = 'quicksilver press'", "NOT language = de", "id EXISTS OR NOT id EXISTS",
     "tags = zanzikor OR tags = stadt", "NOT (source = Zeitung AND language = de)", "author.name = quicksilver"]
)  # fmt: skip
LANGUAGES = st.lists(st.sampled_from(["de", "en"]), max_size=2, unique=True)
SEARCHES = st.fixed_dictionaries(
    {"q": QUERIES},
    optional={
        "filter": FILTERS,
        "languages": LANGUAGES,
        "prefer_languages": LANGUAGES,
        "mode": st.sampled_from(["hybrid", "keyword", "semantic"]),
        "facets": st.lists(
            st.sampled_from(["id", "title", "source", "tags", "author.name", "language", "url"]), max_size=20
        ),
        "sort": st.sampled_from(["relevance", "date:desc", "date:asc"]),
        "group_by": st.sampled_from([None, "article"]),
        "context": st.integers(0, 3),
        "limit": st.integers(1, 100),
        "offset": st.integers(0, 3),
        "diversity": st.sampled_from([0.0, 1.0]),
        "recency_weight": st.sampled_from([0.0, 10.0]),
        "query_language": st.sampled_from(["en", "de"]),
    },
)
PLACES = st.integers(0, 20)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filtered")
    for articles in ([OPEN, MIXED, FORMER], [HIDDEN]):
        index_of(folder, articles)
    return folder / "index"


@pytest.fixture(scope="module")
def ids(index: Path) -> list[str]:
    """Of all paragraphs there are, of one there was, and of none."""
    with Engine(index) as engine, engine.view() as view:
        found = [one.id for id_ in ("offen", "beides", "zanzikor") for one in view.article(id_)[1]]
        former = f"zanzikor~{sha256(b'A zanzikor draft.').hexdigest()[:12]}"
        with pytest.raises(ParagraphChanged):
            view.paragraph(former)
    return [*found, former, "offen~000000000000"]


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    """Every request with a key that may see German alone."""
    _, token = KeyFile(ServiceFolder(index).keys).create("search", filter="language = de")
    own = Settings(index=index)
    with TestClient(create_app(ObservedEngine(own), own), base_url="http://127.0.0.1") as opened:
        opened.headers["authorization"] = f"Bearer {token}"
        yield opened


def told(response: httpx.Response, asked: str = "-") -> str:
    """What an answer tells beyond what was asked."""
    assert response.status_code in (200, 404)
    text = json.dumps(response.json(), ensure_ascii=False).replace(asked, "").lower()
    assert [word for word in SECRETS if word in text] == []
    return text


@pytest.mark.slow
@settings(max_examples=60)
@given(SEARCHES, SEARCHES)
def test_no_search_tells_of_it(client: TestClient, one: dict[str, Any], other: dict[str, Any]) -> None:
    found = client.post("/v1/search", json=one)
    told(found)
    assert found.json()["estimated_total_hits"] <= 3
    by_url = {name: ",".join(value) if isinstance(value, list) else value for name, value in one.items()}
    params = {name: value for name, value in by_url.items() if value is not None}
    told(client.get("/v1/search", params=params))
    for path, begin in (("/feed.json", '"items"'), ("/feed.rss", "<item>"), ("/export.csv", "id")):
        shown = client.get(path, params=params | {"min_relevance": 0.0})
        assert shown.status_code == 200
        # Before its items a feed repeats its own address.
        assert [word for word in SECRETS if word in shown.text.partition(begin)[2].lower()] == []
    told(client.post("/v1/multi-search", json={"searches": [one, other]}))


@pytest.mark.slow
@settings(max_examples=40)
@given(PLACES, QUERIES, FILTERS, LANGUAGES, st.integers(0, 3))
def test_no_id_and_no_likeness_tells_of_it(
    client: TestClient, ids: list[str], place: int, text: str, filter_: str, languages: list[str], context: int
) -> None:
    asked = ids[place % len(ids)]
    scope: dict[str, Any] = {"filter": filter_, "languages": languages, "context": context}
    told(client.post("/v1/similar", json={"text": text, "limit": 100} | scope))
    for response in (
        client.post("/v1/similar", json={"id": asked} | scope),
        client.get(f"/v1/paragraphs/{asked}", params={"context": context}),
    ):
        told(response, asked)
        if response.status_code == 404:
            absent = client.get("/v1/paragraphs/nobody")
            assert response.text == absent.text.replace("nobody", asked)
        else:
            assert ids.index(asked) < 3, "the German ones alone are there"


def called(client: TestClient, tool: str, **arguments: Any) -> httpx.Response:
    """A tool called over MCP."""
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    return client.post("/mcp", json=call, headers={"accept": "application/json, text/event-stream"})


@pytest.mark.slow
@settings(max_examples=30)
@given(SEARCHES, PLACES)
def test_no_tool_of_assistants_tells_of_it(
    client: TestClient, ids: list[str], asked: dict[str, Any], place: int
) -> None:
    for answer in (called(client, "search", query=asked["q"]), called(client, "search_paragraphs", **asked)):
        told(answer)
        assert not answer.json()["result"]["isError"]
    for id_ in (ids[place % len(ids)], "zanzikor", "beides"):
        answer = called(client, "fetch", id=id_)
        told(answer, id_)
        assert answer.json()["result"]["isError"] == (id_ != "beides" and id_ not in ids[:3])


def test_articles_languages_and_counts_are_those_of_the_part(client: TestClient) -> None:
    assert client.get("/v1/articles/zanzikor").status_code == 404
    assert [one["text"] for one in client.get("/v1/articles/beides").json()["paragraphs"]] == [GERMAN]
    assert [one["paragraphs"] for one in client.get("/v1/languages").json()["languages"]] == [3]
    index = client.get("/v1/index").json()
    assert (index["articles"], index["paragraphs"], index["languages"]) == (2, 3, {"de": 3})


def test_no_operation_of_the_document_tells_of_it(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    asked = 0
    for path, operations in paths.items():
        parameters = operations.get("get", {}).get("parameters", [])
        if "get" in operations and not any(one["in"] == "path" for one in parameters):
            for text in ("quicksilv", "zanzib*"):
                wanted = {one["name"]: text for one in parameters if one["name"] in ("q", "text", "title", "url")}
                answer = client.get(path, params=wanted)
                assert [word for word in SECRETS if word in answer.text.lower()] == [], path
                asked += answer.status_code == 200
    assert asked > 8


@pytest.mark.parametrize(
    ("hidden", "absent"),
    [
        ("Brief Stadt zanzikor", "Brief Stadt xanzibar"),
        ("Brief quick*", "Brief quixk*"),
        ('Brief "the quicksilver tax"', 'Brief "the quicksilver fax"'),
        ("Brief -zanzikor", "Brief -xanzibar"),
        ("Brief title:zanzikor", "Brief title:xanzibar"),
        ("Brief zanzikra", "Brief xanzibra"),
        ("the council bought bread", "ze counzil bougth braed"),
    ],
)
def test_hidden_words_phrases_and_begins_count_as_such_that_nobody_wrote(
    client: TestClient, hidden: str, absent: str
) -> None:
    one, other = (client.post("/v1/search", json={"q": q, "mode": "keyword"}).json() for q in (hidden, absent))
    for found in (one, other):
        found["told"] = json.dumps([found["warnings"], [[hit["id"], hit["relevance"]] for hit in found["hits"]]])
        assert {language["language"] for language in found["query_analysis"]["languages"]} <= {"de"}
        assert found["did_you_mean"] is None
    assert one["told"] == other["told"].replace("xanzibar", "zanzikor").replace("fax", "tax")
    assert one["estimated_total_hits"] == other["estimated_total_hits"]

"""The page of those who run the service: what it tells, what its forms do, and who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from tests.servers import service
from tests.test_api.test_collections import DOCS, NEWS, made

pytestmark = pytest.mark.slow


@pytest.fixture
def client(small_index: Path) -> Iterator[httpx.Client]:
    """Without keys, as this machine may ask."""
    settings = Settings(index=small_index, statistics=True)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as opened:
        yield opened


def told(answer: httpx.Response) -> str:
    """What became of a form."""
    found = re.search(r'<div id="outcome".*?<p>(.*?)</p>', answer.text, re.DOTALL)
    assert found, answer.text
    return unescape(found[1])


def do(client: httpx.Client, what: str, key: str = "", **fields: str) -> httpx.Response:
    return client.post("/admin", data={"do": what, **fields}, headers={"x-api-key": key} if key else {})


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\w*)"', page)
    return found[1] if found else ""


def test_the_page_tells_of_index_queries_and_writes(small_index: Path) -> None:
    with service(small_index, "--statistics") as running:
        running.client.get("/v1/search", params={"q": "xqzt & <b>"})
        running.client.get("/v1/search", params={"q": "bread"})
        running.client.put("/v1/articles/new", params={"wait": 30}, json={"text": "Yeast."})
        page = running.client.get("/admin")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "4 articles, 8 paragraphs; generation 2" in page.text
    without, asked = page.text.split("<caption>")[1:3]
    assert 'href="./?q=xqzt+%26+%3Cb%3E"' in without.replace("%20", "+")
    assert "xqzt &amp; &lt;b&gt;" in without
    assert "bread</a>" in asked
    assert "<td>succeeded</td>" in page.text


def test_synonyms_are_added_and_removed(client: httpx.Client) -> None:
    added = do(client, "add-synonyms", words="loaf\r\nbread\n\n", language="en")
    assert (added.status_code, told(added)) == (200, "loaf has synonyms now.")
    assert client.get("/v1/rules").json()["synonyms"] == [{"words": ["loaf", "bread"], "language": "en"}]
    one_way = do(client, "add-synonyms", words="baguette", to="bread")
    assert '<td dir="auto">baguette</td>' in one_way.text
    assert do(client, "add-synonyms", words="loaf\nbread", language="en").status_code == 200
    assert len(client.get("/v1/rules").json()["synonyms"]) == 2, "the same twice is there once"
    for wrong, said in (
        ({"words": "loaf"}, "The form: words must have 2 to 100 entries, not 1."),
        ({"words": ""}, "The form: words must have 2 to 100 entries, not 0."),
        ({"words": "a\nb", "language": "english!"}, "The form: language: 'english!' is not a language tag"),
    ):
        refused = do(client, "add-synonyms", **wrong)
        assert (refused.status_code, told(refused).startswith(said)) == (422, True), told(refused)
    page = client.get("/admin").text
    assert told(do(client, "remove-synonyms", number="0", version=version(page))) == "Removed."
    stale = do(client, "remove-synonyms", number="0", version=version(page))
    assert (stale.status_code, told(stale)) == (422, "The rules were changed meanwhile; look again.")
    assert [one["from"] for one in client.get("/v1/rules").json()["synonyms"]] == [["baguette"]]


def test_pins_are_added_and_removed(client: httpx.Client) -> None:
    added = do(client, "add-pin", queries="opening hours", ids="steuer\nnobody", match="contains", languages="en, de")
    assert told(added) == "Results are pinned for opening hours. Nothing in the index has: nobody."
    assert client.get("/v1/rules").json()["pins"] == [
        {"queries": ["opening hours"], "match": "contains", "ids": ["steuer", "nobody"], "languages": ["en", "de"]}
    ]
    hits = client.get("/v1/search", params={"q": "the opening hours", "query_language": "en"}).json()["hits"]
    assert hits[0]["article"]["id"] == "steuer"
    assert do(client, "add-pin", queries="x", ids="y", match="somewhere").status_code == 422
    assert told(do(client, "remove-pins", number="0", version=version(added.text))) == "Removed."
    assert client.get("/v1/rules").json()["pins"] == []


def test_what_is_none_of_its_forms_changes_nothing(client: httpx.Client) -> None:
    for fields in ({}, {"do": "drop"}, {"do": "remove-pins", "number": "-1"}, {"do": "revoke-key", "id": "nobody"}):
        assert client.post("/admin", data=fields).status_code == 422
    assert client.post("/admin", json={"do": "add-synonyms", "words": "a\nb"}).status_code == 422
    assert client.get("/v1/rules").json()["synonyms"] == []
    foreign = client.post(
        "/admin", data={"do": "add-key", "scope": "admin"}, headers={"origin": "https://evil.example"}
    )
    assert (foreign.status_code, foreign.json()["code"]) == (403, "origin_not_allowed")


def test_the_first_key_ends_what_all_may(client: httpx.Client, small_index: Path) -> None:
    page = client.get("/admin").text
    assert "There are no keys" in page
    added = do(client, "add-key", scope="admin", name="<me>", expires="30d")
    [token] = re.findall(r'<code id="token">(.*?)</code>', added.text)
    assert "&lt;me&gt;" in added.text
    shut = client.get("/admin")
    assert (shut.status_code, "Send a key as Authorization" in shut.text, "&lt;me&gt;" in shut.text) == (
        401,
        True,
        False,
    )
    assert client.post("/admin", data={"do": "add-key", "scope": "admin"}).status_code == 401
    assert client.get("/admin", headers={"x-api-key": token}).status_code == 200
    reader = do(client, "add-key", token, scope="search", filter="language = de")
    [weak] = re.findall(r'<code id="token">(.*?)</code>', reader.text)
    for wrong in ({"scope": "write", "filter": "language = de"}, {"scope": "search", "filter": "((("}, {"scope": "all"},
                  {"scope": "search", "expires": "soon"}, {"scope": "search", "collections": "nobody"}):  # fmt: skip
        assert do(client, "add-key", token, **wrong).status_code == 422, wrong
    assert client.get("/admin", headers={"x-api-key": weak}).status_code == 403
    assert do(client, "add-synonyms", weak, words="a\nb").status_code == 403
    assert client.get("/admin", params={"key": token}).status_code == 403, "no admin's key stands in an address"
    [id_] = [one.id for one in KeyFile(ServiceFolder(small_index).keys).all() if one.scope == "search"]
    assert told(do(client, "revoke-key", token, id=id_)).startswith(f"The key {id_} ended at ")
    assert client.get("/v1/index", headers={"x-api-key": weak}).status_code == 401


def test_an_admin_of_one_collection_manages_no_other(tmp_path: Path) -> None:
    news, docs = made(tmp_path / "news", NEWS), made(tmp_path / "docs", DOCS)
    keys, beside = KeyFile(ServiceFolder(news).keys), KeyFile(ServiceFolder(docs).keys)
    tokens = {
        name: keys.create("admin", name=f"of {name}", collections=collections)[1]
        for name, collections in (("default", []), ("docs", ["docs"]), ("all", ["*"]))
    }
    tokens["beside"] = beside.create("admin", name="of beside")[1]
    seen = {"default": ["default"], "docs": ["docs"], "all": ["all", "default", "docs"], "beside": ["beside"]}
    with service(news, "--collection", f"news={news}", "--collection", f"docs={docs}") as running:
        for name, token in tokens.items():
            path = "/v1/collections/docs/admin" if name in ("docs", "beside") else "/admin"
            page = running.client.get(path, headers={"x-api-key": token})
            assert sorted(re.findall(r">of (\w+)<", page.text)) == seen[name]
            assert ("Administration: docs" in page.text) == (name in ("docs", "beside"))
            for other in set(tokens) - set(seen[name]):
                id_ = tokens[other].split("_")[1]
                body = {"do": "revoke-key", "id": id_}
                assert running.client.post(path, data=body, headers={"x-api-key": token}).status_code == 422
            wider = {"do": "add-key", "scope": "search", "collections": "news" if name != "all" else "nobody"}
            refused = running.client.post(path, data=wider, headers={"x-api-key": token})
            assert (refused.status_code, told(refused)) == (422, "Your key opens no such collection.")
        made_by_docs = running.client.post(
            "/v1/collections/docs/admin",
            data={"do": "add-key", "scope": "search"},
            headers={"x-api-key": tokens["docs"]},
        )
        assert made_by_docs.status_code == 200
    assert [one.collections for one in keys.all() if one.scope == "search"] == [("docs",)]
    assert len(beside.all()) == 1

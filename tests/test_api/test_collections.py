"""Several indexes in one service: their addresses, the wall between their keys, one search over all, against a real
service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from paraglot import Client, SearchRequest
from paraglot.api.http.app import ROUTERS
from paraglot.api.http.guard.policy import leaves
from paraglot.api.http.observing.observe import Models, ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings, collections_of, load_settings
from paraglot.search.errors import InvalidSettings
from tests.commands import paraglot
from tests.conftest import index_of
from tests.servers import service

NEWS = [
    {"id": "tax", "title": "The tax on bread", "text": "The council raised the bread tax.", "date": "2024-05-01"},
    {"id": "zoo", "title": "Zoo", "text": "Penguins sleep standing up all day.", "date": "2022-05-01"},
]
DOCS = [{"id": "bake", "title": "Baking bread", "text": "How bread is baked.\n\nThe tax form.", "date": "2023-05-01"}]
SECRET = [{"id": "hidden", "title": "Quicksilver", "text": "The quicksilver bread tax.", "date": "2025-01-01"}]


def made(folder: Path, articles: list[dict[str, str]]) -> Path:
    folder.mkdir(parents=True)
    return index_of(folder, [one | {"language": "en"} for one in articles])


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("collections")
    return {name: made(root / name, one) for name, one in (("news", NEWS), ("docs", DOCS), ("secret", SECRET))}


@pytest.fixture(scope="module")
def keys(folders: dict[str, Path]) -> dict[str, str]:
    """Keys in the service's own file, and one beside the index of docs."""
    service_keys = KeyFile(ServiceFolder(folders["news"]).keys)
    own = KeyFile(ServiceFolder(folders["docs"]).keys)
    return {
        "default": service_keys.create("search")[1],
        "docs": service_keys.create("search", collections=["docs"])[1],
        "both": service_keys.create("search", collections=["news", "docs"])[1],
        "write docs": service_keys.create("write", collections=["docs"])[1],
        "admin docs": service_keys.create("admin", collections=["docs"])[1],
        "all": service_keys.create("admin", collections=["*"])[1],
        "beside docs": own.create("search")[1],
    }


@pytest.fixture(scope="module")
def client(folders: dict[str, Path], keys: dict[str, str]) -> Iterator[httpx.Client]:
    assert keys
    flags = [flag for name, folder in folders.items() for flag in ("--collection", f"{name}={folder}")]
    # --index names the default one, wherever it stands among them
    with service(folders["news"], *flags, "--statistics", PARAGLOT_ADDRESS_RATE="unlimited") as running:
        yield running.client


def asked(client: httpx.Client, key: str, path: str, **parameters: Any) -> httpx.Response:
    return client.get(path, params=parameters, headers={"x-api-key": key} if key else {})


def found(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [hit["article"]["id"] for hit in answer.json()["hits"]]


@pytest.mark.slow
def test_each_collection_answers_below_its_name_as_the_default_does_without(
    client: httpx.Client, keys: dict[str, str]
) -> None:
    every = keys["all"]
    assert set(found(asked(client, every, "/v1/search", q="bread"))) == {"tax", "zoo"}
    for path in ("/v1/collections/news/search", "/v1/collections/news/v1/search"):
        assert found(asked(client, every, path, q="bread")) == found(asked(client, every, "/v1/search", q="bread"))
    assert set(found(asked(client, every, "/v1/collections/docs/search", q="bread"))) == {"bake"}
    assert (
        asked(client, every, "/v1/collections/docs").json() == asked(client, every, "/v1/collections/docs/index").json()
    )
    assert asked(client, every, "/v1/collections/docs/articles/bake").json()["title"] == "Baking bread"
    assert asked(client, every, "/v1/collections/docs/articles/tax").status_code == 404
    feed = asked(client, keys["docs"], "/v1/collections/docs/feed.json", q="bread").json()
    assert feed["title"] == "bread · docs"
    assert feed["home_page_url"] == f"{client.base_url}/v1/collections/docs/"
    assert feed["items"][0]["url"].startswith(f"{client.base_url}/v1/collections/docs/article/bake#")
    assert asked(client, keys["docs"], "/v1/collections/docs/suggest", q="bak").json()["suggestions"]
    page = client.get("/v1/collections/docs/", params={"q": "bread", "key": keys["docs"]})
    assert (page.status_code, "Baking bread" in page.text, "tax on bread" in page.text) == (200, True, False)
    read = client.get("/v1/collections/docs/article/bake", params={"key": keys["docs"]})
    assert read.status_code == 200
    assert 'href="../static/' in read.text
    assert client.get("/v1/collections/docs/static/page.css").status_code == 200
    document = client.get("/openapi.json").json()
    [home, below] = [one["url"] for one in document["servers"]]
    assert (home, below) == ("/", "/v1/collections/{collection}")
    own = below.format(collection="docs")
    plain = [path for path in document["paths"] if "{" not in path and "get" in document["paths"][path]]
    answers = {path: asked(client, every, own + path, q="bread").status_code for path in plain}
    there = {path for path, status in answers.items() if status != 404}
    assert set(plain) - there <= OF_ALL
    assert {"/v1/search", "/v1/articles", "/feed.rss", "/export.csv"} <= there


@pytest.mark.slow
def test_all_that_the_service_has_is_below_the_name_of_a_collection(client: httpx.Client, keys: dict[str, str]) -> None:
    """What its document leaves out as well: pages, scripts, signs."""
    routes = [route for router in ROUTERS for route in leaves(router.routes) if isinstance(route, APIRoute)]
    paths = [route.path for route in routes if "GET" in route.methods and "{" not in route.path]
    assert {"/", "/admin", "/embed", "/widget.js", "/pauses.js", "/widget.json", "/v1/search"} <= set(paths)
    for path in (*paths, "/static/page.js", "/docs", "/openapi.json"):
        plain, below = (asked(client, keys["all"], f"{root}{path}", q="bread") for root in ("", "/v1/collections/news"))
        assert plain.status_code < 500, path
        if path in OF_ALL:
            assert below.status_code == 404, path
        else:
            assert (below.status_code, below.headers["content-type"]) == (
                plain.status_code, plain.headers["content-type"],
            ), path  # fmt: skip


OF_ALL = {"/v1/collections", "/v1/collections/search", "/healthz", "/livez", "/readyz"}
"""What is of the service, whatever its collections."""


@pytest.mark.slow
def test_what_a_key_opens_is_listed(client: httpx.Client, keys: dict[str, str]) -> None:
    def names(key: str) -> list[str]:
        return [one["name"] for one in asked(client, keys[key], "/v1/collections").json()["collections"]]

    assert names("all") == ["news", "docs", "secret"]
    assert (names("default"), names("docs"), names("both")) == (["news"], ["docs"], ["news", "docs"])
    assert names("beside docs") == ["docs"]
    [docs] = asked(client, keys["docs"], "/v1/collections").json()["collections"]
    assert docs == {
        "name": "docs", "default": False, "articles": 1, "paragraphs": 2, "languages": {"en": 2}, "encoder": "fake",
        "generation": 1,
    }  # fmt: skip
    assert client.get("/v1/collections").status_code == 401


PATHS = (
    *(
        "",
        "/",
        "/search?q=quicksilver",
        "/feed.json?q=quicksilver",
        "/articles",
        "/articles/hidden",
        "/index",
        "/livez",
    ),
    *(
        "/readyz",
        "/metrics",
        "/stats",
        "/tasks",
        "/rules",
        "/languages",
        "/mcp",
        "/admin",
        "/nowhere",
        "/static/page.css",
    ),
    *("/?q=quicksilver", "/article/hidden", "/collections", "/collections/search?q=bread", "/docs", "/opensearch.xml"),
    *("/suggest?q=quick", "/export.csv?q=bread", "/oembed?url=x", "/embed?q=quicksilver", "/v1/search?q=bread"),
)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["", "default", "docs", "both", "write docs", "admin docs", "beside docs", "wrong"])
def test_a_key_learns_nothing_of_another_collection(client: httpx.Client, keys: dict[str, str], key: str) -> None:
    """Below the name of one that it does not open, everything is as below a name that there is not."""
    token = keys.get(key, key)
    headers = {"x-api-key": token} if token else {}
    for method in ("GET", "POST", "PUT", "DELETE"):
        for path in PATHS:
            there, nowhere = (
                client.request(method, f"/v1/collections/{name}{path}", headers=headers)
                for name in ("secret", "nobody")
            )
            told = [
                (one.status_code, one.text.replace("secret", "nobody"), sorted(one.headers)) for one in (there, nowhere)
            ]
            assert told[0] == told[1], (method, path)
            assert "quicksilver bread" not in there.text
    body = {"q": "quicksilver", "collections": ["secret"]}
    refused = client.post("/v1/collections/search", json=body, headers=headers)
    unknown = client.post("/v1/collections/search", json=body | {"collections": ["nobody"]}, headers=headers)
    assert refused.status_code == unknown.status_code in (401, 422)
    assert refused.text.replace("secret", "nobody") == unknown.text


@pytest.mark.slow
def test_a_key_of_all_is_told_the_names(client: httpx.Client, keys: dict[str, str]) -> None:
    unknown = asked(client, keys["all"], "/v1/collections/nobody/search", q="bread")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert unknown.json()["detail"] == "There is no collection 'nobody'. There are: news, docs, secret."


@pytest.mark.slow
def test_one_search_goes_over_several_by_relevance(client: httpx.Client, keys: dict[str, str]) -> None:
    answer = asked(client, keys["both"], "/v1/collections/search", q="bread tax", facets="language").json()
    relevance = [one["hit"]["relevance"] for one in answer["hits"]]
    assert relevance == sorted(relevance, reverse=True)
    assert {(one["collection"], one["hit"]["article"]["id"]) for one in answer["hits"]} == {
        ("news", "tax"), ("news", "zoo"), ("docs", "bake"),
    }  # fmt: skip
    alone = {
        name: {hit["id"]: hit["relevance"] for hit in asked(client, keys["both"], path, q="bread tax").json()["hits"]}
        for name, path in (("news", "/v1/search"), ("docs", "/v1/collections/docs/search"))
    }
    assert all(one["hit"]["relevance"] == alone[one["collection"]][one["hit"]["id"]] for one in answer["hits"])
    assert answer["facet_distribution"]["language"]["counts"] == {"en": 4}
    assert answer["generations"] == {"news": 1, "docs": 1}
    assert answer["estimated_total_hits"] == 4
    pages = [
        asked(client, keys["both"], "/v1/collections/search", q="bread tax", limit=2, offset=at).json()["hits"]
        for at in (0, 2)
    ]
    assert [*pages[0], *pages[1]] == answer["hits"]
    dated = asked(client, keys["both"], "/v1/collections/search", q="bread tax", sort="date:desc").json()["hits"]
    dates = [one["hit"]["article"]["date"] for one in dated]
    assert dates == sorted(dates, reverse=True)
    one = {"q": "bread", "collections": ["docs"]}
    only = client.post("/v1/collections/search", json=one, headers={"x-api-key": keys["both"]}).json()
    assert {hit["collection"] for hit in only["hits"]} == {"docs"}
    far = asked(client, keys["both"], "/v1/collections/search", q="bread", limit=50, offset=60)
    assert (far.status_code, far.json()["errors"][0]["pointer"]) == (422, "/offset")


@pytest.mark.slow
def test_writes_statistics_and_numbers_are_of_their_collection(client: httpx.Client, keys: dict[str, str]) -> None:
    docs = {"x-api-key": keys["write docs"]}
    put = client.put("/v1/collections/docs/articles/new", params={"wait": 30}, json={"text": "Yeast."}, headers=docs)
    assert (put.status_code, put.json()["status"]) == (200, "succeeded")
    assert put.headers["location"] == f"/v1/collections/docs/v1/tasks/{put.json()['id']}"
    assert client.get(put.headers["location"], headers=docs).json()["status"] == "succeeded"
    assert client.put("/v1/articles/new", json={"text": "Yeast."}, headers=docs).status_code == 401
    assert "new" in found(asked(client, keys["docs"], "/v1/collections/docs/search", q="yeast"))
    assert asked(client, keys["all"], "/v1/articles/new").status_code == 404
    client.delete("/v1/collections/docs/articles/new", params={"wait": 30}, headers=docs)
    asked(client, keys["docs"], "/v1/collections/docs/search", q="sourdough")
    top = asked(client, keys["admin docs"], "/v1/collections/docs/stats").json()["top"]
    assert "sourdough" in {one["query"] for one in top}
    assert "sourdough" not in asked(client, keys["all"], "/v1/stats").text
    numbers = asked(client, keys["all"], "/metrics").text
    for name in ("news", "docs", "secret"):
        assert f'paraglot_index_articles{{collection="{name}"}}' in numbers
    own = asked(client, keys["admin docs"], "/v1/collections/docs/metrics").text
    assert 'collection="docs"' in own
    assert 'collection="news"' not in own
    assert "secret" not in own


@pytest.mark.slow
def test_the_python_client_knows_collections(client: httpx.Client, keys: dict[str, str]) -> None:
    with Client(str(client.base_url), keys["both"], collection="docs") as docs:
        assert {hit.article.id for hit in docs.search("bread").hits} == {"bake"}
        assert [one.name for one in docs.collections()] == ["news", "docs"]
        across = docs.search_across(SearchRequest("bread tax", limit=3), ["news", "docs"])
        assert len(across.hits) == 3
        assert across.hits[0].hit.relevance >= across.hits[1].hit.relevance
        assert {one.collection for one in docs.search_across("bread").hits} == {"news", "docs"}


@pytest.mark.slow
def test_assistants_search_the_collection_that_they_connect_to(client: httpx.Client, keys: dict[str, str]) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    call |= {"params": {"name": "search", "arguments": {"query": "bread"}}}  # type: ignore[dict-item]
    headers = {"x-api-key": keys["docs"], "accept": "application/json, text/event-stream"}
    answer = client.post("/v1/collections/docs/mcp", json=call, headers=headers)
    assert answer.status_code == 200, answer.text
    [text] = answer.json()["result"]["content"]
    titles = {one["title"] for one in json.loads(text["text"])["results"]}
    assert titles == {"Baking bread"}


@pytest.mark.slow
def test_without_keys_this_machine_may_use_all(folders: dict[str, Path], tmp_path: Path) -> None:
    one, two = made(tmp_path / "one", NEWS), made(tmp_path / "two", DOCS)
    (tmp_path / "paraglot.toml").write_text(f'[collection]\none = "{one}"\ntwo = "{two}"\n')
    with service(one, "--collection", f"one={one}", "--collection", f"two={two}", "--workers", "2") as running:
        listed = running.client.get("/v1/collections").json()["collections"]
        assert [(each["name"], each["default"]) for each in listed] == [("one", True), ("two", False)]
        assert set(found(running.client.get("/v1/collections/two/search", params={"q": "bread"}))) == {"bake"}
        assert running.client.get("/v1/collections/three/search", params={"q": "bread"}).status_code == 404
        assert running.client.get("/readyz").status_code == 200
        numbers = running.client.get("/metrics").text
        assert 'collection="two"' in numbers
    settings = load_settings({}, {"PARAGLOT_CONFIG": str(tmp_path / "paraglot.toml")})
    assert collections_of(settings) == {"one": one, "two": two}
    with service(folders["secret"]) as running:
        listed = running.client.get("/v1/collections").json()["collections"]
        assert [each["name"] for each in listed] == ["default"]
        assert set(found(running.client.get("/v1/collections/default/search", params={"q": "bread"}))) == {"hidden"}


def test_all_engines_have_one_encoder(folders: dict[str, Path]) -> None:
    models = Models.of(Settings())
    engines = [ObservedEngine(Settings(index=folder), models) for folder in folders.values()]
    assert len({id(engine.encoder()) for engine in engines}) == 1
    engines[0].close()
    again = ObservedEngine(Settings(index=folders["news"]), models)
    assert again.encoder() is engines[1].encoder()
    for engine in (*engines[1:], again):
        engine.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["News=a"], "must have names of small letters, digits, - and _"),
        (["search=a"], "but not search"),
        (["a/b=c"], "must have names"),
        (["news"], "must be NAME=INDEX"),
        (["news="], "must be NAME=INDEX"),
        (["news=a", "news=b"], "names news twice"),
        (["news=a", "docs=b/../a"], "gives news and docs the same place"),
        (["news=opensearch://a/n", "docs=opensearch://b/n"], "gives news and docs the same place"),
        (["news=elsewhere://a"], "must be a folder"),
    ],
)
def test_what_is_no_collection_is_refused_by_name(given: list[str], said: str) -> None:
    with pytest.raises(InvalidSettings, match=said):
        load_settings({"collection": given}, {})


def test_the_command_line_names_what_is_wrong(folders: dict[str, Path], tmp_path: Path) -> None:
    news = folders["news"]
    absent = paraglot("serve", "--collection", f"news={news}", "--collection", f"gone={tmp_path / 'gone'}")
    assert (absent.returncode, str(tmp_path / "gone") in absent.stderr) == (1, True)
    other = paraglot("serve", "--index", folders["docs"], "--collection", f"news={news}")
    assert (other.returncode, "is none of the collections news" in other.stderr) == (2, True)
    key = paraglot("keys", "create", "--index", tmp_path / "none", "--collection", "Bad Name")
    assert (key.returncode, "small letters, digits" in key.stderr) == (2, True)
    (tmp_path / "paraglot.toml").write_text(f'[collection]\nnews = "{news}"\n')
    unknown = paraglot("keys", "create", "--collection", "nwes", PARAGLOT_CONFIG=str(tmp_path / "paraglot.toml"))
    assert (unknown.returncode, "the settings name news" in unknown.stderr) == (2, True)

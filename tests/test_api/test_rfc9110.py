"""HTTP as RFC 9110 has it: HEAD, Allow, codings, validators, addresses, and what pages of others may load."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from tests.conftest import ARTICLES, index_of

SEARCH = "/v1/search?q=bread"
LONG = "/v1/search?q=bread&limit=100"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("rfc9110")
    index_of(folder, ARTICLES)
    settings = Settings(index=folder / "index", allow_origin=["https://allowed.example"])
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as opened:
        yield opened


def raw(client: TestClient, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body as they are sent: a client would take the coding off."""
    path, _, query = path.partition("?")
    sent: list[Any] = []
    asked = [{"type": "http.request", "body": b"", "more_body": False}]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"127.0.0.1"), *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items())],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "root_path": "",
        "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        await asyncio.sleep(60)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    assert client.portal is not None
    client.portal.call(client.app, scope, receive, send)
    own = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], own, b"".join(one.get("body", b"") for one in sent[1:])


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/search", "GET, HEAD, POST"),
        ("/v1/similar", "GET, HEAD, POST"),
        ("/v1/multi-search", "POST"),
        ("/v1/articles/nobody", "DELETE, GET, HEAD, PUT"),
        ("/v1/articles", "GET, HEAD, POST"),
        ("/v1/rules", "GET, HEAD, PUT"),
        ("/v1/index", "GET, HEAD"),
        ("/livez", "GET, HEAD"),
        ("/mcp", "POST"),
        ("/", "GET, HEAD"),
    ],
)
def test_a_refused_method_is_told_those_that_work(client: TestClient, path: str, allow: str) -> None:
    answer = client.request("PATCH", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert answer.json()["code"] == "method_not_allowed"
    for method in {"GET", "HEAD", "POST"} & set(allow.split(", ")):  # the others would write
        assert client.request(method, path).status_code != 405


@pytest.mark.parametrize("path", [LONG, SEARCH, "/v1/index", "/openapi.json", "/", "/feed.rss?q=bread", "/widget.js"])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_head_has_the_headers_of_get(client: TestClient, path: str, coding: str) -> None:
    def stable(headers: dict[str, str]) -> dict[str, str]:
        left_out = {"x-request-id", "date"} | ({"content-length"} if path.startswith("/v1/search") else set())
        return {name: value for name, value in headers.items() if name not in left_out}  # took_ms is as long as it is

    raw(client, path, "GET")  # from here on the answer is a kept one, whose stages are fewer
    got, head = (raw(client, path, method, accept_encoding=coding) for method in ("GET", "HEAD"))
    assert got[0] == head[0] == 200
    assert stable(head[1]) == stable(got[1])
    assert abs(int(head[1]["content-length"]) - len(got[2])) < 30
    assert head[2] == b""


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("deflate, gzip;q=1.0, *;q=0.5", "gzip"),
        ("*", "gzip"),
        ("br;q=1, *;q=0.1", "gzip"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("", None),
        ("identity", None),
        ("br", None),
        ("gzip;q=0", None),
        ("gzip; q=0.0", None),
        ("gzip;Q=0", None),
        ("*;q=0, identity", None),
        ("gzip;q=0, *", None),
        ("gzip;q=0.5, identity", None),
    ],
)
def test_weights_of_codings_are_heeded(client: TestClient, accept: str, coding: str | None) -> None:
    status, headers, body = raw(client, LONG, accept_encoding=accept)
    assert (status, headers.get("content-encoding")) == (200, coding)
    assert json.loads(gzip.decompress(body) if coding else body)["hits"]
    assert "Accept-Encoding" in headers["vary"]


def test_no_coding_at_all(client: TestClient) -> None:
    status, headers, body = raw(client, "/livez", accept_encoding="gzip, identity;q=0")
    assert (status, headers["content-encoding"], json.loads(gzip.decompress(body))) == (200, "gzip", {"status": "ok"})
    for accept in ("identity;q=0", "*;q=0", "gzip;q=0, identity;q=0", "br, *;q=0"):
        status, _, body = raw(client, LONG, accept_encoding=accept)
        assert (status, json.loads(body)["code"]) == (406, "not_acceptable")


def test_if_none_match(client: TestClient) -> None:
    tag = client.get(SEARCH).headers["etag"]
    assert tag.startswith('W/"')
    for given in (tag, tag[2:], "*", " * ", f'"a", {tag} , W/"b"', f'W/"x,y",{tag}'):
        for method in ("GET", "HEAD"):
            answer = client.request(method, SEARCH, headers={"if-none-match": given})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    for given in ('"a"', 'W/"b", "c"', "", tag[2:-1], '"*"'):
        assert client.get(SEARCH, headers={"if-none-match": given}).status_code == 200
    assert client.get("/v1/articles/nobody", headers={"if-none-match": "*"}).status_code == 404
    assert client.get("/v1/search", headers={"if-none-match": "*"}).status_code == 422


def test_without_dates_and_parts_there_is_the_whole(client: TestClient) -> None:
    for headers in ({"if-modified-since": "Sat, 29 Oct 2044 19:43:31 GMT"}, {"range": "bytes=0-9"}):
        answer = client.get(SEARCH, headers=headers)
        assert (answer.status_code, answer.json()["query"]) == (200, "bread")
        assert not {"last-modified", "accept-ranges"} & set(answer.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/search?q=M%FCller",
        "/v1/search?q=%E4%B8",
        "/v1/search?q=%ED%A0%80",
        "/v1/search?q=%C0%AF",
        "/v1/search?q=50%",
        "/v1/search?q=50%25%",
        "/v1/search?q=%zz",
        "/v1/search?q=a&n%FC=1",
        "/v1/articles/%FF",
        "/?q=%FC",
        "/feed.json?q=%E",
    ],
)
def test_an_address_that_is_no_utf8_is_no_other_query(client: TestClient, path: str) -> None:
    status, headers, body = raw(client, path)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["code"] == "malformed_address"


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip", "GZIP", "x-unheard"])
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_coded_body_is_of_another_kind(client: TestClient, method: str, coding: str) -> None:
    content = gzip.compress(b'{"q": "bread"}')
    address = "/v1/articles/a" if method == "PUT" else "/v1/search"
    answer = client.request(method, address, content=content, headers={"content-encoding": coding})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.json()["detail"] == f"Send the body as it is, without Content-Encoding: {coding}."
    assert answer.headers["accept-encoding"] == "identity"


def test_a_body_coded_as_it_is_is_read(client: TestClient) -> None:
    answer = client.post("/v1/search", json={"q": "bread"}, headers={"content-encoding": "identity"})
    assert (answer.status_code, answer.json()["query"]) == (200, "bread")


def test_addresses_that_are_as_they_should(client: TestClient) -> None:
    for q, read in {"M%C3%BCller": "Müller", "50%25": "50%", "a+b": "a b", "%F0%9F%8D%9E": "🍞", "%2B": "+"}.items():
        status, _, body = raw(client, f"/v1/search?q={q}")
        assert (status, json.loads(body)["query"]) == (200, read)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/search?q=reef&q=bread",
        "/v1/search?q=reef&q=reef",
        "/v1/search?q=reef&limit=1&limit=2",
        "/v1/search?q=reef&filter=language+%3D+de&filter=language+%3D+en",
        "/v1/similar?text=a&text=b",
        "/v1/suggest?q=a&q=b",
        "/v1/analyze?text=a&text=b",
        "/v1/tasks?limit=1&limit=2",
        "/feed.json?q=a&q=b",
        "/feed.rss?q=a&q=b",
        "/export.csv?q=a&q=b",
    ],
)
def test_what_is_no_list_is_given_once(client: TestClient, path: str) -> None:
    answer = client.get(path)
    name = path.rpartition("&")[2].partition("=")[0]
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": f"/{name}", "detail": f"{name} is given 2 times; it can be given once."}],
    )


def test_lists_may_be_given_piece_by_piece(client: TestClient) -> None:
    piecemeal = client.get("/v1/search?q=bread&languages=en&languages=de&facets=source&facets=tags").json()
    at_once = client.get("/v1/search?q=bread&languages=en,de&facets=source,tags").json()
    assert piecemeal["hits"] == at_once["hits"]
    assert piecemeal["facet_distribution"] == at_once["facet_distribution"]


def test_a_length_said_twice_is_refused(client: TestClient) -> None:
    status, headers, body = raw(client, "/v1/search", "POST", content_length="3", transfer_encoding="chunked")
    assert (status, json.loads(body)["code"], headers["connection"]) == (400, "ambiguous_length", "close")


FOREIGN = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}


@pytest.mark.parametrize("path", [SEARCH, "/?q=bread", "/export.csv?q=bread", "/v1/articles/tax", "/feed.rss?q=bread"])
def test_pages_of_others_load_nothing_that_costs_or_tells(client: TestClient, path: str) -> None:
    assert client.get(path, headers=FOREIGN).json()["code"] == "origin_not_allowed"
    assert client.get(path, headers=FOREIGN | {"sec-fetch-dest": "iframe"}).status_code == 403
    assert client.get(path, headers=FOREIGN | {"origin": "https://other.example"}).status_code == 403
    own = client.get(path, headers={"sec-fetch-site": "same-origin"})
    assert (own.status_code, own.headers["cross-origin-resource-policy"]) == (200, "same-origin")
    for allowed in (
        {"sec-fetch-site": "none"},
        FOREIGN | {"origin": "https://allowed.example", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
        FOREIGN | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    ):
        assert client.get(path, headers=allowed).status_code == 200


@pytest.mark.parametrize("path", ["/widget.js", "/client.js", "/instantsearch.js", "/embed?q=bread", "/embed.js"])
def test_what_is_made_for_pages_of_others_is_theirs_to_load(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=FOREIGN)
    assert (answer.status_code, answer.headers["cross-origin-resource-policy"]) == (200, "cross-origin")


def test_with_keys_pages_of_others_lack_one(client: TestClient, small_index: Any) -> None:
    _, token = KeyFile(ServiceFolder(small_index).keys).create("search")
    settings = Settings(index=small_index)
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as guarded:
        assert guarded.get(SEARCH, headers=FOREIGN).status_code == 401
        assert guarded.get(SEARCH, headers=FOREIGN | {"x-api-key": token}).status_code == 200

"""HTTP against a real uvicorn in a process of its own."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from paraglot.indexer.build import index_corpus
from tests.conftest import ARTICLES
from tests.servers import service

Write = Callable[[list[dict[str, object]]], Path]


@pytest.fixture(scope="module")
def served_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of its own, which the last test of this file adds to."""
    folder = tmp_path_factory.mktemp("served")
    lines = (json.dumps(one, ensure_ascii=False) for one in ARTICLES)
    (folder / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    return folder / "index"


@pytest.fixture(scope="module")
def client(served_index: Path) -> Iterator[httpx.Client]:
    with service(served_index) as running:
        yield running.client


def test_search_by_url_and_by_json(client: httpx.Client) -> None:
    by_url = client.get(
        "/v1/search", params={"q": "bread tax", "limit": 2, "languages": "en,de", "explain": "true"}
    ).json()
    body = {"q": "bread tax", "limit": 2, "languages": ["en", "de"], "explain": True}
    by_json = client.post("/v1/search", json=body).json()
    assert by_url["hits"] == by_json["hits"]
    [best, _] = by_url["hits"]
    assert best["article"] == {
        "id": "tax",
        "title": "The tax on bread",
        "url": None,
        "language": "en",
        "date": "2024-05-31",
        "source": "Gazette",
    }
    assert best["text"] == "The council raised the bread tax."
    assert best["highlights"] == [
        {"start": 0, "end": 33, "kind": "semantic"},
        {"start": 23, "end": 28, "kind": "keyword"},
        {"start": 29, "end": 32, "kind": "keyword"},
    ]
    assert best["explain"]["keyword"]["rank"] == best["explain"]["semantic"]["rank"] == 1
    assert by_url["query_analysis"] == {
        "languages": [{"language": "en", "probability": 1.0}],
        "tokens": ["bread", "tax"],
        "synonyms": [],
    }
    short = client.get("/v1/search", params={"q": "bread"}).json()
    assert short["hits"][0]["explain"] is None


def test_pages_are_disjoint(client: httpx.Client) -> None:
    pages = [
        client.get("/v1/search", params={"q": "bread", "limit": 2, "offset": at}).json()["hits"] for at in (0, 2, 4)
    ]
    ids = [hit["id"] for page in pages for hit in page]
    assert len(set(ids)) == len(ids) == 6


@pytest.mark.parametrize(
    ("parameters", "pointer"),
    [
        ({"q": "x", "limit": "0"}, "/limit"),
        ({"q": "x", "limit": "many"}, "/limit"),
        ({"q": "x", "offset": "-1"}, "/offset"),
        ({"q": " "}, "/q"),
        ({}, "/q"),
        ({"q": "x", "mode": "magic"}, "/mode"),
        ({"q": "x", "languages": "german!"}, "/languages"),
        ({"q": "x", "colour": "red"}, "/colour"),
    ],
)
def test_faulty_fields_are_problems_with_pointers(
    client: httpx.Client, parameters: dict[str, str], pointer: str
) -> None:
    response = client.get("/v1/search", params=parameters)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert (problem["code"], problem["status"]) == ("invalid_request", 422)
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]


def test_articles_paragraphs_index_health(client: httpx.Client) -> None:
    [hit] = client.get("/v1/search", params={"q": "面包税", "limit": 1, "mode": "keyword"}).json()["hits"]
    paragraph = client.get(f"/v1/paragraphs/{hit['id']}").json()
    assert (paragraph["text"], paragraph["article"]["id"]) == ("市议会提高了面包税。", "税")
    article = client.get("/v1/articles/税").json()
    assert [one["text"] for one in article["paragraphs"]] == ["市议会提高了面包税。", "老城的面包师抗议。"]
    assert client.get("/v1/articles/steuer").json()["attributes"] == {"tags": ["Stadt"]}
    index = client.get("/v1/index").json()
    assert (index["generation"], index["paragraphs"], index["encoder"]["name"]) == (1, 7, "fake")
    assert client.get("/livez").json() == client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/articles/nobody", 404, "not_found"),
        ("GET", "/v1/paragraphs/nobody~0", 404, "not_found"),
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/v1/index", 405, "method_not_allowed"),
        ("POST", "/v1/search", 422, "invalid_request"),
    ],
)
def test_other_errors_are_problems_too(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path, content=b"{" if method == "POST" else None)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "request_",
    [
        {"content": b'{"q": "x"}', "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"[1]", "headers": {"content-type": "application/json"}},
        {"content": b""},
    ],
)
def test_a_body_that_is_no_json_object(client: httpx.Client, request_: dict[str, Any]) -> None:
    problem = client.post("/v1/search", **request_).json()
    message = "The body must be a JSON object, sent as Content-Type: application/json."
    assert (problem["status"], problem["detail"], problem["errors"]) == (
        422,
        message,
        [{"pointer": "", "detail": message}],
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"q": "\xff"}', "The body is not UTF-8: byte 8 of it is part of no character."),
        ('{"q": "rivière"}'.encode("cp1252"), "The body is not UTF-8: byte 12 of it is part of no character."),
    ],
)
def test_a_wrong_byte_in_a_body_is_named(client: httpx.Client, content: bytes, said: str) -> None:
    problem = client.post("/v1/search", content=content, headers={"content-type": "application/json"}).json()
    assert (problem["status"], problem["detail"], problem["errors"]) == (422, said, [{"pointer": "", "detail": said}])


def test_a_body_that_is_not_json_is_told_where_it_ends(client: httpx.Client) -> None:
    problem = client.post("/v1/search", content=b'{"q": ', headers={"content-type": "application/json"}).json()
    message = "The body is not JSON: Expecting value at line 1, column 7."
    assert (problem["status"], problem["detail"], problem["errors"]) == (
        422,
        message,
        [{"pointer": "", "detail": message}],
    )


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.1.2.3", "[::1]:8000"])
def test_loopback_hosts_are_served(client: httpx.Client, host: str) -> None:
    assert client.get("/livez", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "10.0.0.1", "[::1", ""])
def test_other_hosts_are_refused(client: httpx.Client, host: str) -> None:
    response = client.get("/v1/search", params={"q": "bread"}, headers={"host": host})
    assert (response.status_code, response.json()["code"]) == (421, "misdirected_request")
    assert response.headers["content-type"] == "application/problem+json"


def test_the_documentation_needs_no_other_host(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "https://" not in page
    assert "http://" not in page
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(loaded) == 3
    assert {client.get(path).status_code for path in loaded} == {200}


def test_openapi_describes_examples_and_problems(client: httpx.Client) -> None:
    schema = client.get("/openapi.json").json()
    assert "ProblemModel" in schema["components"]["schemas"]
    assert "HTTPValidationError" not in str(schema)
    body = schema["paths"]["/v1/search"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        assert client.post("/v1/search", json=example["value"]).status_code == 200


@pytest.mark.slow
def test_a_new_commit_is_served_without_a_failed_request(
    client: httpx.Client, served_index: Path, write_corpus: Write
) -> None:
    answers: list[tuple[int, int]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            response = client.get("/v1/search", params={"q": "bread"})
            answers.append((response.status_code, response.json().get("generation", 0)))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        index_corpus(served_index, [write_corpus([{"id": "new", "text": "New bread.", "language": "en"}])])
        for _ in range(1_000):
            if client.get("/v1/index").json()["generation"] == 2:
                break
            time.sleep(0.1)
    finally:
        done.set()
        asking.join()
    assert client.get("/v1/index").json()["generation"] == 2
    assert {status for status, _ in answers} == {200}
    generations = [generation for _, generation in answers]
    assert generations == sorted(generations)
    assert set(generations) <= {1, 2}

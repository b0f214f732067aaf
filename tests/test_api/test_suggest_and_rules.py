"""``/v1/suggest`` and ``/v1/rules`` by requests to the application in this process, and ``paraglot suggest``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from paraglot.api.cli.doctor import examine
from paraglot.api.cli.main import app
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.search.folder.layout import IndexLayout
from tests.test_api.test_access import bearer, client_of, code

pytestmark = pytest.mark.slow

PIN = {"queries": ["bread"], "match": "exact", "ids": ["税", "nobody"]}
SYNONYMS = {"words": ["loaf", "bread"], "language": "en"}


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    with client_of(small_index) as opened:
        yield opened


@pytest.fixture
def keys(small_index: Path) -> KeyFile:
    return KeyFile(ServiceFolder(small_index).keys)


def settled(client: TestClient, url: str, **sent: object) -> dict[str, object]:
    """The answer once all is read."""
    while not (answer := client.get(url, **sent).json())["complete"]:  # type: ignore[arg-type]
        pass
    return answer


def test_suggestions_by_url_and_by_json(client: TestClient) -> None:
    answer = settled(client, "/v1/suggest?q=die+steu&languages=de,fr&limit=3")
    title = {"text": "Die Steuer auf Brot", "kind": "title", "language": "de", "count": 3, "article_id": "steuer"}
    assert answer["suggestions"] == [title]
    assert (answer["query"], answer["generation"]) == ("die steu", 1)
    posted = client.post("/v1/suggest", json={"q": "die steu", "languages": ["de", "fr"], "limit": 3}).json()
    assert posted["suggestions"] == [title]
    refused = client.get("/v1/suggest?q=x&limt=3")
    assert code(refused) == (422, "invalid_request")
    assert "Did you mean 'limit'?" in refused.json()["detail"]
    assert code(client.get("/v1/suggest?q=%20")) == (422, "invalid_request")


def test_a_keys_filter_holds_for_suggestions(client: TestClient, keys: KeyFile) -> None:
    _, token = keys.create("search", filter="language = en")
    assert settled(client, "/v1/suggest?q=tax", headers=bearer(token))["suggestions"]
    for more in ("", "&languages=de", "&limit=50"):
        assert settled(client, f"/v1/suggest?q=steuer{more}", headers=bearer(token))["suggestions"] == []
    posted = client.post("/v1/suggest", json={"q": "steuer", "languages": ["de"]}, headers=bearer(token))
    assert posted.json()["suggestions"] == []


def test_rules_are_put_and_in_force_at_once(client: TestClient, small_index: Path) -> None:
    assert client.get("/v1/rules").json() == {"synonyms": [], "pins": [], "fault": None, "unknown_ids": []}
    before = client.get("/v1/search?q=bread").headers["etag"]
    put = client.put("/v1/rules", json={"synonyms": [SYNONYMS], "pins": [PIN]})
    expected = {"synonyms": [SYNONYMS], "pins": [PIN], "fault": None, "unknown_ids": ["nobody"]}
    assert (put.status_code, put.json()) == (200, expected)
    assert client.get("/v1/rules").json() == expected
    answer = client.get("/v1/search?q=bread", headers={"if-none-match": before})
    assert answer.status_code == 200
    [first, second, *_] = answer.json()["hits"]
    assert (first["article"]["id"], first["pinned"], second["pinned"]) == ("税", True, False)
    found = client.get("/v1/search?q=loaf&mode=keyword&query_language=en&explain=true").json()
    assert found["query_analysis"]["synonyms"] == [{"written": "loaf", "synonym": "bread"}]
    assert found["hits"][0]["explain"]["synonyms"] == [{"written": "loaf", "synonym": "bread"}]
    assert "[[pins]]" in IndexLayout(small_index).rules.read_text("utf-8")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"pins": [PIN, {"query": "x", "ids": []}]}, "/pins/1"),
        ({"synonyms": [{"words": ["a"]}]}, "/synonyms/0"),
        ({"synonyms": [{"word": ["a"]}]}, "/synonyms/0/word"),
        ({"pin": []}, "/pin"),
        ({"pins": [{"query": "x", "ids": ["\udc00"]}]}, "/pins/0"),
    ],
)
def test_wrong_rules_are_refused_and_change_nothing(
    client: TestClient, small_index: Path, body: dict[str, object], pointer: str
) -> None:
    sent = json.dumps(body)  # in ASCII, so that it can hold anything
    refused = client.put("/v1/rules", content=sent, headers={"content-type": "application/json"})
    assert code(refused) == (422, "invalid_request")
    assert [one["pointer"] for one in refused.json()["errors"]] == [pointer]
    assert not IndexLayout(small_index).rules.exists()


def test_only_administrators_see_and_change_rules(client: TestClient, keys: KeyFile) -> None:
    for scope, status in (("search", 403), ("write", 403), ("admin", 200)):
        _, token = keys.create(scope)  # type: ignore[arg-type]
        assert client.get("/v1/rules", headers=bearer(token)).status_code == status
        assert client.put("/v1/rules", json={}, headers=bearer(token)).status_code == status


def test_a_faulty_file_is_told_to_administrators(client: TestClient, small_index: Path) -> None:
    IndexLayout(small_index).rules.write_text("[[pins]]\nids = 3\n")
    fault = "rules.toml: line 1: pins[0]: give either query or queries."
    assert client.get("/v1/rules").json()["fault"] == fault
    answer = client.get("/v1/search?q=bread")
    assert answer.json()["warnings"] == [
        "rules.toml cannot be used (paraglot doctor says why): synonyms and pinned results stay as they were."
    ]
    assert "etag" not in answer.headers
    [finding] = [one for one in examine(small_index) if one.subject == "rules"]
    assert (finding.ok, finding.detail) == (False, fault)


def test_suggest_in_the_terminal(small_index: Path, write_corpus: Callable[..., Path]) -> None:
    ran = CliRunner().invoke(app, ["suggest", "elektrik tac", "--index", str(small_index)])
    assert (ran.exit_code, ran.stdout) == (0, "")
    ran = CliRunner().invoke(app, ["suggest", "the ta", "--index", str(small_index)])
    assert ran.stdout == "The tax on bread  [en]  title, 2 paragraphs, tax\n"
    ran = CliRunner().invoke(app, ["suggest", "ste", "--index", str(small_index), "--json", "--language", "de"])
    answer = json.loads(ran.stdout)
    assert [one["text"] for one in answer["suggestions"]] == ["Die Steuer auf Brot"]
    assert answer["complete"] is True

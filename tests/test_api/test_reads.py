"""What is read beside searching: citations, neighbours, similar paragraphs, languages, several searches at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.problem_types import MEANINGS
from paraglot.api.settings import Settings
from tests.conftest import ARTICLES, ROOT, index_of


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reads")
    articles = [one | {"url": f"https://example.org/{number}"} for number, one in enumerate(ARTICLES)]
    return index_of(folder, articles)


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    settings = Settings(index=index)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as opened:
        yield opened


def test_hits_are_cited_and_read_in_context(client: TestClient) -> None:
    [hit] = client.get("/v1/search", params={"q": "Altstadt", "mode": "keyword", "context": 1}).json()["hits"]
    assert hit["citation"] == {
        "url": "https://example.org/1#:~:text=Die%20B%C3%A4cker%20der%20Altstadt%20protestierten%20laut.",
        "quote": "Die Bäcker der Altstadt protestierten laut.",
        "title": "Die Steuer auf Brot",
        "source": None,
        "date": None,
        "language": "de",
    }
    [before], [after] = hit["context"]["before"], hit["context"]["after"]
    assert (before["position"], before["text"]) == (0, "Der Rat hat die Steuer erhöht.")
    assert (after["position"], after["text"]) == (2, "Bread heißt Brot.")
    assert client.get("/v1/search", params={"q": "Altstadt"}).json()["hits"][0]["context"] is None
    beside = client.get(f"/v1/paragraphs/{before['id']}", params={"context": 3}).json()
    assert [one["position"] for one in beside["context"]["after"]] == [1, 2]
    assert beside["citation"]["quote"] == beside["text"]
    alone = client.get(f"/v1/paragraphs/{before['id']}").json()
    assert alone == beside | {"context": None}
    for path in ("/v1/search?q=x&context=4", f"/v1/paragraphs/{before['id']}?context=-1"):
        problem = client.get(path).json()
        assert [fault["pointer"] for fault in problem["errors"]] == ["/context"]


def first_of(client: TestClient, article_id: str) -> str:
    return str(client.get(f"/v1/articles/{article_id}").json()["paragraphs"][0]["id"])


def test_similar_paragraphs_are_those_of_other_articles(client: TestClient) -> None:
    own = first_of(client, "tax")
    found = client.get("/v1/similar", params={"id": own}).json()
    assert {hit["article"]["id"] for hit in found["hits"]} == {"steuer", "税"}
    assert found["estimated_total_hits"] == 5
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert found["hits"][0]["explain"] is None
    assert found["hits"][0]["citation"]["quote"] == found["hits"][0]["text"]
    pages = [client.get("/v1/similar", params={"id": own, "limit": 2, "offset": at}).json()["hits"] for at in (0, 2, 4)]
    assert [hit["id"] for page in pages for hit in page] == [hit["id"] for hit in found["hits"]]
    chinese = client.post("/v1/similar", json={"id": own, "languages": ["zh"]}).json()
    assert [hit["language"] for hit in chinese["hits"]] == ["zh-TW", "zh-TW"]
    assert client.post("/v1/similar", json={"id": own, "filter": "tags = Stadt"}).json()["estimated_total_hits"] == 3


def test_similar_to_a_text(client: TestClient) -> None:
    found = client.get("/v1/similar", params={"text": "Bakers protested", "limit": 1}).json()
    assert [hit["text"] for hit in found["hits"]] == ["Bakers in the old town protested loudly."]
    assert found["estimated_total_hits"] == 7


def test_similar_paragraphs_in_context(client: TestClient) -> None:
    asked = {"text": "Die Bäcker der Altstadt protestierten laut.", "limit": 1}
    [hit] = client.post("/v1/similar", json=asked | {"context": 1}).json()["hits"]
    assert [one["text"] for one in hit["context"]["before"]] == ["Der Rat hat die Steuer erhöht."]
    assert [one["text"] for one in hit["context"]["after"]] == ["Bread heißt Brot."]
    assert client.get("/v1/similar", params=asked | {"context": 1}).json()["hits"] == [hit]
    assert client.post("/v1/similar", json=asked).json()["hits"] == [hit | {"context": None}]


@pytest.mark.parametrize(
    ("fields", "status", "pointer"),
    [
        ({}, 422, "/id"),
        ({"text": "x", "context": 4}, 422, "/context"),
        ({"id": "tax~0", "text": "x"}, 422, "/id"),
        ({"text": " "}, 422, "/text"),
        ({"id": "\ud800"}, 422, "/id"),
        ({"text": "x", "limit": 101}, 422, "/limit"),
        ({"text": "x", "filter": "a ="}, 422, "/filter"),
        ({"text": "x", "languages": ["german!"]}, 422, "/languages"),
        ({"text": "x", "q": "x"}, 422, "/q"),
        ({"id": "tax~0"}, 404, None),
    ],
)
def test_what_similar_refuses(client: TestClient, fields: dict[str, object], status: int, pointer: str | None) -> None:
    response = client.post("/v1/similar", content=json.dumps(fields), headers={"content-type": "application/json"})
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert [fault["pointer"] for fault in problem["errors"]] == ([pointer] if pointer else [])


def test_languages(client: TestClient) -> None:
    found = client.get("/v1/languages").json()
    assert found["generation"] == 1
    assert [one["language"] for one in found["languages"]] == ["de", "en", "zh-TW"]
    assert found["languages"][0] == {
        "language": "de",
        "name": "Deutsch",
        "english_name": "German",
        "articles": 1,
        "paragraphs": 3,
        "keyword": "analysed",
        "semantic": "unknown",
        "semantic_share": None,
    }


@pytest.mark.slow
def test_a_changed_paragraph_is_gone_and_names_its_successor(client: TestClient) -> None:
    put = {"text": "It rained.\n\nThe bakers slept.", "language": "en"}
    assert client.put("/v1/articles/rain?wait=60", json=put).status_code == 200
    former = first_of(client, "rain")
    put["text"] = "It snowed all night.\n\nThe bakers slept."
    assert client.put("/v1/articles/rain?wait=60", json=put).status_code == 200
    successor = first_of(client, "rain")
    for path in (f"/v1/paragraphs/{former}", f"/v1/similar?id={former}"):
        gone = client.get(path)
        assert (gone.status_code, gone.json()["code"], gone.json()["successor"]) == (
            410,
            "paragraph_changed",
            successor,
        )
    assert client.delete("/v1/articles/rain?wait=60").status_code == 200
    assert client.get(f"/v1/paragraphs/{former}").status_code == 404


def test_several_searches_of_one_state(client: TestClient) -> None:
    searches: list[dict[str, object]] = [{"q": "bread tax", "limit": 2}, {"q": "面包税", "mode": "keyword"}]
    found = client.post("/v1/multi-search", json={"searches": searches}).json()
    alone = [client.post("/v1/search", json=one).json() for one in searches]
    assert [one["hits"] for one in found["results"]] == [one["hits"] for one in alone]
    assert {one["generation"] for one in found["results"]} == {found["generation"]}


@pytest.mark.parametrize(
    ("searches", "pointer"),
    [
        ([], "/searches"),
        ([{"q": "x"}] * 21, "/searches"),
        ([{"q": "x"}, {"q": " "}], "/searches/1/q"),
        ([{"q": "x", "filter": "a ="}], "/searches/0/filter"),
        ([{"q": "x", "limt": 3}], "/searches/0/limt"),
    ],
)
def test_what_several_searches_refuse(client: TestClient, searches: list[object], pointer: str) -> None:
    [fault] = client.post("/v1/multi-search", json={"searches": searches}).json()["errors"]
    assert fault["pointer"] == pointer
    if pointer.endswith("limt"):
        assert fault["detail"] == "There is no parameter 'limt'. Did you mean 'limit'?"


@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("GET", "/v1/index", "Known are: none."),
        ("GET", "/v1/languages", "Known are: none."),
        ("GET", "/v1/articles/tax", "Known are: none."),
        ("HEAD", "/v1/articles/tax", ""),
        ("GET", "/v1/paragraphs/tax~0", "Did you mean 'context'?"),
        ("GET", "/v1/similar", "Did you mean 'context'?"),
        ("GET", "/v1/analyze", "Did you mean 'text'?"),
        ("GET", "/v1/tasks", "Known are: limit."),
        ("GET", "/v1/tasks/1", "Known are: wait."),
        ("GET", "/v1/stats", "Known are: limit."),
        ("PUT", "/v1/articles/tax", "Known are: wait."),
        ("DELETE", "/v1/articles/tax", "Known are: wait."),
        ("POST", "/v1/articles", "Known are: wait."),
        ("POST", "/v1/search", "Known are: none."),
        ("POST", "/v1/multi-search", "Known are: none."),
    ],
)
def test_parameters_that_no_route_knows_are_refused_everywhere(
    client: TestClient, method: str, path: str, known: str
) -> None:
    response = client.request(method, f"{path}?contxt=1")
    assert response.status_code == 422
    if method != "HEAD":
        detail = f"There is no parameter 'contxt'. {known}"
        assert response.json()["errors"] == [{"pointer": "/contxt", "detail": detail}]


def test_a_problem_leads_to_a_page_that_explains_it(client: TestClient) -> None:
    problem = client.get("/v1/paragraphs/nobody").json()
    assert problem["type"] == "/problems/not_found"
    page = client.get(problem["type"])
    assert page.text == f"not_found\n\n{MEANINGS['not_found']}\n"
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert client.get("/problems/nonsense").status_code == 404


def test_every_code_is_explained() -> None:
    used = set(
        re.findall(r'HTTPStatus\.\w+,\s*"(\w+)"', "".join(path.read_text() for path in (ROOT / "api").rglob("*.py")))
    )
    assert used <= set(MEANINGS)
    assert len(used) > 15
    lines = (ROOT / "docs/problems.md").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `")] == [
        f"| `{code}` | {MEANINGS[code]} |" for code in MEANINGS
    ]

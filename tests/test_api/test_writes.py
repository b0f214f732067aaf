"""Writing over HTTP, against a real service."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from paraglot.indexer.build import index_corpus
from tests.conftest import ARTICLES, index_of
from tests.servers import Service, service

LINES = {"content-type": "application/x-ndjson"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    return index_of(folder, ARTICLES)


@pytest.fixture(scope="module")
def client(served_index: Path) -> Iterator[httpx.Client]:
    with service(served_index) as running:
        yield running.client


def titles(client: httpx.Client, query: str) -> set[str]:
    answer = client.get("/v1/search", params={"q": query, "mode": "keyword"}).json()
    return {hit["article"]["title"] for hit in answer["hits"]}


def test_put_wait_search_delete(client: httpx.Client) -> None:
    body = {"title": "Penguins", "text": "Penguins sleep.\n\nStanding.", "language": "en", "pages": 3}
    put = client.put("/v1/articles/zoo/penguins", params={"wait": 30}, json=body)
    assert (put.status_code, put.json()["status"], put.json()["articles"]) == (200, "succeeded", 1)
    assert put.headers["location"] == f"/v1/tasks/{put.json()['id']}"
    assert titles(client, "penguins") == {"Penguins"}, "what was waited for is served"
    article = client.get("/v1/articles/zoo/penguins").json()
    assert [one["text"] for one in article["paragraphs"]] == ["Penguins sleep.", "Standing."]
    assert article["attributes"] == {"pages": 3}
    again = client.put("/v1/articles/zoo/penguins", params={"wait": 30}, json=body).json()
    assert again["generation"] == put.json()["generation"], "the same article again changes nothing"
    gone = client.delete("/v1/articles/zoo/penguins", params={"wait": 30})
    assert (gone.status_code, gone.json()["status"], gone.json()["articles"]) == (200, "succeeded", 1)
    assert client.get("/v1/articles/zoo/penguins").status_code == 404
    nothing = client.delete("/v1/articles/zoo/penguins", params={"wait": 30}).json()
    assert (nothing["status"], nothing["articles"]) == ("succeeded", 0)


def test_a_task_is_answered_at_once_and_can_be_asked_for(client: httpx.Client) -> None:
    put = client.put("/v1/articles/later", json={"text": "Later."})
    assert (put.status_code, put.json()["status"]) == (202, "enqueued")
    task = client.get(put.headers["location"], params={"wait": 30}).json()
    assert (task["id"], task["status"]) == (put.json()["id"], "succeeded")
    assert client.get("/v1/tasks").json()["tasks"][0] == task
    assert client.get("/v1/tasks/999999").status_code == 404


def test_what_is_kept_back_is_put_and_not_posted(client: httpx.Client) -> None:
    draft = {"title": "Ferry", "text": "Ferries wait.", "language": "en", "status": "draft"}
    put = client.put("/v1/articles/ferry", params={"wait": 30}, json=draft)
    assert (put.status_code, put.json()["articles"]) == (200, 1)
    assert titles(client, "ferries") == {"Ferry"}
    line = json.dumps({**draft, "id": "other", "title": "Other"}) + '\n{"id": "open", "text": "Barges."}'
    posted = client.post("/v1/articles", params={"wait": 30}, content=line, headers=LINES).json()
    assert (posted["articles"], posted["remarks"]) == (1, ["line 1: unpublished posts: Other"])
    client.delete("/v1/articles/ferry", params={"wait": 30})
    none = client.post("/v1/articles", params={"wait": 30}, content=line.partition("\n")[0], headers=LINES)
    assert (none.status_code, none.json()["detail"]) == (
        422,
        "No line is an article; line 1: unpublished posts: Other.",
    )


def test_a_body_of_several_articles_is_none_to_put(client: httpx.Client) -> None:
    several = {"items": [{"id": one, "title": one, "text": f"Ships of {one}."} for one in "ab"]}
    put = client.put("/v1/articles/several", params={"wait": 30}, json=several)
    assert (put.status_code, put.json()["code"]) == (422, "invalid_request")


def test_json_lines(client: httpx.Client) -> None:
    lines = [
        '{"id": "one", "title": "Harbour", "paragraphs": ["Ships."]}',
        "{",
        '{"id": "one", "title": "Port", "paragraphs": ["Ships."]}',
        '{"id": "two", "title": "Quay", "text": "Ships.", "date": "soon"}',
        '{"title": "nameless", "text": "Ships."}',
    ]
    posted = client.post("/v1/articles", params={"wait": 30}, content="\n".join(lines), headers=LINES).json()
    assert (posted["status"], posted["articles"], posted["skipped"]) == ("succeeded", 3, 1)
    assert posted["skipped_lines"][0].startswith("line 2: not JSON")
    assert posted["remarks"] == ["line 4: dates that cannot be told: soon"]
    assert titles(client, "ships") == {"Port", "Quay", "nameless"}
    hits = client.get("/v1/search", params={"q": "ships"}).json()["hits"]
    assert [hit["article"]["id"][:7] for hit in hits if hit["article"]["title"] == "nameless"] == ["posted#"]


def test_no_field_costs_its_article(client: httpx.Client) -> None:
    fields = {"text": "Gulls.", "title": 7, "date": "2 October 2023", "language": "eng", "source": {"name": "Post"}}
    client.put("/v1/articles/gulls", json=fields, params={"wait": 30})
    put = client.get("/v1/articles/gulls").json()
    assert [put[name] for name in ("title", "date", "language", "source")] == ["7", "2023-10-02", "en", "Post"]
    put = client.put("/v1/articles/gulls", json={"text": "Gulls.", "date": "yesterday"}, params={"wait": 30}).json()
    assert put["remarks"] == ["dates that cannot be told: yesterday"]
    assert client.get(f"/v1/tasks/{put['id']}").json()["remarks"] == put["remarks"]
    assert client.get("/v1/articles/gulls").json()["attributes"] == {"date_as_given": "yesterday"}


def test_names_of_another_language_are_told(client: httpx.Client) -> None:
    fields = {"titulo": "Gaviotas", "texto": "Las gaviotas vuelan.", "fecha": "2023-10-02"}
    said = ["titulo was taken for title", "texto was taken for text", "fecha was taken for date"]
    line = json.dumps({"id": "gaviotas", **fields})
    posted = client.post("/v1/articles", content=line, headers=LINES, params={"wait": 30}).json()
    assert posted["remarks"] == [f"line 1: {one}" for one in said]
    put = client.put("/v1/articles/gaviotas", json=fields, params={"wait": 30}).json()
    assert put["remarks"] == said
    article = client.get("/v1/articles/gaviotas").json()
    assert (article["title"], article["text"], article["date"]) == ("Gaviotas", "Las gaviotas vuelan.", "2023-10-02")


PROSE = {"type": "paragraph", "content": [{"type": "text", "text": "Gulls "}, {"type": "text", "text": "fly."}]}


@pytest.mark.parametrize(
    "fields",
    [
        {"text": {"blocks": [{"type": "paragraph", "data": {"text": "Gulls <b>fly</b>."}}]}},
        {"text": {"type": "doc", "content": [PROSE]}},
        {"text": [{"_type": "block", "style": "normal", "children": [{"_type": "span", "text": "Gulls fly."}]}]},
        {"text": {"en": "Gulls fly."}},
        {"paragraphs": [{"text": "Gulls fly."}]},
        {
            "text": "Gulls fly.",
            "title": {"rendered": "Birds"},
            "language": {"code": "en"},
            "url": ["https://g.example"],
        },
    ],
)
def test_rich_text_is_read_as_from_files(client: httpx.Client, fields: dict[str, object]) -> None:
    put = client.put("/v1/articles/rich", json=fields, params={"wait": 30})
    posted = client.post(
        "/v1/articles", content=json.dumps({"id": "line", **fields}), headers=LINES, params={"wait": 30}
    )
    assert (put.status_code, posted.status_code) == (200, 200), put.text
    read = [client.get(f"/v1/articles/{name}").json() for name in ("rich", "line")]
    assert [[one["text"] for one in article["paragraphs"]] for article in read] == [["Gulls fly."]] * 2
    assert [read[0][name] for name in ("title", "language", "url")] == [
        read[1][name] for name in ("title", "language", "url")
    ]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"title": "x"}, ""),
        ({"text": {"blocks": []}}, ""),
        ({"text": "x", "paragraph_marks": 1}, "/paragraph_marks"),
        ({"text": "x", "id": "other"}, "/id"),
    ],
)
def test_an_article_that_is_none(client: httpx.Client, fields: dict[str, object], pointer: str) -> None:
    refused = client.put("/v1/articles/wrong", json=fields)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert refused.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_where_a_body_stops_being_json_is_said(client: httpx.Client, method: str) -> None:
    address = "/v1/articles/broken" if method == "PUT" else "/v1/search"
    broken = b'{"q": "x",\n "text" 7}'
    refused = client.request(method, address, content=broken, headers={"content-type": "application/json"}).json()
    assert refused["detail"] == "The body is not JSON: Expecting ':' delimiter at line 2, column 9."
    assert refused["errors"] == [{"pointer": "", "detail": refused["detail"]}]
    typed = client.request(method, address, content=b"{}", headers={"content-type": "text/plain"}).json()
    assert typed["detail"] == "The body must be a JSON object, sent as Content-Type: application/json."


def test_bodies_that_are_not_json_lines(client: httpx.Client) -> None:
    refused = client.post("/v1/articles", json=[{"id": "a", "text": "b"}])
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_media_type")
    remedy = "A JSON array becomes lines by: jq -c '.[]'; one article alone is PUT to /v1/articles/ID."
    assert refused.json()["detail"].endswith(remedy)
    array = client.post("/v1/articles", content=b'[{"id": "a", "text": "b"}]', headers=LINES)
    assert (array.status_code, array.json()["detail"].endswith(remedy)) == (422, True)
    empty = client.post("/v1/articles", content=b"\n", headers=LINES)
    assert (empty.status_code, empty.json()["detail"]) == (422, "No line is an article; line 1: the file is empty.")


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path, served_index: Path) -> None:
    """Writers hammer the service, which is killed while they do, twice."""
    index = tmp_path / "index"
    index_corpus(index, [served_index.parent / "corpus.jsonl"], "fake")
    acknowledged: list[str] = []
    for turn in range(2):
        with service(index) as running:
            enough = threading.Event()
            writers = [
                threading.Thread(target=_write_on, args=(running, f"{turn}-{n}", acknowledged, enough))
                for n in range(4)
            ]
            for one in writers:
                one.start()
            enough.wait(30)
            running.kill()
            for one in writers:
                one.join()
    assert len(acknowledged) > 30
    with service(index) as running:
        newest = running.client.get("/v1/tasks", params={"limit": 1}).json()["tasks"][0]
        assert running.client.get(f"/v1/tasks/{newest['id']}", params={"wait": 60}).json()["status"] == "succeeded"
        lost = [one for one in acknowledged if running.client.get(f"/v1/articles/{one}").status_code != 200]
    assert lost == []


def _write_on(running: Service, name: str, acknowledged: list[str], enough: threading.Event) -> None:
    before = len(acknowledged)
    for number in range(10_000):
        article_id = f"{name}-{number}"
        try:
            answer = running.client.put(
                f"/v1/articles/{article_id}", json={"text": f"Bread {number}.", "language": "en"}
            )
        except httpx.HTTPError:
            return
        assert answer.status_code == 202
        acknowledged.append(article_id)
        if len(acknowledged) - before > 30:
            enough.set()


def test_what_is_read_otherwise_than_it_was_sent_is_said(client: httpx.Client) -> None:
    half = b'{"title": "x", "text": "A caf\\ud83d by the weir."}'
    put = client.put(
        "/v1/articles/half", params={"wait": 30}, content=half, headers={"content-type": "application/json"}
    )
    assert put.json()["remarks"] == ["half a character (a lone surrogate) was read as \ufffd"]
    line = '{"id": "western", "text": "Über den Fluss geht die Brücke, größer als früher."}\n'
    posted = client.post("/v1/articles", params={"wait": 30}, content=line.encode("cp1252"), headers=LINES)
    assert posted.json()["remarks"] == ["no UTF-8: read as cp1252, which the letters tell"]
    wide = line.replace("western", "wide").encode("utf-16")
    posted = client.post("/v1/articles", params={"wait": 30}, content=wide, headers=LINES)
    assert (posted.json()["articles"], posted.json()["remarks"]) == (1, [])
    assert client.get("/v1/articles/wide").json()["text"].startswith("Über den Fluss")

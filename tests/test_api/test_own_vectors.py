"""Vectors of one's own over HTTP and on the command line, against a real service and the real program."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from paraglot import Client, InvalidRequest, SearchRequest, SimilarRequest
from paraglot.indexer.build import index_corpus
from tests.commands import paraglot
from tests.servers import service

LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    lines = [{"id": "bread", "text": "Bakers.", "vector": [1, 0]}, {"id": "zoo", "text": "Seals.", "vector": [0, 1]}]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "vectors:2")
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[httpx.Client]:
    with service(index) as running:
        yield running.client


@pytest.mark.slow
def test_a_search_takes_a_vector_by_json_and_by_url(client: httpx.Client) -> None:
    assert client.get("/readyz").status_code == 200
    by_json = client.post("/v1/search", json={"q": "xyz", "vector": [0.1, 2], "mode": "semantic"}).json()
    by_url = client.get("/v1/search", params={"q": "xyz", "vector": "0.1,2", "mode": "semantic"}).json()
    for answer in (by_json, by_url):
        assert [hit["article"]["id"] for hit in answer["hits"]] == ["zoo", "bread"]
    with Client(str(client.base_url)) as python:
        found = python.search(SearchRequest("xyz", vector=(2.0, 0.1), mode="semantic"))
        assert [hit.article.id for hit in found.hits] == ["bread", "zoo"]
        with pytest.raises(InvalidRequest, match="3 numbers; those of this index have 2"):
            python.search(SearchRequest("xyz", vector=(1.0, 2.0, 3.0)))


@pytest.mark.slow
def test_the_like_of_a_vector_is_found(client: httpx.Client, index: Path, tmp_path: Path) -> None:
    by_json = client.post("/v1/similar", json={"vector": [0.1, 2]}).json()
    by_url = client.get("/v1/similar", params={"vector": "0.1,2"}).json()
    (tmp_path / "vector.json").write_text("[0.1, 2]")
    printed = json.loads(paraglot("similar", "--vector", tmp_path / "vector.json", "--index", index, "--json").stdout)
    for answer in (by_json, by_url, printed):
        assert [hit["article"]["id"] for hit in answer["hits"]][:2] == ["zoo", "bread"]
        assert [hit["score"] for hit in answer["hits"]][:2] == [
            0.998752,
            0.049938,
        ]  # the cosines with (0, 1) and (1, 0)
    with Client(str(client.base_url)) as python:
        assert python.similar(SimilarRequest(vector=(2.0, 0.1))).hits[0].article.id == "bread"
        with pytest.raises(InvalidRequest, match="3 numbers; those of this index have 2"):
            python.similar(SimilarRequest(vector=(1.0, 2.0, 3.0)))
    both = client.post("/v1/similar", json={"vector": [1, 2], "text": "Seals."})
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/id")


@pytest.mark.slow
def test_what_is_wrong_is_named_by_its_pointer(client: httpx.Client) -> None:
    for given in ([1], [1, 2, 3], [0, 0], [1, "2"], "x"):
        refused = client.post("/v1/search", json={"q": "xyz", "vector": given})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"].startswith("/vector"), given
    long = client.post("/v1/search", json={"q": "xyz", "vector": [1.0] * 4_097})
    assert (long.status_code, long.json()["errors"][0]["detail"]) == (422, "At most 4,096 entries can be given.")
    without = client.get("/v1/search", params={"q": "seals"}).json()
    assert [hit["article"]["id"] for hit in without["hits"]] == ["zoo"]
    assert "the query came without one" in without["warnings"][0]
    alone = client.get("/v1/search", params={"q": "seals", "mode": "semantic"})
    assert (alone.status_code, alone.json()["errors"][0]["pointer"]) == (422, "/vector")


@pytest.mark.slow
def test_articles_are_put_with_their_vectors(client: httpx.Client) -> None:
    body = {"paragraphs": ["Rain.", "Wind."], "vectors": [[-1, 0], [0, -1]]}
    put = client.put("/v1/articles/weather", params={"wait": 30}, json=body)
    assert put.json()["status"] == "succeeded"
    found = client.post("/v1/search", json={"q": "xyz", "vector": [0, -1], "mode": "semantic"}).json()
    assert found["hits"][0]["text"] == "Wind."
    for wrong, said in (({}, "must be a list of 2 numbers"), ({"vector": [1, 2, 3]}, "has 3 numbers")):
        refused = client.put("/v1/articles/weather", json={"text": "Rain.", **wrong})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/vector")
        assert said in refused.json()["detail"]
    lines = '{"id": "snow", "text": "Snow.", "vector": [1, 1]}\n{"id": "ice", "text": "Ice.", "vector": [1]}\n'
    posted = client.post("/v1/articles", params={"wait": 30}, content=lines, headers=LINES).json()
    assert (posted["articles"], posted["skipped"]) == (1, 1)
    assert posted["skipped_lines"] == [
        'line 2: "vector" must be a list of 2 numbers: those of this index come from outside'
    ]


@pytest.mark.slow
def test_the_command_line_reads_a_vector_from_a_file_or_standard_input(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vector = tmp_path / "vector.json"
    vector.write_text("[0, 3]")
    flags = ["--index", str(index), "--mode", "semantic", "--json"]
    monkeypatch.setattr("sys.stdin", io.StringIO("[0, 3]"))
    for given in (str(vector), "-"):
        done = paraglot("search", "xyz", "--vector", given, *flags)
        assert done.stderr == ""
        assert json.loads(done.stdout)["hits"][0]["article"]["id"] == "zoo"
    for content in ("[]", "{}", "[1,", '["a"]'):
        vector.write_text(content)
        refused = paraglot("search", "xyz", "--vector", str(vector), *flags)
        assert (refused.returncode, f"--vector {vector}:" in refused.stderr) == (2, True)
    absent = paraglot("search", "xyz", "--vector", str(tmp_path / "none"), *flags)
    assert (absent.returncode, "No such file" in absent.stderr) == (2, True)

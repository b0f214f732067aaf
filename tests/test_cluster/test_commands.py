"""The commands and the service over an index on a cluster: as over one in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from paraglot.api.http.collections import create_service
from paraglot.api.service_folder import index_of
from paraglot.api.settings import load_settings
from paraglot.indexer.build import apply_changes, delete_articles, index_corpus
from paraglot.indexer.corpus.drafts import Place
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.corpus.own_vectors import UnfitVectors
from paraglot.indexer.opensearch import articles
from paraglot.indexer.readers.inputs import Options
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.errors import NotFound
from paraglot.search.types import SearchRequest
from tests.commands import paraglot
from tests.conftest import ARTICLES

pytestmark = pytest.mark.slow


def test_all_that_commands_do_with_an_index(
    address: str, tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    given = ["--index", address]
    corpus = write_corpus(ARTICLES)
    done = paraglot("search", "bread", *given)
    assert (done.returncode, "There is no index" in done.stderr) == (1, True)
    report = json.loads(paraglot("index", corpus, *given, "--model", "fake", "--json").stdout)
    counts = ("generation", "articles_added", "articles", "paragraphs", "paragraphs_added", "committed")
    assert [report[name] for name in counts] == [1, 3, 3, 7, 7, True]
    again = json.loads(paraglot("index", corpus, *given, "--json").stdout)
    assert [again[name] for name in ("generation", "articles_unchanged", "committed")] == [1, 3, False]

    found = json.loads(paraglot("search", "bread tax", *given, "--json").stdout)
    assert found["hits"][0]["text"] == "The council raised the bread tax."
    for _ in range(20):  # the copies of a new index are made after it is answered from
        status = json.loads(paraglot("status", *given, "--json").stdout)
        if status["health"] == "green":
            break
    assert (status["paragraphs"], status["health"], status["encoder"]["name"]) == (7, "green", "fake")
    assert "3 shards" in paraglot("status", *given).stdout
    assert "Whole: generation 1, 3 articles, 7 paragraphs." in paraglot("verify", *given).stdout

    exported = tmp_path / "export.jsonl"
    assert paraglot("export", exported, *given).returncode == 0
    folder = tmp_path / "index"
    index_corpus(folder, [exported], "fake")
    with open_index(folder) as small, open_index(address) as large:
        assert texts(small) == texts(large)

    assert paraglot("delete", "steuer", *given).returncode == 0
    assert paraglot("delete", "steuer", *given).returncode == 1
    assert json.loads(paraglot("status", *given, "--json").stdout)["articles"] == 2
    assert "is for an index in a folder" in paraglot("backup", tmp_path / "b.tar", *given).stderr
    assert "was made with the encoder 'fake'" in paraglot("index", corpus, *given, "--model", "builtin").stderr


def test_vectors_that_articles_bring(
    address: str, tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    given = ["--index", address]
    # The same words twice, with vectors of their own; the third has one number too many.
    tax = {"id": "tax", "paragraphs": ["It was raised.", "It was raised."], "vectors": [[3, 4], [1, 0]]}
    reef = {"id": "reef", "text": "Corals grow slowly.", "vector": [0, -2]}
    report = json.loads(
        paraglot(
            "index",
            write_corpus([tax, reef, {"id": "long", "text": "Too long.", "vector": [1, 2, 3]}]),
            *given,
            "--model",
            "vectors:2",
            "--json",
        ).stdout
    )
    assert (report["articles_added"], report["paragraphs"], report["skipped_count"]) == (2, 3, 1)
    assert '"vector" has 3 numbers, those of this index have 2' in report["skipped"][0]["reason"]

    vector = tmp_path / "query.json"
    vector.write_text("[0, -1]")
    found = json.loads(paraglot("search", "reefs", "--vector", vector, *given, "--mode", "semantic", "--json").stdout)
    scores = {hit["article"]["id"]: hit["score"] for hit in found["hits"]}
    assert scores == {"reef": 1.0, "tax": 0.0}, "of two copies the nearer one"

    exported = tmp_path / "export.jsonl"
    assert paraglot("export", exported, *given).returncode == 0
    fields = {own["id"]: own for own in map(json.loads, exported.read_text("utf-8").splitlines())}
    assert (fields["tax"]["vectors"], fields["reef"]["vector"]) == ([[0.6, 0.8], [1.0, 0.0]], [0.0, -1.0])
    assert json.loads(paraglot("index", exported, *given, "--json").stdout)["articles_unchanged"] == 2

    assert json.loads(paraglot("rebuild", *given, "--json").stdout)["paragraphs_embedded"] == 0
    again = json.loads(paraglot("index", exported, *given, "--json").stdout)
    assert (again["generation"], again["articles_unchanged"]) == (2, 2)
    unfit = draft_of(Place(Path("x")), {"id": "reef", "text": "Corals.", "vector": [1, 2, 3]}, Options())
    with pytest.raises(UnfitVectors, match="has 3 numbers"):
        apply_changes(load_settings({"index": address}, {}).index, {"reef": unfit})


def texts(engine: object) -> list[tuple[str, str, str]]:
    with engine.snapshot() as snapshot:  # type: ignore[attr-defined]
        keys = snapshot.articles(snapshot.select())
        articles = [snapshot.article(key.id) for key in sorted(keys, key=lambda key: key.id)]
        return [(own.id, one.text, one.language) for own, paragraphs in articles for one in paragraphs]


def test_a_service_writes_and_removes(address: str, write_corpus: Callable[[list[dict[str, object]]], Path]) -> None:
    index = load_settings({"index": address}, {}).index
    index_corpus(index, [write_corpus(ARTICLES[:2])], "fake")
    draft = draft_of(
        Place(Path("x")), {"id": "ferry", "title": "The ferry", "text": "It sails.", "language": "en"}, Options()
    )
    report, absent = apply_changes(index, {"ferry": draft, "tax": None, "unheard": None})
    assert (report.generation, report.articles_added, report.articles_removed) == (2, 1, 1)
    assert absent == {"unheard"}
    with pytest.raises(NotFound):
        delete_articles(index, ["ferry", "unheard"])
    with open_index(address) as engine:
        assert {hit.article.id for hit in engine.search(SearchRequest("ferry bread")).hits} == {"ferry", "steuer"}


def test_a_corpus_of_many_articles_is_several_commits(
    address: str, write_corpus: Callable[[list[dict[str, object]]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "AT_ONCE", 2)
    index = load_settings({"index": address}, {}).index
    report = index_corpus(index, [write_corpus(ARTICLES)], "fake")
    assert (report.generation, report.articles_added, report.articles, report.paragraphs) == (2, 3, 3, 7)


def test_rules_lie_with_the_service(
    address: str, write_corpus: Callable[[list[dict[str, object]]], Path], tmp_path: Path
) -> None:
    settings = load_settings({"index": address, "service_folder": tmp_path / "service"}, {})
    index_corpus(settings.index, [write_corpus(ARTICLES)], "fake")
    rules = {"synonyms": [{"from": ["levy"], "to": ["tax"]}], "pins": [{"query": "levy", "ids": ["steuer", "nobody"]}]}
    with TestClient(create_service(settings), base_url="http://localhost") as client:
        told = client.put("/v1/rules", json=rules)
        assert (told.status_code, told.json()["unknown_ids"]) == (200, ["nobody"])
        hits = client.get("/v1/search", params={"q": "levy", "mode": "keyword"}).json()["hits"]
        assert [(hit["article"]["id"], hit["pinned"]) for hit in hits[:2]] == [("steuer", True), ("tax", False)]
    name = load_settings({"index": address}, {}).index.name  # type: ignore[union-attr]
    assert (tmp_path / "service" / name / "rules.toml").is_file()
    with Engine(index_of(settings)) as engine:  # as `paraglot search` does
        assert engine.search("levy").hits[0].article.id == "steuer"
    with open_index(address) as engine:
        assert engine.rules.now().rules.pins == ()

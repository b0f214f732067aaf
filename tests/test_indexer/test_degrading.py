"""One damaged file degrades: what it holds is left out and named, the rest answers, the next write mends it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from paraglot.api.cli.doctor import examine
from paraglot.api.cli.main import app
from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.settings import Settings
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder import soundness
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES, ROOT
from tests.test_indexer.test_operations import flip

sys.path.insert(0, str(ROOT / "benchmarks"))
from damage import campaign, make

Write = Callable[[list[dict[str, object]]], Path]

WHOLE = {"keyword", "semantic"}
PARTS = {
    "keyword/part-000001.terms": ("Words were not searched: generations/1/keyword/", {"semantic"}),
    "keyword/part-000001.postings": ("Words were not searched: generations/1/keyword/", {"semantic"}),
    "keyword/part-000001.rows.npy": ("Words were not searched: generations/1/keyword/", {"semantic"}),
    "keyword/part-000001.lengths.npy": ("Words were not searched: generations/1/keyword/", {"semantic"}),
    "dense/part-000001.faiss": ("Only keywords were searched: generations/1/dense/part-000001.faiss", {"keyword"}),
    "columns/part-000001.columns": ("What belongs to each paragraph was read from the store: generations/1/", WHOLE),
    "columns/removed.roaring": ("What belongs to each paragraph was read from the store: generations/1/", WHOLE),
    "sentences/part-000001.npy": ("Sentences were not compared: generations/1/sentences/part-000001.npy", WHOLE),
    "sentences/part-000001.rows.npy": ("Sentences were not compared: generations/1/sentences/", WHOLE),
}


def damaged(folder: Path, pattern: str) -> Path:
    [path] = IndexLayout(folder).generation(1).folder.glob(pattern)
    flip(path, path.stat().st_size // 2)
    return path


@pytest.mark.parametrize("pattern", PARTS)
def test_the_rest_answers_and_names_the_file(small_index: Path, write_corpus: Write, pattern: str) -> None:
    degrades_and_is_mended(small_index, write_corpus, pattern)


@pytest.mark.parametrize("kind", ["meta.json", "*.idx", "*.term", "*.fast", "*.store", "part-000001.rows.npy"])
def test_the_rest_answers_and_names_a_file_of_tantivys(
    small_index: Path, pristine_tantivy: Path, write_corpus: Write, kind: str
) -> None:
    shutil.rmtree(small_index)
    shutil.copytree(pristine_tantivy, small_index)
    degrades_and_is_mended(small_index, write_corpus, f"keyword/{kind}")


def degrades_and_is_mended(small_index: Path, write_corpus: Write, pattern: str) -> None:
    path = damaged(small_index, pattern)
    warning, legs = PARTS.get(pattern, PARTS["keyword/part-000001.terms"])
    with Engine(small_index) as engine:
        answer = engine.search(SearchRequest("bread tax", limit=50))
        assert answer.hits[0].article.id
        assert [one for one in answer.warnings if one.startswith(warning)] == answer.warnings
        assert {leg for leg in WHOLE for hit in answer.hits if getattr(hit, leg)} >= legs
        assert path.name in engine.faults[0].message
        for mode in ("keyword", "semantic"):
            if mode not in legs:
                with pytest.raises(IndexDamaged, match=path.name):
                    engine.search(SearchRequest("bread", mode=mode))  # type: ignore[arg-type]
    shown = CliRunner().invoke(app, ["search", "bread", "--index", str(small_index)])
    assert path.name in shown.output
    assert any(not one.ok and path.name in one.detail for one in examine(small_index))
    report = index_corpus(small_index, [write_corpus(ARTICLES)])
    assert [path.name in one and "made anew" in one for one in report.warnings] == [True]
    assert report.committed
    assert report.paragraphs_embedded == (0 if pattern.startswith(("keyword", "columns")) else 7)
    assert verify_index(small_index).faults == []
    with Engine(small_index) as engine:
        assert engine.faults == []
        assert engine.search(SearchRequest("bread tax")).warnings == []


def test_similar_needs_the_vectors(small_index: Path) -> None:
    damaged(small_index, "dense/part-000001.faiss")
    with Engine(small_index) as engine, pytest.raises(IndexDamaged, match=r"part-000001\.faiss"):
        engine.similar(SimilarRequest(text="bread"))


def test_ready_and_healthy_know(small_index: Path) -> None:
    path = damaged(small_index, "columns/removed.roaring")
    settings = Settings(index=small_index)
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        for place in ("/readyz", "/healthz"):
            answer = client.get(place)
            assert (answer.status_code, answer.json()["code"]) == (503, "index_damaged")
            assert path.name in answer.json()["detail"]
        assert client.get("/livez").status_code == 200
        found = client.get("/v1/search", params={"q": "bread"}).json()
        assert found["hits"]
        assert path.name in found["warnings"][0]


def test_a_file_that_is_damaged_while_it_is_served(small_index: Path) -> None:
    with Engine(small_index) as engine:
        assert not engine.refresh()
        path = damaged(small_index, "sentences/part-000001.npy")
        assert engine.refresh()
        assert path.name in engine.faults[0].message
        flip(path, path.stat().st_size // 2)
        assert engine.refresh()
        assert engine.faults == []


def test_a_file_is_read_through_once_and_only_if_it_is_not_as_its_writer_left_it(
    small_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = soundness.disk.sha256
    monkeypatch.setattr(soundness.disk, "sha256", lambda path: read.append(path.name) or real(path))
    monkeypatch.setattr(soundness, "_sound", set())
    Engine(small_index).close()
    assert read == []
    files = list((small_index / "generations" / "1").glob("*/*"))
    for path in files:
        os.utime(path, ns=(1, 1))
    for _ in range(2):
        Engine(small_index).close()
        assert sorted(read) == sorted(path.name for path in files)
    again = len(read)
    delete_articles(small_index, ["tax"])
    Engine(small_index).close()
    assert not {"part-000001.faiss", "part-000001.postings"} & set(read[again:])
    assert verify_index(small_index).faults == []
    assert {"part-000001.faiss", "part-000001.postings"} <= set(read[again:])


def test_what_was_read_through_once_by_a_write_or_a_restore_is_not_read_again(
    small_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(small_index, tmp_path / "backup.tar")
    restore(tmp_path / "backup.tar", tmp_path / "restored")
    for path in (small_index / "generations" / "1").glob("*/*"):
        os.utime(path, ns=(1, 1))
    delete_articles(small_index, ["tax"])
    monkeypatch.setattr(soundness, "_sound", set())
    monkeypatch.setattr(soundness.disk, "sha256", lambda path: pytest.fail(f"{path} is read through"))
    for folder in (small_index, tmp_path / "restored"):
        with Engine(folder) as engine:
            assert engine.faults == []


def test_what_a_disk_changes_silently_is_found_by_verify(small_index: Path) -> None:
    path = IndexLayout(small_index).generation(1).keyword_part(1).postings
    left = path.stat()
    flip(path, left.st_size // 2)
    os.utime(path, ns=(left.st_atime_ns, left.st_mtime_ns))
    with Engine(small_index) as engine:
        assert engine.faults == []
    assert [path.name in fault for fault in verify_index(small_index).faults] == [True]


def test_going_back_to_a_damaged_generation_is_refused(small_index: Path) -> None:
    delete_articles(small_index, ["tax"])
    path = damaged(small_index, "columns/removed.roaring")
    with pytest.raises(IndexDamaged, match=path.name):
        roll_back(small_index)


@pytest.mark.parametrize(
    ("statement", "request_"),
    [
        ("UPDATE paragraph SET text = 'Another text about bread.' WHERE row = 1", SearchRequest("bread tax")),
        ("UPDATE article SET title = 'Another' WHERE key = 1", SearchRequest("bread tax")),
        ("UPDATE article SET source = 'Another' WHERE key = 1", SearchRequest("bread tax", filter="source EXISTS")),
        ("UPDATE article SET date = '2019-01-01' WHERE key = 1", SearchRequest("Brot", facets=("date",))),
        ("UPDATE paragraph SET language = 'fr' WHERE row = 1", SearchRequest("bread", languages=("en",))),
        ("UPDATE paragraph SET removed = 1 WHERE row = 1", SearchRequest("bread tax")),
        ("DELETE FROM paragraph WHERE row = 1", SearchRequest("bread tax", mode="keyword")),
    ],
)
def test_a_record_that_changed_is_refused_by_name(small_index: Path, statement: str, request_: SearchRequest) -> None:
    with closing(sqlite3.connect(IndexLayout(small_index).store)) as connection, connection:
        connection.execute(statement)
    with Engine(small_index) as engine, pytest.raises(IndexDamaged, match=r"store\.sqlite"):
        engine.search(request_)


@pytest.mark.parametrize("written", ["0", "1x", "+1", " 1", "1_0", "", "\n", "-1", "1\n1", "０１"])
def test_current_is_a_number_and_nothing_else(small_index: Path, write_corpus: Write, written: str) -> None:
    IndexLayout(small_index).current.write_text(written, "utf-8")
    for use in (lambda: Engine(small_index), lambda: index_corpus(small_index, [write_corpus(ARTICLES)])):
        with pytest.raises(IndexDamaged, match="CURRENT"):
            use()


@pytest.mark.slow
@pytest.mark.parametrize("keyword", ["whoosh", "tantivy"])
def test_the_campaign_finds_nothing(tmp_path: Path, keyword: str) -> None:
    """`benchmarks/damage.py`, small."""
    found = campaign(make(tmp_path, keyword), 0, 0, tmp_path, most=25)
    assert found.failures == []
    assert found.outcomes.total() >= 3 * 20
    shutil.rmtree(tmp_path / "index")

"""Which keyword engine an index has: chosen once, recorded, told, changed by a rebuild, and needed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.folder import keyword_tantivy
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexMismatch, InvalidSettings
from paraglot.search.folder.keyword import engines
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import IndexManifest, read_manifest
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES

Write = Callable[[list[dict[str, object]]], Path]


def manifest(folder: Path) -> IndexManifest:
    layout = IndexLayout(folder)
    return read_manifest(layout.generation(layout.current_number()).manifest)


def found(folder: Path) -> list[tuple[int, float]]:
    with Engine(folder) as engine:
        answer = engine.search(SearchRequest("bread tax in the old town", mode="keyword"))
        assert answer.warnings == []
        return [(hit.paragraph.row, hit.score) for hit in answer.hits]


@pytest.fixture
def without_tantivy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _: None)


def test_auto_is_tantivy_where_it_is_installed(tmp_path: Path, write_corpus: Write) -> None:
    index_corpus(tmp_path / "index", [write_corpus(ARTICLES)], "fake")
    assert (manifest(tmp_path / "index").keyword_engine, manifest(tmp_path / "index").format) == ("tantivy", 9)


@pytest.mark.usefixtures("without_tantivy")
def test_else_it_is_whoosh(tmp_path: Path, write_corpus: Write) -> None:
    index_corpus(tmp_path / "index", [write_corpus(ARTICLES)], "fake", keyword="auto")
    assert (manifest(tmp_path / "index").keyword_engine, manifest(tmp_path / "index").format) == ("whoosh", 9)
    with pytest.raises(
        InvalidSettings, match=r"'tantivy' is not installed\. Install it: pip install 'paraglot\[fast\]'"
    ):
        index_corpus(tmp_path / "other", [write_corpus(ARTICLES)], "fake", keyword="tantivy")


def test_a_rebuild_changes_it_and_nothing_that_is_found(small_index: Path) -> None:
    before = found(small_index)
    for engine in ("tantivy", "tantivy", "whoosh"):
        assert rebuild_index(small_index, keyword=engine).paragraphs_embedded == 0
        assert manifest(small_index).keyword_engine == engine
        assert verify_index(small_index).faults == []
        assert found(small_index) == before
    rebuild_index(small_index)
    assert manifest(small_index).keyword_engine == "whoosh"


def test_an_index_keeps_its_own(small_index: Path, write_corpus: Write) -> None:
    more = [write_corpus([{"id": "more", "text": "More bread.", "language": "en"}])]
    with pytest.raises(IndexMismatch, match=r"kept by whoosh, not tantivy.*paraglot rebuild --keyword tantivy"):
        index_corpus(small_index, more, keyword="tantivy")
    index_corpus(small_index, more, keyword="auto")
    assert manifest(small_index).keyword_engine == "whoosh"


def test_without_its_engine_an_index_is_refused_and_says_what_to_install(
    pristine_tantivy: Path, small_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rebuild_index(small_index, keyword="tantivy")
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    says = (
        r"kept by tantivy, which is not installed\. Install it: pip install 'paraglot\[fast\]'; or make its words anew"
    )
    for use in (
        lambda: Engine(pristine_tantivy),
        lambda: delete_articles(small_index, ["tax"]),
        lambda: rebuild_index(small_index),
        lambda: verify_index(small_index),
    ):
        with pytest.raises(IndexMismatch, match=says):
            use()
    rebuild_index(small_index, keyword="whoosh")
    assert found(small_index)


def test_the_command_line_takes_it_and_tells_it(tmp_path: Path, write_corpus: Write) -> None:
    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, [*arguments, "--index", str(tmp_path / "index")])
        assert result.exit_code == 0, result.output
        return result.output

    corpus = str(write_corpus(ARTICLES))
    run("index", corpus, "--model", "fake", "--keyword", "whoosh")
    assert json.loads(run("status", "--json"))["keyword_engine"] == "whoosh"
    run("rebuild", "--keyword", "tantivy")
    assert "tantivy" in run("status")
    refused = CliRunner().invoke(app, ["index", corpus, "--keyword", "lucene", "--index", str(tmp_path / "x")])
    assert "keyword must be one of auto, whoosh, tantivy" in str(refused.exception)


def test_what_a_reader_opens_it_leaves_as_it_was(pristine_tantivy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in pristine_tantivy.rglob("generations/**/*")}
    found(pristine_tantivy)
    assert {path: path.stat().st_mtime_ns for path in pristine_tantivy.rglob("generations/**/*")} == before


def test_a_reader_needs_no_folder_for_temporary_files(pristine_tantivy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(**_: object) -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.mkdtemp", none)
    assert found(pristine_tantivy)


def test_a_lock_written_into_a_generation_at_any_time_is_no_file_of_it(
    tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = keyword_tantivy._tidy

    def beside_a_thread(target: Generation, linked: set[str]) -> None:
        real(target, linked)
        (target.keyword / ".tantivy-meta.lock").touch()

    monkeypatch.setattr(keyword_tantivy, "_tidy", beside_a_thread)
    index = tmp_path / "index"
    index_corpus(index, [write_corpus(ARTICLES)], "fake", keyword="tantivy")
    assert (IndexLayout(index).generation(1).keyword / ".tantivy-meta.lock").exists()
    assert [one.name for one in manifest(index).files if ".lock" in one.name] == []
    assert verify_index(index).faults == []
    delete_articles(index, ["steuer"])
    assert found(index)


def test_a_lock_written_while_the_links_are_removed_is_removed_too(
    pristine_tantivy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, late = shutil.rmtree, [2]

    def beside_a_thread(folder: Path, **given: bool) -> None:
        """Twice a lock is written before the folder itself can go."""
        real(folder, **given)
        if late[0]:
            late[0] -= 1
            folder.mkdir()
            (folder / ".tantivy-meta.lock").touch()

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("paraglot.search.folder.keyword.tantivy.shutil.rmtree", beside_a_thread)
    assert found(pristine_tantivy)
    assert late == [0]
    assert list(tmp_path.iterdir()) == []

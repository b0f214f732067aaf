"""Indexes and backups that earlier versions made are opened, verified, restored and written to by today's code.

Each archive in `tests/formats` is named by its format and the version that made it. It holds an index of five articles
in four languages, made with the fake encoder in four commits, one of which removed an article, and a backup of it, as
`tests/formats/make.py` makes them.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from paraglot.api.cli.doctor import examine
from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import Engine
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import FORMAT, KEYWORDS_REMEDY, READABLE, read_manifest
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES, ROOT

KEPT = sorted((ROOT / "tests" / "formats").glob("*.tar.gz"))
IDS = ["ferry", "steuer", "tax", "taxe", "税"]


@pytest.fixture(params=KEPT, ids=lambda path: path.name.removesuffix(".tar.gz"))
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def test_they_are_small_and_of_every_format_since_4() -> None:
    assert {int(path.name.partition("-")[0]) for path in KEPT} == set(READABLE)
    assert all(path.stat().st_size < 300_000 for path in KEPT)


def texts(folder: Path) -> list[str]:
    with Engine(folder) as engine:
        hits = engine.search(SearchRequest("bread tax", limit=50)).hits
    return sorted(hit.paragraph.text for hit in hits)


def usable(folder: Path) -> None:
    """Whole, exported in full, searched by what today's code understands of it, and wholly after the next write."""
    assert verify_index(folder).faults == []
    assert [one["id"] for one in export_articles(folder)] == IDS
    for one in examine(folder):
        assert one.ok or one.remedy == KEYWORDS_REMEDY or one.subject in ("disk", "encoder fake")
    with Engine(folder) as engine:
        answer = engine.search(SearchRequest("bread tax", limit=50, mode="hybrid"))
        assert all(one.startswith(("Words were not searched: ", "Only keywords")) for one in answer.warnings)
        assert answer.hits
        with engine.view() as view:
            assert view.article("tax")[0].text.endswith("The tax was lowered again.")


def test_it_opens_verifies_and_is_written_to(kept: Path) -> None:
    folder = kept / "index"
    usable(folder)
    (kept / "more.jsonl").write_text('{"id": "more", "text": "More bread for all.", "language": "en"}\n')
    report = index_corpus(folder, [kept / "more.jsonl"])
    assert (report.articles_added, report.paragraphs_embedded) == (1, 1)
    manifest = read_manifest(folder / f"generations/{report.generation}/manifest.json")
    assert manifest.format == FORMAT
    assert verify_index(folder).faults == []
    with Engine(folder) as engine:
        answer = engine.search(SearchRequest("bread for all", mode="hybrid", limit=50))
        assert answer.warnings == []
        assert answer.hits[0].article.id == "more"
        assert len(texts(folder)) >= 10


def test_its_backup_is_restored(kept: Path) -> None:
    restore(kept / "backup.tar", kept / "restored")
    usable(kept / "restored")


def test_it_is_rebuilt_without_embedding(kept: Path) -> None:
    assert rebuild_index(kept / "index").paragraphs_embedded == 0
    assert verify_index(kept / "index").faults == []
    assert len(texts(kept / "index")) >= 10


def test_the_words_of_an_earlier_format_are_made_anew_by_the_next_write(
    small_index: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    manifest = IndexLayout(small_index).generation(1).manifest
    manifest.write_text(replace(read_manifest(manifest), format=5).to_json(), "utf-8")
    with Engine(small_index) as engine:
        [warning] = engine.search(SearchRequest("bread tax")).warnings
        assert warning.startswith("Words were not searched: ")
        assert warning.endswith(
            "(format 5). The next write makes them anew and embeds nothing: paraglot index CORPUS, or paraglot rebuild"
        )
    assert verify_index(small_index).faults == []
    report = index_corpus(small_index, [write_corpus(ARTICLES)])
    assert (report.committed, report.articles_unchanged, report.paragraphs_embedded) == (True, 3, 0)
    with Engine(small_index) as engine:
        answer = engine.search(SearchRequest("bread tax", mode="keyword"))
        assert (answer.warnings, bool(answer.hits)) == ([], True)

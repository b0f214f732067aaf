"""Files of an index are readable by their owner alone, and nothing is written through a link."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from paraglot.api.http.observing.statistics import Statistics
from paraglot.api.http.queue.tasks import TaskQueue
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.verify import verify_index
from paraglot.search import disk
from paraglot.search.errors import DiskFailure
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.query.rules.file import RulesFile
from paraglot.search.query.rules.rules import Rules
from tests.conftest import ARTICLES

Write = Callable[[list[dict[str, object]]], Path]


def readable_by_others(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_mode & 0o077]


@pytest.fixture
def open_umask() -> object:
    before = os.umask(0)
    yield before
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_every_file_is_its_owners(tmp_path: Path, write_corpus: Write) -> None:
    folder, held = tmp_path / "index", tmp_path / "held"
    index_corpus(folder, [write_corpus(ARTICLES)], "fake")
    layout, service = IndexLayout(folder), ServiceFolder(folder)
    KeyFile(service.keys).create("search")
    RulesFile(layout.rules).replace(Rules())
    queue, statistics = TaskQueue(service.queue), Statistics(service.statistics)
    statistics.count("bread", "en", False)
    statistics.write()
    with closing(sqlite3.connect(layout.store)) as reader:
        reader.execute("SELECT COUNT(*) FROM article").fetchall()
        index_corpus(folder, [write_corpus([*ARTICLES, {"id": "x", "text": "More bread.", "language": "en"}])])
        rebuild_index(folder)
        assert readable_by_others(folder) == []
    assert folder.stat().st_mode & 0o077 == 0
    queue.close()
    held.mkdir()
    back_up(folder, held / "news.tar")
    restore(held / "news.tar", held / "restored")
    assert readable_by_others(held) == []


def test_a_store_of_an_earlier_version_is_closed_to_others(small_index: Path, write_corpus: Write) -> None:
    IndexLayout(small_index).store.chmod(0o644)
    index_corpus(small_index, [write_corpus([{"id": "x", "text": "More bread.", "language": "en"}])])
    assert readable_by_others(small_index) == []


def test_a_link_in_place_of_a_draft_is_replaced(small_index: Path, tmp_path: Path, write_corpus: Write) -> None:
    layout, service, other = IndexLayout(small_index), ServiceFolder(small_index), tmp_path / "other"
    other.write_text("kept")
    service.folder.mkdir()
    drafts = [service.keys.with_suffix(".draft"), layout.current_draft, tmp_path / ".news.tar.draft"]
    for draft in drafts:
        draft.symlink_to(other)
    KeyFile(service.keys).create("search")
    index_corpus(small_index, [write_corpus([{"id": "x", "text": "More bread.", "language": "en"}])])
    back_up(small_index, tmp_path / "news.tar")
    assert other.read_text() == "kept"
    assert json.loads(service.keys.read_text())[0]["scope"] == "search"


@pytest.mark.parametrize("name", ["writer.lock", "store.sqlite", "vectors.sqlite"])
def test_a_link_in_place_of_a_file_is_refused(
    small_index: Path, tmp_path: Path, write_corpus: Write, name: str
) -> None:
    other, path = tmp_path / "other", small_index / name
    if path.exists():
        path.rename(other)
    else:
        other.write_text("kept")
    path.symlink_to(other)
    before = other.read_bytes()
    with pytest.raises(DiskFailure, match="a link, which is not followed"):
        index_corpus(small_index, [write_corpus([{"id": "x", "text": "More bread.", "language": "en"}])])
    assert other.read_bytes() == before


def test_verify_tells_a_full_disk_from_damage(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from paraglot.indexer.care import verify

    def full(_: Path) -> sqlite3.Connection:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 19 << 8
        raise error

    monkeypatch.setattr(verify, "open_read_only", full)
    with pytest.raises(DiskFailure, match=r"store\.sqlite: disk I/O error"):
        verify_index(small_index)
    monkeypatch.undo()
    assert verify_index(small_index).faults == []


def test_a_probe_leaves_nothing(tmp_path: Path) -> None:
    disk.probe(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No such file"):
        disk.probe(tmp_path / "none")

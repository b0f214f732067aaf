"""A store that lost what a committed generation counts: no writer takes it for a new one, and no backup is made of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from paraglot.indexer.build import apply_changes, delete_articles, index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.place import WritableFolder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.layout import IndexLayout
from tests.conftest import ARTICLES
from tests.test_indexer.test_operations import flip

Write = Callable[[list[dict[str, object]]], Path]


def run(store: Path, *statements: str) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def replace(store: Path) -> None:
    store.unlink()
    run(store, "CREATE TABLE note (text TEXT)")


NO_TABLE = "no such table: article"
LOSSES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no bytes": (lambda store: store.write_bytes(b""), NO_TABLE),
    "another database": (replace, NO_TABLE),
    "no tables": (lambda store: run(store, "DROP TABLE article", "DROP TABLE paragraph"), NO_TABLE),
    "no paragraphs": (lambda store: run(store, "DROP TABLE paragraph"), "no such table: paragraph"),
    "no article": (lambda store: run(store, "DELETE FROM article"), "generation 2 has 2 articles, the store 0"),
    "an article less": (
        lambda store: run(store, "DELETE FROM article WHERE id = '税'"),
        "generation 2 has 2 articles, the store 1",
    ),
    "a paragraph less": (
        lambda store: run(
            store, "DELETE FROM paragraph WHERE row = (SELECT MIN(row) FROM paragraph WHERE removed IS NULL)"
        ),
        "generation 2 has 5 paragraphs, the store 4",
    ),
    "an article removed": (
        lambda store: run(store, "UPDATE article SET removed = 2 WHERE id = '税'"),
        "generation 2 has 2 articles, the store 1",
    ),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_every_writer_refuses_and_writes_nothing(
    small_index: Path, write_corpus: Write, tmp_path: Path, loss: str
) -> None:
    delete_articles(small_index, ["tax"])
    layout = IndexLayout(small_index)
    lose, said = LOSSES[loss]
    lose(layout.store)
    before = layout.store.read_bytes()
    corpus = write_corpus(ARTICLES)

    def change() -> None:
        with WritableFolder(small_index).change():
            raise AssertionError("not reached")

    for write in (
        lambda: index_corpus(small_index, [corpus]),
        lambda: index_corpus(small_index, [corpus], prune=True),
        lambda: delete_articles(small_index, ["steuer"]),
        lambda: apply_changes(small_index, {"steuer": None}),
        lambda: rebuild_index(small_index),
        lambda: roll_back(small_index, to=2),
        change,
    ):
        with pytest.raises(IndexDamaged, match=rf"store\.sqlite: {said}") as refused:
            write()
        assert "Restore the index folder from a backup" in refused.value.remedy
    with pytest.raises(IndexDamaged, match=r"no backup was written: .*store\.sqlite|no backup was written: .*columns"):
        back_up(small_index, tmp_path / "news.tar")
    assert layout.store.read_bytes() == before
    assert layout.generation_numbers() == [1, 2]
    assert not [path for path in tmp_path.iterdir() if "news.tar" in path.name]


def test_what_a_killed_writer_left_is_not_counted(small_index: Path, write_corpus: Write) -> None:
    """A record added after the generation, or removed after it, makes up for none that it lost, and takes none away."""
    store = IndexLayout(small_index).store
    run(store, "UPDATE article SET removed = 2", "UPDATE paragraph SET removed = 2")
    assert delete_articles(small_index, ["tax"]).articles == 2
    run(store, "UPDATE article SET added = 3 WHERE id = 'steuer'")
    with pytest.raises(IndexDamaged, match="generation 2 has 2 articles, the store 1"):
        index_corpus(small_index, [write_corpus(ARTICLES)])


@pytest.mark.parametrize("part", ["keyword/*.postings", "columns/removed.roaring", "dense/*.faiss", "manifest.json"])
def test_no_backup_of_a_damaged_part(small_index: Path, tmp_path: Path, part: str) -> None:
    [path] = IndexLayout(small_index).generation(1).folder.glob(part)
    flip(path, path.stat().st_size // 2)
    with pytest.raises(IndexDamaged, match=path.name) as refused:
        back_up(small_index, tmp_path / "news.tar")
    assert ("Restore" if part == "manifest.json" else "paraglot rebuild") in refused.value.remedy
    assert not [found for found in tmp_path.iterdir() if "news.tar" in found.name]


def test_no_backup_of_a_damaged_record(small_index: Path, tmp_path: Path) -> None:
    run(IndexLayout(small_index).store, "UPDATE paragraph SET text = 'Other.' WHERE article_id = 'tax'")
    with pytest.raises(IndexDamaged, match=r"paragraph 'tax~\S+' is not what its checksum says\. \(and \d+ more"):
        back_up(small_index, tmp_path / "news.tar")
    with Engine(small_index) as engine:
        assert engine.manifest.generation == 1

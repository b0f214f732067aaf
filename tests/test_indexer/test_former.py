"""Paragraphs that an article had once: their successors, through every way that an index changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import NotFound, ParagraphChanged
from paraglot.search.parts.successors import successors

Put = Callable[..., dict[str, str]]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def put(index: Path, write_corpus: Callable[[list[dict[str, object]]], Path]) -> Put:
    """Index the article "a" with these paragraphs; gives text → id of all that it ever had."""
    ids: dict[str, str] = {}

    def put(*paragraphs: str) -> dict[str, str]:
        index_corpus(index, [write_corpus([{"id": "a", "paragraphs": paragraphs, "language": "en"}])], "fake")
        with Engine(index) as engine, engine.view() as view:
            ids.update((one.text, one.id) for one in view.article("a")[1])
        return ids

    return put


def became(index: Path, paragraph_id: str, forced: str | None = None) -> str | None:
    """The successor; "living" or "unknown" where there is none to be told of."""
    with Engine(index) as engine, engine.view(forced) as view:
        try:
            view.paragraph(paragraph_id)
        except ParagraphChanged as changed:
            return changed.successor
        except NotFound:
            return "unknown"
    return "living"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("abc", "abc", {}),
        ("abc", "axc", {"b": "x"}),
        ("abc", "ac", {"b": None}),
        ("abc", "cab", {}),
        ("abcd", "axd", {"b": "x", "c": "x"}),
        ("ab", "axyb", {}),
        ("abc", "axyc", {"b": "x"}),
        ("abc", "", {"a": None, "b": None, "c": None}),
        ("", "a", {}),
    ],
)
def test_successors(before: str, after: str, expected: dict[str, str | None]) -> None:
    assert successors(before, after) == expected


def test_a_changed_paragraph_has_a_successor_and_a_removed_one_none(index: Path, put: Put) -> None:
    put("one", "two", "three")
    ids = put("one", "second")
    assert became(index, ids["one"]) == became(index, ids["second"]) == "living"
    assert became(index, ids["two"]) == became(index, ids["three"]) == ids["second"]
    assert became(index, "a~000000000000") == became(index, "nonsense") == "unknown"
    put("second")
    assert became(index, ids["one"]) is None
    with (
        Engine(index) as engine,
        engine.view() as view,
        pytest.raises(ParagraphChanged, match=f"now it is '{ids['second']}'"),
    ):
        view.paragraph(ids["two"])


def test_the_successor_is_the_one_that_lives_now(index: Path, put: Put) -> None:
    for text in ("first", "second", "third"):
        ids = put(text, "rest")
    assert became(index, ids["first"]) == became(index, ids["second"]) == ids["third"]
    put("second", "rest")
    assert became(index, ids["first"]) == became(index, ids["third"]) == ids["second"]
    assert became(index, ids["second"]) == "living"
    put("rest")
    assert [became(index, ids[one]) for one in ("first", "second", "third")] == [None] * 3


def test_a_rollback_takes_it_back_and_the_next_write_begins_from_there(index: Path, put: Put) -> None:
    put("first", "rest")
    ids = put("second", "rest")
    roll_back(index)
    assert (became(index, ids["first"]), became(index, ids["second"])) == ("living", "unknown")
    put("third", "rest")
    assert (became(index, ids["first"]), became(index, ids["second"])) == (ids["third"], "unknown")


def test_a_removed_article_takes_them_along(index: Path, put: Put) -> None:
    put("first", "rest")
    ids = put("second", "rest")
    delete_articles(index, ["a"])
    assert became(index, ids["first"]) == became(index, ids["second"]) == "unknown"
    put("third", "rest")
    assert became(index, ids["first"]) == became(index, ids["second"]) == "unknown"
    with closing(sqlite3.connect(index / "store.sqlite")) as store:
        put("third", "rest", "more")
        ids = put("third", "rest", "more yet")
        assert store.execute("SELECT id FROM former").fetchall() == [(ids["more"],)]


def test_rebuild_backup_and_verify_keep_it(index: Path, put: Put, tmp_path: Path) -> None:
    put("first", "rest")
    ids = put("second", "rest")
    rebuild_index(index, sentences=False)
    back_up(index, tmp_path / "backup.tar")
    restore(tmp_path / "backup.tar", tmp_path / "copy")
    assert became(index, ids["first"]) == became(tmp_path / "copy", ids["first"]) == ids["second"]
    assert verify_index(index).faults == []
    with closing(sqlite3.connect(index / "store.sqlite")) as store, store:
        store.execute("UPDATE former SET successor = 'other'")
    assert verify_index(index).faults == [
        f"{index / 'store.sqlite'}: the former paragraph {ids['first']!r} is not what its checksum says."
    ]


def test_a_store_without_the_table_is_read_and_has_it_from_the_next_write_on(index: Path, put: Put) -> None:
    ids = put("first", "rest")
    with closing(sqlite3.connect(index / "store.sqlite")) as store, store:
        store.execute("DROP TABLE former")
    assert (became(index, ids["first"]), became(index, "a~0")) == ("living", "unknown")
    assert verify_index(index).faults == []
    ids = put("second", "rest")
    assert became(index, ids["first"]) == ids["second"]
    assert verify_index(index).faults == []


def test_a_callers_filter_holds_for_them(index: Path, put: Put) -> None:
    put("first", "rest", "last")
    ids = put("second", "rest")
    assert became(index, ids["first"], "language = en") == ids["second"]
    assert became(index, ids["last"]) is None
    # Nothing tells whether it could have been seen.
    assert became(index, ids["last"], "language = en") == "unknown"
    assert became(index, ids["first"], "language = de") == "unknown"

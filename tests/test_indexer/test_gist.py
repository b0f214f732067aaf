"""What a commit keeps of the words: the same as reading them, and gone with the paragraph."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.verify import verify_index
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.pieces import pieces_of
from paraglot.search.engine import Engine
from paraglot.search.folder.gist import marks_of, pieces_of_rows
from paraglot.search.lexicon.lexicon import LEXICON_VERSION, open_lexicon
from paraglot.search.types import SearchRequest

BREAD = {"id": "a", "title": "Bread", "paragraphs": ["The price of bread rose.", "Bakers shrug."], "language": "en"}
BROT = {"id": "b", "title": "Brot", "paragraphs": ["Der Preis des Brotes stieg."], "language": "de"}

Write = Callable[[list[dict[str, object]]], Path]


@contextmanager
def database(index: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(index / "store.sqlite")) as store, store:
        yield store


def kept(index: Path) -> list[tuple[int, str]]:
    with database(index) as store:
        return store.execute("SELECT row, pieces_by FROM gist ORDER BY row").fetchall()


def scores(index: Path) -> list[tuple[str, float, float]]:
    with Engine(index) as engine:
        return [(hit.paragraph.text, hit.score, hit.relevance) for hit in engine.search(SearchRequest("Brot")).hits]


@pytest.fixture
def index(tmp_path: Path, write_corpus: Write) -> Path:
    index_corpus(tmp_path / "index", [write_corpus([BREAD, BROT])])
    return tmp_path / "index"


def test_it_is_what_reading_gives(index: Path) -> None:
    encoder = BuiltinEncoder()
    texts = ["The price of bread rose.", "Bakers shrug.", "Der Preis des Brotes stieg."]
    with Engine(index) as engine, engine.view() as view:
        snapshot = view.snapshot
        rows = snapshot.store.rows()
        assert snapshot.store.bodies(rows) == texts
        assert set(snapshot.store.gists("marks", rows, LEXICON_VERSION)) == set(rows)
        marks = marks_of(snapshot, rows)
        pieces = pieces_of_rows(snapshot, encoder, rows)
    read = [open_lexicon().marks(f"Bread\n\n{text}", "en") for text in texts[:2]]
    read.append(open_lexicon().marks(f"Brot\n\n{texts[2]}", "de"))
    assert [[one.tolist() for one in own] for own in marks] == [[one.tolist() for one in own] for own in read]
    cut = pieces_of(encoder, texts)
    assert [[one.tolist() for one in own] for own in pieces] == [[one.tolist() for one in own] for own in cut]


@pytest.mark.slow
def test_without_it_the_words_are_read_and_the_next_write_keeps_it_again(index: Path, write_corpus: Write) -> None:
    with_gists = scores(index)
    with database(index) as store:
        store.execute("DROP TABLE gist")
    assert scores(index) == with_gists
    assert verify_index(index).faults == []
    changed = BROT | {"paragraphs": ["Der Preis des Brotes fiel."]}
    index_corpus(index, [write_corpus([BREAD, changed])])
    assert [row for row, _ in kept(index)] == [4]
    rebuild_index(index)
    assert [row for row, _ in kept(index)] == [1, 2, 4]


@pytest.mark.slow
@pytest.mark.parametrize("column", ["marks_by", "pieces_by"])
def test_what_another_lexicon_or_encoder_made_does_not_count(index: Path, column: str) -> None:
    with_gists = scores(index)
    with database(index) as store:
        store.execute(f"UPDATE gist SET {column} = 'another', {column.removesuffix('_by')} = x'0100000001000000'")
    assert scores(index) == with_gists


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    ["marks = x'01020304050607'", "pieces = x'0000008001000000'", "marks = 'hello wo'", "pieces_by = x'00'"],
)
def test_what_is_damaged_does_not_count(index: Path, damage: str) -> None:
    with_gists = scores(index)
    with database(index) as store:
        store.execute(f"UPDATE gist SET {damage}")
    assert scores(index) == with_gists
    assert verify_index(index).faults == []  # it is a cache


@pytest.mark.slow
def test_it_goes_with_its_paragraph(index: Path, write_corpus: Write) -> None:
    assert [row for row, _ in kept(index)] == [1, 2, 3]
    delete_articles(index, ["a"])
    for word in ("fiel", "blieb"):  # two more commits: the generations that had the rows are collected
        index_corpus(index, [write_corpus([BROT | {"paragraphs": [f"Der Preis {word}."]}])])
    with database(index) as store:
        living = [row for (row,) in store.execute("SELECT row FROM paragraph ORDER BY row")]
    assert [row for row, _ in kept(index)] == living
    assert 1 not in living


@pytest.mark.slow
def test_another_encoder_has_its_own(index: Path) -> None:
    before = kept(index)
    rebuild_index(index, "fake")
    assert [row for row, _ in kept(index)] == [row for row, _ in before]
    assert {by for _, by in kept(index)}.isdisjoint(by for _, by in before)

"""Equal paragraphs are embedded once, whoever has them, and found as often as they are there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import Engine
from paraglot.search.folder.store.schema import SAME_TEXTS
from paraglot.search.types import Paragraph, SearchRequest

Write = Callable[[list[dict[str, object]]], Path]
Article = dict[str, object]

WIRE = "Bakers raised the price of bread."


def article(id_: str, *paragraphs: str, title: str = "Bread") -> Article:
    return {"id": id_, "title": title, "paragraphs": [WIRE, *paragraphs], "language": "en"}


def found(index: Path) -> list[tuple[str, float]]:
    """The articles whose paragraph is that of the wire, by meaning, each with its score."""
    with Engine(index) as engine, engine.view() as view:
        snapshot = view.snapshot
        [vector] = engine.encoder().encode_query([WIRE])
        ranking = snapshot.dense.search(vector, 50)
        told = [paragraph for paragraph, _ in snapshot.store.paragraphs([row for row, _ in ranking])]
        return [
            (one.article_id, round(score, 5)) for one, (_, score) in zip(told, ranking, strict=True) if one.text == WIRE
        ]


@pytest.fixture
def index(tmp_path: Path, write_corpus: Write) -> Path:
    report = index_corpus(
        tmp_path / "index", [write_corpus([article("a", "One."), article("b"), article("c", "Two.")])]
    )
    assert (report.paragraphs_added, report.paragraphs_embedded) == (5, 3)
    return tmp_path / "index"


def test_equal_paragraphs_are_found_alike(index: Path) -> None:
    [first, second, third] = found(index)
    assert [first[0], second[0], third[0]] == ["a", "b", "c"]
    assert first[1] == second[1] == third[1]
    assert verify_index(index).faults == []
    with Engine(index) as engine:
        [hit] = engine.search(SearchRequest(WIRE, limit=1)).hits
        assert {hit.paragraph.article_id, *(one.article_id for one in hit.also_in)} == {"a", "b", "c"}


@pytest.mark.slow
def test_what_the_index_has_is_not_embedded_again(index: Path, write_corpus: Write) -> None:
    delete_articles(index, ["a"])
    assert [name for name, _ in found(index)] == ["b", "c"]
    report = index_corpus(index, [write_corpus([article("d", "Three.")])])
    assert (report.paragraphs_added, report.paragraphs_embedded, report.paragraphs_resumed) == (2, 1, 0)
    assert [name for name, _ in found(index)] == ["b", "c", "d"]
    assert rebuild_index(index).paragraphs_embedded == 0
    assert rebuild_index(index, "fake").paragraphs_embedded == 3
    delete_articles(index, ["b", "c", "d"])
    assert found(index) == []
    assert verify_index(index).faults == []


@pytest.mark.slow
def test_a_new_date_costs_no_embedding_and_no_paragraph(index: Path, write_corpus: Write) -> None:
    """The rows are new, because what belongs to a row never changes; the paragraphs are as they were."""
    report = index_corpus(index, [write_corpus([article("b") | {"date": "2024-05-31", "tags": ["x"]}])])
    assert (report.articles_changed, report.paragraphs_added, report.paragraphs_removed) == (1, 0, 0)
    assert (report.paragraphs_unchanged, report.paragraphs_embedded) == (5, 0)
    with Engine(index) as engine:
        hits = engine.search(SearchRequest("bread", filter="date >= 2024-05 AND tags = x", limit=50)).hits
        assert [hit.paragraph.id for hit in hits] == [paragraph.id for paragraph in read(engine, "b")]
        assert engine.search(SearchRequest("bread", filter="id = b AND date NOT EXISTS")).hits == []
    assert verify_index(index).faults == []


def read(engine: Engine, article_id: str) -> list[Paragraph]:
    with engine.view() as view:
        return view.article(article_id)[1]


@pytest.mark.slow
def test_under_another_title_it_is_another_vector_where_titles_are_read(tmp_path: Path, write_corpus: Write) -> None:
    corpus = write_corpus([article("a"), article("b", title="Flour")])
    assert index_corpus(tmp_path / "with", [corpus], "fake").paragraphs_embedded == 2
    assert index_corpus(tmp_path / "without", [corpus], "fake", sentences=False).paragraphs_embedded == 1


def test_a_store_with_an_index_of_whole_hashes_gets_that_of_their_beginnings(index: Path, write_corpus: Write) -> None:
    """As an earlier version made it: the next write replaces it, and the equal text is found in it as before."""
    with closing(sqlite3.connect(index / "store.sqlite")) as store:
        store.executescript("DROP INDEX paragraph_by_hash; CREATE INDEX paragraph_by_text ON paragraph (text_hash)")
    report = index_corpus(index, [write_corpus([article("z", "A new one.")])])
    assert (report.paragraphs_added, report.paragraphs_embedded) == (2, 1)
    with closing(sqlite3.connect(index / "store.sqlite")) as store:
        names = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE name LIKE 'paragraph_by_%'")}
        plan = store.execute(f"EXPLAIN QUERY PLAN {SAME_TEXTS.format(title='')}", [1, 9, 1, 1]).fetchall()
    assert names == {f"paragraph_by_{name}" for name in ("added", "article", "hash", "id", "removed")}
    assert [told for *_, told in plan][:2] == [
        "SEARCH new USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        "SEARCH old USING INDEX paragraph_by_hash (<expr>=? AND added<?)",
    ]

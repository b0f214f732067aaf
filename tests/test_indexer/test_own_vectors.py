"""An index whose vectors come with the articles: through files, exports and rebuilds, and searched with vectors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paraglot import InvalidRequest, SearchRequest, SimilarRequest, open_index
from paraglot.indexer.build import Report, index_corpus
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.verify import verify_index
from paraglot.search.errors import EncoderMissing, IndexMismatch, InvalidSettings
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import open_snapshot

Write = Callable[[list[dict[str, object]]], Path]

ARTICLES: list[dict[str, Any]] = [
    {"id": "a", "title": "Bread", "text": "The council raised the tax.\n\nBakers protested.", "vector": [3, 4, 0]},
    {"id": "b", "title": "Zoo", "paragraphs": ["Penguins sleep.", "Seals bark."], "vectors": [[0, 0, 2.0], [0, 5, 0]]},
]


def made(folder: Path, corpus: Path, model: str = "vectors:3") -> Report:
    return index_corpus(folder, [corpus], model)


def stored(folder: Path) -> dict[str, list[float]]:
    """The vector of each paragraph's text, to the digits that half precision keeps."""
    snapshot = open_snapshot(IndexLayout(folder))
    try:
        rows = sorted(snapshot.store.rows_in_languages(["en"]))
        texts = snapshot.store.bodies(rows)
        return dict(zip(texts, snapshot.dense.vectors(rows).astype(float).round(3).tolist(), strict=True))
    finally:
        snapshot.close()


@pytest.fixture
def index(tmp_path: Path, write_corpus: Write) -> Path:
    articles: list[dict[str, object]] = [{**one, "language": "en"} for one in ARTICLES]
    assert not made(tmp_path / "index", write_corpus(articles)).skipped
    return tmp_path / "index"


def test_each_paragraph_has_its_vector_at_unit_length(index: Path) -> None:
    """[3, 4, 0] / 5; a text with one vector is one paragraph, blank lines or not."""
    assert stored(index) == {
        "The council raised the tax. Bakers protested.": [0.6, 0.8, 0.0],
        "Penguins sleep.": [0.0, 0.0, 1.0],
        "Seals bark.": [0.0, 1.0, 0.0],
    }
    assert verify_index(index).faults == []


def test_numbers_whose_sum_is_beyond_all_numbers_are_a_vector(tmp_path: Path, write_corpus: Write) -> None:
    corpus = write_corpus([{"id": "a", "text": "Bread.", "language": "en", "vector": [1e308, 1e308, -1e308]}])
    assert not made(tmp_path / "index", corpus).skipped
    assert stored(tmp_path / "index") == {"Bread.": [0.577, 0.577, -0.577]}  # 1 / √3


def test_of_the_same_article_with_other_vectors_only_those_are_new(index: Path, write_corpus: Write) -> None:
    again = write_corpus([{**ARTICLES[0], "language": "en"}])
    assert made(index, again).articles_unchanged == 1
    turned = write_corpus([{**ARTICLES[0], "language": "en", "vector": [4, 3, 0]}])
    assert made(index, turned).articles_changed == 1
    assert stored(index)["The council raised the tax. Bakers protested."] == [0.8, 0.6, 0.0]


def test_a_search_with_a_vector_finds_the_nearest(index: Path) -> None:
    with open_index(index) as engine:
        found = engine.search(SearchRequest("xyz", vector=(0.0, 0.0, 7.0), mode="semantic"))
        assert found.hits[0].paragraph.text == "Penguins sleep."
        assert found.hits[0].semantic is not None
        assert round(found.hits[0].semantic.score, 6) == 1.0
        assert found.warnings == []
        both = engine.search(SearchRequest("bakers", vector=[0, 1, 0]))  # type: ignore[arg-type]  # a list does as well
        assert {hit.paragraph.text for hit in both.hits} >= {
            "Seals bark.",
            "The council raised the tax. Bakers protested.",
        }


def test_a_search_without_one_goes_by_words_and_says_so(index: Path) -> None:
    with open_index(index) as engine:
        found = engine.search("bakers")
        assert [hit.article.id for hit in found.hits] == ["a"]
        assert found.warnings == [
            "Only keywords were searched: The vectors of this index come from outside, and the query came without one."
        ]
        with pytest.raises(InvalidRequest, match="Give the query's vector"):
            engine.search(SearchRequest("bakers", mode="semantic"))
        with pytest.raises(InvalidRequest, match="name a paragraph by its id, or give a vector"):
            engine.similar(SimilarRequest(text="bakers"))


@pytest.mark.parametrize(
    ("vector", "said"),
    [
        ([1.0, 0.0], "The vector has 2 numbers; those of this index have 3."),
        ([0, 0, 0], "must be finite, and not all of them 0"),
        ([1, float("nan"), 0], "must be finite"),
        (["a", "b", "c"], "a list of numbers"),
        ("123", "is a list: write"),
    ],
)
def test_a_vector_that_is_none_is_refused_by_name(index: Path, vector: Any, said: str) -> None:
    with open_index(index) as engine, pytest.raises(InvalidRequest, match=said) as caught:
        engine.search(SearchRequest("bakers", vector=vector))
    assert caught.value.field == "vector"


def test_an_index_with_an_encoder_takes_the_vector_of_a_query_too(small_index: Path) -> None:
    with open_index(small_index) as engine:
        vector = engine.encoder().encode_query(["bakers protested"])[0]
        given = engine.search(SearchRequest("xyz", vector=tuple(vector * 3), mode="semantic"))
        own = engine.search(SearchRequest("bakers protested", mode="semantic"))
        assert [hit.paragraph.id for hit in given.hits] == [hit.paragraph.id for hit in own.hits]
        scores = [[hit.semantic.score for hit in one.hits if hit.semantic] for one in (given, own)]
        assert np.allclose(*scores, atol=1e-5)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, '"vector" must be a list of 3 numbers: those of this index come from outside'),
        ({"vector": [1, 2]}, '"vector" has 2 numbers, those of this index have 3'),
        ({"vector": [0, 0, 0]}, '"vector" must be of finite numbers that are not all 0'),
        ({"vector": [1, 2, 10**400]}, '"vector" must be of finite numbers that are not all 0'),
        (
            {"vector": [1, float("nan"), 3]},
            '"vector" must be a list of 3 numbers: those of this index come from outside',
        ),
        ({"vector": [1, "2", 3]}, '"vector" must be a list of 3 numbers: those of this index come from outside'),
        ({"vectors": [[1, 2, 3], [4, 5, 6]]}, '"vectors" are 2, and the article has 1 paragraphs'),
        (
            {"text": "word " * 2_001, "vector": [1, 2, 3]},
            '"vector": a paragraph of 10,004 characters has one; divide it, 10,000 are the most',
        ),
    ],
)
def test_an_article_whose_vectors_do_not_fit_is_left_out_and_named(
    index: Path, write_corpus: Write, fields: dict[str, object], reason: str
) -> None:
    corpus = write_corpus([{**ARTICLES[0], "language": "en"}, {"id": "c", "text": "One.", **fields}])
    report = made(index, corpus)
    assert [str(one) for one in report.skipped] == [f"{corpus}:2: {reason}"]
    assert report.articles == 2, "what was there stays, and nothing else came"


def test_another_vector_of_the_same_text_takes_the_place_of_the_first(index: Path, write_corpus: Write) -> None:
    with open_index(index) as engine, engine.view() as view:
        before = [one.id for one in view.article("a")[1]]
    report = made(index, write_corpus([{**ARTICLES[0], "language": "en", "vector": [0, 0, -1]}]))
    assert (report.articles_changed, report.paragraphs_added, report.paragraphs_embedded) == (1, 1, 0)
    assert stored(index)["The council raised the tax. Bakers protested."] == [0.0, 0.0, -1.0]
    with open_index(index) as engine, engine.view() as view:
        assert [one.id for one in view.article("a")[1]] == before, "a paragraph's id is of its text"


def test_one_text_with_two_vectors_keeps_both(tmp_path: Path, write_corpus: Write) -> None:
    twice = [{"id": name, "text": "The same.", "language": "en", "vector": vector} for name, vector in (("x", [1, 0]), ("y", [0, 1]))]  # fmt: skip
    made(tmp_path / "index", write_corpus(twice), "vectors:2")
    with open_index(tmp_path / "index") as engine, engine.snapshot() as snapshot:
        rows = [row for [row] in snapshot.find(["x", "y"])]
        assert [vector.tolist() for vector in snapshot.vectors(rows) if vector is not None] == [[1.0, 0.0], [0.0, 1.0]]


def test_an_unchanged_corpus_writes_nothing(index: Path, tmp_path: Path) -> None:
    report = made(index, tmp_path / "corpus.jsonl")
    assert (report.committed, report.articles_unchanged, report.paragraphs_embedded) == (False, 2, 0)


def test_export_gives_the_vectors_and_indexes_again_to_the_same(index: Path, tmp_path: Path) -> None:
    lines = [json.dumps(one) for one in export_articles(index)]
    assert json.loads(lines[0])["vector"] == [0.6, 0.8, 0.0]
    (tmp_path / "export.jsonl").write_text("\n".join(lines), "utf-8")
    assert not made(tmp_path / "again", tmp_path / "export.jsonl").skipped
    assert stored(tmp_path / "again") == stored(index)


def test_a_rebuild_keeps_them_and_one_with_an_encoder_makes_its_own(index: Path) -> None:
    before = stored(index)
    assert rebuild_index(index).committed
    assert stored(index) == before
    rebuild_index(index, "fake")
    assert {len(one) for one in stored(index).values()} == {64}


def test_what_cannot_be_made_of_texts_is_refused(index: Path, write_corpus: Write, tmp_path: Path) -> None:
    made(tmp_path / "other", write_corpus(ARTICLES), "fake")
    with pytest.raises(IndexMismatch, match="cannot be made from the texts"):
        rebuild_index(tmp_path / "other", "vectors:64")
    with pytest.raises(IndexMismatch, match="made with the encoder 'vectors:3'"):
        made(index, Path("none"), "vectors:4")
    with pytest.raises(InvalidSettings, match="none of sentences"):
        index_corpus(index.parent / "new", [], "vectors:3", sentences=True)


@pytest.mark.parametrize("name", ["vectors:", "vectors:1", "vectors:4097", "vectors:x", "vectors:03"])
def test_a_dimension_that_is_none_is_named(tmp_path: Path, write_corpus: Write, name: str) -> None:
    with pytest.raises(EncoderMissing, match="is no dimension of vectors"):
        made(tmp_path / "index", write_corpus(ARTICLES), name)


def test_damaged_vectors_are_brought_again_by_the_same_corpus(index: Path, tmp_path: Path) -> None:
    before = stored(index)
    [part] = (index / "generations").glob("*/dense/*")
    part.write_bytes(b"\0" * part.stat().st_size)
    with pytest.raises(EncoderMissing, match="Index the articles again with their vectors"):
        index_corpus(index, [])
    made(index, tmp_path / "corpus.jsonl")
    assert stored(index) == before


def test_an_index_with_an_encoder_leaves_them_out_and_says_so(tmp_path: Path, write_corpus: Write) -> None:
    report = made(tmp_path / "index", write_corpus(ARTICLES), "fake")
    assert report.left_out == {"vectors: the index makes its own": 2}
    with open_index(tmp_path / "index") as engine, engine.view() as view:
        article, paragraphs = view.article("a")
        assert [one.text for one in paragraphs] == ["The council raised the tax.", "Bakers protested."]
        assert article.attributes == {}


def test_what_is_no_list_of_numbers_stays_an_attribute(tmp_path: Path, write_corpus: Write) -> None:
    corpus = write_corpus([{"id": "a", "text": "One.", "vector": "north", "vectors": ["x", 1]}])
    made(tmp_path / "index", corpus, "fake")
    with open_index(tmp_path / "index") as engine, engine.view() as view:
        assert view.article("a")[0].attributes == {"vector": "north", "vectors": ["x", 1]}

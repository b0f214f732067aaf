"""Equal paragraphs are embedded and stored once, whoever has them, and found as often as they are there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine import Engine
from paraglot.search.folder.dense import part_rows, read_part
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import read_manifest
from paraglot.search.folder.shared_rows import open_shared
from paraglot.search.types import SearchRequest

Write = Callable[[list[dict[str, object]]], Path]
Article = dict[str, object]

WIRE = "Bakers raised the price of bread."


def article(id_: str, *paragraphs: str, title: str = "Bread") -> Article:
    return {"id": id_, "title": title, "paragraphs": [WIRE, *paragraphs], "language": "en"}


def stored(index: Path) -> tuple[int, dict[int, int]]:
    """How many vectors lie in the parts of the last generation, and which row shares whose."""
    layout = IndexLayout(index)
    generation = layout.generation(layout.current_number())
    parts = read_manifest(generation.manifest).dense_parts
    rows, holders = open_shared(generation).pairs.tolist()
    return sum(len(part_rows(read_part(generation.part(one)))) for one in parts), dict(zip(rows, holders, strict=True))


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


def test_equal_paragraphs_have_one_vector(index: Path) -> None:
    assert stored(index) == (3, {3: 1, 4: 1})
    [first, second, third] = found(index)
    assert [first[0], second[0], third[0]] == ["a", "b", "c"]
    assert first[1] == second[1] == third[1]
    assert verify_index(index).faults == []
    with Engine(index) as engine:
        [hit] = engine.search(SearchRequest(WIRE, limit=1)).hits
        assert {hit.paragraph.article_id, *(one.article_id for one in hit.also_in)} == {"a", "b", "c"}


@pytest.mark.slow
def test_the_holder_may_go_and_come_again(index: Path, write_corpus: Write) -> None:
    delete_articles(index, ["a"])
    assert [name for name, _ in found(index)] == ["b", "c"]
    assert verify_index(index).faults == []
    report = index_corpus(index, [write_corpus([article("d", "Three.")])])
    assert (report.paragraphs_added, report.paragraphs_embedded) == (2, 1)
    assert stored(index)[1] == {3: 1, 4: 1, 6: 1}
    assert [name for name, _ in found(index)] == ["b", "c", "d"]
    delete_articles(index, ["b", "c", "d"])
    assert found(index) == []
    assert verify_index(index).faults == []


@pytest.mark.slow
def test_under_another_title_it_is_another_vector_where_titles_are_read(tmp_path: Path, write_corpus: Write) -> None:
    corpus = write_corpus([article("a"), article("b", title="Flour")])
    assert index_corpus(tmp_path / "with", [corpus], "fake").paragraphs_embedded == 2
    assert index_corpus(tmp_path / "without", [corpus], "fake", sentences=False).paragraphs_embedded == 1
    assert (stored(tmp_path / "with"), stored(tmp_path / "without")) == ((2, {}), (1, {2: 1}))


@pytest.mark.slow
def test_rebuilding_shares_what_is_equal(index: Path) -> None:
    rebuild_index(index)
    assert stored(index) == (3, {3: 1, 4: 1})
    rebuild_index(index, "fake")
    assert stored(index) == (3, {3: 1, 4: 1})
    assert [name for name, _ in found(index)] == ["a", "b", "c"]
    assert verify_index(index).faults == []


@pytest.mark.slow
def test_an_index_in_which_nothing_is_shared_is_read_and_goes_on(tmp_path: Path, write_corpus: Write) -> None:
    """As format 4 had it: no file of shared rows."""
    index = tmp_path / "index"
    index_corpus(index, [write_corpus([article("a", "One.")])], "fake")
    generation = IndexLayout(index).generation(1)
    manifest = read_manifest(generation.manifest)
    files = tuple(one for one in manifest.files if one.name != "dense/shared.npy")
    generation.shared_rows.unlink()
    older = type(manifest)(
        **{name: getattr(manifest, name) for name in manifest.__slots__} | {"files": files, "format": 4}
    )
    generation.manifest.write_text(older.to_json(), "utf-8")
    assert [name for name, _ in found(index)] == ["a"]
    assert verify_index(index).faults == []
    assert index_corpus(index, [write_corpus([article("b")])]).paragraphs_embedded == 0
    assert (read_manifest(IndexLayout(index).generation(2).manifest).format, stored(index)) == (5, (2, {3: 1}))


def test_verify_names_a_changed_file(index: Path) -> None:
    generation = IndexLayout(index).generation(1)
    np.save(generation.shared_rows, np.array([[3, 4], [1, 99]]))
    faults = verify_index(index).faults
    assert faults == [f"{generation.shared_rows}: the content is not what its checksum says."]

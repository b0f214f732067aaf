"""Codes of the vectors of a large segment: they find what an exact search does, and where they do not there are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.status import index_status
from paraglot.indexer.folder.dense_parts import write_dense_part
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.dense import DensePart, FaissIndex, read_part
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.snapshot import as_folder_snapshot
from paraglot.search.types import SearchRequest

Write = Callable[[list[dict[str, object]]], Path]
SIZE, DIMENSION = 6_000, 16


@pytest.fixture
def small_parts_have_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("indexer.folder.dense_parts", "search.folder.dense"):
        monkeypatch.setattr(f"paraglot.{module}.LEAST_NUMBERS", 2_000)


@pytest.fixture
def vectors() -> NDArray[np.float32]:
    made = np.random.default_rng(0).standard_normal((SIZE, DIMENSION), np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@pytest.fixture
def part(tmp_path: Path, vectors: NDArray[np.float32], small_parts_have_codes: None) -> DensePart:
    return written(tmp_path, vectors)


def written(folder: Path, vectors: NDArray[np.float32]) -> DensePart:
    """Rows 3, 6, 9, … have the vectors."""
    generation = Generation(folder / "1")
    generation.dense.mkdir(parents=True)
    write_dense_part(generation, 1, DIMENSION, [(np.arange(1, len(vectors) + 1) * 3, vectors)])
    return read_part(generation.part(1))


def test_the_nearest_are_found_with_their_own_cosines(part: DensePart, vectors: NDArray[np.float32]) -> None:
    rows = BitMap(part.rows.tolist())
    coded, exact = FaissIndex([part], rows), FaissIndex([DensePart.of(part.rows, vectors)], rows)
    assert coded.recall is not None
    assert coded.recall >= 0.98
    assert exact.recall is None
    queries = vectors[::300] + 0.3 * vectors[1::300]
    found = [(coded.search(one, 10), exact.search(one, 10)) for one in queries]
    assert np.mean([len(set(own) & set(best)) for own, best in found]) >= 9.8
    assert all(own[0] == best[0] for own, best in found)
    without = FaissIndex([part], rows, 0)
    assert without.recall is None
    assert [without.search(one, 10) for one in queries] == [best for _, best in found]


@pytest.mark.parametrize("step", [2, 3, 50, 600])
def test_a_filter_is_kept_to_and_a_narrow_one_is_exact(
    part: DensePart, vectors: NDArray[np.float32], step: int
) -> None:
    rows = BitMap(part.rows.tolist())
    coded, exact = FaissIndex([part], rows), FaissIndex([DensePart.of(part.rows, vectors)], rows)
    allowed = BitMap(part.rows[::step].tolist())
    own, best = coded.search(vectors[7], 10, allowed), exact.search(vectors[7], 10, allowed)
    assert {row for row, _ in own} <= set(allowed)
    assert len(own) == 10
    assert own == best if step >= 50 else len(set(own) & set(best)) >= 9
    assert coded.within(allowed).search(vectors[7], 10) == own


def test_codes_that_find_too_little_are_not_kept(
    tmp_path: Path, vectors: NDArray[np.float32], small_parts_have_codes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paraglot.indexer.folder.dense_parts.RESCORED", 10)  # the ten named are never all the nearest
    assert written(tmp_path, vectors).coarse is None


def test_a_small_part_has_none(tmp_path: Path, vectors: NDArray[np.float32]) -> None:
    assert written(tmp_path, vectors).coarse is None


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-1], lambda data: data.replace(b'"count": 6000', b'"count": 6001')]
)
def test_what_is_no_codes_of_these_vectors_is_refused(
    part: DensePart, tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    del part
    generation = Generation(tmp_path / "1")
    path = generation.coarse(1)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(IndexDamaged, match="part-000001"):
        read_part(generation.part(1))


@pytest.mark.slow
def test_an_index_has_them_as_long_as_it_has_the_segment(
    tmp_path: Path, write_corpus: Write, small_parts_have_codes: None
) -> None:
    index = tmp_path / "index"
    texts = [f"Paragraph {number} tells of bread and of tax number {number * 7}." for number in range(400)]
    index_corpus(
        index, [write_corpus([{"id": "many", "title": "Many", "paragraphs": texts, "language": "en"}])], "fake"
    )
    layout = IndexLayout(index)
    assert layout.generation(1).coarse(1).exists()
    with Engine(index) as engine:
        with engine.snapshot() as snapshot:
            assert not snapshot.exact
            assert index_status(index).recall == as_folder_snapshot(snapshot).dense.recall
        assert engine.search(SearchRequest(texts[9], mode="semantic", limit=3)).hits[0].paragraph.text == texts[9]
        index_corpus(index, [write_corpus([{"id": "one", "title": "One", "text": "Another.", "language": "en"}])])
        assert layout.generation(2).coarse(1).samefile(layout.generation(1).coarse(1))
        assert engine.refresh()
        assert engine.search(SearchRequest(texts[9], mode="semantic", limit=3)).hits[0].paragraph.text == texts[9]
    layout.generation(2).coarse(1).unlink()
    with Engine(index) as engine:  # the manifest says that there is one
        [warning] = engine.search("bread").warnings
    assert "dense/part-000001.coarse: the file is missing" in warning

"""The contract of the semantic leg, held to by the fake and by FAISS alike, over several parts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder.embed import Embedded
from paraglot.indexer.folder.vector_parts import SegmentChange, write_segments
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.dense import FaissIndex, open_dense
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.memory.vectors import MemoryVectors
from paraglot.search.parts.protocols import Vectors


def rows(ranking: Ranking) -> list[int]:
    return [row for row, _ in ranking]


def unit(*numbers: float) -> NDArray[np.float32]:
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


VECTORS = {1: unit(1, 0, 0), 2: unit(1, 1, 0), 3: unit(0, 1, 0), 4: unit(1, 0, 0), 8: unit(0, 0, 1), 9: unit(1, 0, 0)}
QUERY = unit(1, 0, 0)


def commit(layout: IndexLayout, number: int, vectors: dict[int, NDArray[np.float32]], removed: list[int]) -> BitMap:
    """One more generation of a dense index. Returns its rows, which are kept in a file beside it."""
    base = layout.generation(number - 1) if number > 1 else None
    known = [int(path.stem[5:]) for path in sorted(base.dense.glob("part-*"))] if base else []

    def embedded(rows: Sequence[int]) -> Embedded:
        return Embedded(np.array([vectors[row] for row in rows], np.float32).reshape(len(rows), 3), None)

    before = BitMap.deserialize((base.folder / "rows").read_bytes()) if base else BitMap()
    staying = before - BitMap(removed)
    target = layout.generation(number)
    write_segments(
        target, SegmentChange(base, known, list(vectors), staying, embedded, lambda *_: None, 3, False, False)
    )
    living = staying | BitMap(list(vectors))
    (target.folder / "rows").write_bytes(living.serialize())
    return living


def opened(layout: IndexLayout, number: int) -> FaissIndex:
    generation = layout.generation(number)
    living = BitMap.deserialize((generation.folder / "rows").read_bytes())
    return open_dense(generation, [int(path.stem[5:]) for path in sorted(generation.dense.glob("part-*"))], living)


@pytest.fixture(params=["fake", "faiss", "format 5"])
def dense(request: pytest.FixtureRequest, tmp_path: Path) -> Vectors:
    """`VECTORS`: the real index comes about by three commits, the last of which removes row 5. In format 5 row 4 has
    the vector of row 1, and row 9 that of the removed one.
    """
    if request.param == "fake":
        return MemoryVectors(VECTORS)
    layout = IndexLayout(tmp_path)
    if request.param == "format 5":
        commit(layout, 1, {row: VECTORS[row] for row in (1, 2, 3)}, [])
        commit(layout, 2, {5: unit(1, 0, 0), 8: VECTORS[8]}, [])
        generation = layout.generation(2)
        np.save(generation.shared_rows, np.array([[4, 9], [1, 5]]))
        return open_dense(generation, [2], BitMap(VECTORS))
    commit(layout, 1, {row: VECTORS[row] for row in (1, 2, 3, 4)}, [])
    commit(layout, 2, {5: unit(1, 0, 0)}, [])
    commit(layout, 3, {row: VECTORS[row] for row in (8, 9)}, [5])
    return opened(layout, 3)


class TestDense:
    def test_nearest_first_and_ties_by_row(self, dense: Vectors) -> None:
        ranking = dense.search(QUERY, 10)
        assert rows(ranking) == [1, 4, 9, 2, 3, 8]
        assert [score for _, score in ranking] == pytest.approx([1, 1, 1, 0.7071, 0, 0], abs=1e-4)
        for limit in range(1, 7):
            assert dense.search(QUERY, limit) == ranking[:limit]

    def test_allowed_rows_alone_are_found(self, dense: Vectors) -> None:
        assert rows(dense.search(QUERY, 10, [2, 3, 5, 99])) == [2, 3]
        assert dense.search(QUERY, 10, []) == []

    def test_scores_are_those_of_the_search(self, dense: Vectors) -> None:
        everything = dict(dense.search(QUERY, 10))
        assert dense.scores(QUERY, [8, 1, 2]) == pytest.approx([everything[8], everything[1], everything[2]])


def test_a_row_that_left_has_no_score(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    commit(layout, 1, {1: QUERY, 2: unit(0, 1, 0)}, [])
    commit(layout, 2, {}, [1])
    index = opened(layout, 2)
    np.testing.assert_array_equal(index.vectors([2]), [unit(0, 1, 0)])
    for row in (1, 3):
        with pytest.raises(KeyError):
            index.scores(QUERY, [row])


@pytest.mark.parametrize(("pairs", "said"), [([[2], [7]], "no part has row 7"), ([[[2, 1]]], "NumPy cannot read it")])
def test_what_is_shared_and_cannot_be_read_is_named(tmp_path: Path, pairs: list[object], said: str) -> None:
    layout = IndexLayout(tmp_path)
    commit(layout, 1, {1: QUERY}, [])
    path = layout.generation(1).shared_rows
    np.save(path, np.array(pairs))
    if said.startswith("NumPy"):
        path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(IndexDamaged, match=rf"shared\.npy: {said}"):
        opened(layout, 1)


def test_parts_grow_geometrically_and_drop_what_was_removed(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    commit(layout, 1, dict.fromkeys(range(1, 101), QUERY), [])
    for number in range(2, 10):
        commit(layout, number, {100 + number: QUERY}, [])
    sizes = [part.stat().st_size for part in sorted(layout.generation(9).dense.glob("part-*"))]
    assert len(sizes) <= 4
    assert layout.generation(9).part(1).samefile(layout.generation(1).part(1))
    commit(layout, 10, {}, list(range(1, 61)))
    assert not layout.generation(10).part(1).exists()
    assert rows(opened(layout, 10).search(QUERY, 100)) == [*range(61, 101), *range(102, 110)]
    assert rows(opened(layout, 9).search(QUERY, 3)) == [1, 2, 3]


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.lists(st.integers(0, 30), max_size=3)), max_size=8))
def test_any_history_gives_what_a_dictionary_gives(history: list[tuple[int, list[int]]]) -> None:
    import tempfile

    living: dict[int, NDArray[np.float32]] = {}
    next_row = 1
    with tempfile.TemporaryDirectory() as folder:
        layout = IndexLayout(Path(folder))
        commit(layout, 1, {}, [])
        for number, (added, removed) in enumerate(history, start=2):
            gone = [row for row in dict.fromkeys(removed) if row in living]
            fresh = {next_row + one: unit(1, next_row + one, one) for one in range(added)}
            next_row += added
            commit(layout, number, fresh, gone)
            living = {row: vector for row, vector in (living | fresh).items() if row not in gone}
        index = opened(layout, len(history) + 1)
        kept = {row: vector.astype(np.float16).astype(np.float32) for row, vector in living.items()}
        assert rows(index.search(QUERY, 50)) == rows(MemoryVectors(kept).search(QUERY, 50))
        if living:
            np.testing.assert_array_equal(index.vectors(list(living)), list(kept.values()))


def test_vectors_in_single_precision_are_read(tmp_path: Path) -> None:
    """As formats before 9 have them; a part that is written anew has them in half precision."""
    layout = IndexLayout(tmp_path)
    commit(layout, 1, {1: unit(1, 1, 0), 2: QUERY}, [])
    part = faiss.IndexIDMap(faiss.IndexFlatIP(3))
    part.add_with_ids(np.stack([unit(1, 1, 0), QUERY]), np.array([1, 2]))
    faiss.write_index(part, str(layout.generation(1).part(1)))
    former = opened(layout, 1)
    np.testing.assert_array_equal(former.vectors([1, 2]), [unit(1, 1, 0), QUERY])
    assert former.search(QUERY, 2) == [(2, 1.0), (1, 0.707107)]
    commit(layout, 2, {3: unit(1, 1, 0)}, [2])
    assert opened(layout, 2).search(QUERY, 2) == [(1, 0.707031), (3, 0.707031)]

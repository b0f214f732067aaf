"""The contract of the two legs, held to by the fakes and by Whoosh and FAISS alike, over several segments and parts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder import keyword_segments
from paraglot.indexer.folder.embed import Embedded
from paraglot.indexer.folder.records import NewRow
from paraglot.indexer.folder.vector_parts import SegmentChange, write_segments
from paraglot.search.candidates import in_order
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.dense import FaissIndex, open_dense
from paraglot.search.folder.keyword.keyword import open_keyword
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.memory.keywords import MemoryKeywords, ParagraphTerms
from paraglot.search.memory.vectors import MemoryVectors
from paraglot.search.parts.protocols import Keywords, Vectors
from paraglot.search.query.query_terms import KeywordQuery, QueryWord

TEXTS = {
    1: "bread tax council",
    2: "bread bread baker old town",
    3: "tax tax tax office in the old town hall",
    4: "olive harvest",
    7: "bread tax council",
    9: "面包税",
}
DROPPED = {5: "bread tax council dropped", 6: "olive dropped"}


def new_row(row: int, text: str, title: str = "") -> NewRow:
    return NewRow(row, title, "", text, str(hash(text)), "und")


def write_keyword(target: Generation, base: Generation | None, new: Sequence[NewRow], removed: Sequence[int]) -> None:
    keyword_segments.write_keyword(target, base, [one.row for one in new], new, removed)


HIDDEN = {0: "tax tax table taxes", 8: "bread bread office", 10: "olive harvest of the old town, dropped"}


@pytest.fixture(params=["fake", "whoosh", "part"])
def keyword(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keywords]:
    """`TEXTS`: the real index comes about by three commits, the last of which removes `DROPPED`.

    As a part it is what is to be seen of an index that has `HIDDEN`, too.
    """
    if request.param == "fake":
        from paraglot.search.text.analysis import terms

        yield MemoryKeywords({row: ParagraphTerms("und", Counter(terms(text))) for row, text in TEXTS.items()})
        return
    layout = IndexLayout(tmp_path)
    everything = TEXTS | DROPPED | (HIDDEN if request.param == "part" else {})
    first, second, third = (
        [new_row(row, everything[row]) for row in rows if row in everything]
        for rows in ((0, 1, 2, 3, 4), (5, 6, 7, 8), (9, 10))
    )
    write_keyword(layout.generation(1), None, first, [])
    write_keyword(layout.generation(2), layout.generation(1), second, [])
    write_keyword(layout.generation(3), layout.generation(2), third, list(DROPPED))
    index = open_keyword(layout.generation(3), {})
    yield index.within(BitMap(TEXTS), {}) if request.param == "part" else index
    index.close()


def rows(ranking: Ranking) -> list[int]:
    return [row for row, _ in ranking]


def asked(*terms: str) -> KeywordQuery:
    return KeywordQuery.of_terms(terms)


class TestKeyword:
    def test_finds_what_has_a_term_and_nothing_else(self, keyword: Keywords) -> None:
        assert sorted(rows(keyword.search(asked("bread"), 10))) == [1, 2, 7]
        assert rows(keyword.search(asked("olive"), 10)) == [4]
        assert rows(keyword.search(asked("面包", "包税"), 10)) == [9]
        assert keyword.search(asked("dropped"), 10) == []
        assert keyword.search(asked(), 10) == []

    def test_more_occurrences_and_more_terms_rank_higher(self, keyword: Keywords) -> None:
        assert rows(keyword.search(asked("tax"), 10))[0] == 3
        assert rows(keyword.search(asked("bread", "tax", "council"), 10))[:2] == [1, 7]

    def test_ranking_law(self, keyword: Keywords) -> None:
        ranking = keyword.search(asked("bread", "tax", "old"), 10)
        assert ranking == in_order(ranking)
        assert len(set(rows(ranking))) == len(ranking)
        assert dict(ranking)[1] == dict(ranking)[7]
        for limit in range(1, 6):
            assert keyword.search(asked("bread", "tax", "old"), limit) == ranking[:limit]

    def test_allowed_rows_alone_are_found_with_the_same_scores(self, keyword: Keywords) -> None:
        everything = dict(keyword.search(asked("bread", "tax"), 10))
        assert dict(keyword.search(asked("bread", "tax"), 10, [3, 4, 7])) == {3: everything[3], 7: everything[7]}
        assert keyword.search(asked("bread"), 10, []) == []
        assert keyword.search(asked("bread"), 10, [4, 99]) == []

    def test_scores_are_those_of_the_search(self, keyword: Keywords) -> None:
        ranking = keyword.search(asked("bread", "tax", "old"), 10)
        assert keyword.scores(asked("bread", "tax", "old"), rows(ranking)) == pytest.approx(
            [score for _, score in ranking]
        )
        assert keyword.scores(asked("bread"), [4, 9]) == [0.0, 0.0]

    def test_coverage_is_the_share_of_the_terms_by_idf_squared(self, keyword: Keywords) -> None:
        assert keyword.coverage(asked("bread", "tax"), [1, 7]) == [1.0, 1.0]
        assert keyword.coverage(asked("bread", "tax"), [4, 99]) == [0.0, 0.0]
        assert keyword.coverage(asked(), [1]) == [0.0]
        [share] = keyword.coverage(asked("bread", "unheard"), [1])
        assert 0 < share < 0.5

    def test_what_covers_as_much_as_a_share_of_the_best(self, keyword: Keywords) -> None:
        assert keyword.covering(asked("bread", "tax"), 1.0) == [1, 7]
        assert keyword.covering(asked("bread", "tax"), 0.0) == [1, 2, 3, 7]
        assert keyword.covering(asked("bread", "tax"), 0.5, [2, 3, 4, 7]) == [2, 3, 7]
        assert keyword.covering(asked("bread", "unheard"), 0.9) == [1, 2, 7]
        assert keyword.covering(asked("unheard"), 0.0) == keyword.covering(asked(), 0.0) == []
        assert keyword.covering(asked("bread"), 0.0, []) == []

    def test_a_word_is_covered_by_any_of_its_terms(self, keyword: Keywords) -> None:
        query = KeywordQuery((QueryWord({"bread": 0.3, "unheard": 1.0}), QueryWord({"olive": 1.0})))
        assert keyword.coverage(query, [1, 4]) == keyword.coverage(asked("bread", "olive"), [1, 4])

    def test_weights_multiply(self, keyword: Keywords) -> None:
        light = KeywordQuery((QueryWord({"bread": 0.3}),))
        whole = keyword.scores(asked("bread"), [1, 2])
        assert keyword.scores(light, [1, 2]) == pytest.approx([0.3 * score for score in whole], abs=1e-5)

    def test_what_the_index_has(self, keyword: Keywords) -> None:
        assert sorted(keyword.rows_with("town")) == [2, 3]
        assert keyword.rows_with("town", "title") == []
        assert (keyword.frequency("town"), keyword.frequency("unheard")) == (2, 0)
        assert (keyword.frequency("olive"), keyword.frequency("dropped")) == (1, 0)
        assert keyword.vocabulary("ta") == ["tax"]
        assert keyword.vocabulary("t", lambda forms: [form for form in forms if form != "the"]) == ["tax", "town"]
        assert keyword.vocabulary("dr") == []


def test_a_part_says_what_an_index_of_it_alone_would_say(tmp_path: Path) -> None:
    own = [NewRow(row, f"Bread {row % 3}", "", f"tax {'bread ' * row}", "", "en") for row in range(1, 20)]
    hidden = [NewRow(row, "Bread", "", "tax on bread, secret", "", "de") for row in range(20, 90)]
    write_keyword((layout := IndexLayout(tmp_path / "whole")).generation(1), None, [*own, *hidden], [])
    whole = open_keyword(layout.generation(1), {"en": 19, "de": 70})
    write_keyword((layout := IndexLayout(tmp_path / "alone")).generation(1), None, own, [])
    alone = open_keyword(layout.generation(1), {"en": 19})
    part = whole.within(BitMap(range(1, 20)), {"en": 19})
    for query in (asked("bread", "tax"), asked("secret", "1"), asked("en:tax", "bread tax")):
        assert part.search(query, 5) == alone.search(query, 5)
        assert part.coverage(query, range(1, 25)) == alone.coverage(query, range(1, 25))
    assert part.rows() == alone.rows()
    assert part.vocabulary("s") == alone.vocabulary("s") == []
    assert whole.scores(asked("tax"), [1]) != alone.scores(asked("tax"), [1])
    whole.close()
    alone.close()


def test_removed_paragraphs_are_not_counted_before_their_segment_is_merged(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    write_keyword(layout.generation(1), None, [new_row(row, f"bread {row}") for row in range(1, 30)], [])
    write_keyword(layout.generation(2), layout.generation(1), [new_row(30, "tax")], [1, 2])
    index = open_keyword(layout.generation(2), {})
    assert (index.frequency("bread"), index.frequency("1"), index.frequency("tax")) == (27, 0, 1)
    index.close()


def test_whoosh_counts_idf_over_all_segments(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    write_keyword(layout.generation(1), None, [new_row(1, "bread"), new_row(2, "tax")], [])
    write_keyword(layout.generation(2), layout.generation(1), [new_row(3, "bread")], [])
    index = open_keyword(layout.generation(2), {})
    bread, rare = math.log(3 / (2 + 1)) + 1, math.log(3 / (0 + 1)) + 1
    assert index.coverage(asked("bread", "rare"), [1]) == [pytest.approx(bread**2 / (bread**2 + rare**2))]
    index.close()


def test_idf_counts_the_paragraphs_of_a_terms_language(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    own = [
        NewRow(row, "", "", text, "", tag) for row, text, tag in ((1, "tax", "en"), (2, "bread", "en"), (3, "x", "de"))
    ]
    write_keyword(layout.generation(1), None, own, [])
    index = open_keyword(layout.generation(1), {"en-GB": 1, "en": 1, "de": 1})
    stem, surface = math.log(2 / (1 + 1)) + 1, math.log(3 / (1 + 1)) + 1
    of_stem, of_surface = (index.scores(asked(term), [1])[0] for term in ("en:tax", "tax"))
    assert of_stem / of_surface == pytest.approx(stem / surface, abs=1e-5)
    index.close()


def test_a_title_counts_less_than_the_text(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    write_keyword(layout.generation(1), None, [new_row(1, "olive", "bread"), new_row(2, "bread", "olive")], [])
    index = open_keyword(layout.generation(1), {})
    assert rows(index.search(asked("bread"), 5)) == [2, 1]
    index.close()


def test_the_generation_before_stays_as_it_was(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    write_keyword(layout.generation(1), None, [new_row(1, "bread"), new_row(2, "bread")], [])
    before = {path.name: path.read_bytes() for path in layout.generation(1).keyword.iterdir()}
    for number in range(2, 8):
        base = layout.generation(number - 1)
        write_keyword(layout.generation(number), base, [new_row(number + 1, "bread")], [number - 1])
    assert {path.name: path.read_bytes() for path in layout.generation(1).keyword.iterdir()} == before
    index = open_keyword(layout.generation(1), {})
    assert rows(index.search(asked("bread"), 9)) == [1, 2]
    index.close()
    index = open_keyword(layout.generation(7), {})
    assert rows(index.search(asked("bread"), 9)) == [7, 8]
    index.close()


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
        assert [score for _, score in ranking] == pytest.approx([1, 1, 1, 0.70710678, 0, 0])
        for limit in range(1, 7):
            assert dense.search(QUERY, limit) == ranking[:limit]

    def test_allowed_rows_alone_are_found(self, dense: Vectors) -> None:
        assert rows(dense.search(QUERY, 10, [2, 3, 5, 99])) == [2, 3]
        assert dense.search(QUERY, 10, []) == []

    def test_scores_are_those_of_the_search(self, dense: Vectors) -> None:
        everything = dict(dense.search(QUERY, 10))
        assert dense.scores(QUERY, [8, 1, 2]) == [everything[8], everything[1], everything[2]]


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
        assert rows(index.search(QUERY, 50)) == rows(MemoryVectors(living).search(QUERY, 50))
        if living:
            assert np.allclose(index.vectors(list(living)), list(living.values()))

"""The contract of the sentence index, held to by the fake and by the mapped parts, over several commits."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder.embed import Embedded
from paraglot.indexer.folder.vector_parts import SegmentChange, write_segments
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.dense import read_part
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.sentence_index import MappedSentences, open_sentences
from paraglot.search.memory.vectors import MemorySentences
from paraglot.search.parts.protocols import Sentences as SentenceIndex
from paraglot.search.parts.sentence_records import quantized
from paraglot.search.text.sentences import Span

Sentences = Sequence[tuple[Span, NDArray[np.float32]]]


def unit(*numbers: float) -> NDArray[np.float32]:
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


QUERY = unit(1, 0, 0)
SENTENCES: dict[int, Sentences] = {
    1: [((0, 5), unit(0, 1, 0)), ((6, 9), unit(1, 1, 0))],
    2: [],
    3: [((0, 4), unit(1, 0, 0))],
    4: [((0, 2), unit(0, 0, 1)), ((3, 5), unit(0, 0, -1)), ((6, 8), unit(-1, 0, 1))],
    8: [((2, 7), unit(-1, 0, 0)), ((8, 9), unit(-1, 0, 0))],
}


def commit(
    layout: IndexLayout, number: int, parts: tuple[int, ...], rows: Mapping[int, Sentences], removed: Sequence[int]
) -> tuple[int, ...]:
    """One more generation of a dense index and its sentences; the numbers of their parts."""
    base = layout.generation(number - 1) if number > 1 else None

    def embedded(wanted: Sequence[int]) -> Embedded:
        own = [rows[row] for row in wanted]
        directions = [np.array([one for _, one in each], np.float32).reshape(-1, 3) for each in own]
        spans = [[span for span, _ in each] for each in own]
        return Embedded(np.ones((len(own), 3), np.float32), list(map(quantized, directions, spans)))

    held = (read_part(base.part(one)).rows.tolist() for one in parts) if base else ()
    staying = BitMap.union(BitMap(), *map(BitMap, held)) - BitMap(removed)
    change = SegmentChange(base, parts, list(rows), staying, embedded, lambda *_: None, 3, True, False)
    return write_segments(layout.generation(number), change)


def mapped(folder: Path) -> MappedSentences:
    """`SENTENCES` by three commits, the last of which removes row 5."""
    layout = IndexLayout(folder)
    parts = commit(layout, 1, (), {row: SENTENCES[row] for row in (1, 2, 3)}, [])
    parts = commit(layout, 2, parts, {4: SENTENCES[4], 5: [((0, 1), QUERY)]}, [])
    parts = commit(layout, 3, parts, {8: SENTENCES[8]}, [5])
    return open_sentences(layout.generation(3), parts)


@pytest.fixture(params=["fake", "mapped"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> SentenceIndex:
    return MemorySentences(SENTENCES) if request.param == "fake" else mapped(tmp_path)


def test_the_nearest_sentence_of_each_row(index: SentenceIndex) -> None:
    scores, spans = index.best(QUERY, [4, 1, 2, 3])
    assert spans.tolist() == [[0, 2], [6, 9], [-1, -1], [0, 4]]
    assert scores.tolist() == pytest.approx([0, 0.70710678, math.nan, 1], abs=0.005, nan_ok=True)
    scores, spans = index.best(QUERY, [2])
    assert (math.isnan(scores[0]), spans.tolist()) == (True, [[-1, -1]])
    scores, spans = index.best(QUERY, [])
    assert (scores.tolist(), spans.tolist()) == ([], [])


def test_the_first_of_equals(index: SentenceIndex) -> None:
    scores, spans = index.best(QUERY, [8])
    assert (scores.tolist(), spans.tolist()) == ([-1], [[2, 7]])


def test_a_row_that_is_not_there(index: SentenceIndex) -> None:
    with pytest.raises(KeyError):
        index.best(QUERY, [1, 99])


def test_quantized_to_the_nearest_of_127_steps() -> None:
    [record] = quantized(np.array([[0.5, -0.25, 0.001]], np.float32), [(3, 9)])
    assert (int(record["start"]), int(record["end"]), record["vector"].tolist()) == (3, 9, [127, -64, 0])
    random = np.random.default_rng(1).standard_normal((50, 512)).astype(np.float32)
    stored = quantized(random, [(0, 1)] * 50)["vector"].astype(np.float32)
    cosines = (random * stored).sum(axis=1) / np.linalg.norm(random, axis=1) / np.linalg.norm(stored, axis=1)
    assert cosines.min() > 0.9999


def test_old_parts_are_linked(tmp_path: Path) -> None:
    layout = IndexLayout(tmp_path)
    parts = commit(layout, 1, (), dict.fromkeys(range(1, 20), SENTENCES[3]), [])
    assert commit(layout, 2, parts, {30: SENTENCES[1]}, []) == (1, 2)
    before, after = layout.generation(1), layout.generation(2)
    assert after.sentence_records(1).samefile(before.sentence_records(1))
    assert after.sentence_rows(1).samefile(before.sentence_rows(1))


def test_damage_is_named(tmp_path: Path) -> None:
    mapped(tmp_path)
    path = IndexLayout(tmp_path).generation(3).sentence_records(3)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(IndexDamaged, match=r"part-000003\.npy: NumPy cannot read it"):
        open_sentences(IndexLayout(tmp_path).generation(3), (3,))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.lists(st.integers(0, 3), max_size=3), st.lists(st.integers(0, 30), max_size=3)), max_size=8)
)
def test_any_history_gives_what_a_dictionary_gives(history: list[tuple[list[int], list[int]]]) -> None:
    living: dict[int, Sentences] = {}
    next_row = 1
    with tempfile.TemporaryDirectory() as folder:
        layout = IndexLayout(Path(folder))
        parts = commit(layout, 1, (), {}, [])
        for number, (added, removed) in enumerate(history, start=2):
            gone = [row for row in dict.fromkeys(removed) if row in living]
            fresh = {
                next_row + one: [((place, place + 1), unit(1, next_row + one, place)) for place in range(count)]
                for one, count in enumerate(added)
            }
            next_row += len(added)
            parts = commit(layout, number, parts, fresh, gone)
            living = {row: own for row, own in (living | fresh).items() if row not in gone}
        index = open_sentences(layout.generation(len(history) + 1), parts)
        expected = MemorySentences(living).best(QUERY, list(living))
        found = index.best(QUERY, list(living))
        assert found.spans.tolist() == expected.spans.tolist()
        assert found.scores.tolist() == pytest.approx(expected.scores.tolist(), abs=0.01, nan_ok=True)

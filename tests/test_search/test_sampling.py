"""The sample that stands for chance: of each segment once, and of an index the same whatever was refreshed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.build import index_corpus
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import map_arrays
from paraglot.search.folder.columns import Columns, Segment, read_segment
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.segment_columns import ColumnArrays
from paraglot.search.folder.snapshot import as_folder_snapshot
from paraglot.search.parts.copies import COPY
from paraglot.search.parts.sampling import (
    SAMPLE,
    Candidates,
    candidates_of_segment,
    merged,
    priorities_of,
    sample_rows,
)
from tests.conftest import index_of

Write = Callable[[list[dict[str, object]]], Path]
Rows = NDArray[np.int64]
EVERY = (1 << 64) - 1


def no_copies(rows: Sequence[int]) -> Vectors:
    """Vectors of 2,000 rows, no two alike."""
    return np.eye(2_000, dtype=np.float32)[[row % 2_000 for row in rows]]


def rows_from(first: int, count: int) -> Rows:
    return np.arange(first, first + count, dtype=np.int64)


def priorities(rows: Rows) -> NDArray[np.uint64]:
    return priorities_of(f"paragraph {row}" for row in rows.tolist())


def candidates(rows: Rows) -> Candidates:
    return Candidates.of(rows, priorities(rows))


def segment_of(rows: Rows, read: Callable[[Sequence[int]], Vectors] = no_copies) -> Candidates:
    return candidates_of_segment(rows, priorities(rows), read)


def sample_of(segments: Sequence[Candidates], living: Rows) -> list[int]:
    known = merged(segments, living)
    assert known is not None
    return sample_rows(known, no_copies)


def test_priorities_are_the_same_everywhere() -> None:
    # b2sum -l 64 <<< "" and "a", without the line's end
    assert priorities_of(["", "a"]).tolist() == [0xE4A6A0577479B2B4, 0x40F89E395B66422F]


@pytest.mark.parametrize("count", [0, 1, SAMPLE, SAMPLE + 1, 2_000])
def test_a_sample_is_as_large_as_it_can_be(count: int) -> None:
    rows = rows_from(3, count)
    sample = sample_rows(candidates(rows), no_copies)
    assert len(set(sample)) == len(sample) == min(count, SAMPLE)
    assert set(sample) <= set(rows.tolist())


def test_the_sample_finds_what_is_no_copy() -> None:
    others = [17, 5000, 9999]

    def read(rows: Sequence[int]) -> Vectors:
        return np.eye(4, dtype=np.float32)[[others.index(row) if row in others else 3 for row in rows]]

    assert set(others) < set(sample_rows(candidates(rows_from(0, 10_000)), read))
    assert len(sample_rows(candidates(rows_from(0, 10_000)), read)) == 4
    assert len(sample_rows(candidates(rows_from(50, 10)), read)) == 1
    assert sample_rows(candidates(rows_from(0, 0)), read) == []


@pytest.mark.parametrize("sizes", [[2_000], [1_500, 300, 150, 50], [10] * 90, [600, 600, 600]])
def test_what_is_known_of_segments_gives_the_sample_of_all_rows(sizes: list[int]) -> None:
    bounds = np.cumsum([0, *sizes]).tolist()
    parts = [rows_from(first, last - first) for first, last in pairwise(bounds)]
    segments = [segment_of(rows) for rows in parts]
    rows = np.concatenate(parts)
    assert sample_of(segments, rows) == sample_rows(candidates(rows), no_copies)
    living = rows[rows % 5 != 0]
    assert sample_of(segments, living) == sample_rows(candidates(living), no_copies)


def test_no_segment_counts_for_more_than_it_has() -> None:
    parts = [rows_from(0, 1_800), rows_from(1_800, 200)]
    sample = sample_of([segment_of(rows) for rows in parts], np.concatenate(parts))
    assert 10 <= sum(row >= 1_800 for row in sample) <= 40


def test_a_segment_keeps_some_of_many_copies() -> None:
    def read(rows: Sequence[int]) -> Vectors:
        return np.eye(20, dtype=np.float32)[[row % 20 for row in rows]]

    rows = rows_from(0, 5_000)
    segment = segment_of(rows, read)
    assert np.bincount(segment.rows % 20).tolist() == [4] * 20
    assert segment.until == EVERY
    known = merged([segment], rows)
    assert known is not None
    sample = sample_rows(known, read)
    assert len({row % 20 for row in sample}) == len(sample) == 20
    left = merged([segment], rows[~np.isin(rows, sample)])
    assert left is not None
    assert len({row % 20 for row in sample_rows(left, read)}) == 20
    assert merged([segment], rows[~np.isin(rows, segment.rows)]) is None  # then all living rows are looked at


def test_few_rows_are_all_candidates() -> None:
    segment = segment_of(rows_from(7, SAMPLE), lambda rows: np.ones((len(rows), 1), np.float32))
    assert sorted(segment.rows.tolist()) == rows_from(7, SAMPLE).tolist()
    assert segment.until == EVERY


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of one article of a thousand paragraphs."""
    texts = [" ".join(f"word{number * place}" for place in range(3, 9)) for number in range(1, 1_001)]
    return index_of(tmp_path_factory.mktemp("many"), [{"id": "many", "title": "Many", "paragraphs": texts}])


def test_a_large_segment_has_its_candidates(many: Path) -> None:
    columns = IndexLayout(many).generation(1).columns_of(1)
    segment = read_segment(columns)
    with Engine(many) as engine, engine.snapshot() as snapshot:
        found = candidates_of_segment(segment.rows, segment.priorities, as_folder_snapshot(snapshot).dense.vectors)
    assert segment.sample is not None
    assert segment.sample.rows.tolist() == found.rows.tolist()
    assert segment.sample.until == found.until < EVERY
    facts, arrays = map_arrays(columns)
    with pytest.raises(IndexDamaged, match="no such rows"):
        _ = Segment(ColumnArrays(facts, {**arrays, "sample": np.array([1_000], np.int32)})).sample


def test_a_segment_of_before_is_sampled_by_all_its_rows(many: Path) -> None:
    facts, arrays = map_arrays(IndexLayout(many).generation(1).columns_of(1))
    new = ("priorities", "sample", "sample_until")
    segment = Segment(ColumnArrays(facts, {name: array for name, array in arrays.items() if name not in new}))
    assert segment.sample is None
    columns = Columns([segment], BitMap())
    assert columns.candidates().rows.tolist() == segment.rows[np.argsort(segment.checksums.view(np.uint64))].tolist()


def test_a_part_is_sampled_as_if_there_were_nothing_else(many: Path) -> None:
    segment = read_segment(IndexLayout(many).generation(1).columns_of(1))
    visible = BitMap(segment.rows[::3].tolist())
    part = Columns([segment], BitMap()).within(visible).candidates()
    assert part.rows.tolist() == Candidates.of(segment.rows[::3], segment.priorities[::3]).rows.tolist()
    assert part.until == EVERY


def test_a_commit_changes_little_of_the_sample_and_a_refresh_nothing(
    many: Path, tmp_path: Path, write_corpus: Write
) -> None:
    index = Path(shutil.copytree(many, tmp_path / "index"))

    def sample(engine: Engine) -> list[int]:
        with engine.snapshot() as snapshot:
            folder = as_folder_snapshot(snapshot)
            return sample_rows(folder.store.columns.candidates(), folder.dense.vectors)

    with Engine(index) as engine:
        before = sample(engine)
        index_corpus(index, [write_corpus([{"id": "one", "title": "One", "paragraphs": ["Another.", "One more."]}])])
        assert engine.refresh()
        refreshed = sample(engine)
        with engine.snapshot() as snapshot:
            vectors = as_folder_snapshot(snapshot).dense.vectors(refreshed)
    with Engine(index) as anew:
        assert sample(anew) == refreshed
    assert len(set(before) - set(refreshed)) <= 2
    assert (vectors @ vectors.T >= COPY).sum() == len(refreshed)


def test_what_is_hidden_changes_no_sample(tmp_path: Path) -> None:
    def article(number: int, source: str) -> dict[str, object]:
        texts = [f"Of {source}, {number * place} times {place}." for place in range(1, 6)]
        return {"id": f"{source}{number}", "title": "", "source": source, "language": "en", "paragraphs": texts}

    open_ones = [article(number, "open") for number in range(100)]
    hidden = [article(number, "hidden") for number in range(100)]
    folders = [tmp_path / "alone", tmp_path / "among"]
    for folder, articles in zip(folders, (open_ones, [*hidden[:60], *open_ones, *hidden[60:]]), strict=True):
        folder.mkdir()
        index_of(folder, articles)
    ids = []
    for folder in folders:
        with Engine(folder / "index") as engine, engine.snapshot() as snapshot:
            part = as_folder_snapshot(snapshot).within("source = open")
            rows = sample_rows(part.store.columns.candidates(), part.dense.vectors)
            ids.append([paragraph.id for paragraph, _ in part.store.paragraphs(rows)])
    assert ids[0] == ids[1]
    assert SAMPLE // 2 <= len(ids[0]) <= SAMPLE

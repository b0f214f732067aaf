"""The sample that stands for chance: of each segment once, and of an index the same whatever was refreshed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.build import index_corpus
from paraglot.indexer.folder.dense_parts import write_dense_part
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.dense import DensePart, FaissIndex, read_part
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.snapshot import as_folder_snapshot
from paraglot.search.parts.copies import COPY
from paraglot.search.parts.sampling import SAMPLE, SegmentSample, priorities, sample_rows, sample_segment

Write = Callable[[list[dict[str, object]]], Path]
Rows = NDArray[np.int64]
EVERY = (1 << 64) - 1


def no_copies(rows: Sequence[int]) -> Vectors:
    """Vectors of 2,000 rows, no two alike."""
    return np.eye(2_000, dtype=np.float32)[[row % 2_000 for row in rows]]


def rows_from(first: int, count: int) -> Rows:
    return np.arange(first, first + count, dtype=np.int64)


def test_priorities_are_the_same_everywhere() -> None:
    # SplitMix64 of 1 and 2, as https://prng.di.unimi.it/splitmix64.c has it after that many steps from 0.
    assert priorities(np.array([1, 2])).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


@pytest.mark.parametrize("count", [0, 1, SAMPLE, SAMPLE + 1, 2_000])
def test_a_sample_is_as_large_as_it_can_be(count: int) -> None:
    rows = rows_from(3, count)
    sample = sample_rows(rows, no_copies)
    assert len(set(sample)) == len(sample) == min(count, SAMPLE)
    assert set(sample) <= set(rows.tolist())


def test_the_sample_finds_what_is_no_copy() -> None:
    others = [17, 5000, 9999]

    def read(rows: Sequence[int]) -> Vectors:
        return np.eye(4, dtype=np.float32)[[others.index(row) if row in others else 3 for row in rows]]

    assert set(others) < set(sample_rows(rows_from(0, 10_000), read))
    assert len(sample_rows(rows_from(0, 10_000), read)) == 4
    assert len(sample_rows(rows_from(50, 10), read)) == 1
    assert sample_rows(rows_from(0, 0), read) == []


@pytest.mark.parametrize("sizes", [[2_000], [1_500, 300, 150, 50], [10] * 90, [600, 600, 600]])
def test_what_is_known_of_segments_gives_the_sample_of_all_rows(sizes: list[int]) -> None:
    bounds = np.cumsum([0, *sizes]).tolist()
    parts = [rows_from(first, last - first) for first, last in itertools.pairwise(bounds)]
    segments = [sample_segment(rows, no_copies) for rows in parts]
    rows = np.concatenate(parts)
    assert sample_rows(rows, no_copies, segments) == sample_rows(rows, no_copies)
    living = rows[rows % 5 != 0]
    assert sample_rows(living, no_copies, segments) == sample_rows(living, no_copies)


def test_no_segment_counts_for_more_than_it_has() -> None:
    parts = [rows_from(0, 1_800), rows_from(1_800, 200)]
    sample = sample_rows(np.concatenate(parts), no_copies, [sample_segment(rows, no_copies) for rows in parts])
    assert 10 <= sum(row >= 1_800 for row in sample) <= 40


def test_a_segment_keeps_some_of_many_copies() -> None:
    def read(rows: Sequence[int]) -> Vectors:
        return np.eye(20, dtype=np.float32)[[row % 20 for row in rows]]

    rows = rows_from(0, 5_000)
    segment = sample_segment(rows, read)
    assert np.bincount(segment.rows % 20).tolist() == [4] * 20
    assert segment.until == EVERY
    assert len({row % 20 for row in sample_rows(rows, read, [segment])}) == 20
    left = rows[~np.isin(rows, sample_rows(rows, read, [segment]))]
    assert len({row % 20 for row in sample_rows(left, read, [segment])}) == 20
    left = rows[~np.isin(rows, segment.rows)]  # then the living rows are looked at
    assert len({row % 20 for row in sample_rows(left, read, [segment])}) == 20


def test_few_rows_are_all_candidates() -> None:
    segment = sample_segment(rows_from(7, SAMPLE), lambda rows: np.ones((len(rows), 1), np.float32))
    assert sorted(segment.rows.tolist()) == rows_from(7, SAMPLE).tolist()
    assert segment.until == EVERY


@pytest.fixture
def part(tmp_path: Path) -> DensePart:
    generation = Generation(tmp_path / "1")
    generation.dense.mkdir(parents=True)
    write_dense_part(generation, 1, 2_000, [(rows_from(1, 1_000), no_copies(range(1, 1_001)))])
    return read_part(generation.part(1))


def test_a_large_segment_has_its_candidates_in_a_file(part: DensePart) -> None:
    written, found = part.sample, sample_segment(part.rows, no_copies)
    assert isinstance(written, SegmentSample)
    assert written.rows.tolist() == found.rows.tolist()
    assert written.until == found.until < EVERY


def test_candidates_that_are_no_rows_are_refused(part: DensePart, tmp_path: Path) -> None:
    del part
    generation = Generation(tmp_path / "1")
    content = generation.sample(1).read_bytes()
    generation.sample(1).write_bytes(content[:-64] + (1_000).to_bytes(4, "little") * 16)
    with pytest.raises(IndexDamaged, match="part-000001"):
        read_part(generation.part(1))
    generation.sample(1).write_bytes(b"")
    with pytest.raises(IndexDamaged, match="part-000001"):
        read_part(generation.part(1))


def test_a_part_is_sampled_as_if_there_were_nothing_else(part: DensePart) -> None:
    rows = BitMap(part.rows.tolist())
    visible = BitMap(part.rows[::3].tolist())
    alone = sample_rows(part.rows[::3], no_copies)
    assert FaissIndex([part], rows).within(visible).sample_rows() == alone


def test_a_commit_changes_little_of_the_sample_and_a_refresh_nothing(tmp_path: Path, write_corpus: Write) -> None:
    index = tmp_path / "index"
    texts = [" ".join(f"word{number * place}" for place in range(3, 9)) for number in range(1, 1_001)]
    index_corpus(index, [write_corpus([{"id": "many", "title": "Many", "paragraphs": texts}])], "fake")

    def sample(engine: Engine) -> list[int]:
        with engine.snapshot() as snapshot:
            return as_folder_snapshot(snapshot).dense.sample_rows()

    with Engine(index) as engine:
        before = sample(engine)
        index_corpus(index, [write_corpus([{"id": "one", "title": "One", "paragraphs": ["Another.", "One more."]}])])
        layout = IndexLayout(index)
        assert layout.generation(2).sample(1).samefile(layout.generation(1).sample(1))
        assert engine.refresh()
        refreshed = sample(engine)
        with engine.snapshot() as snapshot:
            vectors = as_folder_snapshot(snapshot).dense.vectors(refreshed)
    with Engine(index) as anew:
        assert sample(anew) == refreshed
    assert len(set(before) - set(refreshed)) <= 2
    assert (vectors @ vectors.T >= COPY).sum() == len(refreshed)
    layout.generation(2).sample(1).unlink()
    with Engine(index) as engine:  # the manifest says that there is one
        [warning] = engine.search("word30").warnings
    assert "dense/part-000001.sample: the file is missing" in warning

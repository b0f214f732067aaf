"""The token table of 4 bits a number: the reader by hand, the writer by what comes back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from paraglot.search.encoders.builtin.table import WORD_MAP, TokenTable
from training.token_table import fit_codebook, pack_rows_4bit

COUNTING = [float(n) for n in range(16)]


def written(folder: Path, rows: np.ndarray, scales: np.ndarray, codebook: list[float]) -> TokenTable:
    (folder / "token_rows.bin").write_bytes(rows.tobytes())
    (folder / "token_scales.bin").write_bytes(scales.astype("<f2").tobytes())
    return TokenTable(folder, codebook)


def test_a_row_by_hand(tmp_path: Path) -> None:
    rows = np.zeros((2, 256), np.uint8)
    rows[1, 0], rows[1, 255] = 0x21, 0xF7  # column j in the lower half of byte j, column j + 256 in the upper
    table = written(tmp_path, rows, np.array([1.0, 0.5]), COUNTING)
    assert len(table) == 2
    found = table.rows(np.array([1, 0]))
    assert found.dtype == np.float32
    assert found[0, [0, 256, 255, 511, 1]].tolist() == [0.5, 1.0, 3.5, 7.5, 0.0]
    assert not found[1].any()
    with pytest.raises(IndexError):
        table.rows(np.array([2]))


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what memory is taken")
def test_what_is_kept_of_a_question_takes_memory_of_its_own_rows_alone(tmp_path: Path) -> None:
    count = 100_000  # 200 MB once all are met
    table = written(tmp_path, np.ones((count, 256), np.uint8), np.ones(count), COUNTING)
    table.cosines(np.array([0]), np.array([1]))
    before = _kept_mb(table)
    far_apart = np.arange(500, count, 1_000)
    table.cosines(far_apart, far_apart)
    assert 0.1 < _kept_mb(table) - before < 20  # 100 rows in pages of 4 kB; in pages of 2 MB it would be nearly all


def _kept_mb(table: TokenTable) -> float:
    """What is taken of the memory that the table keeps its rows in, whatever else this process holds."""
    place = table._kept.__array_interface__["data"][0]
    inside = False
    for line in Path("/proc/self/smaps").read_text("ascii").splitlines():
        if bounds := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            inside = int(bounds[1], 16) <= place < int(bounds[2], 16)
        elif inside and line.startswith("Rss:"):
            return int(line.split()[1]) / 1e3
    raise AssertionError


def test_cosines_are_those_of_the_rows(tmp_path: Path) -> None:
    numbers = np.random.default_rng(3)
    rows = numbers.integers(0, 256, (9, 256), np.uint8)
    rows[4] = 0  # the codebook's 0: a row of zeros
    table = written(tmp_path, rows, numbers.uniform(0.1, 2, 9), COUNTING)
    ids, others = np.array([2, 4]), np.array([8, 2, 4, 0, 0])
    directions = table.rows(np.arange(9)) / np.maximum(np.linalg.norm(table.rows(np.arange(9)), axis=1), 1e-9)[:, None]
    found = table.cosines(ids, others)
    assert (found.shape, found.dtype) == ((2, 5), np.float32)
    np.testing.assert_allclose(found, directions[ids] @ directions[others].T, atol=1e-6)
    assert found[0, 1] == pytest.approx(1)
    with pytest.raises(IndexError):
        table.cosines(ids, np.array([9]))


def test_cosines_are_those_of_the_rows_as_the_word_map_turns_them(tmp_path: Path) -> None:
    numbers = np.random.default_rng(5)
    turning = numbers.normal(size=(512, 7)).astype("<f2")
    (tmp_path / WORD_MAP).write_bytes(turning.tobytes())
    table = written(tmp_path, numbers.integers(0, 256, (300, 256), np.uint8), numbers.uniform(0.1, 2, 300), COUNTING)
    ids, others = np.array([299, 4]), np.arange(300)
    turned = table.rows(others) @ turning.astype(np.float32)
    directions = turned / np.linalg.norm(turned, axis=1)[:, None]
    for _ in range(2):  # the lengths are kept
        np.testing.assert_allclose(table.cosines(ids, others), directions[ids] @ directions.T, atol=1e-5)


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 rows and 1 scales"):
        written(tmp_path, np.zeros((2, 256), np.uint8), np.array([1.0]), COUNTING)
    with pytest.raises(ValueError, match="3 numbers instead of 16"):
        TokenTable(tmp_path, COUNTING[:3])


def test_sixteen_levels_come_back(tmp_path: Path) -> None:
    """Rows of 16 levels, each as often: the codebook is the levels over their root mean square, √21.25."""
    levels = np.arange(-7.5, 8)
    table = np.stack([np.tile(levels, 32), np.repeat(levels, 32) * 0.01, np.tile(levels[::-1], 32) * 300])
    rows, scales, codebook = pack_rows_4bit(table.astype(np.float32))
    assert (rows.shape, rows.dtype, scales.dtype, codebook.dtype) == ((3, 256), np.uint8, np.float16, np.float32)
    np.testing.assert_allclose(codebook, levels / np.sqrt(21.25), rtol=1e-5)
    np.testing.assert_allclose(scales, np.sqrt(21.25) * np.array([1, 0.01, 300]), rtol=1e-3)
    assert rows[0, :3].tolist() == [0x00, 0x11, 0x22]
    assert rows[1, [0, 255]].tolist() == [0x80, 0xF7]
    found = written(tmp_path, rows, scales, codebook.tolist()).rows(np.arange(3))
    np.testing.assert_allclose(found, table, rtol=1e-3)


def test_codebook_of_a_normal_distribution() -> None:
    """Max (1960), table I: 16 levels for a normal distribution are ±0.1284 … ±2.733, the mean squared error 0.009497."""
    numbers = np.random.default_rng(5).normal(size=400_000)
    codebook = fit_codebook(numbers)
    np.testing.assert_allclose(codebook[[7, 8]], [-0.1284, 0.1284], atol=0.03)
    np.testing.assert_allclose(codebook[[0, 15]], [-2.733, 2.733], atol=0.1)
    nearest = codebook[np.abs(numbers[:20_000, None] - codebook).argmin(axis=1)]
    assert 0.0090 < np.square(nearest - numbers[:20_000]).mean() < 0.0100


def test_scale_is_the_least_squares_one() -> None:
    table = np.random.default_rng(2).normal(size=(4, 512)).astype(np.float32)
    table[3] = 0
    rows, scales, codebook = pack_rows_4bit(table)
    codes = codebook[np.concatenate([rows & 15, rows >> 4], axis=1)]
    best = (table * codes).sum(axis=1) / np.square(codes).sum(axis=1)
    np.testing.assert_allclose(scales, best, rtol=5e-3)
    assert scales[3] == 0
    again = pack_rows_4bit(table)
    assert (again[0].tobytes(), again[1].tobytes()) == (rows.tobytes(), scales.tobytes())


def test_writer_refuses_what_it_cannot_write() -> None:
    table = np.ones((2, 512), np.float32)
    table[1, 7] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        pack_rows_4bit(table)
    with pytest.raises(ValueError, match="too large"):
        pack_rows_4bit(np.full((1, 512), 1e6, np.float32))

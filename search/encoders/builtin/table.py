"""The token table: one row of 512 numbers per piece, 4 bits a number, read where it lies on disk."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROW_BYTES = 256
WIDTH = 2 * ROW_BYTES

WORD_MAP = "word_map.bin"
"""``float16[512, n]``: what turns rows so that words and their translations meet. Vectors do not depend on it."""

STRIP = 128
"""Rows that are compared at a time: so few stay in the processor's cache."""


class TokenTable:
    """Rows by id. The file is mapped, so a query touches only the pages of its own tokens.

    A number is one of the 16 of the codebook times the scale of its row. Byte j of a row holds column j in its lower
    four bits and column j + 256 in its upper ones; rows for new pieces can be appended to both files.
    """

    def __init__(self, folder: Path, codebook: Sequence[float]) -> None:
        """Raises `ValueError` when ``codebook`` has not 16 numbers or the two files are not of one length."""
        if len(codebook) != 16:
            raise ValueError(f"the codebook of the token table has {len(codebook)} numbers instead of 16")
        packed = np.memmap(folder / "token_rows.bin", np.uint8, "r")
        self._packed: NDArray[np.uint8] = np.asarray(packed).reshape(-1, ROW_BYTES)
        self._scales: NDArray[np.float16] = np.asarray(np.memmap(folder / "token_scales.bin", np.dtype("<f2"), "r"))
        if len(self._scales) != len(self._packed):
            raise ValueError(f"the token table has {len(self._packed)} rows and {len(self._scales)} scales")
        turning = folder / WORD_MAP
        self._map = _in_order(np.fromfile(turning, np.dtype("<f2")).reshape(WIDTH, -1)) if turning.exists() else None
        width = WIDTH if self._map is None else self._map.shape[1]
        self._kept = _empty(len(self._packed), width)
        self._met = np.zeros(len(self._packed), np.bool_)
        numbers = np.array(codebook, np.float32)
        self._lower = numbers[np.arange(256) & 0xF]
        self._upper = numbers[np.arange(256) >> 4]

    def __len__(self) -> int:
        return len(self._packed)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """``float32[n, 512]``, the rows of ``ids``. Raises `IndexError` for an id that the table does not have."""
        packed = self._packed[ids]
        rows = np.empty((len(packed), WIDTH), np.float32)
        rows[:, :ROW_BYTES] = self._lower[packed]
        rows[:, ROW_BYTES:] = self._upper[packed]
        rows *= self._scales[ids].astype(np.float32)[:, None]
        return rows

    def cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        """``float32[n, others]``: the cosine of each row of ``ids`` with each of ``others``; 0.0 for a row of zeros.

        Of the rows as the word map turns them, where there is one: rows that translate each other are nearer then.
        Raises `IndexError` as `rows` does.
        """
        cosines: NDArray[np.float32] = self._directions(ids) @ self._directions(others).T
        return cosines

    def _directions(self, ids: NDArray[np.integer]) -> NDArray[np.float32]:
        """``float32[n, d]``: the rows as the word map turns them, at unit length; what was met once is kept.

        A row's scale does not change its direction, nor the order of its columns a product.
        """
        missing = np.array(sorted({*ids[~self._met[ids]].tolist()}), np.int64)  # np.unique would load numpy.ma: 25 ms
        for first in range(0, len(missing), STRIP):
            some = missing[first : first + STRIP]
            rows = self._unscaled(some)
            turned = rows if self._map is None else rows @ self._map
            lengths = np.maximum(np.sqrt(np.einsum("ij,ij->i", turned, turned)), 1e-9)
            self._kept[some] = turned / lengths[:, None]
            self._met[some] = True
        directions: NDArray[np.float32] = self._kept.take(ids, axis=0)
        return directions

    def _unscaled(self, ids: NDArray[np.integer]) -> NDArray[np.float32]:
        """The rows without their scales, columns in another order, the same for all."""
        fours = self._by_two_bytes.take(self._packed[ids].view(np.uint16))
        rows: NDArray[np.float32] = fours.view(np.float32)
        return rows

    @cached_property
    def _by_two_bytes(self) -> NDArray[np.complex128]:
        """What each two bytes of a row stand for: four numbers, 16 bytes, which numpy copies as one complex number."""
        both = np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
        fours: NDArray[np.complex128] = (
            np.stack([self._lower[both], self._upper[both]], axis=1).reshape(-1, 4).view(np.complex128)[:, 0]
        )
        return fours


def _empty(rows: int, width: int) -> NDArray[np.float32]:
    """Zeros that take memory only where they are written.

    numpy asks for pages of 2 MB for an array of this size: each of a question's rows, which lie far apart, would then
    take one, and the time to clear it.
    """
    private = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    memory = mmap.mmap(-1, rows * width * np.dtype(np.float32).itemsize, **private)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, np.float32).reshape(rows, width)


def _in_order(turning: NDArray[np.float16]) -> NDArray[np.float32]:
    """The word map with its rows in the order in which `TokenTable._unscaled` has the columns."""
    both = np.arange(ROW_BYTES).reshape(-1, 2)
    order = np.concatenate([both, both + ROW_BYTES], axis=1).ravel()
    return np.ascontiguousarray(turning[order], np.float32)

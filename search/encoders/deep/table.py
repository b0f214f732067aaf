"""The token table of the deep encoder: rows of 384 numbers in blocks of 32, 4 bits a number, read where they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, BLOCK = 384, 32
BLOCKS = WIDTH // BLOCK
ROW_BYTES = WIDTH // 2

_ZERO = 8
"""The number of four bits that stands for zero."""

TOKEN_ROWS, TOKEN_SCALES, POSITIONS = "token_rows.bin", "token_scales.bin", "positions.bin"


class DeepTable:
    """Rows by id, and what is added to a token by its position. The files are mapped: a query touches few pages.

    Byte j of a block of 16 holds its number j in the lower four bits and its number j + 16 in the upper ones, each
    less 8 and times the scale of the block (the layout Q4_0 of ggml, scales apart).
    """

    def __init__(self, folder: Path) -> None:
        """Raises `ValueError` where the files are not of one length."""
        self._packed = np.asarray(np.memmap(folder / TOKEN_ROWS, np.uint8, "r")).reshape(-1, BLOCKS, BLOCK // 2)
        self._scales = np.asarray(np.memmap(folder / TOKEN_SCALES, np.dtype("<f2"), "r")).reshape(-1, BLOCKS)
        if len(self._scales) != len(self._packed):
            raise ValueError(f"the token table has {len(self._packed)} rows and {len(self._scales)} scales")
        positions = np.fromfile(folder / POSITIONS, np.dtype("<f2")).reshape(-1, WIDTH)
        self.positions: NDArray[np.float32] = positions.astype(np.float32)

    def __len__(self) -> int:
        return len(self._packed)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """``float32[n, 384]``, the rows of ``ids``. Raises `IndexError` for an id that the table does not have."""
        packed = self._packed[ids]
        rows = np.empty((len(packed), BLOCKS, BLOCK), np.float32)
        rows[..., : BLOCK // 2] = packed & 0xF
        rows[..., BLOCK // 2 :] = packed >> 4
        rows -= _ZERO
        rows *= self._scales[ids].astype(np.float32)[..., np.newaxis]
        return rows.reshape(len(packed), WIDTH)

    def embedded(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """What the network reads of a text of so many tokens: their rows, each with what its position adds.

        Raises `ValueError` for more tokens than there are positions.
        """
        embedded: NDArray[np.float32] = self.rows(ids) + self.positions[: len(ids)]
        return embedded

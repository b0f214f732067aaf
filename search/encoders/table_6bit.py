"""The token table of version 1 of the model, 6 bits a number. It goes with that version: `table` has the new one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROW_BYTES = 384
WIDTH = 512


class SixBitTable:
    """Rows by id. The file is mapped, so a query touches only the pages of its own tokens.

    Each row has its own scale and lowest value; rows for new pieces can be appended to both files.
    """

    def __init__(self, folder: Path) -> None:
        packed = np.memmap(folder / "token_rows.bin", np.uint8, "r")
        self._packed: NDArray[np.uint8] = np.asarray(packed).reshape(-1, ROW_BYTES)
        scales = np.memmap(folder / "token_scales.bin", np.dtype("<f4"), "r")
        self._scales: NDArray[np.float32] = np.asarray(scales).reshape(-1, 2)

    def __len__(self) -> int:
        return len(self._packed)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """``float32[n, 512]``, the rows of ``ids``. Raises `IndexError` for an id that the table does not have."""
        packed = self._packed[ids]
        scales = self._scales[ids]
        rows = np.empty((len(packed), WIDTH), np.float32)
        third = ROW_BYTES // 3
        np.copyto(rows[:, :ROW_BYTES], packed & 0x3F)
        upper = packed >> 6
        fourth = upper[:, :third] | upper[:, third : 2 * third] << 2 | upper[:, 2 * third :] << 4
        np.copyto(rows[:, ROW_BYTES:], fourth)
        rows *= scales[:, :1]
        rows += scales[:, 1:]
        return rows

"""The writer of the token table that `builtin/table.py` reads: 4 bits a number, a scale per row, one
codebook."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CODES = 16
SAMPLE_ROWS = 8_192
SWEEPS = 1_000  # they converge slowly and cost microseconds
BLOCK = 4_096

Table = NDArray[np.float32]
Codebook = NDArray[np.float32]


def pack_rows_4bit(table: Table) -> tuple[NDArray[np.uint8], NDArray[np.float16], Codebook]:
    """``float32[n, 512]`` to packed rows ``uint8[n, 256]``, scales ``float16[n]`` and the codebook ``float32[16]``.

    The codebook is fitted to rows of root mean square 1; each row then gets the scale with the least squared error.
    The same table gives the same bytes. Raises `ValueError` for a number that is not finite or a scale over float16.
    """
    if not np.isfinite(table).all():
        raise ValueError("the token table holds a number that is not finite")
    codebook = fit_codebook(_normalized(_sample(table))[0])
    packed = np.empty((len(table), table.shape[1] // 2), np.uint8)
    scales = np.empty(len(table), np.float16)
    for start in range(0, len(table), BLOCK):
        codes, scales[start : start + BLOCK] = _quantized(table[start : start + BLOCK], codebook)
        lower, upper = np.split(codes, 2, axis=1)
        packed[start : start + BLOCK] = lower | upper << 4
    return packed, scales, codebook


def fit_codebook(numbers: NDArray[Any]) -> Codebook:
    """The 16 numbers, ascending, that are nearest to ``numbers`` in the mean square (Lloyd 1982, Max 1960).

    From equal shares on: each code becomes the mean of the numbers that are nearest to it.
    """
    ascending = np.sort(numbers, axis=None).astype(np.float64)
    sums = np.concatenate([[0.0], np.cumsum(ascending)])
    edges = np.linspace(0, len(ascending), CODES + 1).round().astype(np.int64)
    codes = np.zeros(CODES)
    for _ in range(SWEEPS):
        counts = np.diff(edges)
        # A code that is nearest to no number stays where it is.
        codes = np.where(counts > 0, np.diff(sums[edges]) / np.maximum(counts, 1), codes)
        codes.sort()
        edges[1:-1] = np.searchsorted(ascending, (codes[1:] + codes[:-1]) / 2)
    return codes.astype(np.float32)


def _sample(table: Table) -> Table:
    if len(table) <= SAMPLE_ROWS:
        return table
    return table[np.sort(np.random.default_rng(0).choice(len(table), SAMPLE_ROWS, replace=False))]


def _normalized(rows: Table) -> tuple[Table, Table]:
    """Rows of root mean square 1, and what each was divided by; a row of zeros stays one."""
    scales: Table = np.sqrt(np.mean(np.square(rows), axis=1))
    return _divided(rows, scales), scales


def _divided(rows: Table, scales: Table) -> Table:
    return np.divide(rows, np.where(scales != 0, scales, 1)[:, None], dtype=np.float32)


def _quantized(rows: Table, codebook: Codebook) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Codes ``uint8[n, 512]`` and scales: the nearest codes, their best scale, and the nearest codes to that again."""
    edges = (codebook[1:] + codebook[:-1]) / 2
    normal, _ = _normalized(rows)
    for _ in range(3):
        chosen = codebook[np.searchsorted(edges, normal)]
        power = np.einsum("ij,ij->i", chosen, chosen)
        scales: Table = np.einsum("ij,ij->i", rows, chosen) / np.where(power > 0, power, np.float32(1))
        if np.abs(scales).max(initial=0) > np.finfo(np.float16).max:
            raise ValueError("a row of the token table is too large for a scale of 16 bits")
        scales = scales.astype(np.float16).astype(np.float32)
        normal = _divided(rows, scales)
    return np.searchsorted(edges, normal).astype(np.uint8), scales.astype(np.float16)

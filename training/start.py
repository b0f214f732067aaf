"""First vectors of the added pieces, by regression.

They are chosen so that the mean token vector of a text comes close to the mean token vector of its translation in a
base language: least squares over all pairs with a small ridge, by conjugate gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Vectors = NDArray[np.float32]

RIDGE = 0.05
SWEEPS = 8


def first_vectors(
    texts: Sequence[Sequence[int]], translations: Sequence[Sequence[int]], base: Vectors, added: int
) -> Vectors:
    """``float32[added, 512]`` for the ids from ``len(base)`` on; ``texts`` and ``translations`` are ids, in pairs.

    Raises `ValueError` for a translation that is not written in base pieces.
    """
    shares = _shares(texts, len(base) + added)
    wanted = _shares(translations, len(base)) @ base - shares[:, : len(base)] @ base
    own = shares[:, len(base) :].tocsr()
    transposed = own.T.tocsr()
    vectors = np.zeros((added, base.shape[1]), np.float32)
    rest = transposed @ wanted
    direction = rest.copy()
    size = np.einsum("ij,ij->j", rest, rest)
    for _ in range(SWEEPS):
        moved = transposed @ (own @ direction) + np.float32(RIDGE) * direction
        step = size / np.maximum(np.einsum("ij,ij->j", direction, moved), 1e-12)
        vectors += step * direction
        rest -= step * moved
        fresh = np.einsum("ij,ij->j", rest, rest)
        direction = rest + fresh / np.maximum(size, 1e-12) * direction
        size = fresh
    return vectors


def _shares(texts: Sequence[Sequence[int]], width: int) -> Any:
    """``float32[len(texts), width]``, sparse: the share that each id has in a text."""
    lengths = np.array([len(ids) for ids in texts])
    values = np.repeat((1 / np.maximum(lengths, 1)).astype(np.float32), lengths)
    columns = np.fromiter((number for ids in texts for number in ids), np.int64, int(lengths.sum()))
    if len(columns) and columns.max() >= width:
        raise ValueError(f"id {columns.max()} is not among the {width} that a text may have here")
    return sparse.csr_matrix((values, columns, np.concatenate([[0], np.cumsum(lengths)])), (len(texts), width))

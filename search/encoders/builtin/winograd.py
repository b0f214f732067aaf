"""Convolutions over tokens with fewer products: minimal filtering (Winograd 1980; for networks Lavin & Gray 2015).

Six neighbouring outputs of a window of n tokens are 6 · n products of a token vector with a matrix. They are a part of
the product of two polynomials, of degrees 5 and n - 1, so n + 5 products are enough: evaluate both at n + 5 points (one
of them infinity), multiply, go back. The windows of 2, 3 and 5 tokens then cost 25 products instead of 60, in exact
arithmetic with the same result; in float32 it differs in the sixth digit.
"""

from __future__ import annotations

from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float32]

TILE = 6
"""Outputs that are computed together."""

MANY = 192
"""Outputs from which on tiles are used. They are never slower, but their weights (13 MB) take 20 ms to make: too long
for one question, which gains nothing."""

POINTS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3 / 4, -4 / 3)
"""Chosen for small rounding errors. The second must be 1, see `Convolution._tiles`."""


class Convolution:
    """``relu(window · weights + bias)`` over rows that lie next to each other; every row is the vector of one token."""

    def __init__(self, weights: Matrix, bias: Matrix) -> None:
        """``weights`` is ``float32[tokens * width, width]``: the rows of the window one after the other."""
        self._weights = weights
        self._bias = bias
        self._width = weights.shape[1]
        self._tokens = len(weights) // self._width

    def __call__(self, x: Matrix, count: int) -> Matrix:
        """``float32[count, width]``: output i is of the rows i to i + tokens of ``x``.

        ``count`` is a multiple of `TILE`. Rows may be apart in memory, but the numbers of a row may not.
        """
        y = self._tiles(x, count) if count >= MANY else self._windows(x, count)
        return np.maximum(y, 0, out=y)

    def _windows(self, x: Matrix, count: int) -> Matrix:
        together = np.ascontiguousarray(x)
        strides = (together.strides[0], together.itemsize)
        windows: Matrix = as_strided(together, (count, len(self._weights)), strides, writeable=False)
        y: Matrix = windows @ self._weights
        y += self._bias
        return y

    def _tiles(self, x: Matrix, count: int) -> Matrix:
        before, weights, after = self._transformed
        shape = (count // TILE, len(weights), self._width)
        tiles = as_strided(x, shape, (TILE * x.strides[0], *x.strides), writeable=False)
        products: Matrix = np.matmul((before @ tiles).transpose(1, 0, 2), weights)
        products[1] += self._bias  # a constant at the point 1 is the same constant in every output of the tile
        y: Matrix = np.matmul(after, products.transpose(1, 0, 2))
        return y.reshape(count, -1)

    @cached_property
    def _transformed(self) -> tuple[Matrix, Matrix, Matrix]:
        """What takes rows to points, the weights at the points, and what takes products to outputs."""
        before, of_weights, after = transforms(self._tokens)
        weights = self._weights.reshape(self._tokens, -1)
        at_points = (of_weights @ weights.astype(np.float64)).astype(np.float32)
        return before.astype(np.float32), at_points.reshape(len(of_weights), self._width, -1), after.astype(np.float32)


def transforms(tokens: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Three matrices B, G, A with ``A @ ((B @ x) * (G @ w)) == [w @ x[i : i + tokens] for i in range(TILE)]``.

    Multiplying polynomials is evaluating both, multiplying and interpolating; a correlation is its transpose.
    """
    size = TILE + tokens - 1

    def powers(degree: int) -> NDArray[np.float64]:
        finite = np.vander(POINTS[: size - 1], degree, increasing=True)
        infinity = np.eye(degree)[-1:]
        return np.concatenate([finite, infinity])

    return np.asarray(np.linalg.inv(powers(size)).T, np.float64), powers(tokens), powers(TILE).T

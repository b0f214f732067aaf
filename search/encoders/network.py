"""The forward pass of the built-in encoder, in numpy.

Google's universal-sentence-encoder-multilingual (Yang et al. 2019): token vectors → linear to three groups of 256 and
layer norm → per group two residual convolutions over windows of 2, 3 and 5 tokens → with the token vectors, layer norm
→ sum over tokens, linear, divided by √n → a small residual network → tanh → unit length.

All texts of a batch lie in one matrix, two zero rows apart: that is the zero padding of the widest window, so no window
reaches into a neighbour, and a window over n rows is simply n rows that lie next to each other in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float32]

GROUP = 256
WINDOWS = ((2, 0), (3, 1), (5, 2))
"""(tokens in the window, how many of them before the token) of each group."""

GAP = 2
EPSILON = np.float32(1e-12)


class Stretch(NamedTuple):
    """Tokens ``start`` to ``end`` of one text, which go through the network together.

    They are summed between neighbouring ``cuts`` (ascending positions in the text, two or more): what lies before the
    first and after the last is there for the windows.
    """

    text: int
    start: int
    end: int
    cuts: Sequence[int]


class Network:
    """The weights, mapped from ``network.bin``; ``layout`` is name → shape in the order of the file."""

    def __init__(self, file: Path, layout: Mapping[str, Sequence[int]]) -> None:
        numbers = np.asarray(np.memmap(file, np.dtype("<f4"), "r"))
        self._weights: dict[str, Matrix] = {}
        at = 0
        for name, shape in layout.items():
            size = int(np.prod(shape))
            self._weights[name] = numbers[at : at + size].reshape(shape)
            at += size

    def sums(self, tokens: Matrix, stretches: Sequence[Stretch]) -> Matrix:
        """``float32[m, 1280]``: the normalized features summed between neighbouring cuts, stretch after stretch.

        ``tokens`` is ``float32[n, 512]``, the rows of the table for all stretches one after the other.
        """
        places, total = _places(stretches)
        features = np.zeros((total, tokens.shape[1] + len(WINDOWS) * GROUP), np.float32)
        features[places, : tokens.shape[1]] = tokens
        empty = np.ones(total, np.bool_)
        empty[places] = False
        self._convolve(features, tokens.shape[1], np.flatnonzero(empty))
        return self._pooled(features, stretches)

    def heads(self, sums: Matrix, lengths: NDArray[np.int64]) -> Matrix:
        """``float32[n, 512]``, unit rows, from the summed features of n texts of ``lengths`` tokens."""
        w = self._weights
        count = lengths.astype(np.float32)[:, None]
        mean = (sums @ w["pool"] + count * w["pool_bias"]) / np.sqrt(count)
        first = np.maximum(mean @ w["d0"], 0)
        second = np.maximum(mean @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        out: Matrix = np.tanh(second @ w["p3"] + third @ w["d3"])
        out /= np.sqrt(np.maximum(np.einsum("ij,ij->i", out, out), EPSILON))[:, None]
        return out

    def _convolve(self, features: Matrix, width: int, empty: NDArray[np.intp]) -> None:
        """Fill the columns of ``features`` after the first ``width`` with the three groups."""
        w = self._weights
        inner = slice(GAP, len(features) - GAP)
        x = features[:, :width] @ w["project"]
        x += w["project_bias"]
        x *= (1 / np.sqrt(np.einsum("ij,ij->i", x, x) / np.float32(x.shape[1]) + EPSILON))[:, None]
        x *= w["gain"]
        x += w["shift"]
        x[empty] = 0
        for group, (tokens, before) in enumerate(WINDOWS):
            hidden = np.ascontiguousarray(x[:, group * GROUP : (group + 1) * GROUP])
            change = self._window(hidden, tokens, before, 1)
            hidden[inner] += change
            hidden[empty] = 0
            change = self._window(hidden, tokens, before, 2)
            change += hidden[inner]
            features[inner, width + group * GROUP : width + (group + 1) * GROUP] = change

    def _window(self, x: Matrix, tokens: int, before: int, layer: int) -> Matrix:
        """``relu(windows · W + b)`` for every row but the ``GAP`` first and last of the contiguous ``x``."""
        rows = len(x) - 2 * GAP
        windows = as_strided(x[GAP - before :], (rows, tokens * GROUP), x.strides, writeable=False)
        y: Matrix = windows @ self._weights[f"window{tokens}_{layer}"]
        y += self._weights[f"window{tokens}_{layer}_bias"]
        return np.maximum(y, 0, out=y)

    def _pooled(self, features: Matrix, stretches: Sequence[Stretch]) -> Matrix:
        """Layer norm and sum over tokens in one product: the sum of rows · deviation⁻¹ less the sum of their means."""
        mean = features.mean(axis=1)
        spread = np.einsum("ij,ij->i", features, features) / np.float32(features.shape[1]) - mean * mean
        share = 1 / np.sqrt(np.maximum(spread, 0) + EPSILON)
        spans = _spans(stretches)
        counted = np.zeros((len(spans), len(features)), np.float32)
        for row, (low, high) in enumerate(spans):
            counted[row, low:high] = share[low:high]
        sums: Matrix = counted @ features
        sums -= (counted @ mean)[:, None]
        sums *= self._weights["pool_gain"]
        lengths = np.array([high - low for low, high in spans], np.float32)
        sums += lengths[:, None] * self._weights["pool_shift"]
        return sums


def _offsets(stretches: Sequence[Stretch]) -> list[int]:
    """The first row of each stretch in the joint matrix."""
    offsets = [GAP]
    for stretch in stretches[:-1]:
        offsets.append(offsets[-1] + stretch.end - stretch.start + GAP)
    return offsets


def _spans(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """The rows of the joint matrix between neighbouring cuts, stretch after stretch."""
    return [
        (offset + low - stretch.start, offset + high - stretch.start)
        for stretch, offset in zip(stretches, _offsets(stretches), strict=True)
        for low, high in pairwise(stretch.cuts)
    ]


def _places(stretches: Sequence[Stretch]) -> tuple[NDArray[np.intp], int]:
    """The row of every token in the joint matrix, and how many rows that has."""
    spans = [
        np.arange(offset, offset + stretch.end - stretch.start)
        for stretch, offset in zip(stretches, _offsets(stretches), strict=True)
    ]
    return np.concatenate(spans), int(spans[-1][-1]) + 1 + GAP

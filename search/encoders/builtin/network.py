"""The forward pass of the built-in encoder, in numpy.

Google's universal-sentence-encoder-multilingual (Yang et al. 2019): token vectors → linear to three groups of 256 and
layer norm → per group two residual convolutions over windows of 2, 3 and 5 tokens → with the token vectors, layer norm
→ sum over tokens, linear, divided by √n → a small residual network → tanh → unit length.

All texts of a batch lie in one matrix, two zero rows apart: that is the zero padding of the widest window, so no window
reaches into a neighbour, and a window over n rows is simply n rows that lie next to each other in memory.
What comes before the convolutions depends on the piece alone and is computed once for each piece of a batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.winograd import TILE, Convolution, Matrix

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
        """The file holds ``float16`` (finite numbers only); the network computes in ``float32``."""
        numbers = from_float16(np.asarray(np.memmap(file, np.dtype("<f2"), "r")))
        self._weights: dict[str, Matrix] = {}
        at = 0
        for name, shape in layout.items():
            size = int(np.prod(shape))
            self._weights[name] = numbers[at : at + size].reshape(shape)
            at += size
        self._convolutions = [(self._convolution(n, 1), self._convolution(n, 2)) for n, _ in WINDOWS]

    @property
    def features(self) -> int:
        """Of a token, and so of a sum: 1280."""
        return len(self._weights["pool"])

    def sums(self, rows: Matrix, which: NDArray[np.int64], stretches: Sequence[Stretch]) -> Matrix:
        """``float32[m, 1280]``: the normalized features summed between neighbouring cuts, stretch after stretch.

        ``rows`` is ``float32[u, 512]``, the table's rows of the pieces that occur; ``which`` is ``int64[n]``, the row
        of each token, for all stretches one after the other.
        """
        return self._pooled(self._features(rows, which, stretches), stretches)

    def heads(self, sums: Matrix, lengths: NDArray[np.int64] | NDArray[np.float32]) -> Matrix:
        """``float32[n, 512]``, unit rows, from the summed features of n texts of ``lengths`` tokens, 1 or more."""
        w = self._weights
        count = lengths.astype(np.float32)[:, None]
        mean = (sums @ w["pool"] + count * w["pool_bias"]) / np.sqrt(count)
        first = np.maximum(mean @ w["d0"], 0)
        second = np.maximum(mean @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        out: Matrix = np.tanh(second @ w["p3"] + third @ w["d3"])
        out /= np.sqrt(np.maximum(np.einsum("ij,ij->i", out, out), EPSILON))[:, None]
        return out

    def _features(self, rows: Matrix, which: NDArray[np.int64], stretches: Sequence[Stretch]) -> Matrix:
        """``float32[rows of the joint matrix, 1280]``: each token's vector and its three groups.

        Between the texts are numbers of no meaning.
        """
        places, total = _places(stretches)
        of_row = np.zeros(total, np.int64)  # between the texts, any piece: what it gives is set to 0 or counts nothing
        of_row[places] = which
        empty = np.ones(total, np.bool_)
        empty[places] = False
        x = self._projected(rows)[of_row]
        x[empty] = 0
        width = rows.shape[1]
        features = np.empty((total, width + len(WINDOWS) * GROUP), np.float32)
        features[:, :width] = rows[of_row]
        features[:GAP, width:] = features[-GAP:, width:] = 0
        inner = slice(GAP, total - GAP)
        count = total - 2 * GAP
        for group, (_, before) in enumerate(WINDOWS):
            first, second = self._convolutions[group]
            hidden = x[:, group * GROUP : (group + 1) * GROUP]
            hidden[inner] += first(hidden[GAP - before :], count)
            hidden[empty] = 0
            part = slice(width + group * GROUP, width + (group + 1) * GROUP)
            np.add(second(hidden[GAP - before :], count), hidden[inner], out=features[inner, part])
        return features

    def _convolution(self, tokens: int, layer: int) -> Convolution:
        name = f"window{tokens}_{layer}"
        return Convolution(self._weights[name], self._weights[f"{name}_bias"])

    def _projected(self, rows: Matrix) -> Matrix:
        """``float32[u, 768]``: what the convolutions take of each piece, linear and layer norm."""
        w = self._weights
        x: Matrix = rows @ w["project"]
        x += w["project_bias"]
        x *= (1 / np.sqrt(np.einsum("ij,ij->i", x, x) / np.float32(x.shape[1]) + EPSILON))[:, None]
        x *= w["gain"]
        x += w["shift"]
        return x

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


def from_float16(numbers: NDArray[np.float16]) -> Matrix:
    """Finite numbers as ``float32``, exactly, five times as fast as numpy does it: that counts at every start.

    Exponent and mantissa move to the places that they have in 32 bits; what is missing is the difference of the biases.
    """
    bits = numbers.view(np.int16).astype(np.int32)
    bits <<= 13
    bits &= ~0x70000000  # all but the copies of the sign
    wide = bits.view(np.float32)
    wide *= np.float32(2.0**112)
    return wide


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
    """The row of every token in the joint matrix, and how many rows that has: whole tiles and a gap at both ends."""
    spans = [
        np.arange(offset, offset + stretch.end - stretch.start)
        for stretch, offset in zip(stretches, _offsets(stretches), strict=True)
    ]
    count = int(spans[-1][-1]) + 1 - GAP
    return np.concatenate(spans), GAP + -(-count // TILE) * TILE + GAP

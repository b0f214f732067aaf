"""Copies: paragraphs that say the same, so that together they count as one wherever a mean is taken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Vectors

COPY = 0.95
"""The least cosine of copies. Among 240 paragraphs of ordinary corpora there is hardly a pair so near."""

_BLOCK = 64
"""Vectors that are compared with each other at once."""

_RUN, _RUNS_AT_ONCE = 8, 1 << 13
"""The characters of a run; of how many distinct ones it is told at once which texts have them."""

_FACTOR = 0x9E3779B97F4A7C15
"""What hashes multiply by; odd, so that no bit of a character is lost."""


def shares(vectors: Vectors) -> NDArray[np.float64]:
    """``float64[n]``: 1 for a paragraph without copies among these, else 1 / how many they are together.

    ``vectors`` are ``float32[n, dim]``, unit.
    """
    copies = np.count_nonzero(vectors @ vectors.T >= COPY, axis=1)
    return np.asarray(1 / np.maximum(copies, 1), np.float64)


def stacked(vectors: Sequence[NDArray[np.float32]]) -> Vectors:
    """``float32[n, dim]`` of n vectors, of which there are some: in a third of the time of `numpy.stack`."""
    return np.concatenate(vectors).reshape(len(vectors), -1)


def distinct(vectors: Vectors, known: Vectors | None = None, most: int | None = None, alike: int = 1) -> list[int]:
    """The places of ``vectors`` (``float32[n, dim]``, unit) without copies of ``known`` ones and of earlier ones.

    ``most``: the first so many. ``alike``: how many may be copies of one, itself included.
    """
    copies_of = np.zeros(len(vectors), np.int64)
    if known is not None:
        copies_of += np.count_nonzero(vectors @ known.T >= COPY, axis=1)
    left = np.flatnonzero(copies_of < alike)
    kept: list[int] = []
    while len(left) and len(kept) != most:
        block, left = left[:_BLOCK], left[_BLOCK:]
        copies = vectors[block] @ vectors[block].T >= COPY
        earlier = copies_of[block].tolist()
        chosen: list[int] = []
        for place, before in enumerate(earlier):
            if len(kept) + len(chosen) != most and before + np.count_nonzero(copies[place, chosen]) < alike:
                chosen.append(place)
        kept += block[chosen].tolist()
        copies_of[left] += np.count_nonzero(vectors[left] @ vectors[block[chosen]].T >= COPY, axis=1)
        left = left[copies_of[left] < alike]
    return kept


def shared_runs(texts: Sequence[str]) -> NDArray[np.float64]:
    """``float64[n, n]``: of the runs of eight characters in either of two texts the share in both (Jaccard, 1901).

    Spaces and case do not count; a shorter text is one run. Runs are told apart by hashes of 64 bits.

    >>> shared_runs(["The council", "THE COUNCIL!"]).round(2).tolist()
    [[1.0, 0.75], [0.75, 1.0]]
    """
    squeezed = ["".join(text.casefold().split()).ljust(_RUN, "\0") for text in texts]
    ends = np.cumsum([len(text) for text in squeezed])
    owners = np.repeat(np.arange(len(squeezed)), np.diff(ends, prepend=0))
    is_whole = np.ones(len(owners), np.bool_)  # what begins with the last characters of a text reaches beyond it
    is_whole[(ends[:, np.newaxis] - np.arange(1, _RUN)).ravel()] = False
    hashes = _hashes_of_runs("".join(squeezed))[is_whole[: 1 - _RUN]]
    order = np.argsort(hashes)
    ascending, owners = hashes[order], owners[is_whole][order]
    numbers = np.cumsum(np.append(False, ascending[1:] != ascending[:-1]))
    both = np.zeros((len(squeezed), len(squeezed)))
    for first in range(0, int(numbers[-1]) + 1, _RUNS_AT_ONCE):
        begin, end = np.searchsorted(numbers, (first, first + _RUNS_AT_ONCE))
        has_run = np.zeros((len(squeezed), _RUNS_AT_ONCE), np.float32)
        has_run[owners[begin:end], numbers[begin:end] - first] = 1
        both += has_run @ has_run.T
    counts = np.diag(both)
    return np.asarray(both / (counts + counts[:, np.newaxis] - both), np.float64)


def _hashes_of_runs(text: str) -> NDArray[np.uint64]:
    """The hash of the run that begins at each character, in three steps: of two of them, of four and of eight."""
    hashes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    factor, length = _FACTOR, 1
    while length < _RUN:
        hashes = hashes[:-length] * np.uint64(factor) + hashes[length:]
        factor, length = factor * factor % (1 << 64), 2 * length
    return hashes

"""Many runs of an array taken at once: what belongs to some rows, where each row has several entries side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

N = TypeVar("N", bound=np.floating[Any])


def ranges(firsts: NDArray[np.integer], counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """``int64[n]``: the places of several runs, one after the other; of each its first, and how many it has.

    >>> ranges(np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    before = np.cumsum(counts) - counts
    places: NDArray[np.int64] = np.repeat(firsts - before, counts) + np.arange(counts.sum())
    return places


def sums_of_groups(values: NDArray[N], groups: Sequence[Sequence[int]]) -> NDArray[N]:
    """The sum of the values of each group, which are given by their places, some groups and none of them empty.

    >>> sums_of_groups(np.array([1.0, 2.0, 4.0]), [[0, 1], [2], [2, 0]]).tolist()
    [3.0, 4.0, 5.0]
    """
    firsts = np.cumsum([0, *map(len, groups[:-1])])
    sums: NDArray[N] = np.add.reduceat(values[[place for group in groups for place in group]], firsts, axis=0)
    return sums

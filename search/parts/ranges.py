"""Much of an array taken at once: runs, where each row has several entries side by side, groups, and what is sought."""

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


def located(ascending: NDArray[np.integer], sought: NDArray[np.integer]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where in ``ascending`` each of ``sought`` stands, and whether it is there at all.

    >>> places, is_there = located(np.array([2, 5, 9]), np.array([5, 6, 10]))
    >>> is_there.tolist(), places[is_there].tolist()
    ([True, False, False], [1])
    """
    if not len(ascending):
        return np.zeros(len(sought), np.intp), np.zeros(len(sought), np.bool_)
    places = np.minimum(ascending.searchsorted(sought), len(ascending) - 1)
    return places, ascending[places] == sought


def sums_of_groups(values: NDArray[N], groups: Sequence[Sequence[int]]) -> NDArray[N]:
    """The sum of the values of each group, which are given by their places, some groups and none of them empty.

    >>> sums_of_groups(np.array([1.0, 2.0, 4.0]), [[0, 1], [2], [2, 0]]).tolist()
    [3.0, 4.0, 5.0]
    """
    firsts = np.cumsum([0, *map(len, groups[:-1])])
    sums: NDArray[N] = np.add.reduceat(values[[place for group in groups for place in group]], firsts, axis=0)
    return sums

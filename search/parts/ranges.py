"""Many runs of an array taken at once: what belongs to some rows, where each row has several entries side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def ranges(firsts: NDArray[np.integer], counts: NDArray[np.integer]) -> NDArray[np.int64]:
    """``int64[n]``: the places of several runs, one after the other; of each its first, and how many it has.

    >>> ranges(np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    before = np.cumsum(counts) - counts
    places: NDArray[np.int64] = np.repeat(firsts - before, counts) + np.arange(counts.sum())
    return places

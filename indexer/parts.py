"""When write-once parts are merged: the one policy of everything that lies in parts.

What is new becomes a new part; while the newest part is at least half as large as the one before it, the two are
merged. So there are few parts, and a vector is rewritten about log2(n) times in the life of an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from search.dense import read_removed
from search.layout import Generation


def gone_rows(base: Generation | None, removed: Iterable[int]) -> BitMap:
    """The rows that lie in some part of ``base`` and are no longer in the index once ``removed`` are."""
    return BitMap(removed) | (read_removed(base) if base else BitMap())


def first_merged(parts: Sequence[NDArray[np.int64]], gone: BitMap, added: int) -> int:
    """From which part on all are merged with what is new: the first of which half is gone, or that is small by now.

    ``parts`` are the rows of each part, oldest first.
    """
    for place, rows in enumerate(parts):
        if 2 * len(gone & BitMap(rows)) > len(rows):
            return place
    first, size = len(parts), added
    while added and first and len(parts[first - 1]) <= 2 * size:
        first -= 1
        size += len(parts[first])
    return first


def is_living(rows: NDArray[np.int64], gone: BitMap) -> NDArray[np.bool_]:
    """For each of ``rows`` whether it is not gone."""
    return np.isin(rows, np.asarray(gone, dtype=np.int64), invert=True)

"""Rows that share the vectors of another because their text is the same: equal paragraphs are embedded and stored once.

The row that has them is the *holder*. It may have left the index itself: its vectors stay while a row shares them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import DAMAGED_REMEDY

Pairs = NDArray[np.int64]
"""``int64[2, n]``: rows, ascending, and the holder of each."""


class SharedRows:
    """Which rows share whose vectors. Safe to share between threads."""

    def __init__(self, pairs: Pairs) -> None:
        self.rows, self.holders = pairs
        self._by_holder = np.argsort(self.holders, kind="stable")
        self._sorted_holders = self.holders[self._by_holder]

    @classmethod
    def of(cls, holders: Mapping[int, int]) -> SharedRows:
        """From row → holder."""
        return cls(np.array(sorted(holders.items()), np.int64).reshape(-1, 2).T)

    @property
    def pairs(self) -> Pairs:
        """As they are stored."""
        return np.stack([self.rows, self.holders])

    def holders_of(self, rows: Sequence[int]) -> NDArray[np.int64]:
        """The row that has the vectors of each of ``rows``: mostly itself."""
        wanted = np.array(rows, np.int64)
        if len(self.rows):
            places = np.minimum(np.searchsorted(self.rows, wanted), len(self.rows) - 1)
            shared = self.rows[places] == wanted
            wanted[shared] = self.holders[places[shared]]
        return wanted

    def sharing(self, holder: int) -> list[int]:
        """The rows that share a holder's vectors, ascending."""
        low, high = np.searchsorted(self._sorted_holders, [holder, holder + 1])
        found: list[int] = self.rows[self._by_holder[low:high]].tolist()
        return found


NOTHING_SHARED = SharedRows.of({})


def open_shared(generation: Generation) -> SharedRows:
    """Those of a generation; an index of format 4 has none. Raises `IndexDamaged`."""
    path: Path = generation.shared_rows
    if not path.exists():
        return NOTHING_SHARED
    try:
        return SharedRows(np.load(path, allow_pickle=False).astype(np.int64, casting="safe").reshape(2, -1))
    except Exception as error:  # NumPy stumbles over a damaged head in many ways
        raise IndexDamaged(f"{path}: NumPy cannot read it ({error}).", DAMAGED_REMEDY) from error

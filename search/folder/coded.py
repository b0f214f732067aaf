"""Records of eight bytes that come again and again, coded: each distinct one once, and of each row which it has.

A paragraph has a hundred marks of a few ten thousand that there are: two or three bytes each tell which.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from paraglot.search.folder.arrays import Arrays
from paraglot.search.parts.ranges import ranges

RECORD = np.dtype("<u8")


class Coder:
    """Takes in the records of row after row."""

    def __init__(self) -> None:
        self._numbers: defaultdict[int, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__
        self._codes, self._ends = array("I"), array("Q", [0])

    def add(self, packed: bytes) -> None:
        """Those of one more row."""
        self._codes.extend(map(self._numbers.__getitem__, np.frombuffer(packed, RECORD).tolist()))
        self._ends.append(len(self._codes))

    def arrays(self, name: str) -> Iterator[tuple[str, NDArray[np.unsignedinteger]]]:
        """As they are written: the distinct records, where those of each row begin, and which they are."""
        codes = np.frombuffer(self._codes, np.uint32)
        yield f"{name}.distinct", np.fromiter(self._numbers, RECORD, len(self._numbers))
        yield f"{name}.starts", np.frombuffer(self._ends, np.uint64).astype("<u4" if len(codes) < 1 << 32 else "<u8")
        yield f"{name}.low", codes.astype("<u2")
        if len(self._numbers) > 1 << 16:
            yield f"{name}.high", (codes >> 16).astype("<u1" if len(self._numbers) <= 1 << 24 else "<u2")


def decoded(arrays: Arrays, name: str, places: NDArray[np.int64]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The records of some rows, one after the other, and how many each has. Raises `IndexError` or `ValueError` where
    there are none such.
    """
    starts, high = arrays[f"{name}.starts"], arrays.get(f"{name}.high")
    firsts = starts[places].astype(np.int64)
    counts = starts[places + 1].astype(np.int64) - firsts
    at = ranges(firsts, counts)
    codes = arrays[f"{name}.low"][at].astype(np.int64)
    if high is not None:
        codes |= high[at].astype(np.int64) << 16
    return arrays[f"{name}.distinct"][codes], counts

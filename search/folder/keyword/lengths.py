"""How long a text is, in one byte: exact up to ten terms, then within two in a hundred (Whoosh's scale)."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

_LENGTHS = [round((1.033**code - 1) * 27) for code in range(256)]

LENGTHS = np.array(_LENGTHS, np.float64)
"""The number of terms that a byte stands for."""


def code_of_length(length: int) -> int:
    """The byte of a number of terms: the first that stands for as many.

    >>> code_of_length(10), LENGTHS[code_of_length(10)], LENGTHS[code_of_length(100)]
    (10, np.float64(10.0), np.float64(101.0))
    """
    return min(bisect_left(_LENGTHS, length), 255)

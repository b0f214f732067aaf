"""BM25 over two fields (Robertson and Zaragoza, 2009): what an occurrence counts, and what a term says.

score(p) = Σ_t w(t) · idf(t) · (share(text) + TITLE_WEIGHT · share(title)),   idf(t) = ln(n / (df + 1)) + 1
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import log
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

TITLE_WEIGHT = 0.3
"""What a word in the title counts beside a word in the text."""

K1, B = 1.2, 0.75
"""The saturation of repeated words, and how far a long paragraph is held to more of them."""


@overload
def share(count: float, length: float, mean_length: float) -> float: ...
@overload
def share(count: NDArray[Any], length: NDArray[np.float64], mean_length: float) -> NDArray[np.float64]: ...
def share(count: Any, length: Any, mean_length: float) -> Any:
    """What ``count`` occurrences of a term count in a field of ``length`` terms; of numbers, or of arrays alike.

    >>> round(share(1, 4, 4), 6), round(share(3, 4, 4), 6)
    (1.0, 1.571429)
    """
    return count * (K1 + 1) / (count + K1 * (1 - B + B * length / mean_length))


def idf(among: int, having: int) -> float:
    """What a term says that ``having`` of ``among`` paragraphs have; never less than nothing."""
    return max(0.0, log(max(among, 1) / (having + 1)) + 1)


def word_idf(terms: Iterable[str], having: Callable[[str], int], of_term: Callable[[str], float], among: int) -> float:
    """What a word says: the lowest idf of its terms that any of ``among`` paragraphs has, before those of its sound
    (`paraglot.search.query.names.SOUND_MARK`).
    """
    there = [term for term in terms if having(term)]
    known = [of_term(term) for term in [term for term in there if term[:1] != "~"] or there]
    return min(known, default=idf(among, 0))

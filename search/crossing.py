"""What a query and a paragraph share across languages: concepts and sounds of words, by the lexicon.

    shared(q, p) = Σ_m w(q, m) · w(p, m) · idf(m)  /  Σ_m w(q, m)² · idf(m),   idf(m) = ln(1 + (n - df + ½) / (df + ½))

m runs over the marks of the query (`search.lexicon`), df counts those of the n candidates that have it: BM25's idf,
over the candidates. The whole of a query is at least one word that none of them has: particles alone share little. It
finds what no vector tells apart: the name, the rare word. See docs/decisions/0021-lexicon.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.lexicon import Marks


def crossing_scores(asked: Marks, told: Sequence[Marks]) -> NDArray[np.float64]:
    """``float64[n]``: how much of a query each text has, 0 to about 1.

    >>> crossing_scores({1: 1.0, 2: 1.0}, [{1: 1.0, 5: 1.0}, {6: 1.0}]).round(3).tolist()
    [0.279, 0.0]
    >>> crossing_scores({1: 0.5}, [{1: 0.5}, {6: 1.0}]).round(3).tolist()  # 0.25 · ln 2 / ln 6
    [0.097, 0.0]
    """
    shared = [{mark: weight * own[mark] for mark, weight in asked.items() if mark in own} for own in told]
    held = {mark: sum(mark in own for own in shared) for mark in asked}
    idf = {mark: _idf(df, len(told)) for mark, df in held.items()}
    whole = sum(weight**2 * idf[mark] for mark, weight in asked.items())
    found = [sum(weight * idf[mark] for mark, weight in own.items()) for own in shared]
    return np.array(found, np.float64) / max(whole, _idf(0, len(told)))


def _idf(having: int, count: int) -> float:
    return float(np.log1p((count - having + 0.5) / (having + 0.5)))

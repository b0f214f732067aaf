"""What a query and a paragraph share across languages: concepts and sounds of words, by the lexicon.

    shared(q, p) = Σ_m w(q, m) · w(p, m) · idf(m)  /  Σ_m w(q, m)² · idf(m),   idf(m) = ln(1 + (n - df + ½) / (df + ½))

m runs over the marks of the query (`paraglot.search.lexicon`), df counts those of the n candidates that have it:
BM25's idf, over the candidates. The whole of a query is at least one word that none of them has: particles alone
share little. It finds what no vector tells apart: the name, the rare word. See docs/decisions/0021-lexicon.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.lexicon.lexicon import Marks


def crossing_scores(asked: Marks, told: Sequence[Marks]) -> NDArray[np.float64]:
    """``float64[n]``: how much of a query each text has, 0 to about 1.

    >>> from paraglot.search.lexicon.lexicon import marks_from
    >>> bread, tax = marks_from({1: 1.0, 5: 1.0}), marks_from({6: 1.0})
    >>> crossing_scores(marks_from({1: 1.0, 2: 1.0}), [bread, tax]).round(3).tolist()
    [0.279, 0.0]
    >>> crossing_scores(marks_from({1: 0.5}), [bread, tax]).round(3).tolist()  # 0.5 · ln 2 / ln 6
    [0.193, 0.0]
    """
    if not told or not len(asked.numbers):
        return np.zeros(len(told))
    numbers = np.concatenate([own.numbers for own in told])
    of_text = np.repeat(np.arange(len(told)), [len(own.numbers) for own in told])
    at = np.minimum(np.searchsorted(asked.numbers, numbers), len(asked.numbers) - 1)
    held = asked.numbers[at] == numbers
    at, of_text = at[held], of_text[held]
    count = len(told)
    having = np.bincount(at, minlength=len(asked.numbers))
    idf = np.log1p((count - having + 0.5) / (having + 0.5))
    added = asked.weights[at] * np.concatenate([own.weights for own in told])[held] * idf[at]
    whole = float(np.square(asked.weights) @ idf)
    found = np.bincount(of_text, added, minlength=count).astype(np.float64)
    return found / max(whole, float(np.log1p((count + 0.5) / 0.5)))

"""One ranking from both legs: a convex combination of standardized scores, and the law of rankings.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023: where both legs score every
candidate, adding normalized scores beats adding ranks. Here each leg's scores are taken in standard deviations from
the mean of the candidates, and what the words say counts as far as the paragraph covers the query: a match by a name or
an article that two languages share says little. See docs/decisions/0007-sentences-and-fusion.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from search.seams import Candidate, Ranking

KEYWORD_WEIGHT = 1.5
"""What a standard deviation of the keyword leg counts, beside one of the semantic leg, at full coverage."""


def fuse(candidates: Sequence[Candidate]) -> Ranking:
    """Every candidate by standardized semantic score + `KEYWORD_WEIGHT` × coverage × standardized keyword score.

    >>> fuse([Candidate(7, 0.2, 9.0, 1.0), Candidate(3, 0.6, 0.0, 0.0), Candidate(5, 0.4, 0.0, 0.0)])
    [(3, 1.224745), (7, 0.896575), (5, 0.0)]
    """
    semantic = standardized([one.semantic for one in candidates])
    keyword = standardized([one.keyword for one in candidates])
    coverage = np.array([one.coverage for one in candidates])
    scores = np.round(semantic + KEYWORD_WEIGHT * coverage * keyword, 6) + 0.0  # no -0.0
    return in_order((one.row, float(score)) for one, score in zip(candidates, scores, strict=True))


def standardized(scores: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores as standard deviations from their mean; zeros where all are the same."""
    values = np.array(scores, np.float64)
    if not len(values):
        return values
    deviation = values.std()
    return (values - values.mean()) / deviation if deviation > 1e-9 else np.zeros_like(values)


def in_order(scored: Iterable[tuple[int, float]]) -> Ranking:
    """Scored rows as a ranking: best first, ties by the lower row."""
    return sorted(scored, key=lambda entry: (-entry[1], entry[0]))


def best(search: Callable[[int], Ranking], limit: int) -> Ranking:
    """The ``limit`` best of a search that breaks ties in its own way: asks on until it has all that tie with the last.

    ``search(n)`` gives any n best rows. Without this, which of two equal paragraphs is found would hang on the history
    of the index.
    """
    asked = limit + 1
    while True:
        found = search(asked)
        if len(found) < asked or found[-1][1] < found[limit - 1][1]:
            return in_order(found)[:limit]
        asked *= 2

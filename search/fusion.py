"""Reciprocal rank fusion.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009: a row's score is the sum over the legs that found it of 1 / (60 + rank), ranks from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from search.seams import Ranking

RRF_K = 60
"""The constant of the paper; it damps how much a first place outweighs a second."""


def reciprocal_rank_fusion(legs: Sequence[Ranking]) -> Ranking:
    """One ranking from several: every row that any leg found, best first, ties by the lower row.

    >>> reciprocal_rank_fusion([[(7, 12.0), (3, 9.0)], [(3, 0.8)]])  # 3: 1/62 + 1/61, 7: 1/61
    [(3, 0.03252247488101534), (7, 0.01639344262295082)]
    """
    scores: dict[int, float] = {}
    for leg in legs:
        for rank, (row, _) in enumerate(leg, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (RRF_K + rank)
    return in_order(scores.items())


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

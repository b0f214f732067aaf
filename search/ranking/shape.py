"""The shape of the results: what happens between the ranking of the candidates and the page.

In this order, each over the whole window, so that pages never overlap: preferred languages raised
(`with_preference`), newer articles raised (`with_recency`), near copies told as one (`collapsed`), variety
(`diversified`), one entry per article (`grouped`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.ranking.fusion import in_order
from paraglot.search.seams import Ranking, Vectors

SAME_STORY = 0.65
"""The least cosine of two paragraphs in different languages that tell the same; XQuAD's translations: 98 % right."""

ALIKE = 0.85
"""Near-identical: so large a part of the runs in two texts is in both."""

PREFERENCE = 0.75
"""What a preferred language counts, in standard deviations of the scores: between equals, not against better ones."""

_NEAR, _RUN = 0.8, 8
"""The least cosine of paragraphs that are compared at all, and the characters of a run."""

_VARIED = 50
"""The first hits, among which variety is sought."""


def with_preference(ranking: Ranking, wanted: BitMap, among: Ranking | None = None) -> Ranking:
    """The scores of ``wanted`` rows + `PREFERENCE` × the standard deviation of all scores, in their new order.

    ``among``: the part of the ranking whose scores count for the deviation; None: all.

    >>> with_preference([(1, 3.0), (2, 2.5), (3, 1.0)], BitMap([2]))
    [(2, 3.137377), (1, 3.0), (3, 1.0)]
    """
    counted = [score for _, score in (ranking if among is None else among)]
    raised = PREFERENCE * float(np.std(counted)) if counted else 0.0
    return in_order((row, round(score + raised, 6) if row in wanted else score) for row, score in ranking)


def with_recency(
    ranking: Ranking, dates: Mapping[int, date], today: date, weight: float, half_life_days: float
) -> Ranking:
    """Each score + ``weight`` × 2 ^ (-age / half-life), in units of the score; without a date nothing is added.

    >>> with_recency([(1, 2.0), (2, 1.9)], {2: date(2026, 1, 1)}, date(2026, 1, 31), 1.0, 30.0)
    [(2, 2.4), (1, 2.0)]
    """

    def bonus(row: int) -> float:
        if row not in dates:
            return 0.0
        age = max((today - dates[row]).days, 0)
        return float(weight * 2 ** (-age / half_life_days))

    return in_order((row, round(score + bonus(row), 6)) for row, score in ranking)


def collapsed(
    ranking: Ranking, vectors: Sequence[NDArray[np.float32]], texts: Callable[[Sequence[int]], Sequence[str]]
) -> tuple[Ranking, dict[int, list[int]]]:
    """The ranking without paragraphs that are nearly the text of one before them, and those by the one that stays.

    ``vectors`` are those of the first rows; the others are not looked at. ``texts`` gives the texts of rows: only those
    that lie near each other are compared.
    """
    rows = [row for row, _ in ranking[: len(vectors)]]
    if len(rows) < 2:
        return ranking, {}
    stacked = np.stack(vectors)
    near = np.tril(stacked @ stacked.T >= _NEAR, -1)
    if not near.any():
        return ranking, {}
    compared = np.flatnonzero(near.any(axis=0) | near.any(axis=1)).tolist()
    by_place = dict(zip(compared, texts([rows[place] for place in compared]), strict=True))
    runs = cache(lambda place: _runs(by_place[place]))
    stays: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        for before in np.flatnonzero(near[place]).tolist():
            if rows[before] in stays and share(runs(place), runs(before)) >= ALIKE:
                stays[rows[before]].append(row)
                break
        else:
            stays[row] = []
    gone = {row for own in stays.values() for row in own}
    return [entry for entry in ranking if entry[0] not in gone], {row: own for row, own in stays.items() if own}


def _runs(text: str) -> set[str]:
    """The runs of `_RUN` characters, without spaces and case: the same for every script."""
    squeezed = "".join(text.casefold().split())
    return {squeezed[at : at + _RUN] for at in range(max(len(squeezed) - _RUN + 1, 1))}


def share(one: set[str], other: set[str]) -> float:
    """How large a part of what is in either is in both (Jaccard, 1901)."""
    return len(one & other) / len(one | other)


def diversified(ranking: Ranking, vectors: Vectors, diversity: float) -> Ranking:
    """The first rows by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), the others after them.

    Next comes the row with the highest (1 - diversity) × score - diversity × cosine to the nearest row before it, with
    scores stretched to 0 to 1. ``vectors``, ``float32[n, dim]``, are those of the first n rows. Rows keep their scores.
    """
    first = ranking[: len(vectors)]
    if len(first) < 2 or diversity <= 0:
        return ranking
    scores = np.array([score for _, score in first])
    scores = (scores - scores.min()) / max(float(np.ptp(scores)), 1e-9)
    cosines = vectors @ vectors.T
    nearest = np.zeros(len(first))
    left = np.ones(len(first), bool)
    taken: list[int] = []
    for _ in first:
        gains = np.where(left, (1 - diversity) * scores - diversity * nearest, -np.inf)
        chosen = int(np.argmax(np.round(gains, 6)))
        taken.append(chosen)
        left[chosen] = False
        nearest = np.maximum(nearest, cosines[chosen])
    return [first[place] for place in taken] + ranking[len(first) :]


def varied(ranking: Ranking) -> list[int]:
    """The rows whose vectors `diversified` and `collapsed` need."""
    return [row for row, _ in ranking[:_VARIED]]


def grouped(ranking: Ranking, articles: Sequence[str]) -> list[Ranking]:
    """The hits of each article together, best first; articles in the order of their first hits.

    ``articles`` are those of the hits, in the same order.
    """
    groups: dict[str, Ranking] = {}
    for entry, article in zip(ranking, articles, strict=True):
        groups.setdefault(article, []).append(entry)
    return list(groups.values())


def same_story(
    rows: Sequence[int],
    others: Sequence[int],
    vectors: Sequence[NDArray[np.float32]],
    other_vectors: Sequence[NDArray[np.float32]],
    languages: Mapping[int, str],
) -> dict[int, list[int]]:
    """For each of ``rows`` those of ``others`` that tell it in another language, nearest first; one a language."""
    cosines = np.round((np.stack(vectors) @ np.stack(other_vectors).T).astype(np.float64), 6)
    found: dict[int, list[int]] = {}
    for row, own in zip(rows, cosines, strict=True):
        near = np.flatnonzero(own >= SAME_STORY).tolist()
        first: dict[str, int] = {}
        for other, _ in in_order((others[place], float(own[place])) for place in near):
            if languages[other] != languages[row]:
                first.setdefault(languages[other], other)
        found[row] = list(first.values())
    return found

"""The shape of the results: what happens between the ranking of the candidates and the page.

In this order, each over the whole window, so that pages never overlap: newer articles raised (`with_recency`), near
copies told as one (`collapsed`), variety (`diversified`), one entry per article (`grouped`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from search.fusion import in_order
from search.seams import Ranking, Vectors

SAME_STORY = 0.65
"""The least cosine of two paragraphs in different languages that tell the same; XQuAD's translations: 98 % right."""

_NEAR, _ALIKE = 0.8, 0.85
"""Near-identical: vectors at least so near, and runs of characters shared by so large a part of both together."""

_RUN = 8

_VARIED = 50
"""The first hits, among which variety is sought."""


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
    ranking: Ranking, texts: Mapping[int, str], vectors: Mapping[int, NDArray[np.float32]]
) -> tuple[Ranking, dict[int, list[int]]]:
    """The ranking without paragraphs that are nearly the text of one before them, and those by the one that stays.

    Only rows with a text and a vector are looked at.
    """
    rows = [row for row, _ in ranking if row in texts]
    if len(rows) < 2:
        return ranking, {}
    stacked = np.stack([vectors[row] for row in rows])
    cosines = stacked @ stacked.T
    shingles: dict[int, set[str]] = {}
    stays: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        for before in np.flatnonzero(cosines[place, :place] >= _NEAR).tolist():
            other = rows[before]
            if other in stays and _share(_shingles(texts, row, shingles), _shingles(texts, other, shingles)) >= _ALIKE:
                stays[other].append(row)
                break
        else:
            stays[row] = []
    gone = {row for own in stays.values() for row in own}
    return [entry for entry in ranking if entry[0] not in gone], {row: own for row, own in stays.items() if own}


def _shingles(texts: Mapping[int, str], row: int, known: dict[int, set[str]]) -> set[str]:
    """The runs of `_RUN` characters, without spaces and case: the same for every script."""
    if row not in known:
        text = "".join(texts[row].casefold().split())
        known[row] = {text[at : at + _RUN] for at in range(max(len(text) - _RUN + 1, 1))}
    return known[row]


def _share(one: set[str], other: set[str]) -> float:
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
    return [row for row, _ in itertools.islice(ranking, _VARIED)]


def grouped(ranking: Ranking, articles: Mapping[int, str]) -> list[Ranking]:
    """The hits of each article together, best first; articles in the order of their first hits."""
    groups: dict[str, Ranking] = {}
    for row, score in ranking:
        groups.setdefault(articles[row], []).append((row, score))
    return list(groups.values())


def same_story(
    row: int, others: Sequence[int], vectors: Mapping[int, NDArray[np.float32]], languages: Mapping[int, str]
) -> list[int]:
    """Those of ``others`` that tell in another language what ``row`` tells, nearest first; one a language."""
    near = in_order(
        (other, round(float(vectors[row] @ vectors[other]), 6))
        for other in others
        if languages[other] != languages[row]
    )
    found: dict[str, int] = {}
    for other, cosine in near:
        if cosine >= SAME_STORY:
            found.setdefault(languages[other], other)
    return list(found.values())

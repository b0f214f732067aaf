"""The shape of the results: what happens between the ranking of the candidates and the page.

In this order, each over the whole window, so that pages never overlap: preferred languages raised, newer articles
raised, near copies told as one, variety, one entry per article.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Floats, in_order
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.parts.copies import shared_runs, stacked
from paraglot.search.ranking.question import Question

SAME_STORY = 0.65
"""The least cosine of two paragraphs in different languages that tell the same; XQuAD's translations: 98 % right."""

ALIKE = 0.85
"""Near-identical: so large a part of the runs in two texts is in both."""

PREFERENCE = 0.75
"""What a preferred language counts, in standard deviations of the scores: between equals, not against better ones."""

_NEAR = 0.8
"""The least cosine of paragraphs that are compared at all."""

FIRST = 50
"""Hits among which near copies are told as one and variety is sought."""

_OF_SCORES = 100
"""Of so many candidates by keyword alone the scores count for their deviation."""


def prefer_languages(question: Question, candidates: Candidates) -> Candidates:
    """The candidates in languages that the request prefers raised, `PREFERENCE` × the deviation of all scores."""
    tags = [tag.lower() for tag in question.request.prefer_languages]
    wanted = [
        any(language == tag or language.startswith(f"{tag}-") for tag in tags) for language in candidates.languages
    ]
    scores = candidates.scores[: _OF_SCORES if question.request.mode == "keyword" else None]
    raised = PREFERENCE * float(np.std(scores)) if len(scores) else 0.0
    return candidates.by_score(candidates.scores + raised * np.array(wanted, np.float64))


def add_recency(question: Question, candidates: Candidates) -> Candidates:
    """The candidates with newer articles raised, as the request weighs it."""
    request = question.request
    bonus = recency(candidates.dates, question.today, request.recency_half_life_days)
    return candidates.by_score(candidates.scores + request.recency_weight * bonus)


def recency(dates: Floats, today: date, half_life_days: float) -> Floats:
    """``float64[n]``: 2 ^ (-age / half-life), of what is of the future 1; 0 without a date. ``dates`` in seconds.

    >>> recency(np.array([datetime(2026, 1, 1, tzinfo=UTC).timestamp(), np.nan]), date(2026, 1, 31), 30.0).tolist()
    [0.5, 0.0]
    """
    known = ~np.isnan(dates)
    ages = [max((today - datetime.fromtimestamp(start, UTC).date()).days, 0) for start in dates[known].tolist()]
    bonus = np.zeros(len(dates))
    bonus[known] = 2.0 ** (-np.array(ages, np.float64) / half_life_days)
    return bonus


def collapse_near_copies(_: Question, candidates: Candidates) -> Candidates:
    """The candidates without what is nearly the text of one of the first before it, listed in its `near_copies`.

    Only texts that lie near each other are compared. Without vectors nothing is told as one.
    """
    near = _near_before(candidates)
    if not near.any():
        return candidates
    places = np.flatnonzero(near.any(axis=0) | near.any(axis=1))
    shared = shared_runs(candidates.texts[places].tolist())
    copies: dict[int, list[int]] = {}
    stays = np.ones(len(candidates), np.bool_)
    is_copy = near[np.ix_(places, places)] & (shared >= ALIKE)
    for later, before in places[np.argwhere(is_copy)].tolist():
        if stays[later] and stays[before]:
            copies.setdefault(before, []).append(later)
            stays[later] = False
    if not copies:
        return candidates
    near_copies = candidates.near_copies.copy()
    for first, of_it in copies.items():
        near_copies[first] = candidates.rows[of_it].tolist()
    return candidates.with_columns(near_copies=near_copies).take(stays)


def near_another(candidates: Candidates) -> NDArray[np.bool_]:
    """Which of the candidates are so near another of the first that their texts are compared."""
    near = _near_before(candidates)
    is_near = np.zeros(len(candidates), np.bool_)
    is_near[: len(near)] = near.any(axis=0) | near.any(axis=1)
    return is_near


def _near_before(candidates: Candidates) -> NDArray[np.bool_]:
    """``bool[n, n]``: whether each of the first is near each one before it; none is where a vector is missing."""
    vectors = candidates.vectors[:FIRST].tolist()
    if len(vectors) < 2 or any(vector is None for vector in vectors):
        return np.zeros((len(vectors), len(vectors)), np.bool_)
    unit = stacked(vectors)
    return np.tril(unit @ unit.T >= _NEAR, -1)


def diversify(question: Question, candidates: Candidates) -> Candidates:
    """The first candidates by maximal marginal relevance, the others after them. They keep their scores."""
    first = candidates.take(slice(0, FIRST))
    if len(first) < 2:
        return candidates
    order = mmr_order(first.scores, np.stack(first.vectors.tolist()), question.request.diversity)
    return candidates.take(np.concatenate([order, np.arange(len(first), len(candidates))]))


def mmr_order(scores: Floats, vectors: Vectors, diversity: float) -> NDArray[np.int64]:
    """Places by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998). ``vectors``: ``float32[n, dim]``.

    Next comes the one with the highest (1 - diversity) × score - diversity × cosine to the nearest before it, with
    scores stretched to 0 to 1.
    """
    stretched = (scores - scores.min()) / max(float(np.ptp(scores)), 1e-9)
    cosines = vectors @ vectors.T
    nearest = np.zeros(len(scores))
    left = np.ones(len(scores), bool)
    order: list[int] = []
    for _ in scores:
        gains = np.where(left, (1 - diversity) * stretched - diversity * nearest, -np.inf)
        chosen = int(np.argmax(np.round(gains, 6)))
        order.append(chosen)
        left[chosen] = False
        nearest = np.maximum(nearest, cosines[chosen])
    return np.array(order, np.int64)


def group(candidates: Candidates, by_article: bool) -> list[list[int]]:
    """The places of the hits of each article together, best first; without grouping each by itself."""
    if not by_article:
        return [[place] for place in range(len(candidates))]
    groups: dict[str, list[int]] = {}
    for place, article in enumerate(candidates.articles):
        groups.setdefault(article, []).append(place)
    return list(groups.values())


def same_story(rows: Sequence[int], candidates: Candidates) -> dict[int, list[int]]:
    """For each of ``rows`` the candidates that tell it in another language, nearest first; one a language.

    All have vectors; ``rows`` are among them.
    """
    if not rows:
        return {}
    vectors, languages, known = stacked(candidates.vectors.tolist()), candidates.languages, candidates.rows.tolist()
    places = [known.index(row) for row in rows]
    every = np.round((vectors[places] @ vectors.T).astype(np.float64), 6)
    stories: dict[int, list[int]] = {}
    for row, place, cosines in zip(rows, places, every, strict=True):
        near = [
            candidate
            for candidate in np.flatnonzero(cosines >= SAME_STORY).tolist()
            if languages[candidate] != languages[place]
        ]
        first: dict[str, int] = {}
        for candidate, _ in in_order((candidate, float(cosines[candidate])) for candidate in near):
            first.setdefault(languages[candidate], known[candidate])
        stories[row] = list(first.values())
    return stories

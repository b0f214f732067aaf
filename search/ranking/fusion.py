"""Fusion: one score from both legs, and further evidence added to it, all in standard deviations.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023: where both legs score every
candidate, adding normalized scores beats adding ranks. Here the semantic score is taken in standard deviations from
the mean of the candidates; what the words say likewise, as far as the paragraph covers the query (a match by a name
that two languages share says little) and beyond what the paragraph's language gets anyway: nearly every paragraph in
the query's language shares some word with it, which is no reason to put it above another language's. See
docs/decisions/0007-sentences-and-fusion.md and 0013-soft-match.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Floats, Objects, ordered
from paraglot.search.encoders.chance import Numbered
from paraglot.search.encoders.load import BUILTIN
from paraglot.search.ranking.question import Question

SEMANTIC_RATIO = 1 / 3
"""The weight of the semantic score where a request names none; the keyword score at full coverage has the rest."""

SEMANTIC_WEIGHT: Mapping[str, float] = {BUILTIN: 2.0}
"""What a standard deviation of the semantic score counts, by encoder; of one that is not named 1.

The better the vectors, the less words add to them (docs/decisions/0065-meaning-counts-more.md).
"""

BELOW = 0.9
"""What the best hit by sound alone has of the score of the least one by letters, at most."""

MOST, BESIDE_LETTERS = 0.5, 0.5
"""Where a candidate has more of a query by letters, the keyword score of one that only sounds so counts that much."""

SHRINKAGE = 3
"""Paragraphs that a language's mean and deviation start with, those of all candidates: few paragraphs tell little."""


def fuse(question: Question, candidates: Candidates) -> Candidates:
    """The candidates by one score; a single leg keeps its own.

    What the encoder cannot read is left to the keyword leg: it is out where that did not find it.
    """
    request = question.request
    if request.mode == "keyword" or question.vector is None:
        return candidates.by_score(letters_first(candidates))
    if request.mode == "semantic":
        readable = candidates.take(~candidates.unreadable)
        return readable.by_score(readable.semantic)
    candidates = candidates.take(~candidates.unreadable | (candidates.keyword_ranks > 0))
    ratio = SEMANTIC_RATIO if request.semantic_ratio is None else request.semantic_ratio
    weight = SEMANTIC_WEIGHT.get(question.encoder, 1.0)
    ranked = candidates.by_score(fused_scores(candidates, ratio, weight))
    return ranked.take(ranked.keyword > 0) if ratio == 0 else ranked  # what no word finds has nothing that counts


def letters_first(candidates: Candidates) -> Floats:
    """``float64[n]``: the keyword scores; those of what only sounds like the query below all that has a word of it.

    >>> candidates = Candidates.of([7, 3, 5], keyword=[9.0, 4.0, 6.0], coverage_by_letters=[0.0, 1.0, 0.0])
    >>> letters_first(candidates).round(6).tolist()
    [3.6, 4.0, 2.4]
    """
    scores = candidates.keyword
    sounds = (candidates.coverage_by_letters == 0) & (scores > 0)
    written = (candidates.coverage_by_letters > 0) & (scores > 0)
    if not sounds.any() or not written.any():
        return scores
    lowered = min(1.0, BELOW * scores[written].min() / scores[sounds].max())
    return np.where(sounds, lowered * scores, scores)


def by_letters_most(candidates: Candidates) -> Floats:
    """``float64[n]``: 1; `BESIDE_LETTERS` of what only sounds like the query, where other candidates have most of it.

    What sounds so that it is the same name counts as by letters.

    >>> by = {"coverage_by_letters": [0.0, 1.0], "coverage_by_names": [0.0, 1.0]}
    >>> candidates = Candidates.of([7, 3], keyword=[9.0, 4.0], **by)
    >>> by_letters_most(candidates).tolist()
    [0.5, 1.0]
    """
    sounds = (candidates.coverage_by_names == 0) & (candidates.keyword > 0)
    return np.where(sounds & bool((candidates.coverage_by_letters > MOST).any()), BESIDE_LETTERS, 1.0)


def fused_scores(
    candidates: Candidates, semantic_ratio: float = SEMANTIC_RATIO, semantic_weight: float = 1.0
) -> Floats:
    """``float64[n]``: ratio × weight × standardized semantic score + (1 - ratio) × keyword score.

    The keyword score is coverage × standardized BM25, less the mean of the paragraph's language. All is divided by
    `SEMANTIC_RATIO`: by default a standard deviation of the keyword score counts 2, of the semantic score
    `SEMANTIC_WEIGHT`. What the encoder cannot read counts as the mean of what it reads.

    >>> by_words = {"keyword": [9.0, 0.0, 0.0], "coverage": [1.0, 0.0, 0.0]}
    >>> candidates = Candidates.of([7, 3, 5], semantic=[0.2, 0.6, 0.4], **by_words)
    >>> (fused_scores(candidates).round(6) + 0.0).tolist()
    [1.603682, 1.224745, 0.0]
    """
    semantic = np.zeros(len(candidates))
    read = ~np.isnan(candidates.semantic)
    shares = candidates.shares
    semantic[read] = z_scores(candidates.semantic[read], shares[read])
    keyword = by_letters_most(candidates) * candidates.coverage * z_scores(candidates.keyword, shares)
    keyword = within_languages(keyword, candidates.languages, shares)
    return (semantic_ratio * semantic_weight * semantic + (1 - semantic_ratio) * keyword) / SEMANTIC_RATIO


def add_to_first(candidates: Candidates, values: Floats, kinds: Sequence[object], weight: float) -> Candidates:
    """The first candidates with further evidence added to their scores, in their new order; the others below them.

    ``values`` and ``kinds`` are those of the first ones. A value is taken in standard deviations from the mean of its
    kind, ``weight`` times. What follows moves down with the lowest of the first.

    >>> candidates = Candidates.of([7, 3, 5], scores=[2.0, 1.9, 0.5])
    >>> add_to_first(candidates, np.array([0.1, 0.3]), ["en", "en"], 0.7).ranking
    [(3, 2.6), (7, 1.3), (5, -0.1)]
    """
    shares = candidates.shares[: len(values)]
    added = weight * z_scores(within_languages(values, kinds, shares, deviations=True), shares)
    return replace_first(candidates, candidates.scores[: len(values)] + added)


def replace_first(candidates: Candidates, scores: Floats) -> Candidates:
    """The first candidates by other ``scores``; the others as far below the lowest of them as before.

    >>> replace_first(Candidates.of([7, 3, 5], scores=[2.0, 1.5, 0.5]), np.array([-1.0, 1.0])).ranking
    [(3, 1.0), (7, -1.0), (5, -2.0)]
    """
    count = len(scores)
    if not count:
        return candidates
    places, first = ordered(scores, candidates.rows[:count])
    rest = np.round(candidates.scores[count:] - (candidates.scores[count - 1] - first[-1]), 6)
    return candidates.reordered(np.append(places, np.arange(count, len(candidates))), np.concatenate([first, rest]))


def within_languages(
    values: Floats, languages: Sequence[object] | Objects, shares: Floats | None = None, deviations: bool = False
) -> Floats:
    """Values less the mean of their language; with ``deviations`` divided by its standard deviation, too.

    Both are drawn towards those of all values by `SHRINKAGE`; the mean of all values stays in. ``shares``: as
    `z_scores`.
    """
    if not len(values):
        return values
    shares = np.ones(len(values)) if shares is None else shares
    mean, deviation = moments(values, shares)
    codes = Numbered.of(languages).numbers
    members, sums = np.bincount(codes, shares), np.bincount(codes, shares * values)
    counts = members + SHRINKAGE
    result: Floats = values - ((sums + SHRINKAGE * mean) / counts - mean)[codes]
    if deviations:
        squares = np.bincount(codes, shares * np.square(values - (sums / members)[codes])) + SHRINKAGE * deviation**2
        result = mean + (result - mean) / np.maximum(np.sqrt(squares / counts), 1e-9)[codes]
    return result


def z_scores(values: Sequence[float] | NDArray[np.float64], shares: Floats | None = None) -> Floats:
    """Values as standard deviations from their mean; zeros where all are the same.

    ``shares``: what each counts for both (`Candidates.shares`), so that copies count as one; without them each 1.

    >>> z_scores([1.0, 3.0, 3.0], np.array([1.0, 0.5, 0.5])).tolist()
    [-1.0, 1.0, 1.0]
    """
    scores = np.asarray(values, np.float64)
    mean, deviation = moments(scores, np.ones(len(scores)) if shares is None else shares)
    return (scores - mean) / deviation if deviation > 1e-9 else np.zeros_like(scores)


def moments(values: Floats, shares: Floats) -> tuple[float, float]:
    """Mean and standard deviation, each value counted by its share; zeros of nothing."""
    if not len(values):
        return 0.0, 0.0
    whole = shares.sum()
    mean = (shares * values).sum() / whole
    return float(mean), float(np.sqrt((shares * np.square(values - mean)).sum() / whole))

"""One ranking from both legs: standardized scores added, or reciprocal ranks; and the law of rankings.

Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023: where both legs score every
candidate, adding normalized scores beats adding ranks. Here the semantic score is taken in standard deviations from
the mean of the candidates; what the words say likewise, as far as the paragraph covers the query (a match by a name
that two languages share says little) and beyond what the paragraph's language gets anyway: nearly every paragraph in
the query's language shares some word with it, which is no reason to put it above another language's. See
docs/decisions/0007-sentences-and-fusion.md and 0013-soft-match.md.

Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods",
SIGIR 2009: the sum over the legs of 1 / (60 + rank), ranks from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.seams import Candidate, Ranking

SEMANTIC_RATIO = 1 / 3
"""The weight of the semantic score where a request names none; the keyword score at full coverage has the rest."""

SOFT_WEIGHT = 0.7
"""What a standard deviation of the soft match counts beside one of the semantic score."""

CROSSING_WEIGHT = 0.5
"""What a standard deviation of what is shared across languages counts beside one of the semantic score."""

SHARED_ENOUGH, BEST_SHARING = 0.25, 3
"""The mean of what the three rows that share most share, from which on it counts in full: below, much is chance."""

ARTICLE_WEIGHT = 0.5
"""What the best paragraph of an article counts beside each of its paragraphs."""

FEEDBACK = 0.5
"""What a standard deviation of nearness to the first hit counts where that is sure to answer."""

SHRINKAGE = 3
"""Paragraphs that a language's mean and deviation start with, those of all candidates: few paragraphs tell little."""

RANK_CONSTANT = 60


def fuse(candidates: Sequence[Candidate], semantic_ratio: float = SEMANTIC_RATIO) -> Ranking:
    """Every candidate by ratio × standardized semantic score + (1 - ratio) × keyword score.

    The keyword score is coverage × standardized BM25, less the mean of the paragraph's language. All is divided by
    `SEMANTIC_RATIO`: by default a standard deviation of the semantic score counts 1, of the keyword score 2. What
    the encoder cannot read counts as the mean of what it reads.

    >>> fuse([Candidate(7, 0.2, 9.0, 1.0, "en"), Candidate(3, 0.6, 0.0, 0.0, "en"), Candidate(5, 0.4, 0.0, 0.0, "en")])
    [(7, 1.603682), (3, 1.224745), (5, 0.0)]
    """
    languages = [one.language for one in candidates]
    semantic = np.zeros(len(candidates))
    read = [place for place, one in enumerate(candidates) if one.semantic is not None]
    semantic[read] = standardized([one.semantic for one in candidates if one.semantic is not None])
    covered = np.array([one.coverage for one in candidates]) * standardized([one.keyword for one in candidates])
    keyword = within_languages(covered, languages)
    scores = (semantic_ratio * semantic + (1 - semantic_ratio) * keyword) / SEMANTIC_RATIO
    return _ranking(candidates, scores)


def fuse_ranks(candidates: Sequence[Candidate], semantic_ratio: float = 0.5) -> Ranking:
    """Every candidate by its reciprocal ranks; a paragraph that shares no word with the query has none by keyword."""
    semantic = in_order((one.row, one.semantic) for one in candidates if one.semantic is not None)
    keyword = in_order((one.row, one.keyword) for one in candidates if one.keyword > 0)
    scores = dict.fromkeys((one.row for one in candidates), 0.0)
    for weight, leg in ((semantic_ratio, semantic), (1 - semantic_ratio, keyword)):
        for rank, (row, _) in enumerate(leg, start=1):
            scores[row] += 2 * weight / (RANK_CONSTANT + rank)
    return in_order((row, round(score, 6)) for row, score in scores.items())


def soften(ranking: Ranking, soft: Sequence[float] | NDArray[np.float64], languages: Sequence[str]) -> Ranking:
    """The first rows of ``ranking`` with their soft match added, in their new order; the others keep theirs, below.

    ``soft`` and ``languages`` are those of the first rows. The soft match is taken in standard deviations from the mean
    of the paragraph's language: its own language's words are always nearer to the query. What follows moves down with
    the lowest of them.

    >>> soften([(7, 2.0), (3, 1.9), (5, 0.5)], [0.1, 0.3], ["en", "en"])
    [(3, 2.6), (7, 1.3), (5, -0.1)]
    """
    return _with_added(ranking, soft, languages, SOFT_WEIGHT)


def crossed(ranking: Ranking, shared: Sequence[float] | NDArray[np.float64], kinds: Sequence[str]) -> Ranking:
    """The first rows of ``ranking`` with what they share with the query by the lexicon added, as `soften` does.

    ``kinds`` tells rows in the query's language from others: those share all of its words, these only what both
    languages' dictionaries have. Where even the best three share little, it counts as much less.

    >>> crossed([(7, 2.0), (3, 1.9)], [0.0, 0.6], ["own", "own"])
    [(3, 2.4), (7, 1.5)]
    >>> crossed([(7, 2.0), (3, 1.9)], [0.0, 0.1], ["own", "own"])  # 0.05 / 0.25 of it
    [(3, 2.0), (7, 1.9)]
    """
    best = np.sort(np.asarray(shared, np.float64))[-BEST_SHARING:]
    strength = min(1.0, float(best.mean()) / SHARED_ENOUGH) if len(best) else 0.0
    return _with_added(ranking, shared, kinds, CROSSING_WEIGHT * strength)


def _with_added(
    ranking: Ranking, values: Sequence[float] | NDArray[np.float64], kinds: Sequence[str], weight: float
) -> Ranking:
    first = ranking[: len(values)]
    if not first:
        return ranking
    added = weight * standardized(within_languages(np.asarray(values, np.float64), kinds, deviations=True))
    moved = in_order((row, round(score + plus, 6)) for (row, score), plus in zip(first, added.tolist(), strict=True))
    return _with_rest(moved, ranking)


def led(ranking: Ranking, scores: Sequence[float] | NDArray[np.float64]) -> Ranking:
    """The first rows of ``ranking`` by ``scores``, those of each, in standard deviations; below them the others.

    >>> led([(7, 2.0), (3, 1.5), (5, 0.5)], [0.1, 0.9])
    [(3, 1.0), (7, -1.0), (5, -2.0)]
    """
    first = ranking[: len(scores)]
    if not first:
        return ranking
    deviations = np.round(standardized(scores), 6).tolist()
    return _with_rest(in_order((row, own) for (row, _), own in zip(first, deviations, strict=True)), ranking)


def _with_rest(moved: Ranking, ranking: Ranking) -> Ranking:
    """The first rows of a ranking, ``moved``, and the others as far below the lowest of them as before."""
    drop = ranking[len(moved) - 1][1] - moved[-1][1]
    return moved + [(row, round(score - drop, 6)) for row, score in ranking[len(moved) :]]


def within_articles(ranking: Ranking, articles: Sequence[str]) -> Ranking:
    """The ranking with each row drawn towards the best one of its article.

    ``articles`` are those of the rows, in the same order. An article about what was asked for vouches for its
    paragraphs; its best one keeps its score. Bendersky and Kurland, "Utilizing Passage-Based Language Models for
    Document Retrieval", ECIR 2008, join the scores of articles and their parts likewise, to rank the articles.

    >>> within_articles([(7, 2.0), (3, 1.1), (5, 0.8)], ["a", "b", "a"])
    [(7, 2.0), (5, 1.2), (3, 1.1)]
    """
    best_of: dict[str, float] = {}
    for (_, score), article in zip(ranking, articles, strict=True):
        best_of[article] = max(score, best_of.get(article, score))
    return in_order(
        (row, round((score + ARTICLE_WEIGHT * best_of[article]) / (1 + ARTICLE_WEIGHT), 6))
        for (row, score), article in zip(ranking, articles, strict=True)
    )


def fed_back(ranking: Ranking, nearness: Sequence[float] | NDArray[np.float64], trust: float) -> Ranking:
    """The ranking with what is near its first row raised, by ``trust`` (0 to 1) in that row.

    ``nearness`` is that of every row to the first one, taken in standard deviations. Rocchio, "Relevance Feedback in
    Information Retrieval", 1971, with the first hit as the relevant one: it finds the same story in other languages.

    >>> fed_back([(7, 2.0), (3, 1.0), (5, 0.9)], [1.0, 0.0, 0.5], trust=0.8)
    [(7, 2.489898), (5, 0.9), (3, 0.510102)]
    """
    added = FEEDBACK * trust * standardized(nearness)
    return in_order((row, round(score + plus, 6)) for (row, score), plus in zip(ranking, added.tolist(), strict=True))


def within_languages(
    values: NDArray[np.float64], languages: Sequence[str], deviations: bool = False
) -> NDArray[np.float64]:
    """Values less the mean of their language; with ``deviations`` divided by its standard deviation, too.

    Both are drawn towards those of all values by `SHRINKAGE`; the mean of all values stays in.
    """
    if not len(values):
        return values
    mean, deviation = values.mean(), values.std()
    own = np.unique(languages, return_inverse=True)[1]
    members, sums = np.bincount(own), np.bincount(own, values)
    counts = members + SHRINKAGE
    result: NDArray[np.float64] = values - ((sums + SHRINKAGE * mean) / counts - mean)[own]
    if deviations:
        squares = np.bincount(own, np.square(values - (sums / members)[own])) + SHRINKAGE * deviation**2
        result = mean + (result - mean) / np.maximum(np.sqrt(squares / counts), 1e-9)[own]
    return result


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
    """The ``limit`` best of a search that breaks ties in its own way.

    ``search(n)`` gives any n best rows. Without this, which of two equal paragraphs is found would hang on the history
    of the index.
    """
    return with_ties(search, limit)[:limit]


def with_ties(search: Callable[[int], Ranking], limit: int) -> Ranking:
    """The ``limit`` best of a search and at least all that tie with the last of them: asks on until it has them."""
    asked = limit + 1
    while True:
        found = search(asked)
        if len(found) < asked or found[-1][1] < found[limit - 1][1]:
            return in_order(found)
        asked *= 2


def _ranking(candidates: Sequence[Candidate], scores: NDArray[np.float64]) -> Ranking:
    rounded = np.round(scores, 6) + 0.0  # no -0.0
    return in_order((one.row, float(score)) for one, score in zip(candidates, rounded, strict=True))

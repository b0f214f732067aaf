"""Relevance: how sure it is that a hit answers the query, 0 to 1, the same for every query, language and corpus.

A score orders the hits of one query and means nothing beyond it. Relevance compares a hit with what chance gives: the
semantic scores of the same query with paragraphs drawn from the whole index (`Chance`). A logistic function joins
that with the soft match, the coverage and, in another language, what the lexicon finds shared. Its weights are fitted
once, for all indexes, by benchmarks/relevance.py: questions whose article is in the corpus against the same questions
without it. No labels are needed where an index is made. See docs/decisions/0014-relevance.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.types import Confidence

CONFIDENT: tuple[tuple[float, Confidence], ...] = ((0.9, "high"), (0.7, "medium"), (0.5, "low"))
"""The least relevance of the best hit for each confidence; below all of them it is "none"."""


class Signals(NamedTuple):
    """What relevance is made of, for one hit; None where there is no such evidence.

    ``chance``: the semantic score in standard deviations above what chance gives; ``soft``: the soft match;
    ``shared``: what it has of the query by the lexicon; ``coverage`` as `KeywordIndex.coverage`; ``across``: the hit is
    in none of the query's languages, so that words can hardly be shared and their lack says nothing.
    """

    chance: float | None
    soft: float | None
    shared: float | None
    coverage: float
    across: bool


Kinds: TypeAlias = tuple[tuple[tuple[str, ...], tuple[float, ...]], ...]
"""Which signals, and the weights of the logistic function: a constant, then one for each of them."""

KINDS: Mapping[bool, Kinds] = {
    False: (
        (("chance", "soft", "coverage"), (-9.33, 0.56, 7.81, 6.6)),
        (("chance", "coverage"), (-7.7, 0.7, 9.03)),
        (("coverage",), (-5.86, 10.47)),
    ),
    True: (
        (("chance", "soft", "shared", "coverage"), (-6.69, 0.51, 5.23, 5.67, 4.56)),
        (("chance", "coverage"), (-5.29, 0.62, 6.68)),
        (("coverage",), (-1.9, 7.94)),
    ),
}
"""By `Signals.across`; the first kind whose signals are there counts."""


def relevance(signals: Signals) -> float:
    """0 to 1, by all the signals that are there.

    >>> relevance(Signals(None, None, None, 1.0, across=False))
    0.9901
    """
    for names, (constant, *weights) in KINDS[signals.across]:
        values = [getattr(signals, name) for name in names]
        if None not in values:
            total = constant + sum(weight * value for weight, value in zip(weights, values, strict=True))
            return round(1 / (1 + math.exp(-max(min(total, 50.0), -50.0))), 4)
    raise AssertionError("coverage is always there")


def confidence(best: float | None) -> Confidence:
    """What to say of an answer by the relevance of its most relevant hit (None: there is no hit).

    >>> confidence(0.93), confidence(0.2), confidence(None)
    ('high', 'none', 'none')
    """
    return next((name for least, name in CONFIDENT if best is not None and best >= least), "none")


class Chance:
    """The semantic scores that a query has with paragraphs drawn from the index, by their language.

    Without the paragraphs' best tenth: in a small index they may well be the answer.
    """

    def __init__(self, scores: Sequence[float] | NDArray[np.float64], languages: Sequence[str]) -> None:
        every = np.asarray(scores, np.float64)
        bulk = every <= np.quantile(every, 0.9) if len(every) else np.zeros(0, bool)
        values = every[bulk]
        mean, deviation = (float(values.mean()), max(float(values.std()), _LEAST)) if len(values) else (0.0, _UNKNOWN)
        self._all = mean, deviation
        tags, own = np.unique(np.asarray(languages, np.str_)[bulk], return_inverse=True)
        counts = np.bincount(own) + _SHRINKAGE
        means = (np.bincount(own, values) + _SHRINKAGE * mean) / counts
        squares = np.bincount(own, np.square(values - means[own])) + _SHRINKAGE * deviation**2
        moments = zip(means.tolist(), np.maximum(np.sqrt(squares / counts), _LEAST).tolist(), strict=True)
        self._by_language: Mapping[str, tuple[float, float]] = dict(zip(tags.tolist(), moments, strict=True))

    def deviations(self, score: float, language: str) -> float:
        """How many standard deviations a score of a paragraph in ``language`` lies above chance."""
        mean, deviation = self._by_language.get(language, self._all)
        return (score - mean) / deviation


_SHRINKAGE = 10
"""Paragraphs that a language's moments start with, those of all languages."""

_LEAST, _UNKNOWN = 0.01, 0.1
"""The least standard deviation, and the one where there is no paragraph to tell it by."""

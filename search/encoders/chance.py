"""What a semantic score is, and what it is worth: how far beyond what chance gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

SENTENCE_SHARE = 0.5
"""What the best sentence counts in the semantic score; the paragraph as a whole counts the rest."""

MOST_UNKNOWN = 0.4
"""The unknown share from which a query or paragraph is left to the keyword leg;
a word in a foreign script is half unknown."""

_SHRINKAGE = 10
"""Paragraphs that a language's moments start with, those of all languages."""

_LEAST, _UNKNOWN = 0.01, 0.1
"""The least standard deviation, and the one where there is no paragraph to tell it by.

The latter counts as one paragraph more: of a few that happen to be alike the deviation tells little.
"""


class Chance:
    """The semantic scores that a query has with paragraphs drawn from the index, by their language.

    Without the paragraphs' best tenth: in a small index they may well be the answer.
    """

    def __init__(self, scores: Sequence[float] | NDArray[np.float64], languages: Sequence[str]) -> None:
        every = np.asarray(scores, np.float64)
        last = int(0.9 * (len(every) - 1))  # np.quantile says the same, but loads numpy.ma: 25 ms of a cold search
        bulk = every <= np.partition(every, last)[last] if len(every) else np.zeros(0, bool)
        values = every[bulk]
        least = max(_UNKNOWN / math.sqrt(len(values) + 1), _LEAST)
        mean, deviation = (float(values.mean()), max(float(values.std()), least)) if len(values) else (0.0, _UNKNOWN)
        self._all = mean, deviation
        tags: dict[str, int] = {}
        own = np.array([tags.setdefault(language, len(tags)) for language in compress(languages, bulk)], np.int64)
        counts = np.bincount(own) + _SHRINKAGE
        means = (np.bincount(own, values) + _SHRINKAGE * mean) / counts
        squares = np.bincount(own, np.square(values - means[own])) + _SHRINKAGE * deviation**2
        moments = zip(means.tolist(), np.maximum(np.sqrt(squares / counts), _LEAST).tolist(), strict=True)
        self._by_language: Mapping[str, tuple[float, float]] = dict(zip(tags, moments, strict=True))

    def deviations(self, score: float, language: str) -> float:
        """How many standard deviations a score of a paragraph in ``language`` lies above chance."""
        mean, deviation = self._by_language.get(language, self._all)
        return (score - mean) / deviation

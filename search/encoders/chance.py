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


USUAL: Mapping[str, tuple[float, float]] = {"builtin": (0.08, 0.043)}
"""Mean and deviation of the scores with paragraphs that have nothing to do with a query, of an encoder by name whose
scores mean the same in every index."""

_TELLING = 50
"""Paragraphs that tell what chance gives: for each that lacks there is a usual one, where the encoder has such."""


class Chance:
    """The semantic scores that a query has with paragraphs drawn from the index, by their language.

    Without the paragraphs' best tenth: in a small index they may well be the answer. The others may then be about it,
    too: they alone do not tell what chance gives.
    """

    def __init__(
        self,
        scores: Sequence[float] | NDArray[np.float64],
        languages: Sequence[str],
        usual: tuple[float, float] | None = None,
    ) -> None:
        """``usual``: as in `USUAL`."""
        self._by_language: Mapping[str, tuple[float, float]] = {}
        every = np.asarray(scores, np.float64)
        last = int(0.9 * (len(every) - 1))  # np.quantile says the same, but loads numpy.ma: 25 ms of a cold search
        bulk = every <= np.partition(every, last)[last] if len(every) else np.zeros(0, bool)
        values = every[bulk]
        least = max(_UNKNOWN / math.sqrt(len(values) + 1), _LEAST)
        mean, deviation = (float(values.mean()), max(float(values.std()), least)) if len(values) else (0.0, _UNKNOWN)
        lacking = max(_TELLING - len(values), 0)
        if usual and lacking:
            self._all = _mixed((mean, deviation), len(values), usual, lacking)
            return
        self._all = mean, deviation
        tags: dict[str, int] = {}
        own = np.array([tags.setdefault(language, len(tags)) for language in compress(languages, bulk)], np.int64)
        counts = np.bincount(own) + _SHRINKAGE
        means = (np.bincount(own, values) + _SHRINKAGE * mean) / counts
        squares = np.bincount(own, np.square(values - means[own])) + _SHRINKAGE * deviation**2
        moments = zip(means.tolist(), np.maximum(np.sqrt(squares / counts), _LEAST).tolist(), strict=True)
        self._by_language = dict(zip(tags, moments, strict=True))

    def deviations(self, score: float, language: str) -> float:
        """How many standard deviations a score of a paragraph in ``language`` lies above chance."""
        mean, deviation = self._by_language.get(language, self._all)
        return (score - mean) / deviation


def _mixed(own: tuple[float, float], count: int, usual: tuple[float, float], others: int) -> tuple[float, float]:
    """The mean of ``count`` values with ``own`` moments and of ``others``, and their deviation from their own means."""
    whole = count + others
    mean = (count * own[0] + others * usual[0]) / whole
    return mean, math.sqrt((count * own[1] ** 2 + others * usual[1] ** 2) / whole)

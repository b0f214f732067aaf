"""What a semantic score is, and what it is worth: how far beyond what chance gives."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

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


class Numbered(NamedTuple):
    """Languages, or articles, of some paragraphs: the distinct ones as they come, and for each paragraph which of them
    it has, ``int64[n]``.
    """

    tags: list[Hashable]
    numbers: NDArray[np.int64]

    @classmethod
    def of(cls, each: Sequence[Hashable] | NDArray[np.object_]) -> Numbered:
        """From what each paragraph has."""
        numbers = {tag: number for number, tag in enumerate(dict.fromkeys(each))}
        return cls(list(numbers), np.fromiter(map(numbers.__getitem__, each), np.int64, len(each)))


class Chance:
    """The semantic scores that a query has with paragraphs drawn from the index, by their language.

    Without the paragraphs' best tenth: in a small index they may well be the answer. The others may then be about it,
    too: they alone do not tell what chance gives.
    """

    def __init__(
        self,
        scores: Sequence[float] | NDArray[np.float64],
        languages: Sequence[str] | Numbered,
        usual: tuple[float, float] | None = None,
    ) -> None:
        """``usual``: as in `USUAL`."""
        self._by_language: Mapping[Hashable, tuple[float, float]] = {}
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
        tags, numbers = languages if isinstance(languages, Numbered) else Numbered.of(languages)
        own = numbers[bulk]
        members = np.bincount(own, minlength=len(tags))
        counts = members + _SHRINKAGE
        means = (np.bincount(own, values, len(tags)) + _SHRINKAGE * mean) / counts
        squares = np.bincount(own, np.square(values - means[own]), len(tags)) + _SHRINKAGE * deviation**2
        moments = zip(means.tolist(), np.maximum(np.sqrt(squares / counts), _LEAST).tolist(), strict=True)
        there = zip(tags, members.tolist(), moments, strict=True)
        self._by_language = {tag: its_moments for tag, count, its_moments in there if count}

    def deviations(self, scores: NDArray[np.float64], languages: Sequence[str]) -> NDArray[np.float64]:
        """How many standard deviations the score of each of some paragraphs lies above chance in its language."""
        moments = [self._by_language.get(language, self._all) for language in languages]
        mean, deviation = np.array(moments, np.float64).reshape(-1, 2).T
        above: NDArray[np.float64] = (scores - mean) / deviation
        return above


def _mixed(own: tuple[float, float], count: int, usual: tuple[float, float], others: int) -> tuple[float, float]:
    """The mean of ``count`` values with ``own`` moments and of ``others``, and their deviation from their own means."""
    whole = count + others
    mean = (count * own[0] + others * usual[0]) / whole
    return mean, math.sqrt((count * own[1] ** 2 + others * usual[1] ** 2) / whole)

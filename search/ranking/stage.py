"""A stage of the ranking, as a value: what it does, when, what it needs, and whether an answer may do without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates
from paraglot.search.ranking.question import Question


class LeftOut(Exception):
    """A stage could not do its work, and the candidates are as they were before it. It says so to the user."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the ranking: a pure function.

    ``name`` is what `timings_ms` calls it; ``applies`` tells for which questions it is done. ``left_out``: what a
    warning calls it where the time is up and it is left out; None: it never is. ``texts``, ``vectors`` and ``around``
    are how many of the first candidates must have theirs; ``reads``, one truth for each, leaves out texts that the step
    never looks at (it is given the vectors).
    """

    name: str
    step: Callable[[Question, Candidates], Candidates]
    applies: Callable[[Question], bool] = lambda _: True
    left_out: str | None = None
    texts: int = 0
    vectors: int = 0
    around: int = 0
    reads: Callable[[Candidates], NDArray[np.bool_]] = lambda candidates: np.ones(len(candidates), np.bool_)

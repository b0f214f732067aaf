"""When work must end: a moment for each request, asked about wherever work may be long.

A thread cannot be ended from outside, so it ends itself: `check` stands in every loop over what a request or the index
has many of, and where the stores are read. Work that nobody gave a moment, as an index run, goes on for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from paraglot.search.errors import OutOfTime

_T = TypeVar("_T")

_now: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """A moment, in seconds of the monotonic clock, that another thread may bring forward."""

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._outer = _now.get()

    def stop(self) -> None:
        """Let the work end now: nobody waits for it any more."""
        self._ends = 0.0

    @property
    def passed(self) -> bool:
        """Whether it is over, or one is that it lies within."""
        return time.monotonic() >= self._ends or (self._outer is not None and self._outer.passed)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Have `check` in this block, and in threads that copy its context, look at ``deadline``."""
    token = _now.set(deadline)
    try:
        yield
    finally:
        _now.reset(token)


def check() -> None:
    """Go on if there is time. Raises `OutOfTime`."""
    deadline = _now.get()
    if deadline is not None and deadline.passed:
        raise OutOfTime


class Stopwatch:
    """The time of one query: what each of its stages took, and what was left out where it was up."""

    def __init__(self, ends: float = float("inf")) -> None:
        """``ends``: when, by the monotonic clock, an answer in part is better than a whole one."""
        self._ends = ends
        self.timings_ms: dict[str, float] = {}
        self.warnings: list[str] = []

    def timed(self, stage: str, work: Callable[[], _T]) -> _T:
        """What ``work`` gives, its milliseconds written down as ``stage``."""
        started = time.perf_counter()
        try:
            return work()
        finally:
            self.timings_ms[stage] = (time.perf_counter() - started) * 1000

    def in_time(self, stage: str, work: Callable[[], _T], otherwise: _T, left_out: str) -> _T:
        """What ``work`` gives, as `timed`; where the time is up ``otherwise``, and a warning of what was ``left_out``.

        Raises `OutOfTime` where there is no time even for an answer without it.
        """
        try:
            with until(Deadline(self._ends)):
                check()
                return self.timed(stage, work)
        except OutOfTime:
            check()
            self.warnings.append(f"The time was up: {left_out} was left out.")
            return otherwise

"""An event loop whose time passes only while nothing is to be done, and then at once, for tests of deadlines."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

ON_THE_WAY_S = 0.01
"""What a socket of this machine was sent is there by then; nothing else is waited for."""


class _Clock(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        ready = super().select(ON_THE_WAY_S)
        if not ready:
            self.now += timeout
        return ready


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _Clock()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def run(test: Coroutine[Any, Any, Result]) -> Result:
    """As `asyncio.run`, by such a clock: a busy machine makes nothing late. What is done in threads is not seen."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(test)

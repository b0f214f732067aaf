"""Memory that requests are done with goes back to the system: the C library would keep it.

A service under load has as much in use after it as before; what grows is what the library (glibc) has to spare, since
each thread takes from a heap of its own, and what lies between two pieces in use stays there. So threads share the
first heap, the only one whose end the library can be asked to give back, and once searches have ended for a while,
what is spare in it is given back. Under other libraries nothing is done.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from functools import cache

QUIET_S = 5.0
"""How long no search may have ended before memory is given back: one that follows takes it from the system again."""

_M_ARENA_MAX = -8


@cache
def _library() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no library of the process itself
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def share_heap() -> None:
    """Have the threads of this process share one heap from now on."""
    if library := _library():
        library.mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Give what is spare back to the system."""
    if library := _library():
        library.malloc_trim(0)


class Quiet:
    """Calls ``then`` in a thread when for ``quiet_s`` seconds no search has ended, once for each such time."""

    def __init__(self, then: Callable[[], object] = give_back, quiet_s: float = QUIET_S) -> None:
        self._then, self._quiet_s = then, quiet_s
        self._timer: asyncio.TimerHandle | None = None

    def ended(self) -> None:
        """A search has ended; called in the loop of the service."""
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._quiet_s, loop.run_in_executor, None, self._then)

"""Both cores at work, without the matrix library's own threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

T = TypeVar("T")

_lock = threading.Lock()
_inside = 0
_limit = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Matrix products inside run in the thread that asks for them; the last one out restores the former setting.

    The library's own threads spin while they wait for each other: on a busy machine one question then takes 300 ms
    instead of 4.
    """
    global _inside, _limit
    with _lock:
        _inside += 1
        if _inside == 1:
            _limit = _controller().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _limit is not None:
                _limit.restore_original_limits()


def on_all_cores(work: Callable[[T], int], items: Sequence[T]) -> Iterator[int]:
    """What ``work`` returns for each item, in order. One item runs in this thread; more run side by side."""
    with one_thread():
        if len(items) < 2:
            yield from map(work, items)
            return
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(cores()) as pool:
            yield from pool.map(work, items)


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_found: ThreadpoolController | None = None


def _controller() -> ThreadpoolController:
    """The loaded matrix libraries, looked for once."""
    global _found
    if _found is None:
        _found = ThreadpoolController()
    return _found

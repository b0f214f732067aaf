"""Both cores at work, without the matrix library's own threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

T = TypeVar("T")


@cache
def one_thread_per_product() -> None:
    """From now on numpy's matrix products run in the thread that asks for them, in this process.

    The library's own threads spin while they wait for each other: on a busy machine one question then takes 300 ms
    instead of 4. Not undone: each change of the setting costs 50 ms and makes the threads anew.
    """
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)


def on_all_cores(work: Callable[[T], int], items: Sequence[T]) -> Iterator[int]:
    """What ``work`` returns for each item, in order. One item runs in this thread; more run side by side."""
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

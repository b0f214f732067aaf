"""One writer at a time: a lock that the system takes back when its holder dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portalocker

from search.errors import IndexLocked


@contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the writer's lock. Raises `IndexLocked`, naming the process that holds it."""
    with path.open("a+", encoding="ascii") as file:
        try:
            portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
        except portalocker.LockException:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise IndexLocked(
                f"{path.parent}: another process (number {holder}) is writing to this index.",
                "Try again when it has ended.",
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield

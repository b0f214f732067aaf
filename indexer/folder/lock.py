"""One writer at a time: a lock that the system takes back when its holder dies."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import portalocker

from paraglot.search import disk
from paraglot.search.errors import IndexLocked

_PAUSE_S = 0.2


@contextmanager
def writer_lock(path: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold the writer's lock, waiting for it up to ``wait_s`` seconds.

    Raises `IndexLocked`, naming the process that holds it, its machine, and since when.
    """
    with disk.open_lock(path) as file:
        until = time.monotonic() + wait_s
        while not _taken(file):
            if time.monotonic() >= until:
                still = f"still writing to this index after {wait_s:g} seconds of waiting"
                raise IndexLocked(
                    f"{path.parent}: {_holder(file)} is {still if wait_s else 'writing to this index'}.",
                    f"Try again when it has ended{'.' if wait_s else ', or wait for it: --wait SECONDS'}",
                )
            time.sleep(_PAUSE_S)
        file.seek(0)
        file.truncate(0)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"process": os.getpid(), "host": socket.gethostname(), "since": now}, file)
        file.flush()
        yield


def _taken(file: IO[str]) -> bool:
    try:
        portalocker.lock(file, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        return False
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
        return f"process {int(holder['process'])} on {holder['host']!s} (since {holder['since']!s})"
    except (ValueError, KeyError, TypeError):
        return "another process"

"""The memory of a process, as Linux tells it."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """The most that this program had at once, pages of mapped files included.

    ``ru_maxrss`` of `getrusage` begins with what the process was before it became this program: a copy of its parent.
    """
    return _kb(Path("/proc/self/status"), "VmHWM:") / 1024


def anonymous_mb() -> float:
    """What is this program's alone now: no pages of files, which are the system's and of all that map them."""
    return _kb(Path("/proc/self/smaps_rollup"), "Anonymous:") / 1024


def _kb(path: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in path.read_text("utf-8").splitlines() if line.startswith(name))

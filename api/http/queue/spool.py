"""Folders for what a process keeps on the index's disk while it lives: bodies on their way in, numbers of its workers.

Each has a file that its process holds locked. What a killed process left behind is locked by nobody, and the next
service clears it away; another one that lives is left alone, on whatever machine it runs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import portalocker

from paraglot.search import disk
from paraglot.search.errors import DiskFailure

PREFIXES = ("body-", "metrics-", "spool-")
"""Of the folders; those of earlier versions, which held no lock, among them."""

LOCK, DOOR = "lock", "spool.lock"


@contextmanager
def own_folder(parent: Path, prefix: str = "spool-") -> Iterator[Path]:
    """A new folder in ``parent`` until the block ends or the process does."""
    disk.make_folder(parent)
    with _door(parent):
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
        lock = disk.open_lock(folder / LOCK)
        portalocker.lock(lock, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def clear(parent: Path) -> list[str]:
    """Remove the folders in ``parent`` whose processes are gone; their names."""
    if not parent.is_dir():
        return []
    with _door(parent):
        left = [
            folder for folder in sorted(parent.iterdir()) if folder.name.startswith(PREFIXES) and not _in_use(folder)
        ]
        for name in left:
            shutil.rmtree(name, ignore_errors=True)
    return [folder.name for folder in left]


def _in_use(folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+") as lock:
            portalocker.lock(lock, portalocker.LockFlags.EXCLUSIVE | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.LockException:
        return True
    except OSError:  # of an earlier version, or its process was killed before it had the file
        return False
    return False


@contextmanager
def _door(parent: Path) -> Iterator[None]:
    """One process at a time makes or clears folders: one that is made but not locked yet looks abandoned."""
    with disk.open_lock(parent / DOOR) as door:
        portalocker.lock(door, portalocker.LockFlags.EXCLUSIVE)
        yield


class Spool:
    """Files for bodies of one process, on the index's disk: the service may have no other that it can write to."""

    def __init__(self, parent: Path) -> None:
        self._parent, self._making = parent, threading.Lock()
        self._held = ExitStack()
        self._folder: Path | None = None

    @contextmanager
    def file(self) -> Iterator[Path]:
        """A new file until the block ends. Raises `DiskFailure`."""
        try:
            with self._making:
                if self._folder is None:
                    self._folder = self._held.enter_context(own_folder(self._parent))
            number, name = tempfile.mkstemp(dir=self._folder, suffix=".jsonl")
            os.close(number)
        except OSError as error:
            raise DiskFailure(
                f"{self._parent}: {error.strerror}.", "See that it has room and can be written."
            ) from error
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def close(self) -> None:
        """Remove what is left."""
        self._held.close()

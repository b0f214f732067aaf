"""What is open of the files of segments: shared by the generations that have them, and gone with the last one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.manifest import MEND_REMEDY

T = TypeVar("T")


class Opened(Generic[T]):
    """Files of one kind, each by its identity, size and time: it has another name in each generation.

    Safe to share between threads; two may open the same at once.
    """

    def __init__(self, read: Callable[[Path], T]) -> None:
        self._read = read
        self._files: WeakValueDictionary[tuple[int, ...], T] = WeakValueDictionary()

    def get(self, path: Path) -> T:
        """What ``read`` makes of a file. Raises as that does, and `IndexDamaged` where there is no file."""
        try:
            found = path.stat()
        except OSError as error:
            raise IndexDamaged(f"{path}: {error.strerror}.", MEND_REMEDY) from error
        identity = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
        opened = self._files.get(identity)
        if opened is None:
            opened = self._files[identity] = self._read(path)
        return opened

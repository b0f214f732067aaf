"""What is open of the files of segments: shared by the generations that have them, and gone with the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.manifest import MEND_REMEDY
from paraglot.search.folder.soundness import FileStamp, stamp_of

S = TypeVar("S")
T = TypeVar("T")


class Opened(Generic[S, T]):
    """What is read of files of one kind, by their identities, sizes and times: each generation names them anew.

    Safe to share between threads; two may open the same at once.
    """

    def __init__(self, read: Callable[[S], T], files: Callable[[S], Sequence[Path]]) -> None:
        """``files``: those that ``read`` reads."""
        self._read, self._files = read, files
        self._opened: WeakValueDictionary[tuple[FileStamp, ...], T] = WeakValueDictionary()

    def get(self, source: S) -> T:
        """What ``read`` makes of the files. Raises as that does, and `IndexDamaged` where one cannot be found."""
        identity = tuple(map(_stamp, self._files(source)))
        opened = self._opened.get(identity)
        if opened is None:
            opened = self._opened[identity] = self._read(source)
        return opened


def single_file(path: Path) -> tuple[Path]:
    """The files of a part that is one file."""
    return (path,)


def _stamp(path: Path) -> FileStamp:
    try:
        stamp = stamp_of(path)
    except OSError as error:
        raise IndexDamaged(f"{path}: {error.strerror}.", MEND_REMEDY) from error
    if stamp is None:
        raise IndexDamaged(f"{path}: the file is missing.", MEND_REMEDY)
    return stamp

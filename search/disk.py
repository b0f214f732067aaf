"""Every durable change of the file system goes through these few functions.

What SQLite, Whoosh and FAISS write themselves is made durable with `sync_file` and `sync_folder`. A test that wants to
fail or kill a writer at each step wraps the functions of this module.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

_BLOCK = 1 << 20
_PROBE_BYTES = 65_536


def make_folder(path: Path) -> None:
    """Make a folder and its parents, for their owner alone; nothing happens to what exists."""
    for parent in reversed(path.parents):
        if not parent.exists():
            parent.mkdir(mode=0o700, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def make_private(path: Path) -> None:
    """See that a file is there and that its owner alone can read it. Raises `OSError` for a link in its place.

    It is not opened where it exists: closing it would take the locks of a database from others in this process.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        _new_file(path).close()
        return
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, "a link, which is not followed", str(path))
    if found.st_mode & 0o077:
        with suppress(PermissionError):  # another's file, which is not ours to close
            path.chmod(0o600)


def open_lock(path: Path) -> IO[str]:
    """A file to be locked, made if need be, for its owner alone; a link in its place is not followed."""
    make_private(path)
    return path.open("r+", encoding="utf-8")


def probe(folder: Path) -> None:
    """Raises `OSError` where a folder cannot be written, or its disk is full."""
    path = folder / f"probe-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        with _new_file(path) as file:
            file.write(bytes(_PROBE_BYTES))
    finally:
        path.unlink(missing_ok=True)


def _new_file(path: Path) -> IO[bytes]:
    """A new file that its owner alone can read, in place of whatever has its name: no link is followed."""
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_file(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until the disk has it."""
    with _new_file(path) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_through(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let ``write`` fill a new file, and wait until the disk has it."""
    with _new_file(path) as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def link_file(source: Path, target: Path) -> None:
    """Give a write-once file a second name; copied where the file system knows no hard links."""
    try:
        target.hardlink_to(source)
    except OSError as error:
        if not source.exists() or target.exists():
            raise
        try:
            with source.open("rb") as content:
                write_through(target, lambda out: shutil.copyfileobj(content, out))
        except OSError:
            raise error from None


def replace_file(source: Path, target: Path) -> None:
    """Let ``source`` take the name ``target`` in one step."""
    source.replace(target)


def sync_file(path: Path) -> None:
    """Wait until the disk has the content of a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until the disk has the names in a folder (where the system can say so)."""
    if os.name == "posix":
        sync_file(path)


def set_time(path: Path, modified_ns: int) -> None:
    """Give a file that was read through the time at which it was first written, where that can be."""
    with suppress(OSError, OverflowError):
        os.utime(path, ns=(modified_ns, modified_ns))


def remove_file(path: Path) -> None:
    """Remove one file; nothing happens if it is gone."""
    path.unlink(missing_ok=True)


def remove_tree(path: Path) -> None:
    """Remove a folder with all that is in it; nothing happens if it is gone."""
    if path.exists():
        shutil.rmtree(path)


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()

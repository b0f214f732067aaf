"""Every durable change of the file system goes through these few functions.

What SQLite, Whoosh and FAISS write themselves is made durable with `sync_file` and `sync_folder`. A test that wants to
fail or kill a writer at each step wraps the functions of this module.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import IO

_BLOCK = 1 << 20


def make_folder(path: Path) -> None:
    """Make a folder and its parents; nothing happens if it exists."""
    path.mkdir(parents=True, exist_ok=True)


def write_file(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def write_through(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let ``write`` fill a new file, and wait until the disk has it."""
    with path.open("wb") as file:
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
            shutil.copyfile(source, target)
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

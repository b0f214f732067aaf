"""Named arrays in one file that is mapped, not read: how what belongs to the rows of a segment lies on disk.

A head of eight bytes and JSON says what there is; the arrays follow, each at a multiple of 64 bytes. Whether a file is
what was written, the manifest's checksums say; that no array leads out of it is seen to here.
"""

from __future__ import annotations

import json
import mmap
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.manifest import MEND_REMEDY

Arrays: TypeAlias = Mapping[str, NDArray[Any]]
"""Numbers, in one dimension, by names."""

_HEADS = threading.Lock()
_MAGIC = b"PGAR"
_START = struct.Struct("<4sI")
_ALIGNED = 64


def write_arrays(file: IO[bytes], facts: Mapping[str, Any], arrays: Arrays) -> None:
    """Write arrays, and facts (JSON) beside them."""
    described: dict[str, Any] = {}
    place = 0
    for name, array in arrays.items():
        described[name] = [array.dtype.str, len(array), place]
        place = _aligned(place + array.nbytes)
    head = json.dumps({"facts": facts, "arrays": described}).encode()
    file.write(_START.pack(_MAGIC, len(head)) + head)
    written = _START.size + len(head)
    for array in arrays.values():
        file.write(bytes(_aligned(written) - written))
        file.write(np.ascontiguousarray(array).view(np.uint8).data)
        written = _aligned(written) + array.nbytes


def map_arrays(path: Path) -> tuple[dict[str, Any], Arrays]:
    """The facts and the arrays of a file, which are mapped and cannot be written. Raises `IndexDamaged`."""
    try:
        if not path.stat().st_size:
            raise ValueError("it is empty")
        content = np.memmap(path, np.uint8, "r")
        magic, size = _START.unpack(content[: _START.size].tobytes())
        if magic != _MAGIC:
            raise ValueError("it is none of these files")
        head = json.loads(content[_START.size : _START.size + size].tobytes())
        first = _aligned(_START.size + size)
        return head["facts"], {name: _array(content, first, *entry) for name, entry in head["arrays"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, struct.error) as error:
        raise IndexDamaged(f"{path}: cannot be read ({error}).", MEND_REMEDY) from error


def release(mapped: NDArray[Any]) -> None:
    """Give back the memory of a mapped file that an array lies in; what is asked for again is read again."""
    owner: Any = mapped
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


def map_npy(path: Path) -> NDArray[Any]:
    """The array in a file of NumPy's own kind, mapped; it cannot be written. Raises whatever NumPy stumbles on.

    One thread at a time: NumPy reads the head by `ast.literal_eval`, which fails in Python 3.11 now and then while
    another thread is in it ("AST constructor recursion depth mismatch"), and a sound file was held to be damaged.
    """
    with path.open("rb", buffering=0) as file:  # what a buffer reads beyond the head, each part of an index would cost
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError("it is of another version")
        with _HEADS:
            shape, by_columns, kind = np.lib.format.read_array_header_1_0(file)
        if kind.hasobject:
            raise ValueError("it holds no numbers")
        return np.memmap(file, kind, "r", file.tell(), shape, "F" if by_columns else "C")


def _array(content: NDArray[np.uint8], first: int, kind: str, count: int, place: int) -> NDArray[Any]:
    dtype = np.dtype(kind)
    begin, end = first + place, first + place + count * dtype.itemsize
    if dtype.kind not in "iuf" or not first <= begin <= end <= len(content):
        raise ValueError("an array lies outside of it")
    mapped: NDArray[Any] = np.asarray(content[begin:end]).view(dtype)
    return mapped


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED

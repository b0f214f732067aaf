"""Whether the files of a generation are what its manifest says, to the bit.

A generation's files never change once written, so each is read through once in a process: what was found sound stays
so until its time or size changes, in whatever generation it lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeAlias

from paraglot.search import disk
from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import MEND_REMEDY, FileRecord, IndexManifest

Part: TypeAlias = Literal["keyword", "dense", "sentences"]
"""What a search can do without: a folder of a generation."""

_Mark: TypeAlias = tuple[int, int, int, int, str]

_sound: set[_Mark] = set()
_MOST_KEPT = 100_000


def unsound_files(generation: Generation, manifest: IndexManifest, anew: bool = False) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of each file that is not as the manifest says.

    ``anew``: also those are read that were found sound before. Raises `OSError` where one cannot be read.
    """
    with ThreadPoolExecutor(2) as pool:  # hashing leaves the interpreter to others
        for record, fault in zip(
            manifest.files,
            pool.map(lambda record: _fault(generation.folder / record.name, record, anew), manifest.files),
            strict=True,
        ):
            if fault:
                yield record.name, fault


def lost_parts(generation: Generation, manifest: IndexManifest) -> dict[Part, IndexDamaged]:
    """The parts that cannot be trusted, each with the first file of it that is not as the manifest says."""
    lost: dict[Part, IndexDamaged] = {}
    for name, fault in unsound_files(generation, manifest):
        part: Part = name.partition("/")[0]  # type: ignore[assignment]  # as `read_manifest` sees to
        place = f"{generation.folder.parent.name}/{generation.folder.name}/{name}"
        lost.setdefault(part, IndexDamaged(f"{place}: {fault}", MEND_REMEDY))
    return lost


def marks(generation: Generation, manifest: IndexManifest) -> list[tuple[int, ...] | None]:
    """What tells whether the files of a generation were changed since: times and sizes."""
    return [_mark(generation.folder / record.name) for record in manifest.files]


def _fault(path: Path, record: FileRecord, anew: bool) -> str:
    """What is wrong with a file; "" where it is as it must be."""
    mark = _mark(path)
    if mark is None:
        return "the file is missing."
    if mark[2] != record.size_bytes:
        return f"{mark[2]} bytes instead of {record.size_bytes}."
    known = (mark[0], mark[1], mark[2], mark[3], record.sha256)
    if anew or known not in _sound:
        if disk.sha256(path) != record.sha256:
            return "the content is not what its checksum says."
        if len(_sound) >= _MOST_KEPT:
            _sound.clear()
        _sound.add(known)
    return ""


def _mark(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns

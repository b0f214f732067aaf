"""Whether the files of a generation are what its manifest says, to the bit.

A generation's files never change once written. A file of the size and the time, to the nanosecond, that its writer
noted is as it was left; only what a disk does to it silently is not seen so, and that `paraglot verify` finds, which
reads all. A file of another time (copied, restored, changed) is read through once in a process: what was found sound
stays so until its time or size changes, in whatever generation it lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Literal, TypeAlias

from paraglot.search import disk
from paraglot.search.errors import IndexDamaged, IndexMismatch, ParaglotError
from paraglot.search.folder.layout import Generation
from paraglot.search.folder.manifest import KEYWORDS_REMEDY, KEYWORDS_SINCE, MEND_REMEDY, FileRecord, IndexManifest

Part: TypeAlias = Literal["keyword", "columns", "dense", "sentences"]
"""What a search can do without: a folder of a generation."""

FileStamp: TypeAlias = tuple[int, int, int, int]

_sound: set[tuple[int, int, int, int, str]] = set()
_MOST_KEPT = 100_000
_MISSING = "the file is missing."


def unsound_files(generation: Generation, manifest: IndexManifest, anew: bool = False) -> Iterator[tuple[str, str]]:
    """(name, what is wrong) of each file that is not as the manifest says.

    ``anew``: also those are read that were found sound before. Raises `OSError` where one cannot be read.
    """
    faults: list[tuple[str, str | Future[str]]] = []
    with ThreadPoolExecutor(2) as pool:  # hashing leaves the interpreter to others; with none to do there is no thread
        for record in manifest.files:
            path = generation.folder / record.name
            stamp = stamp_of(path)
            if stamp is None or stamp[2] != record.size_bytes:
                faults.append((record.name, f"{stamp[2]} bytes instead of {record.size_bytes}." if stamp else _MISSING))
            elif anew or (stamp[3] != record.modified_ns and (*stamp, record.sha256) not in _sound):
                faults.append((record.name, pool.submit(_read_through, path, record, stamp)))
        for name, fault in faults:
            if reason := fault if isinstance(fault, str) else fault.result():
                yield name, reason


def lost_parts(generation: Generation, manifest: IndexManifest) -> dict[Part, ParaglotError]:
    """The parts that cannot be used: of a format before, or with the first file that is not as the manifest says."""
    lost: dict[Part, ParaglotError] = {}
    if manifest.format < KEYWORDS_SINCE:
        made = (
            f"generations/{generation.number}: the words were indexed by an earlier version (format {manifest.format})."
        )
        lost["keyword"] = IndexMismatch(made, KEYWORDS_REMEDY)
    for name, fault in unsound_files(generation, manifest):
        part: Part = name.partition("/")[0]  # type: ignore[assignment]  # as `read_manifest` sees to
        place = f"{generation.folder.parent.name}/{generation.folder.name}/{name}"
        lost.setdefault(part, IndexDamaged(f"{place}: {fault}", MEND_REMEDY))
    return lost


def stamps(generation: Generation, manifest: IndexManifest) -> list[FileStamp | None]:
    """What tells whether the files of a generation were changed since: times and sizes."""
    return [stamp_of(generation.folder / record.name) for record in manifest.files]


def _read_through(path: Path, record: FileRecord, stamp: FileStamp) -> str:
    """What is wrong with the content of a file; "" where it is as it must be."""
    if disk.sha256(path) != record.sha256:
        return "the content is not what its checksum says."
    if len(_sound) >= _MOST_KEPT:
        _sound.clear()
    _sound.add((*stamp, record.sha256))
    return ""


def stamp_of(path: Path) -> FileStamp | None:
    """What tells a file from others and from itself after a change: device, inode, size and time; None for none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns

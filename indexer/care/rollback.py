"""Back to a generation that is still there, or forward again: CURRENT is pointed at it, nothing else changes.

The next write starts from there; what was rolled back is cleared away by it. Where CURRENT is damaged or gone this is
what mends it.
"""

from __future__ import annotations

from pathlib import Path

from paraglot.indexer.care.status import KeptGeneration, kept_generations
from paraglot.indexer.folder import commit
from paraglot.indexer.folder.base import check_store
from paraglot.indexer.folder.lock import writer_lock
from paraglot.indexer.write import disk_errors
from paraglot.search.errors import IndexDamaged, NotFound
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import DAMAGED_REMEDY, read_manifest
from paraglot.search.folder.snapshot import committed_number
from paraglot.search.folder.soundness import unsound_files


def roll_back(folder: Path, to: int | None = None, wait_s: float = 0) -> KeptGeneration:
    """Serve generation ``to`` (None: the one before the committed one, or the newest whole one where it is not known
    which is committed). Returns it.

    Raises `NotFound` where it is not there any more, `IndexDamaged` where it is not whole, `IndexLocked`.
    """
    layout = IndexLayout(folder)
    if not layout.generation_numbers():
        committed_number(layout)
    with disk_errors(layout), writer_lock(layout.lock, wait_s):
        current = _committed(layout)
        generations = {entry.number: entry for entry in kept_generations(layout, current or 0)}
        if not generations:
            committed_number(layout)
        before = [number for number in reversed(generations) if current is None or number < current]
        if to not in generations if to is not None else not before:
            numbers = ", ".join(map(str, generations)) or "none"
            sought = f"no generation {to}" if to is not None else f"no generation before {current or 'it'}"
            was = 0 < to <= max(generations) if to is not None else current != 1
            raise NotFound(f"{folder}: there is {sought}{' any more' if was else ''}; there are: {numbers}.")
        targets = [to] if to is not None else before if current is None else before[:1]
        number = _first_whole(layout, targets)
        commit.point_current(layout, number)
        return generations[number]


def _committed(layout: IndexLayout) -> int | None:
    """The number in CURRENT; None where there is none, or where it names no generation that is there."""
    try:
        number = layout.current_number()
    except ValueError:
        return None
    return number if layout.generation(number).folder.is_dir() else None


def _first_whole(layout: IndexLayout, numbers: list[int]) -> int:
    """The first of ``numbers`` that can be served. Raises `IndexDamaged`, naming what is wrong with the first."""
    faults: list[IndexDamaged] = []
    for number in numbers:
        generation = layout.generation(number)
        try:
            manifest = read_manifest(generation.manifest)
            for name, fault in unsound_files(generation, manifest):
                raise IndexDamaged(f"{generation.folder / name}: {fault}", DAMAGED_REMEDY)
            check_store(layout, manifest)
            return number
        except IndexDamaged as error:
            faults.append(error)
    raise faults[0]

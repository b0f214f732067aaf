"""Back to a generation that is still there, or forward again: CURRENT is pointed at it, nothing else changes.

The next write starts from there; what was rolled back is cleared away by it.
"""

from __future__ import annotations

from pathlib import Path

from paraglot.indexer.care.status import KeptGeneration, kept_generations
from paraglot.indexer.folder import commit
from paraglot.indexer.folder.lock import writer_lock
from paraglot.indexer.write import disk_errors
from paraglot.search.errors import IndexDamaged, NotFound
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import DAMAGED_REMEDY, read_manifest
from paraglot.search.folder.snapshot import committed_number
from paraglot.search.folder.soundness import unsound_files


def roll_back(folder: Path, to: int | None = None, wait_s: float = 0) -> KeptGeneration:
    """Serve generation ``to`` (None: the one before the committed one). Returns it.

    Raises `NotFound` where it is not there any more, `IndexDamaged` where it is not whole, `IndexLocked`.
    """
    layout = IndexLayout(folder)
    committed_number(layout)
    with disk_errors(layout), writer_lock(layout.lock, wait_s):
        current = committed_number(layout)
        kept = {one.number: one for one in kept_generations(layout, current)}
        wanted = max((number for number in kept if number < current), default=0) if to is None else to
        if wanted not in kept:
            there = ", ".join(map(str, kept))
            what = f"no generation {to}" if to is not None else f"no generation before {current}"
            raise NotFound(f"{folder}: there is {what} any more; there are: {there}.")
        generation = layout.generation(wanted)
        for name, fault in unsound_files(generation, read_manifest(generation.manifest)):
            raise IndexDamaged(f"{generation.folder / name}: {fault}", DAMAGED_REMEDY)
        commit.point_current(layout, wanted)
        return kept[wanted]

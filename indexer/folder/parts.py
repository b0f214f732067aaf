"""When write-once parts are merged: the one policy of everything that lies in parts.

What is new becomes a new part, and a part that is half gone is written anew without its gone rows. Whatever is written
takes in the part before it while that is at most twice as large. So there are few parts, and a vector is rewritten
about log2(n) times in the life of an index; no part grows beyond a limit, so a merge is bounded however large the
index is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.folder.columns import as_array

MAX_PART_BYTES = 1 << 27
"""The most that the paragraphs' vectors of one part take."""


def most_rows(dimension: int) -> int:
    """How many rows one part may have."""
    return max(1, MAX_PART_BYTES // (4 * dimension))


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part of the next generation: what lives of the parts ``old``, then the ``new`` rows.

    A part that is ``kept`` is a single old one as it is.
    """

    old: tuple[int, ...]
    new: NDArray[np.int64]
    size: int
    kept: bool = False


def plan_parts(
    parts: Sequence[tuple[int, NDArray[np.int64]]], removed: BitMap, added: Sequence[int], limit: int
) -> list[PlannedPart]:
    """The parts of the next generation, in the order of their rows, each of at most ``limit`` rows.

    ``parts`` are number and rows of each old part, ``added`` the new rows, all ascending.
    """
    nothing = np.empty(0, np.int64)
    planned: list[PlannedPart] = []
    for number, rows in parts:
        live = int(np.count_nonzero(live_mask(rows, removed)))
        if 2 * live >= len(rows):
            planned.append(PlannedPart((number,), nothing, live, kept=True))
        elif live:
            _push(planned, PlannedPart((number,), nothing, live), limit)
    for first in range(0, len(added), limit):
        piece = np.asarray(added[first : first + limit], np.int64)
        _push(planned, PlannedPart((), piece, len(piece)), limit)
    return planned


def live_mask(rows: NDArray[np.int64], removed: BitMap) -> NDArray[np.bool_]:
    """For each of ``rows`` whether it is not gone."""
    is_live = np.ones(len(rows), np.bool_)
    if len(rows) and removed:
        between = BitMap(range(int(rows[0]), int(rows[-1]) + 1)) & removed
        removed_here = as_array(between)
        places = np.minimum(np.searchsorted(rows, removed_here), len(rows) - 1)
        is_live[places[rows[places] == removed_here]] = False
    return is_live


def _push(planned: list[PlannedPart], part: PlannedPart, limit: int) -> None:
    """Put a part that must be written at the end; it takes in those before it that are small beside it."""
    while planned and planned[-1].size <= 2 * part.size and planned[-1].size + part.size <= limit:
        before = planned.pop()
        rows = np.concatenate([before.new, part.new])
        part = PlannedPart(before.old + part.old, rows, before.size + part.size)
    planned.append(part)

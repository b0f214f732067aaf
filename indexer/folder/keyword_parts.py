"""The parts of a keyword index, the side that writes, whichever engine keeps the terms: rows, lengths, what is gone."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Generic, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search import disk
from paraglot.search.folder.keyword.lengths import code_of_length
from paraglot.search.folder.keyword.postings import FIELDS, ROW, P, read_removed
from paraglot.search.folder.layout import Generation, KeywordPart

MOST_ROWS = 1 << 16
"""The most paragraphs that a part has, so that a merge is bounded however large the index is."""


class Placed(Protocol):
    """What has paragraphs at places, some of which may go."""

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row of every place."""
        ...

    @property
    def lengths(self) -> NDArray[np.uint8]:
        """``uint8[fields, n]``, the byte of every length."""
        ...

    @property
    def removed(self) -> BitMap:
        """The places that go."""
        ...


class OldPart(NamedTuple, Generic[P]):
    """A part that is there, and the places of it that go."""

    part: KeywordPart
    opened: P
    removed: BitMap

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row of every place."""
        return self.opened.rows

    @property
    def lengths(self) -> NDArray[np.uint8]:
        """``uint8[fields, n]``, the byte of every length."""
        return self.opened.lengths

    @property
    def removed_rows(self) -> BitMap:
        """The rows that go."""
        return BitMap(self.rows[np.array(self.removed.to_array(), np.int64)].tolist())


def old_parts(
    base: Generation | None, removed: Sequence[int], opened: Callable[[KeywordPart], P]
) -> dict[int, OldPart[P]]:
    """The parts of ``base`` by their numbers, in the order of their rows, without ``removed`` rows."""
    rows, parts = np.array(sorted(removed), np.int64), []
    for number in base.keyword_parts() if base else ():
        part = base.keyword_part(number)  # type: ignore[union-attr]
        stored = opened(part)
        between = rows[np.searchsorted(rows, stored.rows[0]) : np.searchsorted(rows, stored.rows[-1], "right")]
        removed_places = np.flatnonzero(np.isin(stored.rows, between)) if len(between) else between
        parts.append(OldPart(part, stored, read_removed(part) | BitMap(removed_places.tolist())))
    return {old.part.number: old for old in sorted(parts, key=lambda old: int(old.rows[0]))}


def link_part(target: Generation, old: OldPart[P], files: Sequence[Path]) -> None:
    """Let ``target`` have a part of its base, by those ``files``, and what of it is removed."""
    place = target.keyword_part(old.part.number)
    for path in files:
        disk.link_file(path, target.keyword / path.name)
    if old.removed and old.removed == read_removed(old.part):
        disk.link_file(old.part.removed, place.removed)
    elif old.removed:
        disk.write_file(place.removed, old.removed.serialize())


class NewPlaces(NamedTuple):
    """Paragraphs that come, all of which stay."""

    rows: NDArray[np.int64]
    lengths: NDArray[np.uint8]
    removed: BitMap = BitMap()


def write_places(part: KeywordPart, sources: Sequence[Placed]) -> None:
    """Write the rows and lengths of a part: of the places of all ``sources`` those that stay."""
    living = [
        np.delete(np.arange(len(source.rows)), np.array(source.removed.to_array(), np.int64)) for source in sources
    ]
    rows = np.concatenate([source.rows[places] for source, places in zip(sources, living, strict=True)])
    lengths = np.concatenate(
        [source.lengths[:, places] for source, places in zip(sources, living, strict=True)], axis=1
    )
    for path, content in ((part.rows, rows.astype(ROW)), (part.lengths, lengths)):
        disk.write_through(path, partial(np.save, arr=content, allow_pickle=False))


class Lengths:
    """The lengths of new rows, in their order."""

    def __init__(self) -> None:
        self._own = [array("B") for _ in FIELDS]

    def add(self, texts: Sequence[Mapping[str, int]]) -> None:
        """Those of one more row."""
        for codes, counted in zip(self._own, texts, strict=True):
            codes.append(code_of_length(sum(counted.values())))

    def bytes(self) -> NDArray[np.uint8]:
        """``uint8[fields, n]``"""
        return np.array([np.frombuffer(codes, np.uint8) for codes in self._own]).reshape(len(FIELDS), -1)

"""Paragraphs that stand in an index more than once, to the letter or nearly: a report, read off the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import Snapshot, open_snapshot
from paraglot.search.ranking.shape import ALIKE
from paraglot.search.text.analysis import terms

_HASHES, _BANDS = 128, 16
_BATCH = 500


@dataclass(slots=True)
class Duplicates:
    """Groups of paragraph ids, in the order of the index; the first of a group of near copies is what they are like."""

    exact: list[list[str]] = field(default_factory=list)
    near: list[list[str]] = field(default_factory=list)


def find_duplicates(folder: Path) -> Duplicates:
    """The groups of the committed generation. Near copies are sought by MinHash (Broder, 1997) and then compared; of
    copies to the letter only the first is compared. Raises `IndexMissing`, `IndexMismatch` or `IndexDamaged`.
    """
    snapshot = open_snapshot(IndexLayout(folder))
    try:
        return _duplicates(snapshot)
    finally:
        snapshot.close()


def _duplicates(snapshot: Snapshot) -> Duplicates:
    from rensa import RMinHash, RMinHashLSH

    near = RMinHashLSH(threshold=ALIKE, num_perm=_HASHES, num_bands=_BANDS)
    same: dict[bytes, list[str]] = {}
    alike: dict[int, list[str]] = {}
    for row, paragraph_id, text in _texts(snapshot):
        copies = same.setdefault(hashlib.sha256(text.encode()).digest(), [])
        copies.append(paragraph_id)
        if len(copies) > 1:
            continue
        shingles = _shingles(text)
        sketch = RMinHash(num_perm=_HASHES, seed=0)
        sketch.update(sorted(shingles))
        for other in sorted(near.query(sketch)):
            [(first, _)] = snapshot.store.paragraphs([other])
            if _are_alike(shingles, _shingles(first.text)):
                alike.setdefault(other, [first.id]).append(paragraph_id)
                break
        else:
            near.insert(row, sketch)
    return Duplicates([group for group in same.values() if len(group) > 1], list(alike.values()))


def _texts(snapshot: Snapshot) -> Iterator[tuple[int, str, str]]:
    rows = snapshot.store.rows()
    for first in range(0, len(rows), _BATCH):
        for paragraph, _ in snapshot.store.paragraphs(rows[first : first + _BATCH]):
            yield paragraph.row, paragraph.id, paragraph.text


def _shingles(text: str) -> set[str]:
    """Runs of three terms; a shorter text is one run."""
    words = terms(text)
    return {" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)} or {" ".join(words)}


def _are_alike(left: set[str], right: set[str]) -> bool:
    """Whether `ALIKE` of what is in either is in both (Jaccard, 1901)."""
    fewer, more = sorted((len(left), len(right)))
    if fewer / more < ALIKE:
        return False
    both = len(left & right)
    return both / (fewer + more - both) >= ALIKE

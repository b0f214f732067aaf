"""The keyword index in segments of mapped postings, the side that writes: linked from the generation before, added to.

What is new is gathered in memory, up to a limit, and written term by term together with the segments that it is merged
with (`paraglot.indexer.folder.parts` says which): postings are moved as arrays and never taken apart.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import groupby, islice, repeat
from operator import itemgetter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.folder.keyword_parts import (
    MOST_ROWS,
    Lengths,
    OldPart,
    Placed,
    link_part,
    old_parts,
    write_places,
)
from paraglot.indexer.folder.parts import plan_parts
from paraglot.indexer.folder.words import RowWords
from paraglot.search import disk
from paraglot.search.folder.keyword.files import Posting, TermsWriter
from paraglot.search.folder.keyword.postings import FIELDS, Occurrences
from paraglot.search.folder.keyword.segments import SEGMENTS, Segment
from paraglot.search.folder.layout import Generation, KeywordPart

MOST_POSTINGS = 1 << 22
"""Postings that are gathered in memory before they are written: about 100 MB with their terms."""


def write_keyword(
    target: Generation, base: Generation | None, rows: Sequence[int], words: Iterable[RowWords], removed: Sequence[int]
) -> None:
    """Write the keyword index of ``target``: that of ``base`` with ``rows``, whose words are ``words`` in their order,
    and without ``removed``. Rows ascend.
    """
    disk.make_folder(target.keyword)
    old = old_parts(base, removed, SEGMENTS.get)
    removed_rows = BitMap.union(BitMap(), *(part.removed_rows for part in old.values()))
    fresh, new = max(old, default=0), iter(words)
    for planned in plan_parts([(number, part.rows) for number, part in old.items()], removed_rows, rows, MOST_ROWS):
        if planned.kept:
            old_part = old[planned.old[0]]
            link_part(target, old_part, old_part.part.files)
        else:
            fresh += 1
            sources = [_Old(*old[number]) for number in planned.old]
            _write(target, fresh, sources, islice(new, len(planned.new)))
    disk.sync_folder(target.keyword)


class _Source(Placed, Protocol):
    """What goes into a segment: its places, and the postings in order."""

    def postings(self) -> Iterator[Posting]: ...


class _Old(OldPart[Segment]):
    """A segment that is there, and the places of it that go."""

    def postings(self) -> Iterator[Posting]:
        return self.opened.terms.all()


class _New:
    """Paragraphs gathered in memory: of each posting the term's number, the place and the count."""

    def __init__(self) -> None:
        self._rows = array("q")
        self._lengths = Lengths()
        self._postings = [(array("I"), array("I"), array("H")) for _ in FIELDS]
        self._numbers: list[defaultdict[str, int]] = [defaultdict() for _ in FIELDS]
        for numbers in self._numbers:
            numbers.default_factory = numbers.__len__

    def __len__(self) -> int:
        return sum(len(numbers) for numbers, _, _ in self._postings)

    def add(self, row: int, texts: Sequence[Mapping[str, int]]) -> None:
        """Take in a paragraph: how often each field has each term, in the order of `FIELDS`."""
        place = len(self._rows)
        self._rows.append(row)
        self._lengths.add(texts)
        for number, counted in enumerate(texts):
            numbers, places, counts = self._postings[number]
            numbers.extend(map(self._numbers[number].__getitem__, counted))
            places.extend(repeat(place, len(counted)))
            counts.extend(min(count, 0xFFFF) for count in counted.values())

    @property
    def rows(self) -> NDArray[np.int64]:
        return np.array(self._rows, np.int64)

    @property
    def lengths(self) -> NDArray[np.uint8]:
        return self._lengths.bytes()

    @property
    def removed(self) -> BitMap:
        return BitMap()

    def postings(self) -> Iterator[Posting]:
        for field, (numbers, places, counts) in enumerate(self._postings):
            names = sorted(self._numbers[field])  # by code points, which is the order of their bytes, too
            ranks = np.empty(len(names), np.int64)
            ranks[[self._numbers[field][name] for name in names]] = np.arange(len(names))
            ranked = ranks[np.frombuffer(numbers, np.uint32)]
            order = np.argsort(ranked, kind="stable")
            ends = np.cumsum(np.bincount(ranked, minlength=len(names))).tolist()
            all_places = np.frombuffer(places, np.uint32)[order]
            all_counts = np.frombuffer(counts, np.uint16)[order]
            for name, first, last in zip(names, [0, *ends], ends, strict=False):
                yield Posting(field, name.encode(), Occurrences(all_places[first:last], all_counts[first:last]))


def _write(target: Generation, number: int, old: Sequence[_Old], words: Iterable[RowWords]) -> None:
    """Write a segment of what there is and of what is new; what does not fit in memory is laid aside meanwhile."""
    sources: list[_Source] = list(old)
    aside: list[KeywordPart] = []
    gathered = _New()
    for row_words in words:
        gathered.add(row_words.row, row_words.terms)
        if len(gathered) >= MOST_POSTINGS:
            aside.append(KeywordPart(target.folder, len(aside) + 1))
            _write_part(aside[-1], [gathered])
            sources.append(_Old(aside[-1], SEGMENTS.get(aside[-1]), BitMap()))
            gathered = _New()
    _write_part(target.keyword_part(number), [*sources, gathered])
    for path in (path for part in aside for path in part.files):
        disk.remove_file(path)


def _write_part(part: KeywordPart, sources: Sequence[_Source]) -> None:
    writer = TermsWriter(part)
    try:
        for posting in _merged(sources):
            writer.add(posting)
    finally:
        writer.close()
    write_places(part, sources)
    for path in (part.terms, part.postings):
        disk.make_private(path)
        disk.sync_file(path)


def _merged(sources: Sequence[_Source]) -> Iterator[Posting]:
    """The postings of all in order, each term once, its places counted over what lives of all."""
    moved, first = [], 0
    for source in sources:
        is_live = np.ones(len(source.rows), np.bool_)
        is_live[np.array(source.removed.to_array(), np.int64)] = False
        moved.append(_moved(source, np.where(is_live, np.cumsum(is_live) - 1 + first, -1)))
        first += int(is_live.sum())
    # Of one term the sources come in their order: `merge` keeps it.
    for (field, term), parts_of_term in groupby(merge(*moved, key=itemgetter(0, 1)), key=itemgetter(0, 1)):
        occurrences = [posting.occurrences for posting in parts_of_term]
        places = np.concatenate([posting.places for posting in occurrences])
        if len(places):
            yield Posting(field, term, Occurrences(places, np.concatenate([posting.counts for posting in occurrences])))


def _moved(source: _Source, places: NDArray[np.int64]) -> Iterator[Posting]:
    """The postings of a source with its places renamed; -1: a place that goes."""
    for field, term, occurrences in source.postings():
        renamed = places[occurrences.places]
        is_live = renamed >= 0
        yield Posting(field, term, Occurrences(renamed[is_live], occurrences.counts[is_live]))

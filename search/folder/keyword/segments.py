"""The keyword engine of a plain install: segments of mapped postings over Whoosh's dictionary of terms.

A segment that is open is shared by all generations that have it, so a new generation opens what is new in it. Opening
one maps its files; nothing of it is read that grows with its paragraphs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pyroaring import BitMap

from paraglot.search.folder.keyword.files import TermsReader
from paraglot.search.folder.keyword.postings import (
    FIELDS,
    Numbers,
    Occurrences,
    Part,
    Places,
    Postings,
    opened_parts,
    unreadable,
)
from paraglot.search.folder.layout import Generation, KeywordPart
from paraglot.search.folder.opened import Opened
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.parts.protocols import Field

KEPT_FORMS = 200_000
"""Surface forms of a segment that are kept at hand, by the beginning that was asked for."""


class Segment(Part):
    """One segment, opened. Safe to share between threads."""

    def __init__(self, part: KeywordPart) -> None:
        super().__init__(part)
        self.terms = TermsReader(part)
        self._forms: LruCache[str, list[str]] = LruCache(KEPT_FORMS, lambda forms: 1 + len(forms))

    def forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix; of paragraphs that are removed, too."""
        return self._forms.get(prefix, self._read_forms)

    def _read_forms(self, prefix: str) -> list[str]:
        terms = {term for field in FIELDS for term in self.terms.beginning_with(field, prefix.encode())}
        return [term.decode() for term in terms if b":" not in term]


def read_segment(part: KeywordPart) -> Segment:
    """A segment, mapped. Raises whatever reading its files stumbles on."""
    return Segment(part)


SEGMENTS = Opened(read_segment, lambda part: part.files)
"""The same object for as long as the files are the same, and some generation of this process has it open."""


class WhooshPostings(Postings):
    """The segments of one generation, or of a part of its rows, in their order. Safe to share between threads."""

    engine = "Whoosh"

    def __init__(self, segments: Sequence[Segment] = (), removed: Sequence[BitMap] = (), folder: Path = Path()) -> None:
        """``removed``: of each segment the places that are not of these rows."""
        super().__init__(segments, removed, folder)
        self._segments = segments

    def forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points; some may be gone."""
        with self._reading():
            return sorted({form for segment in self._segments for form in segment.forms(prefix)})

    def count(self, term: str, field: Field) -> int:
        """How many places have a term in a field."""
        count = 0
        with self._reading():
            for segment, live in zip(self._segments, self._live_masks, strict=True):
                if live is None:
                    count += segment.terms.count(field, term.encode())
                elif occurrences := segment.terms.occurrences(field, term.encode()):
                    count += int(np.count_nonzero(live.has(occurrences.places)))
        return count

    def occurrences(self, term: str, field: Field) -> Occurrences:
        """Where a term stands in a field, removed places left out."""
        places: list[Places] = [np.empty(0, np.int64)]
        counts: list[Numbers] = [np.empty(0, np.uint16)]
        with self._reading():
            for segment, live, start in zip(self._segments, self._live_masks, self._starts, strict=False):
                occurrences = segment.terms.occurrences(field, term.encode())
                if occurrences is None:
                    continue
                kept = slice(None) if live is None else live.has(occurrences.places)
                places.append(occurrences.places[kept] + start)
                counts.append(occurrences.counts[kept])
        return Occurrences(np.concatenate(places), np.concatenate(counts))


def open_segments(generation: Generation) -> WhooshPostings:
    """The segments of a generation. Raises `IndexDamaged`."""
    try:
        return WhooshPostings(*opened_parts(generation, SEGMENTS.get), generation.keyword)
    except Exception as error:
        raise unreadable(generation.keyword, WhooshPostings.engine, error) from error

"""The files of the keyword index as arrays: where a term stands, how long texts are, which forms there are.

Whoosh gives the postings of a term; they are kept for as long as the generation is open. What follows from them, for
all paragraphs or for a part of them, is `paraglot.search.folder.keyword`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from whoosh.searching import Searcher

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.keyword_files import DataIndex
from paraglot.search.folder.manifest import REBUILD_REMEDY
from paraglot.search.seams import Field

KEPT_TERMS, KEPT_COUNTS = 2_000, 20_000
"""Terms whose postings, and whose counts, are kept at hand."""

KEPT_PREFIXES = 64
"""Beginnings whose surface forms are kept at hand: letters, for mistyped words, and prefixes asked for."""

Places: TypeAlias = NDArray[np.int64]
"""Whoosh's document numbers."""


class Occurrences(NamedTuple):
    """Where a term stands in a field, ascending, and how often in each place."""

    places: Places
    counts: NDArray[np.float32]


class Segments:
    """The segments of one generation. Safe to share between threads: a lock guards the one searcher."""

    def __init__(self, index: DataIndex) -> None:
        self._lock = threading.Lock()
        self._index = index
        self._searcher: Searcher = index.searcher()
        self.rows = _row_column(self._searcher)
        """The row of every place, removed ones included."""
        self.order = np.argsort(self.rows, kind="stable")
        """The places by their rows."""
        self.ordered = self.rows[self.order]
        self._lengths: dict[Field, NDArray[np.float64]] = {}
        self.occurrences = lru_cache(KEPT_TERMS)(self._read_occurrences)
        self.forms = lru_cache(KEPT_PREFIXES)(self._read_forms)
        self.count = lru_cache(KEPT_COUNTS)(self._count)

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            self._searcher.close()
            self._index.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Read by the one searcher. Raises `IndexDamaged` where Whoosh stumbles, over whatever it does."""
        with self._lock:
            try:
                yield
            except Exception as error:
                raise unreadable(Path(self._index.storage.folder), error) from error

    def living(self) -> NDArray[np.bool_]:
        """Which places are not removed."""
        living = np.zeros(len(self.rows), np.bool_)
        with self._reading():
            living[np.fromiter(self._searcher.reader().all_doc_ids(), np.int64)] = True
        return living

    def lengths(self, field: Field) -> NDArray[np.float64]:
        """The terms in a field of every place, as Whoosh keeps them: rounded to a byte."""
        with self._reading():
            if field not in self._lengths:
                reader = self._searcher.reader()
                found = [reader.doc_field_length(place, field) for place in range(len(self.rows))]
                self._lengths[field] = np.array(found, np.float64)
            return self._lengths[field]

    def _read_forms(self, prefix: str) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points; some may be gone."""
        with self._reading():
            reader = self._searcher.reader()
            found = {term.decode() for name in ("text", "title") for term in reader.expand_prefix(name, prefix)}
        return sorted(term for term in found if ":" not in term)

    def _count(self, term: str) -> int:
        """How many places have a term in their text.

        Whoosh's own count of a segment has removed paragraphs in it until the segment is merged.
        """
        count = 0
        with self._reading():
            for searcher, _ in self._searcher.leaf_searchers():
                reader = searcher.reader()
                if not reader.has_deletions():
                    count += reader.doc_frequency("text", term)
                elif ("text", term) in reader:
                    count += sum(1 for _ in reader.postings("text", term).all_ids())
        return count

    def _read_occurrences(self, term: str, field: Field) -> Occurrences:
        places: list[int] = []
        counts: list[float] = []
        with self._reading():
            for searcher, offset in self._searcher.leaf_searchers():
                reader = searcher.reader()
                if (field, term) not in reader:
                    continue
                matcher = reader.postings(field, term)
                while matcher.is_active():
                    places.append(matcher.id() + offset)
                    counts.append(matcher.weight())
                    matcher.next()
        return Occurrences(np.array(places, np.int64), np.array(counts, np.float32))


def unreadable(folder: Path, error: Exception) -> IndexDamaged:
    """What Whoosh raises over a damaged file is whatever its unpickling and unpacking stumble on."""
    return IndexDamaged(f"{folder}: Whoosh cannot read it ({type(error).__name__}: {error}).", REBUILD_REMEDY)


def _row_column(searcher: Searcher) -> NDArray[np.int64]:
    """Row of every Whoosh document number, deleted ones included, ``int64[n]``."""
    reader = searcher.reader()
    if not reader.doc_count_all():
        return np.empty(0, dtype=np.int64)
    return np.array([int(value) for value in reader.column_reader("row", translate=False)], dtype=np.int64)

"""What can be suggested, read out of the store and kept up with it: a commit costs what it changed, and a sorting.

Only places are kept of what was read (20 bytes for each occurrence of a candidate): the words of the frequent ones are
read again. A paragraph's row never changes its text; that a row is the same paragraph, its checksum says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.index import Texts
from paraglot.search.suggest.index import LEAST, Entry, SuggestionIndex
from paraglot.search.suggest.phrases import phrases
from paraglot.search.suggest.types import Kind

_OCCURRENCE = np.dtype([("hash", np.int64), ("row", np.uint32), ("start", np.uint32), ("length", np.uint32)])
"""A candidate in a paragraph: the hash of its kind, language and words; length 0: the title."""

MOST_CHARACTERS = 200
"""Of a title or a phrase; what is longer is nothing to choose from a list."""

_BATCH = 500
_Surface = tuple[str, Kind, str]


class PhraseBook:
    """All candidates of one index, as of the last `update`. For one thread at a time."""

    def __init__(self) -> None:
        self._occurrences: NDArray[np.void] = np.empty(0, _OCCURRENCE)
        self._rows, self._checksums = np.empty(0, np.int64), np.empty(0, np.int64)
        self._surfaces: dict[int, _Surface] = {}

    def update(self, store: Texts, stopped: Callable[[], bool] = lambda: False) -> SuggestionIndex | None:
        """The suggestions of a store's generation; None where ``stopped`` said so on the way."""
        rows, checksums = store.checksums()
        kept, stays = _in_both(rows, checksums, self._rows, self._checksums)
        gone, fresh = self._rows[~stays], rows[~kept].tolist()
        parts = [self._occurrences[~np.isin(self._occurrences["row"], gone.astype(np.uint32))]]
        for at in range(0, len(fresh), _BATCH):
            if stopped():
                return None
            parts.append(np.fromiter(_occurrences(store, fresh[at : at + _BATCH]), _OCCURRENCE))
        self._occurrences, self._rows, self._checksums = np.concatenate(parts), rows, checksums
        return SuggestionIndex(self._entries(store))

    def _entries(self, store: Texts) -> list[Entry]:
        """The candidates that enough paragraphs have, each with its rows."""
        ordered = self._occurrences[np.lexsort((self._occurrences["row"], self._occurrences["hash"]))]
        new_hash = _differs(ordered["hash"])
        ordered = ordered[new_hash | _differs(ordered["row"])]
        first = np.flatnonzero(_differs(ordered["hash"]))
        counts = np.diff(np.append(first, len(ordered)))
        enough = (counts >= LEAST) | (ordered["length"][first] == 0)
        kept = [
            (int(ordered["hash"][at]), int(at), int(count))
            for at, count in zip(first[enough], counts[enough], strict=True)
        ]
        self._read_surfaces(store, ordered[[at for hash_, at, _ in kept if hash_ not in self._surfaces]])
        self._surfaces = {hash_: self._surfaces[hash_] for hash_, _, _ in kept}
        rows = ordered["row"]
        return [Entry(*self._surfaces[hash_], rows[at : at + count].copy()) for hash_, at, count in kept]

    def _read_surfaces(self, store: Texts, examples: NDArray[np.void]) -> None:
        by_row: dict[int, list[tuple[int, int, int]]] = {}
        for hash_, row, start, length in examples.tolist():
            by_row.setdefault(row, []).append((hash_, start, length))
        rows = list(by_row)
        languages = dict(zip(rows, store.languages(rows), strict=True))
        for row, (title, text) in store.texts(rows):
            for hash_, start, length in by_row[row]:
                kind: Kind = "phrase" if length else "title"
                surface = text[start : start + length] if length else title
                self._surfaces[hash_] = (surface, kind, languages[row])


def _occurrences(store: Texts, rows: Sequence[int]) -> Iterator[tuple[int, int, int, int]]:
    languages = dict(zip(rows, store.languages(rows), strict=True))
    for row, (title, text) in store.texts(rows):
        language = languages[row]
        if 0 < len(title.strip()) <= MOST_CHARACTERS:
            yield hash(("title", language, title)), row, 0, 0
        for start, end in phrases(text, language):
            if end - start <= MOST_CHARACTERS:
                yield hash(("phrase", language, text[start:end])), row, start, end - start


def _in_both(
    rows: NDArray[np.int64], sums: NDArray[np.int64], others: NDArray[np.int64], other_sums: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of two tables of rows, ascending, and checksums are in the other too: one truth for each row of each."""
    _, here, there = np.intersect1d(rows, others, assume_unique=True, return_indices=True)
    same = sums[here] == other_sums[there]
    first, second = np.zeros(len(rows), np.bool_), np.zeros(len(others), np.bool_)
    first[here[same]] = second[there[same]] = True
    return first, second


def _differs(values: NDArray[np.int64] | NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Where a value is not the one before."""
    return np.append(True, values[1:] != values[:-1]) if len(values) else np.empty(0, np.bool_)

"""What can be suggested, read out of the store and kept up with it: a commit costs what it changed.

Only places are kept of what was read (20 bytes for each occurrence of a candidate): the words of the frequent ones are
read again. A paragraph's row never changes its text; that a row is the same paragraph, its checksum says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.index import Texts
from paraglot.search.suggest.index import LEAST, Entry, Identity, SuggestionIndex, key_of
from paraglot.search.suggest.phrases import phrases
from paraglot.search.suggest.types import Kind

_OCCURRENCE = np.dtype([("hash", np.int64), ("row", np.uint32), ("start", np.uint32), ("length", np.uint32)])
"""A candidate in a paragraph: the hash of its kind, language and words; length 0: the title."""

MOST_CHARACTERS = 200
"""Of a title or a phrase; what is longer is nothing to choose from a list."""

CHANGED_SHARE = 0.1
"""Of all groups, those that are kept apart as changed; when there are more, all are sorted anew."""

_BATCH = 500
_Surface = tuple[str, Kind, str]


class PhraseBook:
    """All candidates of one index, as of the last `update`. For one thread at a time."""

    def __init__(self) -> None:
        self._occurrences: NDArray[np.void] = np.empty(0, _OCCURRENCE)
        """By hash; a row once for each."""
        self._rows, self._checksums = np.empty(0, np.int64), np.empty(0, np.int64)
        self._surfaces: dict[int, _Surface] = {}
        self._groups: dict[Identity, list[int]] = {}
        """Hashes of the candidates that enough paragraphs have."""
        self._made: SuggestionIndex | None = None
        self._changed: set[Identity] = set()
        """The groups that are not now as ``_made`` has them."""

    def update(self, store: Texts, stopped: Callable[[], bool] = lambda: False) -> SuggestionIndex | None:
        """The suggestions of a store's generation; None where ``stopped`` said so on the way."""
        rows, checksums = store.checksums()
        kept, stays = _in_both(rows, checksums, self._rows, self._checksums)
        gone, fresh = self._rows[~stays], rows[~kept].tolist()
        parts = [np.empty(0, _OCCURRENCE)]
        for at in range(0, len(fresh), _BATCH):
            if stopped():
                return None
            parts.append(np.fromiter(_occurrences(store, fresh[at : at + _BATCH]), _OCCURRENCE))
        touched = self._replace(gone.astype(np.uint32), np.concatenate(parts))
        self._rows, self._checksums = rows, checksums
        self._regroup(store, touched)
        if self._made is None or len(self._changed) > CHANGED_SHARE * len(self._groups):
            self._made = SuggestionIndex(self._entries(self._groups))
            self._changed.clear()
            return self._made
        return self._made.with_changed(self._changed, self._entries(self._changed & self._groups.keys()))

    def _replace(self, gone: NDArray[np.uint32], added: NDArray[np.void]) -> NDArray[np.int64]:
        """Take occurrences in, and leave out those in rows that are ``gone``. Returns the hashes that this touches."""
        leaves = np.isin(self._occurrences["row"], gone)
        added = added[np.lexsort((added["row"], added["hash"]))]
        added = added[_differs(added["hash"]) | _differs(added["row"])]
        touched = np.unique(np.concatenate([self._occurrences["hash"][leaves], added["hash"]]))
        staying = self._occurrences[~leaves] if leaves.any() else self._occurrences
        places = np.searchsorted(staying["hash"], added["hash"])
        self._occurrences = np.insert(staying, places, added) if len(staying) else added
        return touched

    def _regroup(self, store: Texts, touched: NDArray[np.int64]) -> None:
        """See which of the candidates that were ``touched`` enough paragraphs have now."""
        first, last = self._runs(touched)
        lengths = np.append(self._occurrences["length"], 1)[first]
        enough = (last - first >= LEAST) | ((last > first) & (lengths == 0))
        for hash_ in touched[~enough].tolist():
            if (surface := self._surfaces.pop(hash_, None)) is not None:
                self._leave_group(_identity(surface), hash_)
        known = np.array([hash_ in self._surfaces for hash_ in touched[enough].tolist()], np.bool_)
        self._changed |= {_identity(self._surfaces[hash_]) for hash_ in touched[enough][known].tolist()}
        self._read_surfaces(store, self._occurrences[first[enough][~known]])
        for hash_ in touched[enough][~known].tolist():
            identity = _identity(self._surfaces[hash_])
            self._changed.add(identity)
            self._groups.setdefault(identity, []).append(hash_)

    def _leave_group(self, identity: Identity, hash_: int) -> None:
        self._changed.add(identity)
        self._groups[identity].remove(hash_)
        if not self._groups[identity]:
            del self._groups[identity]

    def _entries(self, groups: Iterable[Identity]) -> list[Entry]:
        """The candidates of some groups, each with its rows."""
        hashes = np.array([hash_ for group in groups for hash_ in self._groups[group]], np.int64)
        rows = self._occurrences["row"]
        runs = zip(hashes.tolist(), *(edges.tolist() for edges in self._runs(hashes)), strict=True)
        return [Entry(*self._surfaces[hash_], np.sort(rows[first:last])) for hash_, first, last in runs]

    def _runs(self, hashes: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the occurrences of each of ``hashes`` begin and end."""
        every = np.ascontiguousarray(self._occurrences["hash"])
        return np.searchsorted(every, hashes), np.searchsorted(every, hashes, "right")

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


def _identity(surface: _Surface) -> Identity:
    text, kind, language = surface
    return key_of(text), kind, language


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

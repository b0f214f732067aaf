"""Suggestions as arrays: every place in a suggestion where typing may begin, sorted, and the rows of each suggestion.

They are sorted once, as a `Layer`; what commits change afterwards is a small layer of its own, which is read before it.

A *group* is what is suggested: a key (the folded words), a kind and a language. An *entry* is one way to write a
group's key, with the rows that have it so. What a caller may see is a mask over rows; from it follow all counts, so
nothing that a caller cannot see has a part in what is suggested, how it is written, or in which order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np
import regex
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.suggest.types import Kind
from paraglot.search.text.analysis import phrase_form

Integers: TypeAlias = NDArray[np.int32]

Identity: TypeAlias = tuple[str, Kind, str]
"""A group: its key, kind and language."""

LEAST = 2
"""Paragraphs that must have a phrase, among those that the caller may see."""

SORTED_BY = 48
"""Characters by which places are sorted; what is typed beyond is compared one by one."""

_CONSIDERED = 8
"""Times as many groups as are wanted: some are the same words in another language."""

_PLACE = regex.compile(
    r"(?:(?<=^| |\n)[^ \n])|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]", regex.V1
)


class Entry(NamedTuple):
    """One way to write a suggestion. ``rows`` has those whose paragraphs have it so, ``uint32``, ascending."""

    surface: str
    kind: Kind
    language: str
    rows: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Found:
    """A suggestion that a caller may see: ``count`` paragraphs have it, ``rows`` those that write it as ``text``."""

    key: str
    text: str
    kind: Kind
    language: str
    count: int
    rows: NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class VisibleLayer:
    """What follows from the rows that a caller may see. Paragraphs of each entry, group and word, ``int32``."""

    mask: NDArray[np.uint8]
    entries: Integers
    groups: Integers
    words: Integers


Visible: TypeAlias = tuple[VisibleLayer, VisibleLayer]
"""Of a `SuggestionIndex`: of the layer of most suggestions, and of that of those that changed."""


class Place(NamedTuple):
    """Where typing may go on: the best first, as they are ordered, each group with its number."""

    order: tuple[int, int, str, Identity, int]
    group: int


def key_of(surface: str) -> str:
    """The words of a suggestion as they are compared, each with a space behind it where spaces divide words."""
    return phrase_form(surface).strip() + " "


class Layer:
    """Some suggestions, sorted. Never changes, so threads share it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        keyed = ((key_of(entry.surface), entry) for entry in entries)
        ordered = sorted(keyed, key=lambda pair: (pair[0], pair[1].kind, pair[1].language, pair[1].surface))
        ordered = [(key, entry) for key, entry in ordered if key.strip()]
        self._surfaces = [entry.surface for _, entry in ordered]
        self._rows = np.concatenate([entry.rows for _, entry in ordered] or [np.empty(0, np.uint32)])
        self._first_row = _starts([len(entry.rows) for _, entry in ordered])
        identities = [(key, entry.kind, entry.language) for key, entry in ordered]
        self._groups = list(dict.fromkeys(identities))
        number = {identity: place for place, identity in enumerate(self._groups)}
        self._first_entry = np.searchsorted(
            np.array([number[identity] for identity in identities], np.int32), np.arange(len(self._groups) + 1)
        ).astype(np.int32)
        keys = [key for key, _, _ in self._groups]
        self._text, self._places, self._place_group, self._begins, self._key_starts = _places(keys)
        self._words, self._word_groups, self._first_group = _words(keys)

    def __len__(self) -> int:
        return len(self._groups)

    def numbers(self, groups: Iterable[Identity]) -> NDArray[np.int64]:
        """The numbers of those of ``groups`` that are here."""
        at = [(bisect_left(self._groups, group), group) for group in groups]
        return np.array([place for place, group in at if self._groups[place : place + 1] == [group]], np.int64)

    def visible(self, rows: BitMap, without: NDArray[np.int64]) -> VisibleLayer:
        """What a caller may see who may see ``rows``, but for the groups ``without``."""
        size = int(self._rows.max(initial=0)) + 1
        mask = np.zeros(max(size, rows.max() + 1 if rows else 0), np.uint8)
        mask[np.array(rows.to_array(), np.int64)] = 1
        counts = _sums(mask[self._rows], self._first_row)
        titles = np.array([kind == "title" for _, kind, _ in self._groups], np.bool_)
        counts[(counts < LEAST) & ~np.repeat(titles, np.diff(self._first_entry))] = 0
        groups = _sums(counts, self._first_entry)
        groups[without] = 0
        return VisibleLayer(mask, counts, groups, _sums(groups[self._word_groups], self._first_group))

    def starting(self, typed: str, visible: VisibleLayer, most: int) -> list[Place]:
        """The ``most`` best places at which ``typed`` (a beginning of a key) begins with a word.

        Those where a group begins first, then by count, then by the alphabet.
        """
        first = bisect_left(self._places, typed[:SORTED_BY], key=self._sorted_by)
        last = bisect_left(self._places, typed[:SORTED_BY] + "\U0010ffff", key=self._sorted_by)
        groups = self._place_group[first:last]
        if not len(groups):
            return []
        counts = visible.groups[groups].astype(np.int64)
        order = np.arange(len(groups), 0, -1)
        scores = np.where(counts > 0, (self._begins[first:last].astype(np.int64) << 60) + (counts << 28) + order, 0)
        most = min(most, len(scores))
        best = np.argpartition(scores, -most)[-most:]
        best = best[np.argsort(-scores[best])]
        places = [int(place) for place in best if scores[place]]
        if len(typed) > SORTED_BY:
            places = [place for place in places if self._text.startswith(typed, int(self._places[first + place]))]
        return [self._place(first + place, int(groups[place]), int(counts[place])) for place in places]

    def _place(self, number: int, group: int, count: int) -> Place:
        at = int(self._places[number])
        within = at - int(self._key_starts[group])
        order = -int(self._begins[number]), -count, self._sorted_by(at), self._groups[group], within
        return Place(order, group)

    def words(self, beginning: str, visible: VisibleLayer) -> tuple[list[str], Integers]:
        """The words that begin so, in the order of their code points, and what the suggestions with each count."""
        first = bisect_left(self._words, beginning)
        last = bisect_left(self._words, beginning + "\U0010ffff")
        return self._words[first:last], visible.words[first:last]

    def _sorted_by(self, place: int) -> str:
        return self._text[place : place + SORTED_BY].partition("\n")[0]

    def found(self, group: int, visible: VisibleLayer) -> Found:
        """A group as it is suggested."""
        key, kind, language = self._groups[group]
        first, last = self._first_entry[group : group + 2]
        entry = int(first) + int(np.argmax(visible.entries[first:last]))
        rows = self._rows[self._first_row[entry] : self._first_row[entry + 1]]
        count = int(visible.groups[group])
        return Found(key, self._surfaces[entry], kind, language, count, rows[visible.mask[rows] == 1])


class SuggestionIndex:
    """All suggestions of one generation. Never changes, so threads share it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._layers = Layer(entries), Layer([])
        self._without = np.empty(0, np.int64)

    def __len__(self) -> int:
        most, changed = self._layers
        return len(most) - len(self._without) + len(changed)

    def with_changed(self, groups: Collection[Identity], entries: Sequence[Entry]) -> SuggestionIndex:
        """The same suggestions, but of ``groups`` those that ``entries`` say alone."""
        changed = copy(self)
        changed._layers = self._layers[0], Layer(entries)
        changed._without = self._layers[0].numbers(groups)
        return changed

    def visible(self, rows: BitMap) -> Visible:
        """What a caller may see who may see ``rows``."""
        most, changed = self._layers
        return most.visible(rows, self._without), changed.visible(rows, np.empty(0, np.int64))

    def starting(self, typed: str, visible: Visible, wanted: int) -> list[Found]:
        """The ``wanted`` best suggestions that ``typed``, a beginning of a key, begins a word of; each key once."""
        most = wanted * _CONSIDERED
        places = [
            (place.order, layer, seen, place.group)
            for layer, seen in zip(self._layers, visible, strict=True)
            for place in layer.starting(typed, seen, most)
        ]
        best = sorted(places, key=itemgetter(0))[:most]
        return _distinct(layer.found(group, seen) for _, layer, seen, group in best)[:wanted]

    def words(self, beginning: str, visible: Visible) -> tuple[list[str], Integers]:
        """The words that begin so, in the order of their code points, and what the suggestions with each count."""
        words, counts = self._layers[0].words(beginning, visible[0])
        changed, own_counts = self._layers[1].words(beginning, visible[1])
        if not changed:
            return words, counts
        both = dict(zip(words, counts.tolist(), strict=True))
        for word, count in zip(changed, own_counts.tolist(), strict=True):
            both[word] = both.get(word, 0) + count
        names = sorted(both)
        return names, np.array([both[name] for name in names], np.int32)


def _distinct(several: Iterable[Found]) -> list[Found]:
    """Each key once, and no beginning of a phrase that goes on so in every paragraph."""
    by_key: dict[str, Found] = {}
    for suggestion in several:
        by_key.setdefault(suggestion.key, suggestion)
    whole = {
        shorter
        for longer, suggestion in by_key.items()
        for shorter in _beginnings(longer)
        if shorter in by_key and by_key[shorter].kind == "phrase" and by_key[shorter].count == suggestion.count
    }
    return [suggestion for key, suggestion in by_key.items() if key not in whole]


def _beginnings(key: str) -> list[str]:
    words = key.split()
    return [" ".join(words[:count]) + " " for count in range(1, len(words))]


def _starts(lengths: Sequence[int]) -> Integers:
    """Where each of several runs begins that follow one another, and where the last ends."""
    return np.concatenate([[0], np.cumsum(np.array(lengths, np.int64))]).astype(np.int32)


def _sums(values: NDArray[np.int32] | NDArray[np.uint8], starts: Integers) -> Integers:
    """The sum of each run, none of which is empty; ``starts`` as `_starts` gives them."""
    if len(starts) < 2:
        return np.empty(0, np.int32)
    return np.add.reduceat(values, starts[:-1], dtype=np.int32)


def _places(keys: Sequence[str]) -> tuple[str, Integers, Integers, NDArray[np.bool_], NDArray[np.int64]]:
    """All keys as one text, where typing may begin, sorted by what follows, each with its group, and whether the group
    begins there; and where each key begins.
    """
    text = "".join(key + "\n" for key in keys)
    ends = np.cumsum(np.array([len(key) + 1 for key in keys], np.int64))
    starting = [match.start() for match in _PLACE.finditer(text)]
    starting.sort(key=lambda place: text[place : place + SORTED_BY].partition("\n")[0])
    places = np.array(starting, np.int32)
    groups = np.searchsorted(ends, places, side="right").astype(np.int32)
    starts = np.concatenate([[0], ends]).astype(np.int64)
    return text, places, groups, places == starts[groups], starts


def _words(keys: Sequence[str]) -> tuple[list[str], Integers, Integers]:
    """The words of all keys, sorted, and the groups of each: one run per word, and where each begins."""
    pairs = sorted({(word, group) for group, key in enumerate(keys) for word in key.split()})
    words = list(dict.fromkeys(word for word, _ in pairs))
    number = {word: place for place, word in enumerate(words)}
    first = np.searchsorted(np.array([number[word] for word, _ in pairs], np.int32), np.arange(len(words) + 1))
    return words, np.array([group for _, group in pairs], np.int32), first.astype(np.int32)

"""What the network makes of a text read word by word in English, to be added to what it makes of the text itself.

The lexicon gives each word's English ones (`Lexicon.gloss`), the network reads every such
word by itself, and the features are summed as those of a text are: in which order the words stand does not matter,
and a word that was read once is kept. It helps most where the network learned a language from few texts.
See docs/decisions/0023-gloss.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.lexicon.written_in import written_in
from paraglot.search.parts.lru_cache import LruCache

Gloss: TypeAlias = Mapping[str, float]
"""English word → how often it stands in a text."""

READ_AS_MADE = frozenset(("ar", "zh", "nl", "de", "fr", "it", "ja", "ko", "pl", "pt", "es", "tr", "ru"))
"""The languages that the network was made for, but for those of `WITHOUT`."""

WITHOUT = frozenset(("en", "th"))
"""English needs no gloss; of Thai the lexicon has few words, and the network reads it better than those."""

DOUBTFUL = 2
"""Words of a text whose language is told with doubts."""

WEIGHT, WEIGHT_AS_MADE = 0.6, 0.3
"""What the gloss counts beside the text, in languages that were added and in those of `READ_AS_MADE`."""

KEPT_WORDS = 5_000
"""English words whose features are kept, 5 kB each: 0.7 of those that paragraphs in 12 languages ask for in turn."""

TOGETHER = 200
"""Words that go through the network together."""


class Sums(NamedTuple):
    """``features`` are summed over the words, ``float32[n, features]``; ``pieces`` counts theirs, ``float32[n]``."""

    features: NDArray[np.float32]
    pieces: NDArray[np.float32]

    def divided(self, place: int) -> tuple[Sums, Sums]:
        """The sums before a place, and those from it on."""
        return Sums(self.features[:place], self.pieces[:place]), Sums(self.features[place:], self.pieces[place:])


_Word: TypeAlias = tuple[NDArray[np.float32], int]
"""The features of a word, and the number of its pieces."""


class Glosses:
    """The summed features of glosses. Safe to use from several threads.

    ``read`` gives the features of words, ``float32[n, features]``, and the number of pieces of each.
    """

    def __init__(self, read: Callable[[Sequence[str]], tuple[NDArray[np.float32], Sequence[int]]], width: int) -> None:
        self._read = read
        self._width = width
        self._kept = LruCache[str, _Word](KEPT_WORDS)

    def sums(self, glosses: Sequence[Gloss]) -> Sums:
        """Of each gloss; zeros for one without words."""
        words = list(dict.fromkeys(word for gloss in glosses for word in gloss))
        times = np.zeros((len(glosses), len(words)), np.float32)
        if not words:
            return Sums(np.zeros((len(glosses), self._width), np.float32), times.sum(axis=1))
        place = {word: column for column, word in enumerate(words)}
        for row, gloss in enumerate(glosses):
            for word, count in gloss.items():
                times[row, place[word]] = count
        known = self._known(words)
        features = np.stack([known[word][0] for word in words])
        return Sums(times @ features, times @ np.array([known[word][1] for word in words], np.float32))

    def missing(self, glosses: Sequence[Gloss]) -> list[str]:
        """The words whose features would be read; none where they are more than are read `TOGETHER`."""
        words = {word for gloss in glosses for word in gloss if self._kept.find(word) is None}
        return sorted(words) if len(words) <= TOGETHER else []

    def keep(self, words: Sequence[str], features: NDArray[np.float32], pieces: Sequence[int]) -> list[_Word]:
        """Keep the features of words and the numbers of their pieces, for `sums`; they are returned, too."""
        kept = zip(words, features, pieces, strict=True)
        return [self._kept.put(word, (own.copy(), count)) for word, own, count in kept]  # a row would keep its batch

    def _known(self, words: Sequence[str]) -> dict[str, _Word]:
        found = {word: own for word in words if (own := self._kept.find(word)) is not None}
        missing = iter([word for word in words if word not in found])
        while batch := list(islice(missing, TOGETHER)):
            found.update(zip(batch, self.keep(batch, *self._read(batch)), strict=True))
        return found


def check_glosses() -> None:
    """Open what glosses are made by. Raises `EncoderMissing` where that is missing or damaged."""
    open_lexicon()
    written_in("a")


def glossed_language(text: str) -> str | None:
    """The language in which a text is to be glossed; None for those of `WITHOUT` and for a text without letters.

    A word or two tell little of their language: where English has them ("gift", "bank account"), they are English.
    """
    tag = written_in(text)
    if tag in WITHOUT or (len(text.split()) <= DOUBTFUL and open_lexicon().is_english(text)):
        return None
    return tag


def gloss_of(text: str, tag: str | None) -> Gloss:
    """The gloss of a text in a language; nothing where that is None."""
    return open_lexicon().gloss(text, tag) if tag else {}


def weight_in(tag: str | None) -> float:
    """What the gloss of a text in a language counts."""
    return WEIGHT_AS_MADE if tag in READ_AS_MADE else WEIGHT

"""The lexicon: what the words of about 40 languages mean, as concepts that all of them share. No download.

A concept is the stem of an English word, a number from 1; a word of another language has those of its commonest
translations. `training/lexicon.py` makes the files in ``search/lexicon_data/`` from open dictionaries. Of a word they
hold 32 bits of a hash: one word in 50,000 that the lexicon does not have is taken for one that it has.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, TypeAlias
from zlib import crc32

import numpy as np
import regex
from numpy.typing import NDArray

from search.analysis import Word, fold, folded_stop_words, pair, stem, words
from search.languages import Stems, primary, stems_of
from search.sounds import sound

LEXICON_FOLDER = Path(__file__).parent / "lexicon_data"

MOST_MEANINGS = 3
"""Concepts that a word has at most."""

LONGEST = 8
"""Characters that a word has at most where no spaces divide words."""

ONE_CHARACTER = 0.4
"""What one character counts there beside longer words: it is often but a part of one, or a particle."""

LEAST_SOUND = 3
"""Consonants by which a word is known in another script."""

SOUND_WEIGHT = 0.15
"""What each consonant of a common sound counts beside a common concept."""

SOUNDS = 1 << 16
"""Numbers from here on are sounds, below it concepts. All have 32 bits, and those of sounds this one."""

LEXICON_VERSION = "1"
"""Grows when a text gets other marks, by the files or by this code: what indexes keep counts no more then."""

_KATAKANA = regex.compile(r"[\p{Katakana}ー]+")
"""What Japanese writes foreign names and words in."""

_PRIME, _BITS = 0x01000193, 0xFFFFFFFF

Found: TypeAlias = dict[int, float]


class Marks(NamedTuple):
    """What a text may share with those in other languages: concepts and sounds, and how much each of them says.

    ``numbers``: ``int64[n]``, ascending; ``weights``: ``float32[n]``.
    """

    numbers: NDArray[np.int64]
    weights: NDArray[np.float32]


def marks_from(found: Mapping[int, float]) -> Marks:
    """Number → weight as marks."""
    numbers = sorted(found)
    return Marks(np.array(numbers, np.int64), np.array([found[number] for number in numbers], np.float32))


class Lexicon:
    """Words to concepts, mapped from disk. Safe to share between threads."""

    def __init__(self, folder: Path = LEXICON_FOLDER) -> None:
        """``words.bin`` has the hashes, language after language, each ascending; ``concepts.bin`` their concepts."""
        spans = json.loads((folder / "config.json").read_text(encoding="utf-8"))["languages"]
        keys = np.asarray(np.memmap(folder / "words.bin", np.dtype("<u4"), "r"))
        concepts = np.asarray(np.memmap(folder / "concepts.bin", np.dtype("<u2"), "r")).reshape(-1, MOST_MEANINGS)
        self._of = {tag: (keys[low:high], concepts[low:high]) for tag, (low, high) in spans.items()}
        self._sorted = {tag: memoryview(own.data) for tag, (own, _) in self._of.items()}  # one look-up: far quicker so
        self._word = lru_cache(maxsize=50_000)(self._word_marks)
        self._form = lru_cache(maxsize=50_000)(self._form_concepts)

    @property
    def languages(self) -> frozenset[str]:
        """The primary tags of the languages that it knows words of."""
        return frozenset(self._of)

    def marks(self, text: str, *languages: str, telling: bool = False) -> Marks:
        """What a text says, in each of ``languages``: mostly one, of a query perhaps several.

        The concepts and sounds of a text. A word of k concepts gives each of them 1/√k: all words weigh alike.

        Of a language that the lexicon does not have, and of names, the sounds alone are known. ``telling``: without
        what says nothing in a query.
        """
        found: Found = {}
        for language in languages:
            found |= self._marks_in(text, primary(language), telling)
        return marks_from(found)

    def _marks_in(self, text: str, tag: str, telling: bool) -> Found:
        stems = stems_of(tag)
        silent = folded_stop_words(tag) if telling else frozenset()
        found: Found = {}
        neighbours: list[str] = []
        for word in words(text):
            if word.letters and word.terms[0].term not in silent:
                found.update(self._word(word.written, tag))
                neighbours.append(word.terms[0].term)
            elif stems == "none" and tag in self._of:
                found.update(self._run_marks(fold(word.written), tag))
                for name in _KATAKANA.findall(word.written):
                    found.update(_audible(name))
        if stems == "pairs":
            found.update(self._neighbour_marks(neighbours, tag))
        return found

    def knows(self, word: Word, tag: str) -> bool:
        """Whether a word is one of a language's: in the lexicon, or so common that it says nothing in a query."""
        folded = word.terms[0].term
        if folded in folded_stop_words(tag):
            return True
        return tag in self._of and any(self._form(form, tag) for form in word_forms(word.written, tag))

    def _word_marks(self, written: str, tag: str) -> Found:
        marks = _audible(written)
        if stems_of(tag) == "pairs":
            return marks
        found = next(filter(None, (self._form(form, tag) for form in word_forms(written, tag))), ())
        # Words that are written as in English, names above all, are not kept for each language.
        return marks | _shared(found or self._form(stem(written, "en"), "en"))

    def _form_concepts(self, form: str, tag: str) -> tuple[int, ...]:
        if tag not in self._of:
            return ()
        keys, wanted = self._sorted[tag], hashed(form, tag)
        at = bisect_left(keys, wanted)
        return self._meanings(tag, at) if at < len(keys) and keys[at] == wanted else ()

    def _meanings(self, tag: str, at: int) -> tuple[int, ...]:
        return tuple(concept for concept in self._of[tag][1][at].tolist() if concept)

    def _found(self, wanted: NDArray[np.uint64], tag: str) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(place in ``wanted``, concepts) of those that the lexicon has."""
        keys, _ = self._of[tag]
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        for place in np.flatnonzero(keys[at] == wanted).tolist():
            yield place, self._meanings(tag, int(at[place]))

    def _run_marks(self, run: str, tag: str) -> Found:
        """Of a run without spaces: from its begin on the longest word that the lexicon has, and so on after it."""
        longest: dict[int, tuple[int, tuple[int, ...]]] = {}
        for length, hashes in enumerate(_hashes(run, tag), start=1):
            longest.update((start, (length, concepts)) for start, concepts in self._found(hashes, tag))
        found: Found = {}
        free = 0
        for start in sorted(longest):
            if start >= free:
                length, concepts = longest[start]
                found.update(_shared(concepts, 1.0 if length > 1 else ONE_CHARACTER))
                free = start + length
        return found

    def _neighbour_marks(self, terms: list[str], tag: str) -> Found:
        """Of a language that writes a word as several: of two neighbours what they mean together, or else each."""
        found: Found = {}
        taken = False
        for first, second in pairwise([*terms, ""]):
            together = () if taken else self._form(pair(tag, first, second), tag)
            found.update(_shared(together or (() if taken else self._form(first, tag))))
            taken = bool(together)
        return found


@cache
def open_lexicon() -> Lexicon:
    """The lexicon of this package."""
    return Lexicon()


def word_forms(written: str, tag: str) -> tuple[str, ...]:
    """What a word is looked up by, in the order of trial: its stem; before it the whole, where stems are rough."""
    stems: Stems = stems_of(tag)
    if stems in ("prefix", "hebrew"):
        return fold(written), stem(written, tag)
    return (stem(written, tag),) if stems == "snowball" else (fold(written),)


def hashed(form: str, tag: str) -> int:
    """32 bits of a form of a language: Fowler–Noll–Vo 1a over its characters, from the tag's checksum on."""
    value = crc32(tag.encode())
    for code in map(ord, form):
        value = (value ^ code) * _PRIME & _BITS
    return value


def _hashes(run: str, tag: str) -> Iterator[NDArray[np.uint64]]:
    """`hashed` of all parts of one character, of two, up to `LONGEST`, each from its place in the run on."""
    codes = np.frombuffer(run.encode("utf-32-le"), "<u4").astype(np.uint64)
    values = np.full(len(codes), crc32(tag.encode()), np.uint64)
    for length in range(1, min(LONGEST, len(codes)) + 1):
        values = (values[: len(codes) - length + 1] ^ codes[length - 1 :]) * np.uint64(_PRIME) & np.uint64(_BITS)
        yield values


def _audible(written: str) -> Found:
    consonants = sound(written)
    if len(consonants) < LEAST_SOUND:
        return {}
    return {crc32(consonants.encode()) | SOUNDS: (SOUND_WEIGHT * len(consonants)) ** 0.5}


def _shared(concepts: tuple[int, ...], weight: float = 1.0) -> Found:
    return dict.fromkeys(concepts, weight * len(concepts) ** -0.5) if concepts else {}

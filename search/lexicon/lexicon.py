"""The lexicon: what the words of about 40 languages mean, as concepts that all of them share. No download.

A concept is the stem of an English word, a number from 1; a word of another language has those of its commonest
translations. `training/lexicon.py` makes the files in ``search/lexicon/data/`` from open dictionaries. Of a word they
hold 32 bits of a hash: one word in 50,000 that the lexicon does not have is taken for one that it has.
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, TypeAlias
from zlib import crc32

import numpy as np
import regex
from numpy.typing import NDArray

from paraglot.search.errors import EncoderMissing
from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.sounds import latin, sound
from paraglot.search.text.analysis import (
    Word,
    fold,
    folded_stop_words,
    pair_term,
    plain_stem,
    runs,
    spaced_words,
    words,
)
from paraglot.search.text.folding import fold_basic, word_cache
from paraglot.search.text.languages import Stems, common_words, primary, snowball, stemmer, stems_of

MOST_MEANINGS = 3
"""Concepts that a word has at most."""

LONGEST = 8
"""Characters that a word has at most where no spaces divide words."""

ONE_CHARACTER = 0.4
"""What one character counts there beside longer words: it is often but a part of one, or a particle."""

SHORTEST_NAME = 3
"""Letters of a word that stands for itself in a gloss."""

PREFIX_LETTERS = 5
"""Letters by which a word is known where no stemmer is at hand."""

LEAST_SOUND = 3
"""Consonants by which a word is known in another script."""

SOUND_WEIGHT = 0.15
"""What each consonant of a common sound counts beside a common concept."""

SOUNDS = 1 << 16
"""Numbers from here on are sounds, below it concepts. All have 32 bits, and those of sounds this one."""

LEXICON_VERSION = "2"
"""Grows when a text gets other marks, by the files or by this code: what indexes keep counts no more then."""

_KATAKANA = regex.compile(r"[\p{Katakana}ー]+")
"""What Japanese writes foreign names and words in."""

_PRIME, _BITS = 0x01000193, 0xFFFFFFFF
_SHIFT = 12
"""Bits of a hash that do not tell whether a word without spaces may be in the lexicon: a megabyte has the others."""

MarkWeights: TypeAlias = dict[int, float]
"""The number of each mark, and what it says."""

_Glossed: TypeAlias = tuple[float, tuple[str, ...]]
"""What each of some English words counts, and they."""


class Marks(NamedTuple):
    """What a text may share with those in other languages: concepts and sounds, and how much each of them says.

    ``numbers``: ``int64[n]``, ascending; ``weights``: ``float32[n]``.
    """

    numbers: NDArray[np.int64]
    weights: NDArray[np.float32]


def marks_from(weights: Mapping[int, float]) -> Marks:
    """Number → weight as marks."""
    numbers = sorted(weights)
    return Marks(np.array(numbers, np.int64), np.array([weights[number] for number in numbers], np.float32))


class _LanguageWords(NamedTuple):
    """One language: its words' hashes, ascending, and where the concepts of each begin."""

    keys: NDArray[np.unsignedinteger]
    sorted: memoryview  # the keys: a look-up of one is far quicker so
    concepts: NDArray[np.unsignedinteger]
    starts: NDArray[np.int32]


class Lexicon:
    """Words to concepts, mapped from disk. Safe to share between threads."""

    def __init__(self, folder: Path = LEXICON_FOLDER) -> None:
        """The files are those that `training.lexicon.write` writes; the package's README tells their layout."""
        self._spans = json.loads((folder / "config.json").read_text(encoding="utf-8"))["languages"]
        self._keys = _mapped(folder / "words.bin", "<u4")
        self._concepts = _mapped(folder / "concepts.bin", "<u2")
        self._counts = _mapped(folder / "counts.bin", "u1")
        self._folder = folder
        self._own = cache(self._open)
        last = max(self._spans, key=lambda tag: int(self._spans[tag][1]))
        _, count, first, _ = self._spans[last]
        if (count, first + self._own(last).starts[-1]) != (len(self._keys), len(self._concepts)):
            raise ValueError("the files are not of one lexicon")
        self._beginnings = cache(self._read_beginnings)
        self._parts = word_cache(self._read_parts)
        self._word = word_cache(self._word_concepts)
        self._form = word_cache(self._form_concepts)
        self._marked = word_cache(self._word_marks)
        self._glossed = word_cache(self._word_gloss)

    @property
    def languages(self) -> frozenset[str]:
        """The primary tags of the languages that it knows words of."""
        return frozenset(self._spans)

    def marks(self, text: str, *languages: str, telling: bool = False) -> Marks:
        """What a text says, in each of ``languages``: mostly one, of a query perhaps several.

        The concepts and sounds of a text. A word of k concepts gives each of them 1/√k: all words weigh alike.

        Of a language that the lexicon does not have, and of names, the sounds alone are known. ``telling``: without
        what is common in the language.
        """
        return marks_from(self.found(text, *languages, telling=telling))

    def found(self, text: str, *languages: str, telling: bool = False) -> MarkWeights:
        """The marks of a text as number → weight: of one that several words have, the last one's."""
        weights: MarkWeights = {}
        for language in languages:
            weights |= self._marks_in(text, primary(language), telling)
        return weights

    def gloss(self, text: str, language: str) -> dict[str, float]:
        """A text word by word in English, and how often each word stands there; nothing of a language not known.

        A word of k concepts gives each 1/k. One without any, a name mostly, stands for itself in Latin letters. Common
        words are left out.
        """
        tag = primary(language)
        glossed: dict[str, float] = {}
        if tag not in self._spans:
            return glossed
        for share, glosses in self._gloss_parts(text, tag):
            for gloss in glosses:
                glossed[gloss] = glossed.get(gloss, 0.0) + share
        return glossed

    def _gloss_parts(self, text: str, tag: str) -> Iterable[_Glossed]:
        stems = stems_of(tag)
        if stems == "pairs":
            return [self._in_english(*said) for said in self._said(text, tag, telling=True)]
        parts: list[_Glossed] = []
        for written, alone in spaced_words(text):
            if alone:
                parts.append(self._glossed(written, tag))
            elif stems == "none":
                parts += [self._in_english(*word) for word in self._run(unspaced_form(written, tag), tag)]
        return parts

    def _word_gloss(self, written: str, tag: str) -> _Glossed:
        if fold(written) in common_words(tag) or not any(map(str.isalpha, written)):
            return 0.0, ()
        return self._in_english(written, self._word(written, tag), 1.0)

    def _in_english(self, written: str, concepts: tuple[int, ...], weight: float) -> _Glossed:
        if concepts:
            return weight / len(concepts), tuple(self.english[concept] for concept in concepts)
        name = latin(written)
        return weight, (name,) if len(name) >= SHORTEST_NAME else ()

    @cached_property
    def english(self) -> list[str]:
        """A word for each concept, in lower case: place 1 has that of concept 1."""
        return zlib.decompress((self._folder / "english.txt.z").read_bytes()).decode().split("\n")

    def _marks_in(self, text: str, tag: str, telling: bool) -> MarkWeights:
        weights: MarkWeights = {}
        silent = common_words(tag) if telling else frozenset()
        in_pairs = stems_of(tag) == "pairs"
        for written, _, letters in runs(text):
            if not letters:
                weights.update(self._run_marks(written, tag))
            elif not silent or fold(written) not in silent:
                weights.update(_audible(written) if in_pairs else self._marked(written, tag))
        for _, concepts, weight in self._said(text, tag, telling) if in_pairs else ():
            weights.update(_shared(concepts, weight))
        return weights

    def of_word(self, word: str, tag: str) -> MarkWeights:
        """What `found` gives of a word of letters, where no word is written as several."""
        return self._word_marks(word, tag)

    def _word_marks(self, written: str, tag: str) -> MarkWeights:
        return _audible(written) | _shared(self._word(written, tag), 1.0)

    def _run_marks(self, run: str, tag: str) -> MarkWeights:
        """Those of a run that is no word of letters."""
        weights: MarkWeights = {}
        for name in _KATAKANA.findall(run):
            weights.update(_audible(name))
        if stems_of(tag) == "none" and tag in self._spans:
            for _, concepts, weight in self._run(unspaced_form(run, tag), tag):
                weights.update(_shared(concepts, weight))
        return weights

    def _said(self, text: str, tag: str, telling: bool) -> Iterator[tuple[str, tuple[int, ...], float]]:
        """Of the words of a language that writes one as several: as `_neighbours`; ``telling`` as `marks`."""
        silent = common_words(tag) if telling else frozenset()
        content_words = (word for word in words(text) if word.letters and word.terms[0].term not in silent)
        return self._neighbours(list(content_words), tag)

    def is_english(self, text: str) -> bool:
        """Whether English has every word of a text."""
        lettered = [word for word in words(text) if word.letters]
        return bool(lettered) and all(self.knows(word, "en") for word in lettered)

    def knows(self, word: Word, tag: str) -> bool:
        """Whether a word is one of a language's: in the lexicon, or so common that the lexicon leaves it out."""
        return self.has_word(word.written, word.terms[0].term, tag)

    def has_word(self, written: str, folded: str, tag: str) -> bool:
        """`knows` of a word as written and as `fold` makes it."""
        if folded in folded_stop_words(tag) or folded in common_words(tag):
            return True
        return tag in self._spans and any(self._form(form, tag) for form in word_forms(written, tag))

    def translations(self, written: str, tag: str) -> list[str]:
        """What a word of a language is in English; nothing for one that it does not have."""
        return [english for _, english in self.meant(written, tag)]

    def meant(self, written: str, tag: str) -> list[tuple[int, str]]:
        """The concepts of a word of a language, and each in English."""
        return [(concept, self.english[concept]) for concept in self._word(written, tag)]

    def has(self, form: str, tag: str) -> bool:
        """Whether it holds a folded word or stem of a language, as it stands."""
        return bool(self._form(form, tag))

    def _word_concepts(self, written: str, tag: str) -> tuple[int, ...]:
        concepts = next(filter(None, (self._form(form, tag) for form in word_forms(written, tag))), ())
        # Words that are written as in English, names above all, are not kept for each language.
        return concepts or self._form(plain_stem(written, "en"), "en")

    def _form_concepts(self, form: str, tag: str) -> tuple[int, ...]:
        if tag not in self._spans:
            return ()
        keys, wanted = self._own(tag).sorted, hashed(form, tag)
        at = bisect_left(keys, wanted)
        return self._meanings(tag, at) if at < len(keys) and keys[at] == wanted else ()

    def _meanings(self, tag: str, at: int) -> tuple[int, ...]:
        language = self._own(tag)
        return tuple(language.concepts[language.starts[at] : language.starts[at + 1]].tolist())

    def _run(self, run: str, tag: str) -> Iterator[tuple[str, tuple[int, ...], float]]:
        """Of a run without spaces the words that the lexicon has (`parts`), with what they mean."""
        for _, length, place in self._parts(run, tag):
            yield "", self._meanings(tag, place), 1.0 if length > 1 else ONE_CHARACTER

    def parts(self, run: str, tag: str) -> list[tuple[int, int]]:
        """(start, length) of the words of a folded run without spaces, as far as the lexicon has them."""
        return [(start, length) for start, length, _ in self._parts(run, tag)] if tag in self._spans else []

    def first_word(self, run: str, tag: str) -> int:
        """Characters of the longest word that the lexicon has at the begin of a folded run; 0 where there is none."""
        if tag not in self._spans:
            return 0
        keys, value, length = self._own(tag).sorted, crc32(tag.encode()), 0
        for size, code in enumerate(map(ord, run[:LONGEST]), start=1):
            value = (value ^ code) * _PRIME & _BITS
            if (place := bisect_left(keys, value)) < len(keys) and keys[place] == value:
                length = size
        return length

    def _read_parts(self, run: str, tag: str) -> tuple[tuple[int, int, int], ...]:
        """From the begin of a run on the longest word that the lexicon has, and so on after it; last its place."""
        keys, may_have = self._own(tag).sorted, self._beginnings(tag)
        begin, codes = crc32(tag.encode()), list(map(ord, run))
        read, start = [], 0
        while start < len(codes):
            value, length, at = begin, 0, 0
            for size, code in enumerate(codes[start : start + LONGEST], start=1):
                value = (value ^ code) * _PRIME & _BITS
                if may_have[value >> _SHIFT]:
                    place = bisect_left(keys, value)
                    if place < len(keys) and keys[place] == value:
                        length, at = size, place
            if length:
                read.append((start, length, at))
            start += length or 1
        return tuple(read)

    def _neighbours(self, spoken: Sequence[Word], tag: str) -> Iterator[tuple[str, tuple[int, ...], float]]:
        """Of a language that writes a word as several: of two neighbours what they mean together, or else each."""
        taken = False
        for place, word in enumerate(spoken):
            if taken:
                taken = False
                continue
            term = word.terms[0].term
            after = spoken[place + 1].terms[0].term if place + 1 < len(spoken) else ""
            together = self._form(pair_term(tag, term, after), tag)
            taken = bool(together)
            yield ("", together, 1.0) if together else (word.written, self._form(term, tag), 1.0)

    def _read_beginnings(self, tag: str) -> bytes:
        """For the first bits of a hash whether a key of a language begins so: hardly any other need be looked for."""
        begun = np.zeros(1 << 32 - _SHIFT, np.uint8)
        begun[self._own(tag).keys >> _SHIFT] = 1
        return begun.tobytes()

    def _open(self, tag: str) -> _LanguageWords:
        low, high, first, counted = self._spans[tag]
        counts = (self._counts[counted : counted + -(-(high - low) // 4), np.newaxis] >> (0, 2, 4, 6)) & 3
        starts = np.zeros(high - low + 1, np.int32)
        np.cumsum(counts.ravel()[: high - low], out=starts[1:])
        keys = self._keys[low:high]
        return _LanguageWords(keys, memoryview(keys.data), self._concepts[first : first + int(starts[-1])], starts)


@cache
def open_lexicon() -> Lexicon:
    """The lexicon of this package, its words and its English. Raises `EncoderMissing` where it cannot be read."""
    try:
        lexicon = Lexicon(LEXICON_FOLDER)
        _ = lexicon.english
    except (OSError, ValueError, KeyError, TypeError, zlib.error) as problem:
        raise missing_lexicon(problem) from problem
    return lexicon


def missing_lexicon(problem: Exception) -> EncoderMissing:
    """What to say of files that are missing or damaged."""
    return EncoderMissing(f"The lexicon cannot be read from {LEXICON_FOLDER} ({problem}).", "Install paraglot again.")


def word_forms(written: str, tag: str) -> tuple[str, ...]:
    """What a word is looked up by, in the order of trial: its stem; before it the whole, where stems are rough.

    A rough stem here is the first letters, whatever the keyword leg makes of the word; India's nasals stay as written.
    """
    stems: Stems = stems_of(tag)
    if tag == "sr":
        return (f"{tag}:{fold_basic(snowball('serbian')(written.lower()))}",)
    if stems == "light":
        return fold_basic(written), f"{tag}:{fold_basic(written.lower()[:PREFIX_LETTERS])}"
    if stems == "hebrew":
        return fold(written), plain_stem(written, tag)
    if stems != "snowball":
        return (unspaced_form(written, tag),)
    stemmed = plain_stem(written, tag)
    return (stemmed, f"{tag}:{fold_basic(stemmer(tag)(written.lower()))}") if tag == "hi" else (stemmed,)


def unspaced_form(written: str, tag: str) -> str:
    """What a run is looked up by where no spaces divide words. In Japanese kana and characters keep their forms."""
    return fold_basic(written) if tag == "ja" else fold(written)


def hashed(form: str, tag: str) -> int:
    """32 bits of a form of a language: Fowler–Noll–Vo 1a over its characters, from the tag's checksum on."""
    value = crc32(tag.encode())
    for code in map(ord, form):
        value = (value ^ code) * _PRIME & _BITS
    return value


def _shared(concepts: Sequence[int], weight: float) -> MarkWeights:
    return dict.fromkeys(concepts, weight * len(concepts) ** -0.5) if concepts else {}


def _audible(written: str) -> MarkWeights:
    consonants = sound(written)
    if len(consonants) < LEAST_SOUND:
        return {}
    return {crc32(consonants.encode()) | SOUNDS: (SOUND_WEIGHT * len(consonants)) ** 0.5}


def _mapped(path: Path, kind: str) -> NDArray[np.unsignedinteger]:
    return np.asarray(np.memmap(path, np.dtype(kind), "r"))

"""Text to terms: Unicode words, folded, and beside them the terms of the text's own language.

A word is a run of letters, digits, marks and joiners. Its *surface form*, the same in every language, is folded by
NFKC, case folding, and leaving out what writers leave out (Latin, Greek and Cyrillic accents, Arabic and Hebrew vowel
points, the forms of alef, yeh and kaf; not the vowel signs of India, letters in all but name). Beside it stands a term
of the language, marked with its tag: the stem (``de:haus``); in Vietnamese also the pair of neighbouring words. Where
no spaces divide words there are overlapping groups of characters instead: one and two of Han, Kana and Hangul, two and
three of Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import regex

from search.languages import primary, stemmer, stems_of, stop_words

ANALYZER = "languages-1"
"""Recorded in the manifest; changes whenever any text would give other terms."""

_IDEOGRAPHIC = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー々〆"
_SYLLABIC = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_JOINERS = r"\u200c\u200d"
_RUN = regex.compile(
    rf"(?P<pairs>[{_IDEOGRAPHIC}][{_IDEOGRAPHIC}\p{{M}}{_JOINERS}]*)"
    rf"|(?P<triples>[{_SYLLABIC}][{_SYLLABIC}\p{{M}}{_JOINERS}]*)"
    rf"|[[\p{{L}}\p{{N}}\p{{M}}]--[{_IDEOGRAPHIC}{_SYLLABIC}]](?:[[\p{{L}}\p{{N}}\p{{M}}{_JOINERS}]--[{_IDEOGRAPHIC}{_SYLLABIC}]])*",
    regex.V1,
)
_SIZES: dict[str | None, int] = {None: 0, "pairs": 2, "triples": 3}
"""How many characters a term has at most in a run without spaces; 0: the run is a word."""

_CLUSTER = regex.compile(r"\X")
_JOINED = regex.compile(r"[^\p{GCB=Other}\p{GCB=Control}\p{GCB=LF}]")
"""A character that may form one with its neighbour (Unicode's Grapheme_Cluster_Break)."""
_LETTER = regex.compile(rf"[^\p{{M}}{_JOINERS}][\p{{M}}{_JOINERS}]*|[\p{{M}}{_JOINERS}]+")
_HANGUL = regex.compile(r"\p{Hangul}")
_LEFT_OUT = regex.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    r"\u0670\u093c\u200c\u200d]"
)
_AS_ONE = str.maketrans(
    {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا", "ँ": "ं"}
    | {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"}
)
_DOTTED_I = str.maketrans({"İ": "i", "I": "ı"})


LONGEST_KEPT = 255
"""Characters of a word whose forms are kept at hand; longer ones are made anew, or they would fill the memory."""


class Token(NamedTuple):
    """A term of the index and the characters ``start`` to ``end`` (exclusive) of the text that it stands for."""

    term: str
    start: int
    end: int


class Word(NamedTuple):
    """A word of a text: as written, folded, and where. ``letters`` is false for numbers, which have no stem.

    ``terms`` are the surface forms that the index has of it, the longest groups of characters where no spaces divide
    words.
    """

    written: str
    start: int
    end: int
    letters: bool
    terms: tuple[Token, ...]


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order, with the surface forms that stand for all of each: what a query looks for."""
    for run in _RUN.finditer(text):
        written, start = run.group(), run.start()
        size = _SIZES[run.lastgroup]
        if size:
            groups = _groups(written, start, (size,)) or _groups(written, start, (size - 1,))
            found = tuple(map(Token._make, groups or [(fold(written), start, run.end())]))
        else:
            found = (Token(fold(written), start, run.end()),)
        if found[0].term:
            letters = not size and any(character.isalpha() for character in written)
            yield Word(written, start, run.end(), letters, found)


def spaced_words(text: str) -> Iterator[tuple[str, bool]]:
    """Each run of a text as written, and whether it is one word; else it is of characters without spaces between."""
    for run in _RUN.finditer(text):
        yield run.group(), run.lastgroup is None


def analyze(text: str, language: str = "und") -> list[Token]:
    """All terms that the index has of a text in a language (a BCP 47 tag), by where they begin.

    >>> [token.term for token in analyze("Die Häuser 2023年", "de-AT")]
    ['die', 'de:die', 'hauser', 'de:haus', '2023', '年']
    """
    tokens = list(map(Token._make, _terms(text, language)))
    return sorted(tokens, key=lambda token: token.start) if stems_of(primary(language)) == "pairs" else tokens


def find(text: str, language: str, wanted: Collection[str]) -> list[Token]:
    """Of the terms that `analyze` gives those that are ``wanted``: a third of the time."""
    tokens = [Token(*one) for one in _terms(text, language) if one[0] in wanted]
    return sorted(tokens, key=lambda token: token.start)


def _terms(text: str, language: str) -> Iterator[tuple[str, int, int]]:
    """The terms of a text; a pair of words, which begins before its second word, after that word's turn has come."""
    tag = primary(language)
    stems = stems_of(tag)
    before: tuple[str, int, int] | None = None
    for run in _RUN.finditer(text):
        size = _SIZES[run.lastgroup]
        start, end = run.span()
        written = text[start:end]
        if size:
            yield from _groups(written, start, (size, size - 1)) or ((fold(written), start, end),)
            before = None
            continue
        folded = fold(written)
        if not folded:
            continue
        if stems == "pairs" and before and text[before[2] : start].isspace():
            yield pair(tag, before[0], folded), before[1], end
        before = folded, start, end
        yield before
        if stems != "none" and not folded.isdecimal():
            yield stem(written, tag), start, end


def terms(text: str, language: str = "und") -> list[str]:
    """The terms of a text, repeated as often as they occur."""
    return [token.term for token in analyze(text, language)]


def stem(word: str, tag: str) -> str:
    """The term of a language for a word as written: its stem, folded, after the language's primary tag.

    >>> stem("Häusern", "de")
    'de:haus'
    """
    return _kept_stem(word, tag) if len(word) <= LONGEST_KEPT else _stem(word, tag)


def _stem(word: str, tag: str) -> str:
    lower = unicodedata.normalize("NFKC", word.translate(_DOTTED_I) if tag in ("tr", "az") else word).casefold()
    lower = unicodedata.normalize("NFC", lower)
    return f"{tag}:{fold(stemmer(tag)(lower)) or fold(word)}"


_kept_stem = lru_cache(maxsize=100_000)(_stem)


@cache
def folded_stop_words(tag: str) -> frozenset[str]:
    """The surface forms of words that say nothing in a query of a language."""
    return frozenset(map(fold, stop_words(tag)))


def pair(tag: str, first: str, second: str) -> str:
    """The term of a language for two neighbouring words, given as surface forms."""
    return f"{tag}:{first}_{second}"


def phrase_form(text: str) -> str:
    """A text such that it holds a phrase exactly where its form holds that of the phrase.

    >>> phrase_form("bread, TAX") in phrase_form("the bread tax")
    True
    >>> phrase_form("bread tax") in phrase_form("bread taxes")
    False
    """
    runs = ((fold(run.group()), _SIZES[run.lastgroup]) for run in _RUN.finditer(text))
    return "".join(folded if size else f" {folded} " for folded, size in runs).replace("  ", " ")


def bare(term: str) -> str:
    """A term without the mark of its language."""
    return term.rpartition(":")[2]


def at_graphemes(text: str, tokens: Sequence[Token]) -> list[Token]:
    """The tokens, ends moved apart to where characters as readers see them begin and end."""
    if not tokens or not _JOINED.search(text):
        return list(tokens)
    edges = [0, *(cluster.end() for cluster in _CLUSTER.finditer(text))]
    return [
        Token(term, edges[bisect_right(edges, start) - 1], edges[bisect_left(edges, end)])
        for term, start, end in tokens
    ]


def fold(word: str) -> str:
    """A word as it is compared: without case, accents, vowel points and the script of its digits."""
    return _kept_fold(word) if len(word) <= LONGEST_KEPT else _fold(word)


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare_letters = unicodedata.normalize("NFC", _LEFT_OUT.sub("", decomposed)).translate(_AS_ONE)
    return "".join(_digit(character) for character in bare_letters)


_kept_fold = lru_cache(maxsize=100_000)(_fold)


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _groups(run: str, offset: int, sizes: Sequence[int]) -> list[tuple[str, int, int]]:
    """From every character on the groups of as many neighbours as ``sizes`` says, in its order, where there are any."""
    parts = _CLUSTER if _HANGUL.search(run) else _LETTER
    starts = [match.start() for match in parts.finditer(run)] + [len(run)]
    spans = [
        (start, starts[place + size])
        for place, start in enumerate(starts)
        for size in sizes
        if place + size < len(starts)
    ]
    return [(term, offset + start, offset + end) for start, end in spans if (term := fold(run[start:end]))]

"""Text to terms, the same for every language: Unicode words, folded; pairs of characters where no spaces divide words.

A word is a run of letters, digits and combining marks. It is folded by NFKC, case folding, and leaving out the marks
that writers leave out (Latin, Greek and Cyrillic accents, Arabic and Hebrew vowel points); Indic vowel signs stay, they
are letters in all but name. Digits of every script become 0-9. Runs of Han, Kana, Hangul, Thai, Lao, Khmer or Burmese
become overlapping pairs of characters.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import NamedTuple

import regex

ANALYZER = "unicode-1"
"""Recorded in the manifest; changes whenever any text would give other terms."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー々〆"
_RUN = regex.compile(
    rf"(?P<unspaced>[{_UNSPACED}][{_UNSPACED}\p{{M}}]*)|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+", regex.V1
)
_CLUSTER = regex.compile(r"\P{M}\p{M}*|\p{M}+")
_LEFT_OUT = regex.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]"
)


class Token(NamedTuple):
    """A term of the index and the characters ``start`` to ``end`` (exclusive) of the text that it stands for."""

    term: str
    start: int
    end: int


def analyze(text: str) -> list[Token]:
    """All tokens of a text, in order.

    >>> [token.term for token in analyze("L’Économie, 2023年")]
    ['l', 'economie', '2023', '年']
    """
    tokens = []
    for run in _RUN.finditer(text):
        if run.group("unspaced"):
            tokens.extend(_pairs(run.group(), run.start()))
        elif term := fold(run.group()):
            tokens.append(Token(term, run.start(), run.end()))
    return tokens


def terms(text: str) -> list[str]:
    """The terms of a text, in order, repeated as often as they occur."""
    return [token.term for token in analyze(text)]


def fold(word: str) -> str:
    """A word as it is compared: without case, accents, vowel points and the script of its digits."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    bare = unicodedata.normalize("NFC", _LEFT_OUT.sub("", decomposed))
    return "".join(_digit(character) for character in bare)


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _pairs(run: str, offset: int) -> list[Token]:
    clusters = [(match.start(), match.end()) for match in _CLUSTER.finditer(run)]
    if len(clusters) == 1:
        return [Token(fold(run), offset, offset + len(run))]
    return [Token(fold(run[start:end]), offset + start, offset + end) for (start, _), (_, end) in pairwise(clusters)]

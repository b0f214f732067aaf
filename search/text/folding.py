"""A word as it is compared: one form for all its spellings.

Folded are case and compatibility forms (NFKC), accents of Latin, Greek and Cyrillic, vowel points of Arabic and Hebrew
(not the vowel signs of India, letters in all but name), digits of every script, apostrophes and the marks of Hebrew
acronyms inside words, traditional and regional Han characters (to simplified ones), katakana (to hiragana), the nasal
that India writes as a dot or as half a letter, the nukta, and the forms of alef, yeh, kaf and heh.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache, wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar

import regex

from paraglot.search.text.languages import WORD_DATA

APOSTROPHES = "'’‘ʼʻʽ`´′＇"
GERSHAYIM = '"״“”„″＂׳'
"""Marks inside Hebrew acronyms, beside the apostrophes."""

INVISIBLE = r"\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
"""Characters that are not seen: they neither end a word nor belong to it (soft hyphen, zero width, direction)."""

_UNSEEN = regex.compile(rf"[[{INVISIBLE}\ufe00-\ufe0f]--[\u200c\u200d]]", regex.V1)
_LEFT_OUT = regex.compile(
    rf"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    rf"\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u093c\u0a3c\u0abc{INVISIBLE}\ufe00-\ufe0f{APOSTROPHES}{GERSHAYIM}]"
)
_AS_ONE = str.maketrans(
    {"ى": "ي", "ی": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا"}
    | {"װ": "וו", "ױ": "וי", "ײ": "יי", "ґ": "г", "♯": "#"}
    | {"ँ": "ं", "ઁ": "ં", "ਁ": "ਂ", "ੰ": "ਂ", "ଁ": "ଂ"}
    | {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"}
    | {"ð": "d", "þ": "th", "ə": "e"}
)
_THAI = regex.compile(r"[\u0e00-\u0eff]")
_AM = regex.compile(
    r"{tone}([\u0e4d\u0ecd]){tone}([\u0e32\u0eb2]){tone}".format(tone=r"([\u0e48-\u0e4b\u0ec8-\u0ecb]?)")
)
"""The vowel AM in parts, and where the mark of tone may stand that belongs before it."""

_EAST = regex.compile(r"[\p{Han}\p{Katakana}ゕゖ]")
_LATER = regex.compile(r"[\u0900-\U0010ffff]")
"""What stands after Latin, Greek, Cyrillic, Hebrew and Arabic."""

_INDIC = regex.compile(r"[\u0900-\u0d7f]")

_NASALS = {0x19: "\x15-\x19", 0x1E: "\x1a-\x1e", 0x23: "\x1f-\x23", 0x28: "\x24-\x28", 0x2E: "\x2a-\x2e"}
"""Place in a block of India's scripts of each nasal → places of the consonants of its row. All blocks are alike."""

_VIRAMA, _ANUSVARA = 0x4D, 0x02
_BLOCKS = (0x0900, 0x0980, 0x0A00, 0x0A80, 0x0B00, 0x0C00, 0x0C80, 0x0D00)


LONGEST_KEPT = 40
"""Characters of a word whose forms are kept at hand; longer ones are made anew, or they would fill the memory."""

MOST_KEPT = 1 << 15
"""Words whose forms are kept, each some three hundred bytes: ten megabytes, whatever words a service is asked for."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


def word_cache(make: Callable[Concatenate[str, _P], _T], most: int = MOST_KEPT) -> Callable[Concatenate[str, _P], _T]:
    """``make``, which makes something of a word, with its results at hand: of words of usual length alone.

    Words are asked for hundreds of times a query, so those that are there cost a look into a dictionary and no more.
    """
    cache, parameters = WordCache(make, most), len(signature(make).parameters)
    of_word: Callable[..., _T] = lambda word, /: cache[word]  # noqa: E731
    of_two: Callable[..., _T] = lambda word, other, /: cache[word, other]  # noqa: E731
    of_more: Callable[..., _T] = lambda *given: cache[given]  # noqa: E731
    return wraps(make)({1: of_word, 2: of_two}.get(parameters, of_more))


class WordCache(dict[Any, Any]):
    """What was made of words, by the word or by all that is given with it; emptied when it is full."""

    def __init__(self, make: Callable[..., Any], most: int) -> None:
        super().__init__()
        self.make, self.most = make, most

    def __missing__(self, key: str | tuple[Any, ...]) -> Any:
        arguments = key if isinstance(key, tuple) else (key,)
        result = self.make(*arguments)
        if len(arguments[0]) <= LONGEST_KEPT:
            if len(self) >= self.most:
                self.clear()
            self[key] = result
        return result


@word_cache
def fold(word: str) -> str:
    """A word as it is compared.

    >>> fold("Éclair"), fold("हिन्दी") == fold("हिंदी"), fold("臺灣") == fold("台湾"), fold("١٤")
    ('eclair', True, True, '14')
    """
    if word.isascii():
        return word.lower()
    try:
        return word.translate(_LETTERS)
    except _NotByLetters:
        pass
    folded = fold_basic(word)
    if not _LATER.search(folded):
        return folded
    if _EAST.search(folded):
        folded = folded.translate(_eastern_forms())
    return with_anusvara(folded)


def fold_by_letters(word: str) -> str:
    """A word folded, where each letter becomes just one by itself; else nothing."""
    try:
        folded = word.translate(_LETTERS)
    except _NotByLetters:
        return ""
    return folded if len(folded) == len(word) else ""


class _NotByLetters(Exception):
    """A character whose form depends on its neighbours."""


class _Letters(dict[int, str]):
    """Letter → how it is folded, made as letters are met: a tenth of the time that Unicode's forms of a word take.

    Only of scripts whose letters take nothing from their neighbours. Raises `_NotByLetters` for any other character.
    """

    def __missing__(self, code: int) -> str:
        if not _BY_ITSELF.match(chr(code)):
            raise _NotByLetters
        folded = fold_basic(chr(code))
        self[code] = folded.translate(_eastern_forms()) if _EAST.search(folded) else folded
        return self[code]


_BY_ITSELF = regex.compile(
    r"[0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u0481\u048a-\u052f\u05d0-\u05ea\u0621-\u064a\u066e-\u06d3"
    r"\u1e00-\u1fff\u3041-\u3096\u30a1-\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]"
)
"""Latin, Greek, Cyrillic, Hebrew and Arabic letters, kana, Han characters and Hangul syllables."""

_LETTERS = _Letters()


def fold_basic(word: str) -> str:
    """A word folded, but for the forms of Han characters, kana and India's nasals."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    folded = unicodedata.normalize("NFC", _LEFT_OUT.sub("", decomposed)).translate(_AS_ONE)
    if _THAI.search(folded):
        folded = _AM.sub(r"\1\3\5\2\4", folded.replace("เเ", "แ"))
    return folded if folded.isalpha() else "".join(map(_digit, folded))


def with_anusvara(text: str) -> str:
    """The nasal before a consonant of its row as the dot, the anusvara; in Devanagari also an *n* for it."""
    return _nasal_pattern().sub(_as_anusvara, text) if _INDIC.search(text) else text


def without_diacritics(word: str) -> str:
    """Without vowel points and marks of acronyms, which stemmers do not expect."""
    return _LEFT_OUT.sub("", word)


@cache
def _nasal_pattern() -> regex.Pattern[str]:
    nasals = "".join(chr(block + place) for block in _BLOCKS for place in _NASALS)
    viramas = "".join(chr(block + _VIRAMA) for block in _BLOCKS)
    return regex.compile(rf"[{nasals}][{viramas}](?=([\u0900-\u0d7f]))")


def _as_anusvara(half: regex.Match[str]) -> str:
    nasal, consonant = half.group()[0], half.group(1)
    block = ord(nasal) & ~0x7F
    row = _NASALS[ord(nasal) - block]
    of_its_row = block + ord(row[0]) <= ord(consonant) <= block + ord(row[-1])
    as_n = nasal == "न" and ("क" <= consonant <= "ण" or consonant in "शषसह")
    return chr(block + _ANUSVARA) if of_its_row or as_n or nasal + consonant == "मव" else half.group()


@cache
def _eastern_forms() -> dict[int, int]:
    forms, folded = (WORD_DATA / "han.txt").read_text("utf-8").splitlines()
    katakana = {ord("ァ") + place: ord("ぁ") + place for place in range(ord("ヶ") - ord("ァ") + 1)}
    small_kana = {
        ord(small_kana): ord(hiragana) for small_kana, hiragana in zip("ヶゖヵゕヽヾ", "けけかかゝゞ", strict=True)
    }
    return str.maketrans(forms, folded) | katakana | small_kana


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def without_invisible(word: str) -> str:
    """A word without what is not seen in it, but for the joiners that some languages spell words with."""
    return word if word.isascii() else _UNSEEN.sub("", word)

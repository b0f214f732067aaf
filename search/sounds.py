"""How a word sounds, roughly: its consonants in Latin letters, so that a name is found in another script.

A word is written in Latin letters by `anyascii`, and its consonants are put into classes that languages confuse: p and
b, f and v, t and d, k and g, m and n, l and r, and all that hisses. Vowels go, and so does what stands for vowels where
a script writes none. The idea is Soundex's (Russell 1918), with the classes joined until Lukashenko is one in Latin,
Cyrillic, Greek, Arabic, Devanagari, Han, Kana and Hangul.
"""

from __future__ import annotations

from functools import lru_cache

import regex
from anyascii import anyascii

_CLASSES = {"K": "kgqc", "P": "pb", "F": "fv", "T": "td", "S": "szj", "N": "mn", "L": "lr"}
"""Sound → the letters that stand for it alone; what is left are vowels and h, w, y."""

_TOGETHER = (
    *(("tsch", "S"), ("sch", "S"), ("tch", "S"), ("sh", "S"), ("ch", "S"), ("zh", "S"), ("cz", "S"), ("ph", "F")),
    *(("th", "T"), ("kh", "K"), ("gh", "K"), ("ck", "K"), ("qu", "K"), ("ce", "S"), ("ci", "S"), ("cy", "S")),
)
"""Letters that stand for one sound together, in the order of replacement."""

_ALONE = str.maketrans(
    {"x": "KS"}
    | {letter: sound for sound, letters in _CLASSES.items() for letter in letters}
    | dict.fromkeys("aeiouhwy")
)
_TWICE = regex.compile(r"(.)\1+")
_ARABIC = regex.compile(r"\p{Arabic}")
_HEBREW = regex.compile(r"\p{Hebrew}")
_GREEK = regex.compile(r"\p{Greek}")
_HAN = regex.compile(r"\p{Han}")
_NO_LETTER = regex.compile("[^a-z]")


def latin(word: str) -> str:
    """A word in Latin letters without accents."""
    return word if word.isascii() else anyascii(word)


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """The classes of a word's consonants, one capital letter each; empty for a word without any.

    >>> [sound(word) for word in ("Lukashenko", "Лукашенко", "Λουκασένκο", "لوكاشينكو", "卢卡申科", "루카셴코")]
    ['LKSNK', 'LKSNK', 'LKSNK', 'LKSNK', 'LKSNK', 'LKSNK']
    """
    letters = _NO_LETTER.sub("", latin(word).lower())
    if word.isascii():
        letters = letters.replace("w", "v")
    elif _ARABIC.search(word):
        letters = letters.removeprefix("al").replace("w", "")
    elif _HEBREW.search(word):
        letters = letters.replace("v", "")
    elif _GREEK.search(word):
        letters = letters.replace("mp", "b").replace("nt", "d").replace("gk", "g")
    elif _HAN.search(word):
        letters = letters.replace("x", "s").replace("q", "s")
    else:
        letters = letters.replace("w", "v")
    for together, one in _TOGETHER:
        letters = letters.replace(together, one)
    return _TWICE.sub(r"\1", letters.translate(_ALONE))

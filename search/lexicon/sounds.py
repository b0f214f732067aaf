"""How a word sounds, roughly: its consonants in Latin letters, so that a name is found in another script.

A word is written in Latin letters by `anyascii`, and its consonants are put into classes that languages confuse: p and
b, f and v, t and d, k and g, m and n, l and r, and all that hisses. Vowels go, and so does what stands for vowels where
a script writes none. The idea is Soundex's (Russell 1918), with the classes joined until Lukashenko is one in Latin,
Cyrillic, Greek, Arabic, Devanagari, Han, Kana and Hangul.
"""

from __future__ import annotations

from itertools import groupby

import regex
from anyascii import anyascii

from paraglot.search.text.folding import kept_of_words

_CLASSES = {"K": "kgqc", "P": "pb", "F": "fv", "T": "td", "S": "szj", "N": "mn", "L": "lr"}
"""Sound → the letters that stand for it alone; what is left are vowels and h, w, y."""

_TOGETHER = (
    *(("tsch", "S"), ("sch", "S"), ("tch", "S"), ("sh", "S"), ("ch", "S"), ("zh", "S"), ("cz", "S"), ("ph", "F")),
    *(("th", "T"), ("kh", "K"), ("gh", "K"), ("ck", "K"), ("qu", "K"), ("ce", "S"), ("ci", "S"), ("cy", "S")),
)
"""Letters that stand for one sound together, in the order of replacement."""

_MAY_BE_TOGETHER = regex.compile("[hcq]")
"""What each of them has."""

_ALONE = str.maketrans(
    {"x": "KS"}
    | {letter: sound for sound, letters in _CLASSES.items() for letter in letters}
    | dict.fromkeys("aeiouhwy")
)
_READ_OTHERWISE = regex.compile(
    r"(?P<arabic>\p{Arabic})|(?P<hebrew>\p{Hebrew})|(?P<greek>\p{Greek})|(?P<han>\p{Han})|(?P<devanagari>\p{Devanagari})"
    r"|(?P<thai>\p{Thai})|(?P<kana>\p{Katakana})|(?P<hangul>\p{Hangul})"
)
"""Scripts whose letters `latin` writes other than they sound."""

_NO_LETTER = regex.compile("[^a-z]")


_NAMED = str.maketrans(
    {"x": "KS"}
    | {letter: sound for sound, letters in _CLASSES.items() for letter in letters}
    | dict.fromkeys("fv", "P")
    | dict.fromkeys("eiy", "I")
    | dict.fromkeys("aouw", "A")
    | {"h": None}
)
"""As `_ALONE` with what tells short names apart, high vowels and others; f is p and v is b, as scripts have it."""

_AFFRICATES = (
    ("tsch", "s"),
    ("tsh", "s"),
    ("tch", "s"),
    ("tsz", "s"),
    ("ts", "s"),
    ("tz", "s"),
    ("dzh", "s"),
    ("dz", "s"),
)
_NASAL = regex.compile("(?:ng|mg)h?")
_VOWELS = regex.compile("[IA]+")
_GERESH = regex.compile("ג['’׳`´]")
_PREPOSED = regex.compile("([เแโใไ])(.)")
_LAST_U = regex.compile("(?<=[aei])u$")
_GREEK_Y = regex.compile("gi(?=[aeou])")

LEAST_KEY = 3
"""Letters of a key by which a name is looked for: consonants, or in a shorter name vowels, too."""


def latin(word: str) -> str:
    """A word in Latin letters without accents."""
    if word.isascii():
        return word
    return _latin(word)


_latin = kept_of_words(anyascii)


@kept_of_words
def sound(word: str) -> str:
    """The classes of a word's consonants, one capital letter each; empty for a word without any.

    >>> [sound(word) for word in ("Lukashenko", "Лукашенко", "Λουκασένκο", "لوكاشينكو", "卢卡申科", "루카셴코")]
    ['LKSNK', 'LKSNK', 'LKSNK', 'LKSNK', 'LKSNK', 'LKSNK']
    """
    letters, script = _small(latin(word)), _script(word)
    if script == "arabic":
        letters = letters.removeprefix("al").replace("w", "")
    elif script == "hebrew":
        letters = letters.replace("v", "")
    elif script == "greek":
        letters = letters.replace("mp", "b").replace("nt", "d").replace("gk", "g")
    elif script == "han":
        letters = letters.replace("x", "s").replace("q", "s")
    else:
        letters = letters.replace("w", "v")
    if _MAY_BE_TOGETHER.search(letters):
        for together, sounding in _TOGETHER:
            letters = letters.replace(together, sounding)
    return _once(letters.translate(_ALONE))


def _script(word: str) -> str | None:
    """Which of `_READ_OTHERWISE` a word is in."""
    match = None if word.isascii() else _READ_OTHERWISE.search(word)
    return match.lastgroup if match else None


def _small(word: str) -> str:
    small = word.lower()
    return small if small.isalpha() and small.isascii() else _NO_LETTER.sub("", small)


def _once(letters: str) -> str:
    """Letters that follow themselves once."""
    return "".join([letter for letter, _ in groupby(letters)])


@kept_of_words
def name_keys(word: str) -> tuple[str, ...]:
    """What a name is looked for by in any script: its consonants in still fewer classes, of a short name vowels, too.

    Two where a letter is read in two ways: a Latin j (Kijew, Jinping), and what stands for j in Chinese and for k in
    foreign names there (基). None for what is too short.

    >>> name_keys("Zelensky"), name_keys("زلنسکی"), name_keys("泽连斯基")
    (('SLNSK',), ('SLNSK',), ('SLNS', 'SLNSK'))
    >>> name_keys("Kyiv"), name_keys("Києві"), name_keys("Xi")
    (('KIP',), ('KIP',), ())
    """
    letters, script = _letters(word), _script(word)
    if "g" in letters:
        letters = _NASAL.sub("n", letters)
    if "t" in letters or "dz" in letters:
        for together, sounding in _AFFRICATES:
            letters = letters.replace(together, sounding)
    ways = [letters]
    if "j" in letters and (script == "han" or regex.match(r"\p{Latin}", word)):
        ways.append(letters.replace("j", "k" if script == "han" else "y"))
    return tuple(dict.fromkeys(key for way in ways if (key := _name_key(way))))


def _name_key(letters: str) -> str:
    if _MAY_BE_TOGETHER.search(letters):
        for together, sounding in _TOGETHER:
            letters = letters.replace(together, sounding.lower() if sounding != "F" else "p")
    key = _once(letters.translate(_NAMED))
    bare = _once(key.replace("I", "").replace("A", ""))
    key = bare if len(bare) >= LEAST_KEY else _VOWELS.sub(_first, key.rstrip("IA"))
    return key if len(key) >= LEAST_KEY and len(bare) > 1 else ""


def _first(vowels: regex.Match[str]) -> str:
    return vowels.group()[0]


def _letters(word: str) -> str:
    """A name in small Latin letters as its script is read."""
    script = _script(word)
    if script == "hebrew":  # a single vav is a vowel mostly, two are a consonant; so is a bet, which is v, too
        word = _GERESH.sub("ש", word).replace("וו", "ב").replace("ו", "u")
    if script == "thai":
        word = _PREPOSED.sub(r"\2\1", word)
    letters = _small(latin(word.removeprefix("ال")))
    if script == "arabic":
        return letters.removeprefix("al").replace("w", "u")
    if script == "greek":
        return _GREEK_Y.sub("i", letters.replace("mp", "b").replace("nt", "d").replace("gk", "g"))
    if script == "han":
        return letters.replace("x", "s").replace("q", "s")
    if script == "devanagari":
        return letters.replace("c", "s")
    if script in ("kana", "hangul"):
        return _LAST_U.sub("v", letters.replace("w", "v"))
    return letters.replace("w", "v")

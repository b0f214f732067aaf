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

from paraglot.search.text.folding import word_cache

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
    r"|(?P<indic>[\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Myanmar}])"
    r"|(?P<armenian>\p{Armenian})|(?P<cyrillic>\p{Cyrillic})|(?P<bengali>\p{Bengali})|(?P<thai>\p{Thai})|(?P<kana>\p{Katakana})|(?P<hangul>\p{Hangul})"
)
"""Scripts whose letters `latin` writes other than they sound."""

_NO_LETTER = regex.compile("[^a-z]")


_HEARD = str.maketrans(
    {"x": "ks", "v": "b", "z": "s", "J": "j", "h": None}
    | dict.fromkeys("qc", "k")
    | dict.fromkeys("eiy", "I")
    | dict.fromkeys("aouw", "A")
)
"""A letter as `heard` has it; v is b, as scripts have it."""

_NAMED = str.maketrans("kgpbftdsjmnlr", "KKPPPTTSSNNLL")
"""The classes of what `heard` has: fewer than `_ALONE` has, for f is p."""

_AFFRICATES = (
    *(("tsch", "J"), ("tsh", "J"), ("tch", "J"), ("tsz", "J"), ("ts", "s"), ("tz", "s"), ("dzh", "J")),
    ("dz", "s"),
)
"""What is one sound together; J is one as in *jam*, *chin* and *shoe*, whatever letters write it."""

_SOFT_C = ("ce", "ci", "cy")
_IN_LATIN = regex.compile(r"\p{Latin}")
_NASAL = regex.compile("(?:ng|mg)h?")
_VOWELS = regex.compile("[IA]+")
_GERESH = regex.compile("ג['’׳`´]")
_PREPOSED = regex.compile("([เแโใไ])(.)")
_LAST_U = regex.compile("(?<=[ai])u$")
_CYRILLIC_H = regex.compile("kh(?=[aeiou])|(?<![^aeiouy])g(?=[aeiouy])")
"""What stands in Cyrillic for an h, too, which elsewhere goes as a vowel does."""

_HAN_H = "希喜"
_GREEK_V = regex.compile("^ou(?=[aeio])")
_HAN_V = regex.compile("hu(?=a)|w(?!u)")
_BENGALI_V = regex.compile("oy(?=a)")
_KANA_Y = regex.compile("iy(?=[aou])")
_GREEK_Y = regex.compile("gi(?=[aeou])")

LEAST_KEY = 3
"""Letters of a key by which a name is looked for: consonants, or in a shorter name vowels, too."""


def latin(word: str) -> str:
    """A word in Latin letters without accents."""
    if word.isascii():
        return word
    return _latin(word)


_latin = word_cache(anyascii)


@word_cache
def sound(word: str) -> str:
    """The classes of a word's consonants, one capital letter each; empty for a word without any.

    >>> [sound(word) for word in ("Lukashenko", "Лукашенко", "Λουκασένκο", "لوكاشينكو", "卢卡申科", "루카셴코")]
    ['LKSNK', 'LKSNK', 'LKSNK', 'LKSNK', 'LKSNK', 'LKSNK']
    """
    letters, script = _small(latin(word)), script_read_as(word)
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


def script_read_as(word: str) -> str | None:
    """Which of `_READ_OTHERWISE` a word is in."""
    match = None if word.isascii() else _READ_OTHERWISE.search(word)
    return match.lastgroup if match else None


def _small(word: str) -> str:
    small = word.lower()
    return small if small.isalpha() and small.isascii() else _NO_LETTER.sub("", small)


def _once(letters: str) -> str:
    """Letters that follow themselves once."""
    return "".join([letter for letter, _ in groupby(letters)])


@word_cache
def name_keys(word: str) -> tuple[str, ...]:
    """What a name is looked for by in any script: its consonants in still fewer classes, of a short name vowels, too.

    Two where a letter is read in two ways: a Latin j (Kijew, Jinping), and what stands for j in Chinese and for k in
    foreign names there (基). None for what is too short.

    >>> name_keys("Zelensky"), name_keys("زلنسکی"), name_keys("泽连斯基")
    (('SLNSK',), ('SLNSK',), ('SLNS', 'SLNSK'))
    >>> name_keys("Kyiv"), name_keys("Києві"), name_keys("Xi")
    (('KIP',), ('KIP',), ())
    """
    return tuple(dict.fromkeys(key for heard_as in heard(word) if (key := _name_key(heard_as))))


@word_cache
def heard(word: str) -> tuple[str, ...]:
    """A name's consonants, those that scripts confuse as one, and its vowels as I and A, in each way to read it.

    >>> heard("Zelensky"), heard("زلنسکی"), heard("Kyiv"), heard("Johnson")
    (('sIlInskI',), ('slnskI',), ('kIb',), ('jAnsAn', 'IAnsAn'))
    """
    letters, script = _letters(word), script_read_as(word)
    if "g" in letters:
        letters = _NASAL.sub("n", letters)
    if "t" in letters or "dz" in letters:
        for together, sounding in _AFFRICATES:
            letters = letters.replace(together, sounding)
    ways = [letters]
    in_latin = script is None and _IN_LATIN.match(word) is not None
    if "j" in letters and (script == "han" or in_latin):
        ways.append(letters.replace("j", "k" if script == "han" else "y"))
    if in_latin and letters.endswith("ov") and word[-1] in "wW":
        ways.append(letters[:-1])
    if script == "cyrillic" and _CYRILLIC_H.search(letters):
        ways.append(_CYRILLIC_H.sub("", letters))
    if script == "han" and word[0] in _HAN_H:
        ways.append(letters[1:])
    return tuple(dict.fromkeys(_heard(way) for way in ways))


def _heard(letters: str) -> str:
    if _MAY_BE_TOGETHER.search(letters):
        for together, sounding in _TOGETHER:
            hissed = "s" if together in _SOFT_C else "J"
            letters = letters.replace(together, hissed if sounding == "S" else sounding.lower())
    return _VOWELS.sub(_first, letters.translate(_HEARD))


def classes_of(heard_as: str) -> str:
    """What `heard` gives in the classes by which names are looked for."""
    return _VOWELS.sub(_first, _once(heard_as.translate(_NAMED)))


def _name_key(heard_as: str) -> str:
    named = classes_of(heard_as)
    bare = _once(named.replace("I", "").replace("A", ""))
    key = bare if len(bare) >= LEAST_KEY else named.rstrip("IA")
    return key if len(key) >= LEAST_KEY and len(bare) > 1 else ""


def _first(vowels: regex.Match[str]) -> str:
    return vowels.group()[0]


def _letters(word: str) -> str:
    """A name in small Latin letters as its script is read."""
    script = script_read_as(word)
    if script == "hebrew":  # a single vav is a vowel mostly, two are a consonant; so is a bet, which is v, too
        word = _GERESH.sub("ש", word).replace("וו", "ב").replace("ו", "u")
    if script == "thai":
        word = _PREPOSED.sub(r"\2\1", word)
    letters = _small(latin(word.removeprefix("ال")))
    if script == "arabic":
        letters = letters.removeprefix("al")
        if word.startswith("و"):  # a vowel would have an alef before it
            letters = letters.replace("w", "v", 1)
        return letters.replace("w", "u")
    if script == "greek":
        letters = _GREEK_V.sub("v", letters).replace("ch", "h")
        return _GREEK_Y.sub("i", letters.replace("mp", "b").replace("nt", "d").replace("gk", "g"))
    if script == "han":
        return _HAN_V.sub("v", letters.replace("x", "s").replace("q", "s"))
    if script in ("devanagari", "indic"):
        return letters.replace("c", "s")
    if script == "armenian":
        letters = letters.replace("ow", "u")
    if script == "bengali":
        letters = _BENGALI_V.sub("v", letters)
    if script == "kana":
        letters = _KANA_Y.sub("", letters)
    if script in ("kana", "hangul"):
        return _LAST_U.sub("v", letters.replace("w", "v"))
    return letters.replace("w", "v")

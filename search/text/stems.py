"""Stems where Snowball has no stemmer: endings left off by a table, and the first letters of what stays.

The endings are those of nouns and adjectives, which queries are made of; of verbs the beginning is mostly enough. A
short stem is what the prefix alone misses: *школа* and *школи* have five letters in common with nothing else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import regex

WORD_DATA = Path(__file__).parent / "word_data"
"""Tables of words and characters; its README tells their sources."""

PREFIX_LETTERS = 5
"""What is kept of a word at most: the first letters hold the root in Slavic and its like."""

LEAST_STEM = {"lv": 2, "kk": 2, "sq": 2, "mr": 2, "bn": 2, "ur": 2}
"""Letters that an ending must leave; in other languages three, or two consonants."""

_LAST = {
    "uk": "ець|ок|ек|к|ц|ер|р",
    "be": "ец|ок|ак|ек|к|ц|ер|р",
    "hr": "ac|ak|ek|k|c|ar|r|ao|al|l|an|n",
    "sl": "ec|ek|k|c|er|r|el|l|en|n",
    "sk": "ec|ok|ek|k|c|er|or|r|en|ien|on|n|iel|el|l",
    "bg": "ец|ък|к|ц|ър|р|ън|ен|н|ъл|л",
    "mk": "ец|ок|ек|к|ц|ар|р|ен|н|ол|л",
    "bn": "র",
}
"""What may stand before an ending with a fleeting vowel or without it, hard or soft: *ринок, ринку*; *рука, руці*."""

_HARD = {
    "uk": ("ц", "к", "з", "г", "с", "х"),
    "be": ("дз", "д", "ц", "к", "з", "г", "с", "х"),
    "bg": ("ц", "к", "з", "г", "с", "х"),
    "mk": ("ц", "к", "з", "г", "с", "х"),
    "hr": ("c", "k", "z", "g", "s", "h"),
    "kk": ("б", "п", "г", "к", "ғ", "қ"),
}
"""What the last consonant of a stem is before other endings: *нога, нозі*."""

_CLOSED = regex.compile(r"[іїеє](?=[^аеєиіїоуюя]+$)")
"""Ukrainian: the vowel of a last syllable that is closed, *рік*, and open, *року*."""

_UNSTRESSED = str.maketrans("оёя", "аее")
"""Belarusian writes vowels as they are heard where the stress has moved: *стол, стала*; *лес, лясы*."""

_SERBIAN = str.maketrans("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš") | str.maketrans(
    {"љ": "lj", "њ": "nj", "џ": "dž"}
)


_FLEETING = {"uk": "ео", "be": "еёэо", "bg": "еъ", "mk": "еоа", "hr": "a", "sl": "ea", "sk": "eo"}
"""The vowel that words of one syllable lose before an ending: *пес, пса*."""


def light_stem(word: str, tag: str) -> str:
    """A word, in lower case with its accents, without its ending; at most `PREFIX_LETTERS` of it.

    >>> light_stem("школи", "uk"), light_stem("книгата", "bg"), light_stem("ulicama", "hr"), light_stem("улицама", "sr")
    ('школ', 'книг', 'uli', 'uli')
    """
    if tag == "sr":
        word, tag = word.translate(_SERBIAN), "hr"
    for pattern in _patterns(tag):
        if match := pattern.match(word):
            word = match[1]
    return _hardened(word, tag)[:PREFIX_LETTERS]


@cache
def _patterns(tag: str) -> tuple[regex.Pattern[str], ...]:
    """What leaves off an ending, and what leaves off what may stand before it."""
    least = f".{{{LEAST_STEM.get(tag, 3)},}}?"
    if tag in _FLEETING:
        least = f"(?:[^аеёэиіїоуыюяaeiouyáéíóúýъ]{{2}}|{least})"
    endings = "|".join(map(regex.escape, _endings().get(tag, ())))
    parts = [rf"({least})(?:{endings})?$"] if endings else []
    parts += [rf"(.{{{LEAST_STEM.get(tag, 3)},}}?)(?:{_LAST[tag]})?$"] if tag in _LAST else []
    return tuple(map(regex.compile, parts))


def endings_of(tag: str) -> tuple[str, ...]:
    """Endings of nouns and adjectives of a language, in lower case with their accents."""
    return _endings().get("hr" if tag == "sr" else tag, ())


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """Primary tag → endings of nouns and adjectives, in lower case with their accents."""
    lines = (WORD_DATA / "endings.txt").read_text("utf-8").splitlines()
    return {tag: tuple(endings) for tag, *endings in map(str.split, lines)}


def _hardened(stem: str, tag: str) -> str:
    """A stem with the last consonant that it has before most endings, and without the vowels that it may lose."""
    hard = iter(_HARD.get(tag, ()))
    for soft, other in zip(hard, hard, strict=True):
        if stem.endswith(soft):
            stem = stem.removesuffix(soft) + other
            break
    if tag == "af":
        stem = regex.sub(r"(.)\1", r"\1", stem)
    if tag == "sk":
        stem = stem.replace("ie", "e")
    if tag == "be":
        stem = stem.translate(_UNSTRESSED)
    if tag == "uk":
        stem = _CLOSED.sub("о", stem)
    return stem[0] + stem[2] if len(stem) == 3 and stem[1] in _FLEETING.get(tag, "") else stem

"""The stem of a word, and what stemmers do not know: forms with another beginning, letters that change before endings.

*mice* is a form of *mouse* and *psi* of *pes*: a table by hand (`word_data/irregular.txt`). *jornais* of *jornal*,
*voces* of *voz* and *Kaupungin* of *Kaupunki* follow rules, which are here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from unicodedata import normalize

import regex

from paraglot.search.text.folding import (
    APOSTROPHES,
    fold,
    with_anusvara,
    without_diacritics,
    without_invisible,
    word_cache,
)
from paraglot.search.text.languages import stemmer
from paraglot.search.text.stems import WORD_DATA

BEFORE = {
    "ar": regex.compile(r"(?:[وف]?(?:ال|بال|كال|لل)|[وفبلك])(?=.{3})"),
    "he": regex.compile(r"[והבלמשכ]{1,2}(?=.{3})"),
}
"""What is written with the next word."""

_UNMARKED = str.maketrans("", "", APOSTROPHES)
_DOTTED_I = str.maketrans({"İ": "i", "I": "ı"})
_WITHOUT_HAMZA = str.maketrans("أإآ", "ااا")

_PORTUGUESE = (
    (regex.compile(r"(?<=..)(?:ões|ães)$"), "ão"),
    (regex.compile(r"(?<=..)(?<=[aeiou])ns$"), "m"),
    (regex.compile(r"(?<=[áâéêíóôú].*[vn])eis$"), "el"),
    (regex.compile(r"(?<=[áâéêíóôú].*)eis$"), "il"),
    *(
        (regex.compile(rf"(?<=..){vowel}is$"), plain)
        for vowel, plain in (("a", "al"), ("é", "el"), ("ó", "ol"), ("u", "ul"))
    ),
)
"""Endings of plurals that Snowball's stemmer leaves another stem of, and of their words."""

_NO_PLURALS = frozenset(("mais", "jamais", "demais", "cais"))


@word_cache
def stem(word: str, tag: str) -> str:
    """The term of a language for a word as written: its stem, folded, after the language's primary tag.

    Forms that no stemmer knows have the stem of their word.

    >>> stem("Häusern", "de"), stem("mice", "en")
    ('de:haus', 'en:mous')
    """
    lower = base_form(_lowered(word, tag), tag)
    return f"{tag}:{even_stem(fold(stemmer(tag)(lower)) or fold(word), tag)}"


@word_cache
def plain_stem(word: str, tag: str) -> str:
    """As `stem`, by the stemmer alone: what the lexicon was made with."""
    return f"{tag}:{fold(stemmer(tag)(_lowered(word, tag))) or fold(word)}"


def _lowered(word: str, tag: str) -> str:
    """A word as stemmers take it: in lower case, with its accents."""
    if word.isascii() and word.isalpha() and tag not in ("tr", "az"):
        return word.lower()
    lower = normalize("NFKC", word.translate(_DOTTED_I) if tag in ("tr", "az") else word).casefold()
    if not lower.isalpha():
        lower = without_invisible(lower)
    lower = with_anusvara(normalize("NFC", lower.translate(_UNMARKED)))
    if tag == "ar":
        lower = lower.translate(_ARABIC_LETTERS)
    if tag == "he":
        lower = without_diacritics(normalize("NFKD", lower))
    return lower


_ARABIC_LETTERS = str.maketrans("یک", "يك")
"""How Persian keyboards write two letters of Arabic, whose stemmer does not expect it."""


def base_form(word: str, tag: str) -> str:
    """The word, in lower case with its accents, that one is a form of; itself where nothing is known of it.

    >>> base_form("mice", "en"), base_form("jornais", "pt"), base_form("المدن", "ar"), base_form("bread", "en")
    ('mouse', 'jornal', 'مدينة', 'bread')
    """
    forms = _irregular().get(tag)
    if forms is None:
        return word
    company = BEFORE[tag].match(word) if tag in BEFORE else None
    found = forms.get(word) or (forms.get(word[company.end() :]) if company else None) or word
    if tag == "cs":
        return found[:-1].replace("ů", "o") + found[-1:]  # dům, domu
    return _singular(found) if tag == "pt" else found


def irregular_forms(tag: str) -> Mapping[str, str]:
    """Form → the word that it is one of, in lower case with accents, of a language."""
    return _irregular().get(tag, {})


def even_stem(stem: str, tag: str) -> str:
    """A folded stem with one of the letters that change in it before endings.

    >>> even_stem("voz", "es"), even_stem("kaupung", "fi"), even_stem("matek", "cs"), even_stem("lagh", "it")
    ('voc', 'kaupunk', 'matk', 'lag')
    """
    rule = _RULES.get(tag)
    return rule(stem) if rule else stem


def _singular(word: str) -> str:
    if word.endswith("s") and word not in _NO_PLURALS:
        for ending, plain in _PORTUGUESE:
            if ending.search(word):
                return ending.sub(plain, word)
    return word


_FLEETING = regex.compile(r"(?<=[^aeiouy])i?e(?=[kcnlr]$)")
_RUSSIAN = regex.compile(r"(?<=[^аеиоуыэюя])[оеё](?=[кц]$)")
_GRADES = regex.compile(r"(?<=[aeiouyäö])(?:(ng)|(nn)|(mm)|(ll)|(rr)|(kk|pp|tt))(?=[aeiouyäö]?$)")
_STRONG = (None, "nk", "nt", "mp", "lt", "rt")


def _finnish(stem: str) -> str:
    found = _GRADES.search(stem)
    if not found:
        return stem
    strong = found[0][0] if found[6] else _STRONG[found.lastindex or 0]
    return f"{stem[: found.start()]}{strong}{stem[found.end() :]}"


def _czech(stem: str) -> str:
    found = _FLEETING.sub("", stem)
    return f"{found[:-1]}k" if found != stem and found.endswith("c") else found


_RULES: dict[str, Callable[[str], str]] = {
    "es": lambda stem: f"{stem[:-1]}c" if stem.endswith("z") else stem,
    "it": lambda stem: stem[:-1] if stem.endswith(("ch", "gh")) else stem,
    "cs": _czech,
    "pl": lambda stem: _FLEETING.sub("", stem),
    "ru": lambda stem: _RUSSIAN.sub("", stem),
    "fi": _finnish,
}


@cache
def _irregular() -> dict[str, dict[str, str]]:
    """Primary tag → form → the word that it is one of, in lower case with accents and without apostrophes."""
    found: dict[str, dict[str, str]] = {}
    for line in (
        normalize("NFC", (WORD_DATA / "irregular.txt").read_text("utf-8")).translate(_UNMARKED).casefold().splitlines()
    ):
        tag, _, rows = line.partition(" ")
        own = found.setdefault(tag, {})
        for row in rows.split("|"):
            word, *forms = row.split()
            own.update(dict.fromkeys(forms, word))
            if tag == "ar":
                own.update(dict.fromkeys((form.translate(_WITHOUT_HAMZA) for form in forms), word))
    return found

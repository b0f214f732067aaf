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
from paraglot.search.text.languages import LANGUAGES, stemmer, stop_words
from paraglot.search.text.stems import WORD_DATA

BEFORE = {
    "ar": regex.compile(r"(?:[وف]?(?:ال|بال|كال|لل)|[وفبلك])(?=.{3})"),
    "he": regex.compile(r"[והבלמשכ]{1,2}(?=.{3})"),
}
"""What is written with the next word."""

_UNMARKED = str.maketrans("", "", APOSTROPHES)
_DOTTED_I = str.maketrans({"İ": "i", "I": "ı"})
_WITHOUT_HAMZA = str.maketrans("أإآ", "ااا")

_SINGULARS: dict[str, tuple[tuple[regex.Pattern[str], str], ...]] = {
    tag: tuple((regex.compile(ending), singular) for ending, singular in rules)
    for tag, rules in {
        "pt": (
            (r"(?<=..)(?:ões|ães)$", "ão"),
            (r"(?<=..)(?<=[aeiou])ns$", "m"),
            (r"(?<=[áâéêíóôú].*[vn])eis$", "el"),
            (r"(?<=[áâéêíóôú].*)eis$", "il"),
            *((rf"(?<=..){vowel}is$", f"{plain}l") for vowel, plain in zip("aéóu", "aeou", strict=True)),
            (r"(?<=^.[aeou]i|^.io)s$", ""),
        ),
        "es": (
            (r"(?<=..[dljr]|[^i].n|..[^o]n)es$", ""),
            (r"(?<=[íú][oa])s$", ""),
        ),
        "gl": (
            (r"ns$", "n"),
            *((rf"(?<=..){vowel}is$", f"{vowel}l") for vowel in "aeou"),
            (r"(?<=...)ís$", "il"),
            (r"(?<=^.[aeou]i|[áó]|[íú]a)s$", ""),
        ),
        "ca": (
            (r"(?<=...)(?<!f)ons$", "ó"),
            (r"(?<=.)ans$", "à"),
            (r"(?<=..)[iï]ns$", "í"),
            (r"(?<=..)(?<!s)ses$", "sa"),
        ),
        "sv": (
            (r"(?<=...)(?<!ist)ans?$", "a"),
            (r"(?<=....)(?<!it)ets?$", ""),
        ),
        "ar": ((r"(?<=..)ات$", "ة"),),
        "de": ((r"(?<=er|eur|ist|ent|ant|or|rzt|kolleg|beamt|freund)innen$", "in"),),
        "ro": ((r"(?<=...)uri(?:le|lor)?$", ""),),
    }.items()
}
"""Endings of plurals that Snowball's stemmers leave another stem of, and of their words; of Swedish with an article."""

_BARE = {
    tag: frozenset(words.split())
    for tag, words in {
        "pt": "mais jamais demais cais",
        "gl": "mais xamais demais ademais despois pois seis dous",
        "ca": "segons abans grans dins",
        "sv": "roman organ orkan human vulkan japan jordan sudan johan stefan innan sedan annan nästan medan turban "
        "balkan lakan fasan alfabet",
    }.items()
}
"""What only looks like one of these."""


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


_GRAVE_AND_CEDILLA = str.maketrans("àèìòùşţ", "áéíóúșț")
"""Marks that are taken for others: *perchè* for *perché*, *şi* for *și*."""


@word_cache
def is_stop_word(word: str, tag: str) -> bool:
    """Whether a word as written says nothing in a query of a language. Marks may lack, in Latin letters none is added.

    >>> is_stop_word("para", "es"), is_stop_word("Paris", "es"), is_stop_word("esta", "es"), is_stop_word("uña", "es")
    (True, False, True, False)
    """
    spellings = _stop_spellings(tag).get(fold(word))
    if not spellings or LANGUAGES[tag].scripts != ("Latn",):
        return bool(spellings)
    written = _lowered(word, tag).translate(_GRAVE_AND_CEDILLA)
    return any(
        len(spelling) == len(written) and all(a == b or a.isascii() for a, b in zip(written, spelling, strict=True))
        for spelling in spellings
    )


@cache
def _stop_spellings(tag: str) -> Mapping[str, list[str]]:
    """Surface form → the stop words that have it, in lower case with their accents."""
    spellings: dict[str, list[str]] = {}
    for word in stop_words(tag):
        spellings.setdefault(fold(word), []).append(_lowered(word, tag).translate(_GRAVE_AND_CEDILLA))
    return spellings


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
        return _singular(word, tag)
    company = BEFORE[tag].match(word) if tag in BEFORE else None
    found = forms.get(word) or (forms.get(word[company.end() :]) if company else None) or word
    if tag == "cs":
        return found[:-1].replace("ů", "o") + found[-1:]  # dům, domu
    return _singular(found, tag)


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


def _singular(word: str, tag: str) -> str:
    if tag in _SINGULARS and word not in _BARE.get(tag, ()):
        for ending, plain in _SINGULARS[tag]:
            if ending.search(word):
                return ending.sub(plain, word)
    return word


_FLEETING = regex.compile(r"(?<=[^aeiouy])i?e(?=[kcnlr]$)")
_RUSSIAN = regex.compile(r"(?<=[^аеиоуыэюя])[оеё](?=[кц]$)")
_GRADES = regex.compile(r"(?<=[aeiouyäö])(?:(ng)|(nn)|(mm)|(ll)|(rr)|(kk|pp|tt))(?=[aeiouyäö]?$)")
_STRONG = (None, "nk", "nt", "mp", "lt", "rt")


def _finnish(stem: str) -> str:
    if stem.endswith(("uks", "yks")):
        return f"{stem[:-2]}s"  # hallitus, hallituksen
    found = _GRADES.search(stem)
    if not found:
        return stem
    strong = found[0][0] if found[6] else _STRONG[found.lastindex or 0]
    return f"{stem[: found.start()]}{strong}{stem[found.end() :]}"


_SWEDISH_END = regex.compile(r"(?<=[^aeiouyåäö][kpt]|[aeiouyåäö]p)n$|(?<=[dst]t)r$")
"""*vatten, vattnet*; *fönster, fönstret*."""

_BASQUE_END = regex.compile(r"(?<=..)(?:an?|k)$")
_ARMENIAN_END = regex.compile(r"(?<=..)(?:ներ)?[ըն]?$")
_ESTONIAN_ENDS = (regex.compile(r"(?<=...u)se?$"), ""), (regex.compile(r"(?<=.[aeio])se$"), "ne")


def _estonian(stem: str) -> str:
    """*valitsus, valitsuse*; *naine, naise*."""
    return next((ending.sub(end, stem) for ending, end in _ESTONIAN_ENDS if ending.search(stem)), stem)


_DANISH_END = regex.compile(r"(?<=[aeiouyæøå][bp])n$|(?<=[aeiouyæøå]t)r$")
"""*våben, våbnet*; *teater, teatret*."""


def _czech(stem: str) -> str:
    found = _FLEETING.sub("", stem)
    return f"{found[:-1]}k" if found != stem and found.endswith("c") else found


_CATALAN_END = regex.compile(r"(?<=...)(?:es|[saeo])$|(?<=[^aeiou])r$")
_CATALAN_LETTERS = {"qu": "c", "gu": "g", "j": "g", "ss": "s", "ll": "l"}


def _catalan(stem: str) -> str:
    """*boca, boques* and *platja, platges* have one; Snowball leaves the endings of short words."""
    found = _CATALAN_END.sub("", stem)
    return next(
        (found.removesuffix(end) + plain for end, plain in _CATALAN_LETTERS.items() if found.endswith(end)), found
    )


_RULES: dict[str, Callable[[str], str]] = {
    "es": lambda stem: f"{stem[:-1]}c" if stem.endswith("z") else stem,
    "gl": lambda stem: f"{stem[:-1]}c" if stem.endswith("z") else stem,
    "ca": _catalan,
    "et": _estonian,
    "eu": lambda stem: _BASQUE_END.sub("", stem),
    "hy": lambda stem: _ARMENIAN_END.sub("", stem, count=1),
    "el": lambda stem: stem[:-1] if stem.endswith("ι") and len(stem) > 4 else stem,
    "it": lambda stem: stem[:-1] if stem.endswith(("ch", "gh")) else stem,
    "cs": _czech,
    "pl": lambda stem: _FLEETING.sub("", stem),
    "ru": lambda stem: _RUSSIAN.sub("", stem),
    "fi": _finnish,
    "sv": lambda stem: _SWEDISH_END.sub("", stem),
    "da": lambda stem: _DANISH_END.sub("", stem),
    "no": lambda stem: _DANISH_END.sub("", stem),
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

"""The names of months and weekdays in the languages that are read, from CLDR by way of Babel.

English is told at once; the others are loaded when a name is met that is not English.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from paraglot.search.text.folding import fold
from paraglot.search.text.languages import LANGUAGES, primary

if TYPE_CHECKING:
    from babel import Locale

_BESIDE = (
    *(
        "de_AT",
        "nn",
        "bs",
        "sr_Latn",
        "az",
        "uz",
        "mn",
        "ky",
        "cy",
        "br",
        "lb",
        "mt",
        "fo",
        "ar_SY",
        "ar_DZ",
        "pa",
        "gu",
    ),
    *("te", "kn", "ml", "si", "am"),
)
_RARE = (
    *("tg", "tk", "tt", "ug", "uz_Cyrl", "ps", "sd", "ku", "ckb", "as", "or", "bo", "ti", "om", "so", "ha", "ig", "zu"),
    *("xh", "yo", "su", "jv", "fy", "rm", "gd", "oc", "ast", "an", "sc", "co", "ia", "kk_Latn"),
)
"""Languages whose names are theirs alone where another language has them, too."""

_MORE = {
    **{"sept": 9, "feber": 2, "setiembre": 9, "жовтня": 10, "अक्तूबर": 10, "qańtar": 1, "aqpan": 2, "naurız": 3},
    **{"sáuir": 4, "mamyr": 5, "maýsym": 6, "shilde": 7, "tamyz": 8, "qyrkúıek": 9, "qazan": 10, "qarasha": 11},
}
"""Names in use that CLDR lacks."""

WORD = regex.compile(r"\d+|\p{L}[\p{L}\p{M}'’\u02bc\u200c]*")
"""A number or a word of a date."""

_PREFIXES = ("ב", "ខែ", "ថ្ងៃ", "เดือน", "วัน", "ເດືອນ", "ວັນ")
_SUFFIXES = ("ที่", "လ", "နေ့", "ы", "а")
"""What languages write with the name of a month or a day: "in", "month", "day"."""

FILLERS = frozenset(
    (
        *("of", "the", "st", "nd", "rd", "th", "on", "at", "in", "posted", "published", "updated", "date", "clock"),
        *("de", "del", "do", "da", "di", "d", "el", "le", "les", "der", "den", "dem", "am", "um", "uhr", "kl", "klo"),
        *("h", "hs", "er", "ère", "º", "ª", "a", "e", "o", "os", "à", "i", "ii", "alle", "ore", "às", "las", "godz"),
        *("saat", "klokken", "klockan", "ko", "ta", "ya", "m", "g", "v", "u", "dne", "gada", "ngày", "năm"),
        *("г", "гг", "год", "года", "го", "р", "року", "рік", "в", "о", "ж", "жыл", "жылы", "жылғы", "жылдын"),
        *("yil", "yili", "cü", "cı", "ci", "cu", "il", "ili", "წ", "წელი", "წლის", "թ", "թվական", "թվականի", "م", "ه"),
        *("วันที่", "พ", "ค", "ศ", "ปี", "ថ្ងៃទី", "ទី", "ឆ្នាំ", "ວັນທີ", "ປີ", "ခုနှစ်", "ရက်", "ရက်နေ့", "нд", "оны", "он", "гараг"),
    )
)
"""Words that stand in dates and say nothing."""


def months_named(name: str, language: str | None = None) -> set[int]:
    """The months that a name may mean, in small letters; one at most where ``language`` has it."""
    if found := _english().get(name):
        return found
    months, tag = _all_names().months, primary(language) if language else ""
    for form in _forms(name):
        if found := (months.get((form, tag)) if tag else None) or months.get((form, ""), set()):
            return found
    return set()


def is_of_days(word: str) -> bool:
    """Whether a word, in small letters, names a weekday, whole or cut short."""
    return word in _english_days() or any(form in _all_names().days for form in _forms(word))


def is_filler(word: str) -> bool:
    """Whether a word, in small letters, says nothing in a date."""
    return word in FILLERS or fold(word) in _all_names().fillers


def _forms(name: str) -> Iterator[str]:
    """A name as it is compared, and without what is written with it."""
    yield (folded := _key(name))
    yield from (folded[len(prefix) :] for prefix in _PREFIXES if folded.startswith(prefix))
    yield from (folded[: -len(suffix)] for suffix in _SUFFIXES if folded.endswith(suffix))


@cache
def _english() -> dict[str, set[int]]:
    from babel import Locale

    return {**{name: {number} for name, number in _months(Locale.parse("en"))}, "sept": {9}}


@cache
def _english_days() -> frozenset[str]:
    from babel import Locale

    return frozenset((*_days(Locale.parse("en")), "tues", "weds", "wednes", "thur", "thurs"))


class _Names(NamedTuple):
    """Months by name and language (and by name alone, under ""), the words for days, and what else dates have."""

    months: dict[tuple[str, str], set[int]]
    days: frozenset[str]
    fillers: frozenset[str]


@cache
def _all_names() -> _Names:
    months: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    days: set[str] = set()
    fillers = set(map(fold, FILLERS))
    for tag in (*LANGUAGES, *_BESIDE):
        for name, number in _names_of(tag, days, fillers):
            months[name, ""].add(number)
            months[name, primary(tag.partition("_")[0])].add(number)
    common = set(months)
    for tag in _RARE:
        for name, number in _names_of(tag, days, fillers):
            months[name, primary(tag.partition("_")[0])].add(number)
            if (name, "") not in common:
                months[name, ""].add(number)
    for name, number in _MORE.items():
        months[_key(name), ""].add(number)
    return _Names(dict(months), frozenset(days), frozenset(fillers))


def _names_of(tag: str, days: set[str], fillers: set[str]) -> Iterable[tuple[str, int]]:
    """The months of a language; its days and what else stands in its dates are added to the others."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    try:
        locale = Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return []
    days |= _days(locale)
    written = [_words_of(locale, number) for number in range(1, 13)]
    always = set.intersection(*map(set, written))
    fillers |= always
    whole = ((" ".join(word for word in words if word not in always), at) for at, words in enumerate(written, start=1))
    return [*_months(locale), *((name, at) for name, at in whole if len(name) > 1)]


def _words_of(locale: Locale, month: int) -> list[str]:
    """The words of a day as a language writes it out, in which the month may have other endings than by itself."""
    from babel.dates import format_date

    written = WORD.findall(format_date(date(2011, month, 22), "long", locale).casefold())
    return [fold(word) for word in written if not word.isdecimal()]


def _days(locale: Locale) -> set[str]:
    return {
        fold(word)
        for context in locale.days.values()
        for width in ("wide", "abbreviated", "short")
        for value in context.get(width, {}).values()
        for word in WORD.findall(value.casefold())
    }


def _months(locale: Locale) -> Iterable[tuple[str, int]]:
    for context in locale.months.values():
        for width in ("wide", "abbreviated"):
            for number, name in context.get(width, {}).items():
                key = _key(name)
                if key and not re.search(r"\d", key) and len(key) > 1:
                    yield key, number


def _key(name: str) -> str:
    return " ".join(map(fold, WORD.findall(name.casefold())))

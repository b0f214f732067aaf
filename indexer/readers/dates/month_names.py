"""The names of months and weekdays in the languages that are read, from CLDR by way of Babel.

English is told at once; the others are loaded when a name is met that is not English.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from paraglot.search.text.languages import LANGUAGES, primary

if TYPE_CHECKING:
    from babel import Locale

_BESIDE = (
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
    "te",
    "kn",
    "ml",
    "si",
    "am",
)
_MORE = {"sept": 9, "feber": 2, "setiembre": 9, "жовтня": 10}
"""Names in use that CLDR lacks."""

_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0300-\u036f\u0900-\u0d7f\u0e00-\u0e7f'’\u02bc\u200c])*")

FILLERS = frozenset(
    (
        *("of", "the", "st", "nd", "rd", "th", "on", "at", "in", "posted", "published", "updated", "date", "clock"),
        *("de", "del", "do", "da", "di", "d", "el", "le", "les", "der", "den", "dem", "am", "um", "uhr", "kl", "klo"),
        *("h", "hs", "er", "ère", "º", "ª", "a", "e", "o", "os", "à", "i", "ii", "alle", "ore", "às", "las", "godz"),
        *("saat", "klokken", "klockan", "ko", "ta", "ya", "m", "g", "v", "u", "dne", "gada", "ngày", "năm"),
        *("г", "гг", "год", "года", "го", "р", "року", "рік", "в", "о"),
    )
)
"""Words that stand in dates and say nothing."""


def months_named(name: str, language: str | None = None) -> set[int]:
    """The months that a name may mean, in small letters; one at most where ``language`` has it."""
    if found := _english().get(name):
        return found
    names = _all_names()[0]
    own = names.get((name, primary(language))) if language else None
    found = own or names.get((name, ""), set())
    return months_named(name[1:]) if not found and name.startswith("ב") else found  # Hebrew writes "in" as one letter


def is_of_days(word: str) -> bool:
    """Whether a word, in small letters, names a weekday, whole or cut short."""
    return word in _english_days() or word in _all_names()[1]


@cache
def _english() -> dict[str, set[int]]:
    from babel import Locale

    return {**{name: {number} for name, number in _months(Locale.parse("en"))}, "sept": {9}}


@cache
def _english_days() -> frozenset[str]:
    from babel import Locale

    return frozenset(_days(Locale.parse("en")))


@cache
def _all_names() -> tuple[dict[tuple[str, str], set[int]], frozenset[str]]:
    """Months by name and language (and by name alone, under ""), and the words for days."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    months: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    days: set[str] = set()
    for tag in (*LANGUAGES, *_BESIDE):
        try:
            locale = Locale.parse(tag)
        except (UnknownLocaleError, ValueError):
            continue
        for name, number in _months(locale):
            months[name, ""].add(number)
            months[name, primary(locale.language)].add(number)
        days |= _days(locale)
    for name, number in _MORE.items():
        months[name, ""].add(number)
    return dict(months), frozenset(days)


def _days(locale: Locale) -> set[str]:
    return {
        _key(one)
        for context in locale.days.values()
        for width in ("wide", "abbreviated", "short")
        for one in context.get(width, {}).values()
    }


def _months(locale: Locale) -> Iterable[tuple[str, int]]:
    for context in locale.months.values():
        for width in ("wide", "abbreviated"):
            for number, name in context.get(width, {}).items():
                key = _key(name)
                if key and not re.search(r"\d", key) and len(key) > 1:
                    yield key, number


def _key(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold()))

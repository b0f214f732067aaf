"""What languages are called, in themselves and in English, and how they are written, by Unicode's CLDR."""

from __future__ import annotations

import datetime
import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from paraglot.search.text.languages import LANGUAGES, primary

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?![\d-])")
_SAME_SCRIPT = {"Hans": "Hani", "Hant": "Hani"}


@cache
def names(tag: str) -> tuple[str, str]:
    """The endonym and the English name of a BCP 47 tag; the tag itself where there is none.

    >>> names("de"), names("zh-TW")
    (('Deutsch', 'German'), ('中文 (繁體, 台灣)', 'Chinese (Traditional, Taiwan)'))
    """
    first = tag.partition("-")[0].lower()
    english = str(Locale("en").languages.get(first, tag))
    try:
        # CLDR would have "und" mean what is likeliest: English.
        locale = None if first == "und" else Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = None
    if locale is None:
        return english, english
    return locale.get_display_name() or english, locale.get_display_name("en") or english


@cache
def name_in(tag: str, reader: str) -> str:
    """What the language of a BCP 47 tag is called in the language ``reader``; the tag itself where nobody says.

    >>> name_in("de", "fr"), name_in("zh-TW", "en"), name_in("x-none", "en")
    ('allemand', 'Chinese (Traditional, Taiwan)', 'x-none')
    """
    if tag.partition("-")[0].lower() == "und":
        return str(Locale.parse(reader).languages.get("und", tag))
    try:
        return Locale.parse(tag, sep="-").get_display_name(reader) or tag
    except (UnknownLocaleError, ValueError):
        return str(Locale.parse(reader).languages.get(tag.lower(), tag))


def locale_in(tag: str) -> str:
    """The locale of a BCP 47 tag where its country alone tells it from its language's; "" where there is none.

    >>> locale_in("en-gb"), locale_in("zh-TW"), locale_in("en-XX")
    ('en_GB', '', '')
    """
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    return "" if locale.script else str(locale)


def date_in(date: str, reader: str) -> str:
    """A date (ISO 8601) as the language ``reader`` writes it, its time left out; what is none as it stands.

    >>> date_in("2024-05-31T10:00Z", "fr"), date_in("2024-05", "de"), date_in("2024", "de"), date_in("soon", "de")
    ('31 mai 2024', 'Mai 2024', '2024', 'soon')
    """
    match = _DATE.match(date)
    if not match or not match[2]:
        return date
    try:
        day = datetime.date(int(match[1]), int(match[2]), int(match[3] or 1))
    except ValueError:
        return date
    return format_date(day, "long", reader) if match[3] else format_skeleton("yMMMM", day, locale=reader)


def time_in(instant: str, reader: str) -> str:
    """An instant (ISO 8601) to the minute, in UTC, as the language ``reader`` writes it.

    >>> time_in("2026-11-30T17:10:30.192+02:00", "en"), time_in("2026-11-30T17:10:30Z", "de")
    ('Nov 30, 2026, 15:10 UTC', '30. Nov. 2026, 17:10 UTC')
    """
    at = datetime.datetime.fromisoformat(instant).astimezone(datetime.UTC)
    day, time = (format_skeleton(skeleton, at, locale=reader) for skeleton in ("yMMMd", "Hm"))
    return f"{day}, {time} UTC"


def number_in(number: int, reader: str) -> str:
    """A number as the language ``reader`` writes it.

    >>> number_in(12345, "de"), number_in(12345, "hi")
    ('12.345', '12,345')
    """
    return str(format_decimal(number, locale=reader))


@cache
def scripts(tag: str) -> frozenset[str]:
    """The scripts (ISO 15924) that the language of a tag is written in: the tag's own, or the usual ones.

    >>> sorted(scripts("sr-Latn")), sorted(scripts("ja")), sorted(scripts("am"))
    (['Latn'], ['Hani', 'Kana'], ['Ethi'])
    """
    script_subtags = [part.title() for part in tag.split("-")[1:] if len(part) == 4 and part.isalpha()]
    language = LANGUAGES.get(primary(tag))
    if not script_subtags and language:
        return frozenset(language.scripts)
    likely = str(get_global("likely_subtags").get(tag.partition("-")[0].lower(), "")).split("_")
    return frozenset(_SAME_SCRIPT.get(script, script) for script in script_subtags or likely[1:2])

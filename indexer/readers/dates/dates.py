"""Dates as people, feeds and programs write them, as ISO 8601. Start at `iso_date`.

Told is what can mean one day (or month, or year) only. ``02/10/2023`` is one day in London and another in Boston: it is
kept as it was given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from paraglot.indexer.readers.dates.month_names import WORD, is_filler, is_of_days, months_named

MOST_CHARACTERS = 100
_MOST_WORDS = 8
_GREGORIAN = 1583
"""An earlier year, with slashes or dots, is one of another calendar: 1402/07/10 is a day of 2023 in Iran."""
_EPOCHS = {9: 1, 10: 1, 12: 1000, 13: 1000, 16: 1_000_000, 19: 1_000_000_000}
"""Digits of a count since 1970, and how many of it make a second: from 1973 on and until 2286."""
_WRAPPED = ("$date", "$numberLong", "@value", "date", "value", "_seconds", "seconds", "iso", "#text")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867, "民國": 1911, "民国": 1911}
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **{"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
    **{"cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "jst": 540, "kst": 540},
    **{"bst": 60, "sast": 120, "pkt": 300, "wib": 420, "wita": 480, "wit": 540, "hkt": 480, "sgt": 480, "aest": 600},
    **{"aedt": 660, "nzst": 720, "nzdt": 780, "brt": -180},
}
_TIME = re.compile(
    r"""(?<![\d:])(?P<east>[上下午오전후前後]{2}\s?)?(?P<hour>\d{1,2})
    (?:[:.h](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?P<fraction>[.,]\d+)?)?
      |\s?[時时시点點](?:\s?(?P<minutes>\d{1,2})\s?[分분](?:\s?(?P<seconds>\d{1,2})\s?[秒초])?)?)
    (?:\s*(?P<half>[ap]\.?m\b\.?))?(?:\s*(?:(?P<offset>[+-]\d\d:?(?:\d\d)?)(?!\d)|(?P<zone>[A-Z]{1,5}\b)))*""",
    re.VERBOSE | re.IGNORECASE,
)
_EASTERN_HALVES = {"上午": "a", "午前": "a", "오전": "a", "下午": "p", "午後": "p", "午后": "p", "오후": "p"}
_HOUR_BEFORE = re.compile(r"\b(?:klo|kl|klokka|klokken|klockan|um|godz|alle ore)\.?\s*$", re.IGNORECASE)
_XML_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)")
"""A day with the time zone that it is one in, as XML Schema has it."""
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_NET = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_PDF = re.compile(r"D:(\d{4,14})(?:Z|([+-]\d\d)'?(\d\d)?'?)?.*")
_YEAR_FIRST = re.compile(r"(\d{4})\s*([-/.:年년])\s*(\d{1,2})(?:\s*[-/.:月월]\s*(\d{1,2})\s*[日일]?)?\.?")
_HAN_MONTH = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]")
_HAN_DAY = re.compile(r"(?:(\d{4})|(..)(\d{1,3}|元))\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일號号]")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4})(?:\s*(?:г|р|m|d)?\.?)")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{4})")
_ROMAN = {
    number: at
    for at, number in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), start=1)
}
_ROMAN_MONTH = re.compile(r"(\d{1,2})\s?[./ -]\s?([ivx]{1,4})\s?[./ -]\s?(\d{4})(?:\s*(?:r|v|г)?\.?)", re.IGNORECASE)
_TWO_DIGITS = re.compile(r"\d{1,2}([-./ ])[^\W\d_]{3,}\.?\1'?\d\d")
"""Day, month by name and two digits of a year, as databases and RFC 822 have it."""
_HAN_DIGITS = {digit: str(at) for at, digit in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_HAN_NUMBER = re.compile(rf"[{''.join(_HAN_DIGITS)}十]+(?=\s*[年月日號号])")
_COUNTED_MONTHS = (
    re.compile(r"(?P<day>\d{1,2})\s*(?:tháng|thg)\s*(?P<month>\d{1,2})\s*,?\s*(?:năm\s*)?(?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})\s*оны?\s*(?P<month>\d{1,2})\s?(?:-?р)?\s*сар(?:ын)?\s*(?P<day>\d{1,2})"),
    re.compile(r"(?P<year>\d{4})\D{,9}ཟླ་(?:བ་)?\s*(?P<month>\d{1,2})\D{,5}ཚེས་\s*(?P<day>\d{1,2})"),
)
"""Vietnamese, Mongolian and Tibetan: the months are numbers."""


def iso_date(value: object, language: str | None = None) -> str | None:
    """A date as ISO 8601; None where it cannot be told. ``language`` settles names that two languages share.

    >>> iso_date("Fri, 31 May 2024 10:00:00 GMT"), iso_date(1696255500), iso_date("2.10.2023"), iso_date("02/10/2023")
    ('2024-05-31T10:00:00+00:00', '2023-10-02T14:05:00+00:00', '2023-10-02', None)
    """
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float):
            return _counted(str(int(value)), value % 1)
        if not isinstance(value, str):
            return _unwrapped(value, language)
        iso = _from_text(value, language)
        return None if iso and _is_of_another_calendar(iso, value) else iso
    except (ValueError, OverflowError, ArithmeticError):
        return None


def _is_of_another_calendar(iso: str, text: str) -> bool:
    """Whether a day is hardly one of ours: 1402-07-10 is one of 2023 in Iran, 2566-10-02 in Thailand, unless the name
    of a month says otherwise.
    """
    year = int(iso[:4]) if iso[:4].isdecimal() else 0
    return len(iso) > 4 and (1300 <= year < 1500 or year > 2299) and not re.search(r"[^\W\d_]{3}", text)


def _unwrapped(value: object, language: str | None) -> str | None:
    """The date in an object, as databases write them, or in a list: one date, or year, month, day."""
    if isinstance(value, Mapping):
        if {"year", "month"} <= value.keys():
            day = value.get("day")
            return _month(value["year"], value["month"]) if day is None else _day(value["year"], value["month"], day)
        inner = next((value[name] for name in _WRAPPED if value.get(name) is not None), None)
        return None if inner is None else iso_date(inner, language)
    if isinstance(value, list) and 3 <= len(value) <= 7 and all(type(entry) is int for entry in value):
        return _day(*value[:3])
    if isinstance(value, list) and len(value) < 20:
        return next((iso for item in value if (iso := iso_date(item, language))), None)
    return None


def _from_text(value: str, language: str | None) -> str | None:
    text = " ".join(value.split())
    if not text or len(text) > MOST_CHARACTERS:
        return None
    if match := _XML_DAY.fullmatch(text):
        return _iso(match[1])
    if (iso := _iso(text)) is not None:
        return iso
    text = "".join(str(unicodedata.decimal(character, character)) for character in unicodedata.normalize("NFKC", text))
    text = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text).strip("\"' ")
    text = re.sub("(\\d{4})[\u2010-\u2013\u2212](\\d\\d?)[\u2010-\u2013\u2212](?=\\d)", r"\1-\2-", text)
    if match := _NET.fullmatch(text):
        return _moment(int(match[1]) / 1000)
    if match := _PDF.fullmatch(text):
        return _with_offset(_digits(match[1].ljust(14, "0") if len(match[1]) > 8 else match[1]), match[2], match[3])
    if re.fullmatch(r"-?\d+([.,]\d+)?", text):
        digits, _, fraction = text.replace(",", ".").partition(".")
        if counted := _counted(digits, float(f"0.{fraction or 0}")):
            return counted
    return _iso(text) or _with_time(text, language)


def _iso(text: str) -> str | None:
    """ISO 8601 as it stands; its basic, week and ordinal forms as a plain date."""
    if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", text):
        return text if int(text[:4]) else None
    if re.fullmatch(r"\d{4}-\d{3}", text):
        return _ordinal(text[:4], text[5:])
    if text.isdecimal():
        return None
    for parse in (date.fromisoformat, datetime.fromisoformat):
        try:
            parsed = parse(text)
        except ValueError:
            continue
        return text if re.match(r"\d{4}-\d\d-\d\d", text) else parsed.isoformat()
    return None


def _ordinal(year: str, day: str) -> str | None:
    date_of_year = date(int(year), 1, 1) + timedelta(days=int(day) - 1)
    return date_of_year.isoformat() if int(day) and date_of_year.year == int(year) else None


def _counted(digits: str, fraction: float) -> str | None:
    """A number: a date in digits alone, or a count of seconds (or thousandths, and so on) since 1970."""
    if not fraction and (iso := _digits(digits)) is not None:
        return iso
    per_second = _EPOCHS.get(len(digits.removeprefix("-")))
    if not per_second:
        return None
    return _moment((int(digits) + fraction) / per_second)


def _digits(text: str) -> str | None:
    """A year, year and month, day, day of the year, or day and time in digits alone; None where it is none of these."""
    if not text.isdecimal() or not 1000 <= int(text[:4]) <= 2999:
        return None
    try:
        match len(text):
            case 4:
                return text
            case 6:
                # Year, month and day, two digits each?
                is_short_date = 1 <= int(text[2:4]) <= 12 and 1 <= int(text[4:]) <= 31
                return None if is_short_date else _month(text[:4], text[4:])
            case 7:
                return _ordinal(text[:4], text[4:])
            case 8:
                return _day(text[:4], text[4:6], text[6:])
            case 12 | 14:
                return datetime.strptime(text.ljust(14, "0"), "%Y%m%d%H%M%S").isoformat()
    except ValueError:
        pass
    return None


def _moment(seconds: float) -> str:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def _with_offset(iso: str | None, hours: str | None, minutes: str | None) -> str | None:
    return f"{iso}{hours}:{minutes or '00'}" if iso and hours and "T" in iso else iso


def _day(year: Any, month: Any, day: Any) -> str | None:
    return date(int(year), int(month), int(day)).isoformat()


def _month(year: Any, month: Any) -> str | None:
    return date(int(year), int(month), 1).isoformat()[:7]


def _with_time(text: str, language: str | None) -> str | None:
    """A date that may come with a time of day, which is taken out before the date is told."""
    text = _BRACKETED.sub("", text)
    dateless = text
    clock = next((match for match in _TIME.finditer(text) if _is_clock(text, match)), None)
    if clock:
        dateless = f"{text[: clock.start()]} {text[clock.end() :]}"
    dateless = re.sub(r"\s+", " ", dateless).strip(" ,;-–—|@")
    dateless = re.sub(r"(?<=\d)T$", "", dateless)
    day = _spelled(dateless, language, two_digits=clock is not None)
    if day is None or clock is None or len(day) != len("2023-10-02"):
        return day
    return _at(day, clock)


def _is_clock(text: str, match: re.Match[str]) -> bool:
    """Whether digits are a time of day: with dots only where a zone, a half of the day or an hour's word says so."""
    if int(match["hour"]) > 24 or int(match["minute"] or match["minutes"] or 0) > 59:
        return False
    if not match["minute"] or "." not in text[match.start("hour") : match.start("minute")]:
        return not re.match(r"\d{4}:\d\d:\d\d", text[max(match.start() - 2, 0) :]) or match.start() > 4
    zone = (match["zone"] or "").lower()
    return bool(match["half"] or zone in ("uhr", "h") or zone in _ZONES or _HOUR_BEFORE.search(text[: match.start()]))


def _at(day: str, clock: re.Match[str]) -> str:
    hour, minute = int(clock["hour"]), int(clock["minute"] or clock["minutes"] or 0)
    second = min(int(clock["second"] or clock["seconds"] or 0), 59)
    if half := (clock["half"] or "").lower() or _EASTERN_HALVES.get((clock["east"] or "").strip(), ""):
        hour = hour % 12 + 12 * half.startswith("p")
    moment = datetime.fromisoformat(day) + timedelta(hours=hour, minutes=minute, seconds=second)
    if clock["fraction"]:
        moment += timedelta(seconds=float("0." + clock["fraction"][1:7]))
    if clock["offset"]:
        sign, digits = clock["offset"][0], clock["offset"][1:].replace(":", "")
        minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
        moment = moment.replace(tzinfo=timezone(timedelta(minutes=-minutes if sign == "-" else minutes)))
    elif (zone := (clock["zone"] or "").lower()) in _ZONES:
        moment = moment.replace(tzinfo=timezone(timedelta(minutes=_ZONES[zone])))
    return moment.isoformat()


def _han_number(found: re.Match[str]) -> str:
    """A year by its digits (二〇二三), a month or a day as it is counted (二十五)."""
    written = found.group()
    tens, ten, ones = written.partition("十")
    if not ten:
        return "".join(_HAN_DIGITS[letter] for letter in written)
    return str(10 * int(_HAN_DIGITS.get(tens, "1")) + int(_HAN_DIGITS.get(ones, "0")))


def _spelled(text: str, language: str | None, two_digits: bool) -> str | None:
    """A day, a month or a year without a time."""
    if "年" in text or "月" in text:
        text = _HAN_NUMBER.sub(_han_number, text)
    if match := re.fullmatch(r"(\d{4})\s*年", text):
        return match[1]
    if match := _ROMAN_MONTH.fullmatch(text):
        month = _ROMAN.get(match[2].lower())
        return _day(match[3], month, match[1]) if month else None
    text = re.sub(r"\b[dlDL]['’](?=\w)", "", text)
    two_digits = two_digits or _TWO_DIGITS.fullmatch(text) is not None
    if match := re.fullmatch(_HAN_DAY, text) or re.match(
        rf"{_HAN_DAY.pattern}(?=\W|星期|周|週|[月火水木金土日]曜|$)", text
    ):
        year = int(match[1]) if match[1] else _ERAS.get(match[2], 0) + (1 if match[3] == "元" else int(match[3]))
        return _day(year, match[4], match[5]) if match[1] or match[2] in _ERAS else None
    if match := _HAN_MONTH.fullmatch(text):
        return _month(match[1], match[2])
    plain = _without_weekday(text)
    if (match := _YEAR_FIRST.fullmatch(plain)) and int(match[1]) >= _GREGORIAN:
        return _day(match[1], match[3], match[4]) if match[4] else _month(match[1], match[3])
    if match := _DAY_FIRST.fullmatch(plain):
        return _in_either_order(int(match[1]), int(match[3]), match[4], dotted=match[2] == ".")
    if match := _MONTH_YEAR.fullmatch(plain):
        return _month(match[2], match[1])
    if match := next(
        (candidate for pattern in _COUNTED_MONTHS if (candidate := pattern.match(plain.casefold()))), None
    ):
        return _day(match["year"], match["month"], match["day"]) if not _says_more(plain[match.end() :]) else None
    return _with_names(text, language, two_digits)


def _in_either_order(first: int, second: int, year: str, *, dotted: bool) -> str | None:
    """Day and month: dots put the day first everywhere; with slashes only a number over 12 tells which it is."""
    if dotted or first > 12 or first == second:
        return _day(year, second, first)
    return _day(year, first, second) if second > 12 else None


def _without_weekday(text: str) -> str:
    first = re.match(r"\D{2,40}?(?=\d)", text) if re.search(r"\d{4}", text) else None
    return text[first.end() :] if first and re.search(r"[^\W\d]", first[0]) and not _says_more(first[0]) else text


def _says_more(text: str) -> bool:
    """Whether there is a word that is no weekday and none that says nothing in a date."""
    return any(not is_of_days(word) and not is_filler(word) for word in WORD.findall(text.casefold()))


def _with_names(text: str, language: str | None, two_digits: bool) -> str | None:
    """A date whose month is a name in any language: one month, one year and at most one day, nothing else unknown."""
    found = WORD.findall(text.casefold())
    numbers = [word for word in found if word.isdecimal()]
    words = [word for word in found if not word.isdecimal()]
    # Before any name is looked up: most texts that are no dates, such as titles, end here.
    dated = any(len(number) == 4 for number in numbers) or (two_digits and len(numbers) == 2)
    if not dated or len(numbers) > 2 or len(words) > _MOST_WORDS:
        return None
    month, rest = _month_of(words, language)
    if month is None or _says_more(" ".join(rest)):
        return None
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if two_digits and not years and len(days) == 2:  # as in RFC 822
        years, days = [str((1900 if int(days[1]) > 68 else 2000) + int(days[1]))], days[:1]
    if len(years) != 1 or len(years) + len(days) != len(numbers):
        return None
    year = int(years[0])
    if 2400 < year < 2700 and any("\u0e00" <= letter <= "\u0e7f" for letter in text):
        year -= 543  # the Buddhist calendar, whose months and days are these
    return _day(year, month, days[0]) if days else _month(year, month)


def _month_of(words: list[str], language: str | None) -> tuple[int | None, list[str]]:
    """The one month that is named, and the words beside its name."""
    found: dict[int, set[int]] = {}
    spans: dict[int, int] = {}
    at = 0
    while at < len(words):
        for length in (3, 2, 1):
            months = months_named(" ".join(words[at : at + length]), language)
            if months and at + length <= len(words):
                found[at], spans[at] = months, length
                at += length - 1
                break
        at += 1
    if len(found) > 1:  # "mar." is a month and, before a date, Tuesday
        found = {at: months for at, months in found.items() if not is_of_days(words[at])}
    named = set.intersection(*found.values()) if found else set()
    if len(named) != 1:  # two names of one month, as Arabic has, are one
        return None, words
    of_names = {place for start in found for place in range(start, start + spans[start])}
    return named.pop(), [word for place, word in enumerate(words) if place not in of_names]

"""Where a time begins that is no one day, month or year: spans, seasons, quarters, decades, years that are near.

Start at `date_fields`, which is what every format keeps of a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from paraglot.indexer.readers.dates.dates import MOST_CHARACTERS, iso_date

_SHOWN = 200
_DOUBT = "[]()<>?~%©℗ 年"
"""What surrounds a date that a cataloguer is not sure of; ``~`` and ``%`` as in ISO 8601-2."""


def _any_of(words: str) -> str:
    """A pattern of words divided by spaces, in which ``_`` stands for one."""
    return "|".join(re.escape(part).replace("_", " ") for part in sorted(words.split(), key=len, reverse=True))


_NEAR_WORDS = _any_of(
    "ca circa c cca approx approximately about around probably um etwa ungefähr vers environ hacia alrededor_de "
    "cerca_de verso около приблизно близько ok około kolem okolo asi omstreeks omkring noin körül γύρω_στο 約 约 "
    "大約 大约 copyright cop p © ℗ early mid late anfang mitte ende début fin principios_de finales_de inizio fine "
    "начало конец początek koniec"
)
_NEAR = re.compile(
    rf"(?:(?:{_NEAR_WORDS})[.-]?\s*)+(?=[\[(<]?\d)|(?<=\d)\s*年?(?:頃|ごろ|前後|左右|년경|년 경| körül)", re.IGNORECASE
)
_DECADES = "(?:the|les années|années|anni|los años|años|década de|anos|de jaren|jaren)"
_DECADE = re.compile(
    r"([12]\d\d)0(?:['’]?s|er(?: jahre)?|[-‐–]?(?:е|х|ті|те|тих|talet|tallet|luku|luvulla|as évek|lerde)|年代|년대)"
    rf"|{_DECADES} ([12]\d\d)0s?|([12]\d\d)X",
    re.IGNORECASE,
)
_SEASON = _any_of(
    "spring summer autumn fall winter frühling frühjahr sommer herbst printemps été automne hiver primavera verano "
    "otoño invierno verão outono inverno estate autunno lente voorjaar zomer herfst najaar vår sommar höst vinter "
    "forår efterår kevät kesä syksy talvi весна лето осень зима літо осінь wiosna lato jesień zima jaro léto podzim "
    "tavasz nyár ősz tél ilkbahar yaz sonbahar kış άνοιξη καλοκαίρι φθινόπωρο χειμώνας ربيع صيف خريف شتاء אביב קיץ "
    "סתיו חורף 春 夏 秋 冬 春季 夏季 秋季 冬季 봄 여름 가을 겨울"
)
_YEAR = r"([12]\d{3})(?:\s*[-/–]\s*(?:\d\d){1,2})?"
_IN_A_SEASON = re.compile(
    rf"(?:{_SEASON})(?: de| del| di| do| of|,)?\s*{_YEAR}|{_YEAR}\s*[,年년]?\s*(?:{_SEASON})"
    r"|([12]\d{3})-(?:2[1-9]|3[0-9]|4[01])",  # seasons, quarters and halves of ISO 8601-2
    re.IGNORECASE,
)
_QUARTER = re.compile(
    r"(?:[qt](?P<a>[1-4])|(?P<b>[1-4])(?:\.|st|nd|rd|th|er|ère|e|ème|º|°|-й)? ?(?:q|quarter|quartal|trimestre|kwartaal|"
    r"kwartał|квартал))[ ,/-]*(?P<year>[12]\d{3})|(?P<first>[12]\d{3})[ ,/-]*[qt](?P<c>[1-4])",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"(?:{_any_of('between from since zwischen von seit entre de del depuis desde dal tra van sinds с от между')})\s+",
    re.IGNORECASE,
)
_ENDLESS = re.compile(
    _any_of(
        "present now today current heute jetzt aujourd’hui aujourd'hui actualidad hoy oggi heden настоящее_время .."
    )
    + "|至今|現在|今",
    re.IGNORECASE,
)
_TO = re.compile(
    r"\s+(?:to|and|until|till|through|bis|und|à|au|et|a|al|y|hasta|e|até|tot|en|по|до|и|do|i)\s+|\s*(?:[-–—−/]|\.\.|[〜～~]|至|から)\s*",
    re.IGNORECASE,
)


def date_fields(value: object, language: str | None = None) -> dict[str, Any]:
    """The fields of a date; one that cannot be told, or only where it begins, is kept as it was given, too."""
    if value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip()):
        return {}
    found = iso_date(value, language)
    if found:
        return {"date": found}
    if isinstance(value, str) and (start := near_date(value, language)):
        return {"date": start, "date_as_given": value.strip()}
    return {"date_as_given": value.strip()[:_SHOWN] if isinstance(value, str) else value}


def near_date(written: str, language: str | None = None) -> str | None:
    """Where the time that a text names begins, as ISO 8601; None where that is not sure, or a century.

    >>> near_date("[1759?]"), near_date("ca. 1520"), near_date("1520s"), near_date("[17--]"), near_date("before 1520")
    ('1759', '1520', '1520', None, None)
    >>> near_date("1778-1780"), near_date("12-15 May 2024"), near_date("Winter 2019/20"), near_date("Q3 2023")
    ('1778', '2024-05-12', '2019', '2023-07')
    """
    text = " ".join(
        "".join(
            str(unicodedata.decimal(character, character)) for character in unicodedata.normalize("NFKC", written)
        ).split()
    )
    if len(text) > MOST_CHARACTERS or not re.search(r"[12]\d\d", text):
        return None
    bare = re.sub(r"(?<=\d) ?(?:гг?|рр?|годы|годов|роки)\.?$", "", text.strip(_DOUBT))
    return _one(bare, language) or (iso_date(bare, language) if bare != text else None) or _span(bare, language)


def _one(text: str, language: str | None) -> str | None:
    """A year that is near, a decade, a season or a quarter."""
    bare = _NEAR.sub("", text).strip(_DOUBT + ".")
    if found := _DECADE.fullmatch(bare):
        return f"{found[1] or found[2] or found[3]}0"
    if found := _IN_A_SEASON.fullmatch(bare):
        return str(found[1] or found[2] or found[3])
    if found := _QUARTER.fullmatch(bare):
        quarter = int(found["a"] or found["b"] or found["c"])
        return f"{found['year'] or found['first']}-{3 * quarter - 2:02}"
    if re.fullmatch(r"[12]\d{3}", bare):
        return bare
    return iso_date(bare, language) if bare != text and re.search(r"[12]\d{3}", bare) else None


def _span(text: str, language: str | None) -> str | None:
    """The beginning of what goes on until another date, or has not ended."""
    opened = _FROM.match(text)
    text = text[opened.end() :] if opened else text
    if opened and (since := _one_or_date(text, language)):
        return since
    for between in _TO.finditer(text):
        left, right = text[: between.start()].strip(_DOUBT), text[between.end() :].strip(_DOUBT)
        if not right or _ENDLESS.fullmatch(right):
            return _one_or_date(left, language) if re.search(r"[12]\d{3}|[^\W\d]", left) else None
        if not _divides(between.group(), left, right):
            continue
        for first, last in _completed(left, right):
            start, end = _one_or_date(first, language), _one_or_date(last, language)
            if start and end and start < end:
                return start
    return None


def _divides(between: str, left: str, right: str) -> bool:
    """Whether a sign stands between two dates: without spaces it may as well stand in one, as in ``01-02-2023``."""
    if not re.fullmatch(r"[-/−–—]", between):
        return True
    years = re.fullmatch(r"[12]\d{3}", left) and re.fullmatch(r"[12]\d{3}|\d\d", right)
    return bool(years or re.search(r"[^\W\d]", left + right) or (len(left) == len(right) >= 7))


def _completed(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Both dates whole: what one of them leaves out, it has from the other."""
    yield left, right
    if re.fullmatch(r"\d{4}", left) and re.fullmatch(r"\d\d", right):
        yield left, left[:2] + right
    if year := re.search(r"\b[12]\d{3}\b", right):
        if re.search(r"[^\W\d]", left):
            yield f"{left} {year.group()}", right
            yield f"{left} {year.group()}", re.sub(r"\d{1,2}$", "", left) + right  # May 12 - 15, 2024
        elif re.fullmatch(r"\d{1,2}\.?", left):
            yield re.sub(r"^\d{1,2}\.?", left, right), right


def _one_or_date(text: str, language: str | None) -> str | None:
    return iso_date(text, language) or _one(text, language)

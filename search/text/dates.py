"""ISO 8601 dates as spans of time: ``2024``, ``2024-05`` and ``2024-05-31T10:00Z`` compare as readers expect."""

from __future__ import annotations

import math
import re
import time
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple

_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
_YEAR_OR_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?")


class Period(NamedTuple):
    """From ``start`` up to, not including, ``end``: seconds since 1970 in UTC."""

    start: float
    end: float


def read_period(text: str) -> Period | None:
    """The time that a date names; None where it is not ISO 8601. A time without a zone is UTC.

    >>> read_period("1970-01-01")
    Period(start=0.0, end=86400.0)
    """
    try:
        if match := _YEAR_OR_MONTH.fullmatch(text):
            return _year_or_month(int(match[1]), int(match[2]) if match[2] else None)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            instant = _seconds(datetime.fromisoformat(text))
            return Period(instant, math.nextafter(instant, math.inf))
        start = _seconds(datetime(day.year, day.month, day.day))
        return Period(start, start + timedelta(days=1).total_seconds())
    except (ValueError, OverflowError):
        return None


def _year_or_month(year: int, month: int | None) -> Period:
    start = _seconds(datetime(year, month or 1, 1))
    following = year + 1 if month in (None, 12) else year
    if following > date.max.year:
        return Period(start, math.inf)
    return Period(start, _seconds(datetime(following, 1 if month in (None, 12) else month + 1, 1)))


def _seconds(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def duration_s(text: str) -> float | None:
    """The seconds of a time that is written as people set one: ``30s``, ``15m``, ``2h``, ``30d``; None for all else.

    >>> duration_s("15m"), duration_s("2h"), duration_s("soon")
    (900.0, 7200.0, None)
    """
    match = _DURATION.fullmatch(text)
    return None if match is None else float(match[1]) * _UNIT_S[match[2]]


def retry_after_s(header: str) -> float | None:
    """The seconds that ``Retry-After`` (RFC 9110) asks for, in either of its forms; None: it does not say.

    >>> retry_after_s("120"), retry_after_s("Thu, 01 Jan 1970 00:00:00 GMT"), retry_after_s("soon")
    (120.0, 0.0, None)
    """
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError):
        return None

"""Dates as feeds and pages write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?)?")


def iso_date(text: str | None) -> str | None:
    """A date of RFC 822 or ISO 8601 (``20240531T1000Z`` too) as ISO 8601; None where it is neither.

    >>> iso_date("Fri, 31 May 2024 10:00:00 GMT")
    '2024-05-31T10:00:00+00:00'
    """
    text = (text or "").strip()
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(text)
            return text if "-" in text else _dashed(text)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def date_fields(text: str | None) -> dict[str, object]:
    """The field of a date; one that cannot be told is kept under another name rather than lost."""
    if not text or not text.strip():
        return {}
    found = iso_date(text)
    return {"date": found} if found else {"date_as_given": text.strip()[:200]}


def _dashed(text: str) -> str:
    found = _COMPACT.match(text)
    if not found or found.group(4):
        return datetime.fromisoformat(text).isoformat()
    return "-".join(found.groups()[:3])

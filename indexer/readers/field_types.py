"""What ``--field OURS=THEIRS:TYPE`` makes of a text: a number, a list, a truth. What it is none of stays a text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

_TRUE = frozenset(("true", "yes", "1", "y", "t", "on"))
_FALSE = frozenset(("false", "no", "0", "n", "f", "off"))
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([, '’\u00a0\u202f])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_GROUPED_BY_DOTS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")


_EITHER_WAY = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


def may_be_two(value: object, kind: str) -> bool:
    """Whether a text is one number to who groups digits by its mark, and another to who has decimals behind it.

    >>> may_be_two("2.004", "number"), may_be_two("2,004", "number"), may_be_two("2.04", "number")
    (True, True, False)
    """
    return kind == "number" and isinstance(value, str) and _EITHER_WAY.fullmatch(value.strip()) is not None


def typed(value: object, kind: str) -> object:
    """A value as one of `TYPES`; one that is no text, or that it cannot be read from, as it is.

    >>> typed("a; b", "list"), typed("1,234.5", "number"), typed("3,5", "number"), typed("soon", "number")
    (['a', 'b'], 1234.5, 3.5, 'soon')
    """
    return TYPES[kind](value.strip()) if isinstance(value, str) else value


def _list(text: str) -> object:
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    divider = next((sign for sign in ("\n", "|", ";", ",", "、", "،") if sign in text), ",")
    return [part for entry in text.split(divider) if (part := entry.strip())]


def _number(text: str) -> object:
    bare = text
    if _GROUPED.fullmatch(text):
        bare = re.sub("[, '’\u00a0\u202f]", "", text)
    elif _GROUPED_BY_DOTS.fullmatch(text) and ("," in text or text.count(".") > 1):
        bare = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d+,\d+", text):
        bare = text.replace(",", ".")
    try:
        return int(bare) if re.fullmatch(r"[+-]?\d{1,300}", bare) else _finite(float(bare), text)
    except ValueError:
        return text


def _finite(number: float, text: str) -> object:
    return number if abs(number) < float("inf") else text


def _boolean(text: str) -> object:
    small = text.lower()
    return True if small in _TRUE else False if small in _FALSE else text


TYPES: dict[str, Callable[[str], object]] = {"text": str, "list": _list, "number": _number, "boolean": _boolean}
"""What ``--field`` takes behind the colon."""

"""What an attribute's value is, the same in every index that answers out of parts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from paraglot.search.parts.protocols import Scalar
from paraglot.search.text.dates import read_period
from paraglot.search.text.normal_form import composed
from paraglot.search.types import Article, Paragraph

OF_ARTICLES = ("id", "title", "url", "date", "source")
LANGUAGE = "language"
"""The one attribute that is a paragraph's own."""

_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def number_of(value: Scalar) -> float:
    """A value as a number; NaN for what is none, infinity for what is beyond all that a float can be."""
    if isinstance(value, bool | str):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def start_of(value: Scalar | None, partial: bool) -> float:
    """When a date begins, in seconds since 1970; NaN for what is none. ``partial``: a year or a month is a date too."""
    if not isinstance(value, str) or not (partial or _FULL_DATE.match(value)):
        return math.nan
    period = read_period(value)
    return math.nan if period is None else period.start


@overload
def compare(values: float, sign: str, start: float, end: float) -> bool: ...
@overload
def compare(values: NDArray[np.float64], sign: str, start: float, end: float) -> NDArray[np.bool_]: ...
def compare(values: Any, sign: str, start: float, end: float) -> Any:
    """Values before, until, from or after the span from ``start`` to ``end``; NaN is never in any.

    For a number both are the same, and then "<=" and ">" must count the number itself in or out.
    """
    with np.errstate(invalid="ignore"):
        match sign:
            case "<":
                return values < start
            case ">=":
                return values >= start
            case "<=":
                return values <= start if start == end else values < end
            case _:
                return values > start if start == end else values >= end


def scalars(value: Any, name: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every scalar in a JSON value, by the names that lead to it; names and texts composed.

    >>> list(scalars({"a": {"b": [1, "x"]}, "c": None}))
    [('a.b', 1), ('a.b', 'x')]
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from scalars(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner, name)
    elif value is not None:
        yield composed(name), composed(value) if isinstance(value, str) else value


def values_of(article: Article, paragraph: Paragraph) -> dict[str, list[Scalar]]:
    """The values of every attribute of a paragraph: its article's, each once, and its own language."""
    values: dict[str, list[Scalar]] = {}
    for name, value in scalars(dict(article.attributes)):
        if name not in {*OF_ARTICLES, LANGUAGE} and value not in values.setdefault(name, []):
            values[name].append(value)
    head = {name: getattr(article, name) for name in OF_ARTICLES}
    values |= {name: [composed(value)] for name, value in head.items() if value is not None}
    return values | {LANGUAGE: [paragraph.language]}

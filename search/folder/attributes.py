"""The attributes of the articles of one generation, by column: which rows a filter lets through, values for facets.

A column is read from the store when it is first asked for. Of an attribute within an attribute the name has dots
(``author.name``); each entry of a list counts as a value of its own. Comparing is by type: no text equals a
number.
"""

from __future__ import annotations

import json
import math
import operator
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.index import LanguageCount
from paraglot.search.query.filters import ORDERED, And, Condition, Filter, Not, Or, Value
from paraglot.search.text.dates import read_period
from paraglot.search.text.normal_form import composed

Scalar: TypeAlias = str | int | float | bool
Mask: TypeAlias = NDArray[np.bool_]
Select: TypeAlias = Callable[[str], Iterable[Any]]
"""Runs a statement; gives records, whose fields are read by name."""

OF_ARTICLES = ("id", "title", "url", "date", "source")
LANGUAGE = "language"
"""The one attribute that is a paragraph's own."""

_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Column:
    """The values of one attribute. Holders are counted from 0: articles, or paragraphs for the language.

    ``values`` has each distinct value once; entry i says that holder ``holders[i]`` (``int32``, ascending) has the
    value with the number ``codes[i]`` (``int32``).
    """

    def __init__(self, entries: Iterable[tuple[int, Scalar]], partial_dates: bool = False) -> None:
        self._code: dict[tuple[bool, Scalar], int] = {}
        self._partial_dates = partial_dates
        pairs = [(holder, self._number(value)) for holder, value in entries]
        table = np.array(pairs, np.int32).reshape(-1, 2)
        self.holders, self.codes = table[:, 0].copy(), table[:, 1].copy()
        self.values: list[Scalar] = [value for _, value in self._code]
        self._numbers: NDArray[np.float64] | None = None
        self._starts: NDArray[np.float64] | None = None

    def of(self, holder: int) -> list[Scalar]:
        """The values of one holder."""
        first, last = np.searchsorted(self.holders, [holder, holder + 1])
        return [self.values[code] for code in self.codes[first:last]]

    def having(self, wanted: Mask, count: int) -> Mask:
        """Which of ``count`` holders have a value that is ``wanted`` (one truth per distinct value)."""
        found = np.zeros(count, np.bool_)
        found[self.holders[wanted[self.codes]]] = True
        return found

    def wanted(self, condition: Condition) -> Mask:
        """Which of the distinct values the condition is true of."""
        if condition.operator == "EXISTS":
            return np.ones(len(self.values), np.bool_)
        if condition.operator in ORDERED:
            return self._ordered(condition.operator, condition.values[0])
        found = np.zeros(len(self.values), np.bool_)
        for value in condition.values:
            found |= self._equal(value)
        return found

    def starts(self) -> NDArray[np.float64]:
        """When each distinct value begins, in seconds since 1970; NaN where it is no date."""
        if self._starts is None:
            self._starts = np.array([self._start(value) for value in self.values], np.float64)
        return self._starts

    def _number(self, value: Scalar) -> int:
        value = composed(value) if isinstance(value, str) else value
        return self._code.setdefault((isinstance(value, bool), value), len(self._code))

    def _start(self, value: Scalar) -> float:
        if not isinstance(value, str) or not (self._partial_dates or _FULL_DATE.match(value)):
            return math.nan
        period = read_period(value)
        return math.nan if period is None else period.start

    def _equal(self, value: Value) -> Mask:
        found = np.zeros(len(self.values), np.bool_)
        keys: list[tuple[bool, Scalar | None]] = [(False, value.text), (False, value.number), (True, value.boolean)]
        found[[self._code[key] for key in keys if key in self._code]] = True
        if value.period:
            starts = self.starts()
            found |= (starts >= value.period.start) & (starts < value.period.end)
        return found

    def _ordered(self, sign: str, value: Value) -> Mask:
        found = np.zeros(len(self.values), np.bool_)
        if value.number is not None:
            found |= _compare(self._as_numbers(), sign, value.number, value.number)
        if value.period:
            # On or before a day means until its end; after it, from its end on.
            found |= _compare(self.starts(), sign, value.period.start, value.period.end)
        return found

    def _as_numbers(self) -> NDArray[np.float64]:
        if self._numbers is None:
            self._numbers = np.array([_float(value) for value in self.values], np.float64)
        return self._numbers


class LanguageColumn(Column):
    """Languages: a tag stands for its varieties too (``zh`` for ``zh-TW``), in any case."""

    def _equal(self, value: Value) -> Mask:
        tag = value.text.lower()
        return np.array([one == tag or one.startswith(tag + "-") for one in map(_lower, self.values)], np.bool_)


class Attributes:
    """All columns of one generation. Safe to share between threads."""

    def __init__(self, select: Select) -> None:
        """``select`` runs a statement in which ``{visible}`` stands for the condition of the generation."""
        self._select = select
        self._lock = threading.RLock()
        self._columns: dict[str, Column] = {}
        self._rows: NDArray[np.int64] | None = None
        self._article_of: NDArray[np.int32] = np.empty(0, np.int32)
        self._articles = 0
        self._dates: NDArray[np.float64] | None = None
        self._own_read = False

    def within(self, seen: BitMap) -> Attributes:
        """The attributes as they would be of the rows ``seen`` alone; the columns are shared."""
        return _PartOfAttributes(self, seen)

    def rows(self, tree: Filter) -> BitMap:
        """The rows that a filter lets through."""
        return BitMap(self._paragraphs()[self._mask(tree)].tolist())

    def in_use(self) -> set[str]:
        """The attributes whose columns were read already."""
        with self._lock:
            return set(self._columns)

    def warm(self, names: Iterable[str]) -> None:
        """Read the columns of ``names`` beforehand, as far as there are such, and what every filter needs."""
        for name in names:
            self._column(name)
            self._paragraphs()

    def names(self) -> list[str]:
        """All attributes that any article has, the further fields of the input included."""
        with self._lock:
            self._read_own()
            return sorted({*OF_ARTICLES, LANGUAGE, *self._columns})

    def languages(self, rows: BitMap | None = None) -> list[LanguageCount]:
        """The languages of ``rows`` (None: all), that of the most paragraphs first, ties by tag."""
        column, paragraphs = self._column(LANGUAGE), self._paragraphs()
        if column is None:
            return []
        places = np.arange(len(paragraphs)) if rows is None else np.searchsorted(paragraphs, rows.to_array())
        codes = column.codes[places]
        counted = np.bincount(codes, minlength=len(column.values)).tolist()
        held = np.unique(np.stack([codes, self._article_of[places]]), axis=1)[0]
        articles = np.bincount(held, minlength=len(column.values)).tolist()
        found = zip(map(str, column.values), articles, counted, strict=True)
        return sorted((LanguageCount(*one) for one in found if one[2]), key=lambda one: (-one.paragraphs, one.language))

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that no article has."""
        return [name for name in dict.fromkeys(names) if self._column(name) is None]

    def values(self, name: str, rows: Sequence[int]) -> list[list[Scalar]]:
        """The values of an attribute for each of ``rows``, in their order; empty where there is none."""
        column = self._column(name)
        if column is None:
            return [[] for _ in rows]
        return [column.of(holder) for holder in self._holders(name, rows)]

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """When the article of each of ``rows`` is from, in seconds since 1970; NaN where it has no date."""
        holders = self._holders("date", rows)
        column = self._column("date")
        with self._lock:
            if self._dates is None:
                self._dates = np.full(self._articles, np.nan)
                if column is not None and len(column.values):
                    self._dates[column.holders] = column.starts()[column.codes]
            return self._dates[holders]

    def names_of(self, rows: BitMap) -> set[str]:
        """The attributes that an article of one of ``rows`` has, besides those that all can have."""
        paragraphs = self._paragraphs()
        held = np.zeros(self._articles, np.bool_)
        held[self._article_of[np.searchsorted(paragraphs, rows.to_array())]] = True
        with self._lock:
            self._read_own()
            own = [(name, self._columns[name]) for name in self._columns.keys() - {*OF_ARTICLES, LANGUAGE}]
        return {name for name, column in own if held[column.holders].any()}

    def _mask(self, tree: Filter) -> Mask:
        match tree:
            case Condition():
                return self._condition(tree)
            case Not(part):
                return ~self._mask(part)
            case And(parts):
                return reduce(operator.and_, map(self._mask, parts))
            case Or(parts):
                return reduce(operator.or_, map(self._mask, parts))

    def _condition(self, condition: Condition) -> Mask:
        if condition.operator == "!=":
            return ~self._condition(Condition(condition.name, "=", condition.values))
        paragraphs = self._paragraphs()
        column = self._column(condition.name)
        if column is None:
            return np.zeros(len(paragraphs), np.bool_)
        wanted = column.wanted(condition)
        if condition.name == LANGUAGE:
            return column.having(wanted, len(paragraphs))
        return column.having(wanted, self._articles)[self._article_of]

    def _holders(self, name: str, rows: Sequence[int]) -> list[int]:
        places = np.searchsorted(self._paragraphs(), np.asarray(rows, np.int64))
        holders: list[int] = (places if name == LANGUAGE else self._article_of[places]).tolist()
        return holders

    def _paragraphs(self) -> NDArray[np.int64]:
        """All rows, ascending."""
        with self._lock:
            if self._rows is None:
                ids = list(self._select("SELECT id FROM article WHERE {visible} ORDER BY key"))
                place = {record["id"]: number for number, record in enumerate(ids)}
                self._articles = len(ids)
                found = list(self._select("SELECT row, article_id FROM paragraph WHERE {visible} ORDER BY row"))
                self._article_of = np.array([place[record["article_id"]] for record in found], np.int32)
                self._rows = np.array([record["row"] for record in found], np.int64)
            return self._rows

    def _column(self, name: str) -> Column | None:
        """The column of an attribute; None where no article has it."""
        name = composed(name)
        with self._lock:
            if name not in self._columns:
                if name == LANGUAGE:
                    found = self._select("SELECT language FROM paragraph WHERE {visible} ORDER BY row")
                    self._columns[name] = LanguageColumn(_entries(found, LANGUAGE))
                elif name in OF_ARTICLES:
                    found = self._select(f"SELECT {name} FROM article WHERE {{visible}} ORDER BY key")
                    self._columns[name] = Column(_entries(found, name), partial_dates=name == "date")
                else:
                    self._read_own()
            return self._columns.get(name)

    def _read_own(self) -> None:
        """Read the further fields of the input, all in one pass."""
        if self._own_read:
            return
        entries: dict[str, list[tuple[int, Scalar]]] = {}
        for holder, record in enumerate(self._select("SELECT attributes FROM article WHERE {visible} ORDER BY key")):
            if record["attributes"] != "{}":
                for name, value in _flat("", json.loads(record["attributes"])):
                    entries.setdefault(name, []).append((holder, value))
        for name in entries.keys() - {*OF_ARTICLES, LANGUAGE}:
            self._columns[name] = Column(entries[name])
        self._own_read = True


class _PartOfAttributes(Attributes):
    """The attributes of some rows of a generation."""

    def __init__(self, whole: Attributes, seen: BitMap) -> None:
        super().__init__(whole._select)
        self._whole, self._seen = whole, seen
        self._names: set[str] | None = None

    def rows(self, tree: Filter) -> BitMap:
        return self._whole.rows(tree) & self._seen

    def in_use(self) -> set[str]:
        return self._whole.in_use()

    def warm(self, names: Iterable[str]) -> None:
        self._whole.warm(names)

    def names(self) -> list[str]:
        if self._names is None:
            self._names = {*OF_ARTICLES, LANGUAGE} | self._whole.names_of(self._seen)
        return sorted(self._names)

    def languages(self, rows: BitMap | None = None) -> list[LanguageCount]:
        return self._whole.languages(self._seen if rows is None else rows & self._seen)

    def unknown(self, names: Iterable[str]) -> list[str]:
        known = self.names()
        return [name for name in dict.fromkeys(names) if name not in known]

    def values(self, name: str, rows: Sequence[int]) -> list[list[Scalar]]:
        return self._whole.values(name, rows)

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        return self._whole.dates(rows)


def _entries(records: Iterable[Any], name: str) -> Iterator[tuple[int, Scalar]]:
    for holder, record in enumerate(records):
        if record[name] is not None:
            yield holder, record[name]


def _flat(name: str, value: Any) -> Iterator[tuple[str, Scalar]]:
    """Every scalar in a JSON value, by the names that lead to it."""
    if isinstance(value, dict):
        for own, inner in value.items():
            yield from _flat(f"{name}.{own}" if name else own, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(name, inner)
    elif value is not None:
        yield composed(name), value


def _compare(values: NDArray[np.float64], sign: str, start: float, end: float) -> Mask:
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


def _float(value: Scalar) -> float:
    if isinstance(value, bool | str):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _lower(value: Scalar) -> str:
    return str(value).lower()

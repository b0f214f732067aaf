"""Attributes as documents have them: one field of keywords, in which every type of value has its own order.

An entry is the name of the attribute, a sign for the type, and the value so written that the order of the letters is
that of the values. So equality and ranges are asked of one field, whatever attributes there are.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping, Sequence

from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.schema import kept_term, kept_value
from paraglot.search.parts.attributes import LANGUAGE, number_of, start_of
from paraglot.search.parts.protocols import Scalar
from paraglot.search.query.filters import ORDERED, And, Condition, Filter, Not, Or, Value
from paraglot.search.text.normal_form import composed

TEXT, NUMBER, BOOLEAN, START = "t", "n", "b", "s"
"""Types of entries; a text that is a date has another of its start."""

_END = "\0"

_EXACTLY = ":"
"""After a number that stands for a whole one that is no float: the digits of that."""


def entries(values: Mapping[str, Sequence[Scalar]]) -> list[str]:
    """The entries of all values of a paragraph, by the names of its attributes."""
    return sorted({entry for name, of_name in values.items() for value in of_name for entry in _entries(name, value)})


def tag_prefixes(language: str) -> list[str]:
    """A language and what it is a variety of.

    >>> tags("zh-Hant-TW")
    ['zh', 'zh-hant', 'zh-hant-tw']
    """
    parts = language.lower().split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts) + 1)]


def filter_query(tree: Filter) -> Json:
    """A filter as a query."""
    match tree:
        case Not(part):
            return {"bool": {"must_not": [filter_query(part)]}}
        case And(parts):
            return {"bool": {"filter": [filter_query(part) for part in parts]}}
        case Or(parts):
            return any_of([filter_query(part) for part in parts])
        case Condition(name, "!=", values):
            return {"bool": {"must_not": [filter_query(Condition(name, "=", values))]}}
        case Condition(name, "EXISTS"):
            return {"term": {"names": kept_term(composed(name))}}
        case Condition(name, sign, values) if sign in ORDERED:
            return _range_by_sign(composed(name), sign, values[0])
        case Condition(name, _, values):
            return any_of([query for value in values for query in _equal_queries(composed(name), value)])


def any_of(queries: Sequence[Json]) -> Json:
    """What meets one of several queries; of none nothing does."""
    return {"bool": {"should": list(queries), "minimum_should_match": 1}} if queries else {"match_none": {}}


class ReadAttributes:
    """The attributes of some rows, as they were read."""

    def __init__(self, hits: Mapping[int, Json]) -> None:
        """``hits`` by row, with the column ``attributes``."""
        self._entries = {row: hit["fields"].get("attributes", []) for row, hit in hits.items()}

    def values(self, name: str, rows: Sequence[int]) -> list[list[Scalar]]:
        """The values of an attribute for each of ``rows``, in their order; empty where there is none."""
        return [list(self._values(kept_term(composed(name)) + _END, self._entries.get(row, []))) for row in rows]

    def _values(self, beginning: str, entries: Sequence[str]) -> Iterator[Scalar]:
        for entry in entries:
            if entry.startswith(beginning):
                kind, value = entry[len(beginning)], entry[len(beginning) + 1 :]
                if kind == TEXT:
                    yield value
                elif kind == NUMBER:
                    yield _number(value)
                elif kind == BOOLEAN:
                    yield value == "1"


def _entries(name: str, value: Scalar) -> Iterator[str]:
    if isinstance(value, bool):
        yield _entry(name, BOOLEAN, str(int(value)))
    elif isinstance(value, str):
        yield _entry(name, TEXT, kept_value(value))
        if not math.isnan(start := start_of(value, name == "date")):
            yield _entry(name, START, _sortable(start))
    else:
        nearest = number_of(value)
        yield _entry(name, NUMBER, _sortable(nearest) + ("" if value == nearest else f"{_EXACTLY}{value}"))


def _equal_queries(name: str, value: Value) -> Iterator[Json]:
    """By type: no text equals a number; a language stands for its varieties, a day for its hours."""
    if name == LANGUAGE:
        yield {"term": {"tags": value.text.lower()}}
        return
    yield _term_query(name, TEXT, kept_value(value.text))
    if value.number is not None:
        yield _term_query(name, NUMBER, _sortable(value.number))
    if value.boolean is not None:
        yield _term_query(name, BOOLEAN, str(int(value.boolean)))
    if value.period is not None:
        yield _range_query(name, START, gte=_sortable(value.period.start), lt=_sortable(value.period.end))


def _range_by_sign(name: str, sign: str, value: Value) -> Json:
    """On or before a day means until its end; after it, from its end on."""
    found = []
    if value.number is not None:
        number = _sortable(value.number)
        after = number + chr(ord(_EXACTLY) + 1)
        found.append(
            _range_query(name, NUMBER, **{"lt" if "<" in sign else "gte": number if sign in ("<", ">=") else after})
        )
    if value.period is not None:
        start, end = _sortable(value.period.start), _sortable(value.period.end)
        at_once = start == end
        bounds = {
            "<": {"lt": start},
            ">=": {"gte": start},
            "<=": {"lte": start} if at_once else {"lt": end},
            ">": {"gt": start} if at_once else {"gte": end},
        }
        found.append(_range_query(name, START, **bounds[sign]))
    return any_of(found)


def _term_query(name: str, kind: str, value: str) -> Json:
    return {"term": {"attributes": _entry(name, kind, value)}}


def _range_query(name: str, kind: str, **bounds: str) -> Json:
    """Entries of a name and a type within bounds; where there is none, within all of them."""
    lowest, highest = {"gte": _entry(name, kind, "")}, {"lt": _entry(name, chr(ord(kind) + 1), "")}
    entries = {bound: _entry(name, kind, value) for bound, value in bounds.items()}
    lower = {} if entries.keys() & {"gt", "gte"} else lowest
    upper = {} if entries.keys() & {"lt", "lte"} else highest
    return {"range": {"attributes": {**lower, **upper, **entries}}}


def _entry(name: str, kind: str, value: str) -> str:
    return f"{kept_term(name)}{_END}{kind}{value}"


def _sortable(number: float) -> str:
    """A number in sixteen letters whose order is that of numbers.

    >>> _sortable(-1.0) < _sortable(-0.5) < _sortable(0.0) == _sortable(-0.0) < _sortable(2.0) < _sortable(10.0)
    True
    """
    [bits] = struct.unpack(">Q", struct.pack(">d", number + 0.0))
    return f"{bits ^ (0xFFFFFFFFFFFFFFFF if bits >> 63 else 1 << 63):016x}"


def _number(written: str) -> int | float:
    sortable, _, exactly = written.partition(_EXACTLY)
    if exactly:
        return int(exactly)
    bits = int(sortable, 16)
    [number] = struct.unpack(">d", struct.pack(">Q", bits ^ (1 << 63 if bits >> 63 else 0xFFFFFFFFFFFFFFFF)))
    return float(number)

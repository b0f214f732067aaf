"""The attributes of the articles of one generation: which rows a filter lets through, values for facets.

Of an attribute within an attribute the name has dots (``author.name``); each entry of a list counts as a value of its
own. Comparing is by type: no text equals a number.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.folder.columns import Column, Columns, Segment, bitmap
from paraglot.search.index import ArticleKey, LanguageCount
from paraglot.search.parts.attributes import LANGUAGE, OF_ARTICLES, compare, number_of
from paraglot.search.parts.protocols import Scalar
from paraglot.search.query.filters import ORDERED, And, Condition, Filter, Not, Or, Value
from paraglot.search.text.normal_form import composed

Mask: TypeAlias = NDArray[np.bool_]


class Attributes:
    """What the columns of a generation, or of a part of its rows, say of the articles. Safe to share between threads.

    Every answer is as if there were no other rows.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def rows(self, tree: Filter) -> BitMap:
        """The rows that a filter lets through."""
        by_segment = [bitmap(segment.rows[_mask(segment, tree)]) for segment in self._columns.segments]
        return BitMap.union(BitMap(), *by_segment) & self._columns.live_rows

    def rows_from(self, predicate: Callable[[str], bool]) -> BitMap:
        """The rows of articles whose source the ``predicate`` is true of."""
        return self._having("source", lambda column: [predicate(str(value)) for value in column.values])

    def rows_in_languages(self, tags: Iterable[str]) -> BitMap:
        """The rows whose language is one of ``tags`` or a variety of one (``zh`` includes ``zh-TW``)."""
        lowered = [tag.lower() for tag in tags]

        def matching(column: Column) -> Mask:
            none = np.zeros(len(column.values), np.bool_)
            return reduce(operator.or_, [_varieties(column, tag) for tag in lowered], none)

        return self._having(LANGUAGE, matching)

    def names(self) -> list[str]:
        """All attributes that any article has, the further fields of the input included."""
        return sorted({*OF_ARTICLES, LANGUAGE, *self._own_names})

    def languages(self) -> list[LanguageCount]:
        """The languages, that of the most paragraphs first, ties by tag."""
        counts: dict[str, int] = {}
        articles: dict[str, list[NDArray[np.uint64]]] = {}
        for segment, places in zip(self._columns.segments, self._columns.places, strict=True):
            codes, articles_of = segment.languages.codes[places], segment.articles[places]
            for code in np.unique(codes).tolist():
                members, tag = articles_of[codes == code], str(segment.languages.values[code])
                counts[tag] = counts.get(tag, 0) + len(members)
                articles.setdefault(tag, []).append(segment.hashes[np.unique(members)])
        languages = [LanguageCount(tag, len(np.unique(np.concatenate(articles[tag]))), counts[tag]) for tag in counts]
        return sorted(languages, key=lambda language: (-language.paragraphs, language.language))

    def count_articles(self) -> int:
        """How many articles have a row."""
        pairs = zip(self._columns.segments, self._columns.places, strict=True)
        hashes = [segment.hashes[np.unique(segment.articles[places])] for segment, places in pairs]
        return len(np.unique(np.concatenate([np.empty(0, np.uint64), *hashes])))

    def articles(self, rows: BitMap | None) -> list[ArticleKey]:
        """Each article that has one of ``rows`` (None: any), by the lowest of them."""
        live = self._columns.live_rows if rows is None else rows & self._columns.live_rows
        keys: dict[str, ArticleKey] = {}
        for segment in self._columns.segments:
            places = self._columns.places_of(segment, live)
            numbers, first = np.unique(segment.articles[places], return_index=True)
            read = zip(
                segment.rows[places[first]].tolist(),
                _texts_of(segment.column("id"), numbers),
                _texts_of(segment.column("title"), numbers),
                segment.dates[numbers].tolist(),
                strict=True,
            )
            for row, id_, title, start in read:
                if id_ not in keys or row < keys[id_].row:
                    keys[id_] = ArticleKey(row, id_, title, start)
        return list(keys.values())

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that no article has."""
        known = self.names()
        return [name for name in dict.fromkeys(names) if composed(name) not in known]

    def values(self, name: str, rows: Sequence[int]) -> list[list[Scalar]]:
        """The values of an attribute for each of ``rows``, in their order; empty where there is none."""
        values: list[list[Scalar]] = [[] for _ in rows]
        for segment, indices, places in self._columns.find(rows):
            if column := segment.column(composed(name)):
                holders = places if name == LANGUAGE else segment.articles[places]
                values_of = {holder: column.of(holder) for holder in set(holders.tolist())}
                for index, holder in zip(indices.tolist(), holders.tolist(), strict=True):
                    values[index] = values_of[holder]
        return values

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """When the article of each of ``rows`` is from, in seconds since 1970; NaN where it has no date."""
        dates = np.full(len(rows), np.nan)
        for segment, indices, places in self._columns.find(rows):
            dates[indices] = segment.dates[segment.articles[places]]
        return dates

    def _having(self, name: str, select: Callable[[Column], Sequence[bool] | Mask]) -> BitMap:
        """The rows that have one of the ``chosen`` distinct values of an attribute."""
        by_segment = [
            bitmap(segment.rows[_having(segment, column, np.asarray(select(column), np.bool_), name)])
            for segment in self._columns.segments
            if (column := segment.column(name))
        ]
        return BitMap.union(BitMap(), *by_segment) & self._columns.live_rows

    @cached_property
    def _own_names(self) -> set[str]:
        """The attributes that an article of a living row has, besides those that all can have."""
        names: set[str] = set()
        for segment, places in zip(self._columns.segments, self._columns.places, strict=True):
            has_row = np.zeros(len(segment.hashes), np.bool_)
            has_row[segment.articles[places]] = True
            for name in set(segment.names) - names - {*OF_ARTICLES, LANGUAGE}:
                column = segment.column(name)
                if column and has_row[column.holders].any():
                    names.add(name)
        return names


def _texts_of(column: Column | None, articles: NDArray[np.int32]) -> list[str]:
    """The one value that each of ``articles`` has; "" where it has none."""
    if column is None:
        return [""] * len(articles)
    code_of = dict(zip(column.holders.tolist(), column.codes.tolist(), strict=True))
    codes = [code_of.get(article) for article in articles.tolist()]
    return ["" if code is None else str(column.values[code]) for code in codes]


def _mask(segment: Segment, tree: Filter) -> Mask:
    match tree:
        case Condition():
            return _condition(segment, tree)
        case Not(part):
            return ~_mask(segment, part)
        case And(parts):
            return reduce(operator.and_, [_mask(segment, part) for part in parts])
        case Or(parts):
            return reduce(operator.or_, [_mask(segment, part) for part in parts])


def _condition(segment: Segment, condition: Condition) -> Mask:
    if condition.operator == "!=":
        return ~_condition(segment, Condition(condition.name, "=", condition.values))
    name = composed(condition.name)
    column = segment.column(name)
    if column is None:
        return np.zeros(len(segment.rows), np.bool_)
    return _having(segment, column, _wanted(column, condition), name)


def _having(segment: Segment, column: Column, value_mask: Mask, name: str) -> Mask:
    """Which rows of a segment have a value that ``value_mask`` has."""
    if name == LANGUAGE:
        return column.having(value_mask, len(segment.rows))
    return column.having(value_mask, len(segment.hashes))[segment.articles]


def _wanted(column: Column, condition: Condition) -> Mask:
    """Which of the distinct values the condition is true of."""
    if condition.operator == "EXISTS":
        return np.ones(len(column.values), np.bool_)
    if condition.operator in ORDERED:
        return _ordered(column, condition.operator, condition.values[0])
    equal = _in_language if condition.name == LANGUAGE else _equal
    return reduce(operator.or_, [equal(column, value) for value in condition.values])


def _in_language(column: Column, value: Value) -> Mask:
    return _varieties(column, value.text.lower())


def _varieties(column: Column, tag: str) -> Mask:
    """A tag stands for its varieties too (``zh`` for ``zh-TW``), in any case."""
    tags = [str(value).lower() for value in column.values]
    return np.array([lowered == tag or lowered.startswith(tag + "-") for lowered in tags], np.bool_)


def _equal(column: Column, value: Value) -> Mask:
    mask = np.zeros(len(column.values), np.bool_)
    keys: list[tuple[bool, Scalar | None]] = [(False, value.text), (False, value.number), (True, value.boolean)]
    mask[[column.numbers[key] for key in keys if key in column.numbers]] = True
    if value.period:
        mask |= (column.starts >= value.period.start) & (column.starts < value.period.end)
    return mask


def _ordered(column: Column, sign: str, value: Value) -> Mask:
    mask = np.zeros(len(column.values), np.bool_)
    if value.number is not None:
        numbers = np.array([number_of(distinct) for distinct in column.values], np.float64)
        mask |= compare(numbers, sign, value.number, value.number)
    if value.period:
        # On or before a day means until its end; after it, from its end on.
        mask |= compare(column.starts, sign, value.period.start, value.period.end)
    return mask

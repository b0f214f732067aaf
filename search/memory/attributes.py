"""Attributes of articles in dictionaries: whether a filter lets a paragraph through, told value by value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.index import ArticleKey, LanguageCount
from paraglot.search.parts.attributes import LANGUAGE, OF_ARTICLES, compare, number_of, start_of, values_of
from paraglot.search.parts.protocols import Scalar
from paraglot.search.query.filters import ORDERED, And, Condition, Filter, Not, Or, Value
from paraglot.search.text.normal_form import composed
from paraglot.search.types import Article, Paragraph


class MemoryAttributes:
    """What the articles of some paragraphs are besides their texts; the language is a paragraph's own."""

    def __init__(self, paragraphs: Mapping[int, tuple[Article, Paragraph]]) -> None:
        self._values = {row: values_of(article, paragraph) for row, (article, paragraph) in paragraphs.items()}
        self._articles = {row: article.id for row, (article, _) in paragraphs.items()}

    def rows(self, tree: Filter) -> BitMap:
        """The rows that a filter lets through."""
        return BitMap(row for row, values in self._values.items() if _holds(tree, values))

    def names(self) -> list[str]:
        """All attributes that any article has."""
        return sorted({*OF_ARTICLES, LANGUAGE}.union(*self._values.values()))

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that no article has."""
        known = self.names()
        return [name for name in dict.fromkeys(names) if composed(name) not in known]

    def languages(self) -> list[LanguageCount]:
        """The languages, that of the most paragraphs first, ties by tag."""
        tags = {row: str(values[LANGUAGE][0]) for row, values in self._values.items()}
        articles = {tag: {self._articles[row] for row, other in tags.items() if other == tag} for tag in tags.values()}
        counted = Counter(tags.values()).items()
        return sorted(
            (LanguageCount(tag, len(articles[tag]), count) for tag, count in counted),
            key=lambda count: (-count.paragraphs, count.language),
        )

    def articles(self, rows: BitMap | None) -> list[ArticleKey]:
        """Each article that has one of ``rows`` (None: any), by the lowest of them."""
        by_id: dict[str, ArticleKey] = {}
        for row in sorted(self._values):
            id_, values = self._articles[row], self._values[row]
            if id_ not in by_id and (rows is None or row in rows):
                [start] = self.dates([row])
                by_id[id_] = ArticleKey(row, id_, str(values.get("title", [""])[0]), float(start))
        return list(by_id.values())

    def values(self, name: str, rows: Sequence[int]) -> list[list[Scalar]]:
        """The values of an attribute for each of ``rows``, in their order, each once; empty where there is none."""
        return [self._values[row].get(composed(name), []) for row in rows]

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """When the article of each of ``rows`` is from, in seconds since 1970; NaN where it has no date."""
        return np.array([start_of(value, True) for row in rows for value in self._values[row].get("date", [None])])


def _holds(tree: Filter, attributes: Mapping[str, list[Scalar]]) -> bool:
    match tree:
        case Not(part):
            return not _holds(part, attributes)
        case And(parts):
            return all(_holds(part, attributes) for part in parts)
        case Or(parts):
            return any(_holds(part, attributes) for part in parts)
        case Condition(name, "!=", values):
            return not _holds(Condition(name, "=", values), attributes)
        case Condition(name, sign, values):
            return any(_is(composed(name), value, sign, values) for value in attributes.get(composed(name), []))


def _is(name: str, value: Scalar, sign: str, values: Sequence[Value]) -> bool:
    if sign == "EXISTS":
        return True
    if sign in ORDERED:
        number = number_of(value)
        span = values[0].period
        by_number = values[0].number is not None and compare(number, sign, values[0].number, values[0].number)
        return by_number or (span is not None and compare(start_of(value, name == "date"), sign, span.start, span.end))
    return any(_equal(name, value, expected) for expected in values)


def _equal(name: str, value: Scalar, expected: Value) -> bool:
    """By type: no text equals a number; a language stands for its varieties, a day for its hours."""
    if name == LANGUAGE:
        tag, language = expected.text.lower(), str(value).lower()
        return language == tag or language.startswith(tag + "-")
    same: Scalar | None = expected.text if isinstance(value, str) else expected.number
    if isinstance(value, bool):
        same = expected.boolean
    start = start_of(value, name == "date")
    return value == same or (expected.period is not None and expected.period.start <= start < expected.period.end)

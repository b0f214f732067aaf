"""What a snapshot may be made of, so that `paraglot.search.parts.reading` answers the seam's questions out of it.

An engine that keeps postings, vectors and texts at hand gives these; another implements the seam itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.index import LanguageCount, TermStatistics, Texts
from paraglot.search.query.filters import Filter
from paraglot.search.seams import Allowed, BestSentence, KeywordIndex, Ranking
from paraglot.search.types import Article, ArticleHead, Paragraph

Scalar: TypeAlias = str | int | float | bool
"""A value of an attribute."""


class Keywords(KeywordIndex, Protocol):
    """Paragraphs by their words."""

    def statistics(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``, in their text and in their title."""
        ...


class Vectors(Protocol):
    """Paragraphs by the direction of their vectors."""

    def search(self, vector: NDArray[np.float32], limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by cosine with ``vector`` (``float32[dim]``, unit)."""
        ...

    def scores(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[float]:
        """Cosine of each of ``rows``, in their order."""
        ...

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """The vectors of ``rows``, ``float32[n, dim]``."""
        ...


class Sentences(Protocol):
    """The sentences of paragraphs, by the direction of their vectors."""

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> list[BestSentence | None]:
        """For each of ``rows`` the sentence with the highest cosine, the first of equals; None where it has none."""
        ...


class Attributes(Protocol):
    """What articles are besides their texts."""

    def rows(self, tree: Filter) -> BitMap:
        """The rows that a filter lets through."""
        ...

    def names(self) -> list[str]:
        """All attributes that any article has."""
        ...

    def unknown(self, names: Iterable[str]) -> list[str]:
        """Those of ``names`` that no article has."""
        ...

    def languages(self) -> list[LanguageCount]:
        """The languages, that of the most paragraphs first, ties by tag."""
        ...

    def values(self, name: str, rows: Sequence[int]) -> Sequence[Sequence[Scalar]]:
        """The values of an attribute for each of ``rows``, in their order; empty where there is none."""
        ...

    def dates(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """When the article of each of ``rows`` is from, in seconds since 1970; NaN where it has no date."""
        ...


class Store(Texts, Protocol):
    """Articles and paragraphs."""

    @property
    def attributes(self) -> Attributes:
        """What articles are besides their texts."""
        ...

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, in that order."""
        ...

    def bodies(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading."""
        ...

    def rows_from(self, wanted: Callable[[str], bool]) -> BitMap:
        """The rows of articles whose source is ``wanted``."""
        ...

    def rows_by_id(self, id_: str) -> list[int]:
        """The row of the paragraph with an id, or of its successor, or the rows of the article with it, in order."""
        ...

    def neighbours(self, rows: Sequence[int], count: int) -> Mapping[int, tuple[list[int], list[int]]]:
        """For each of ``rows`` up to ``count`` rows before and after it in its article, in the order of the text."""
        ...

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound` or `ParagraphChanged`."""
        ...

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order. Raises `NotFound`."""
        ...

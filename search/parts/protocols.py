"""What a snapshot may be made of, so that `paraglot.search.parts.reading` answers the seam's questions out of it.

An engine that keeps postings, vectors and texts at hand gives these; another implements the seam itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.encoders.protocols import Ranking
from paraglot.search.index import ArticleKey, LanguageCount, TermStatistics, Texts
from paraglot.search.query.filters import Filter
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.types import Article, ArticleHead, Paragraph

Scalar: TypeAlias = str | int | float | bool
"""A value of an attribute."""


Allowed: TypeAlias = Collection[int] | BitMap | None
"""The rows that may be returned; None: every row."""


Field: TypeAlias = Literal["text", "title"]
"""Where a paragraph's words stand: in its text with its heading, or in its article's title."""


Choose: TypeAlias = Callable[[list[str]], Iterable[str]]
"""Those of some words that are wanted, in their order."""


class BestSentences(NamedTuple):
    """Of each of some paragraphs the sentence that is nearest to a query: its cosine, ``float64[n]``, and where it
    begins and ends in the paragraph's text, ``int64[n, 2]``; NaN and -1 where there is none.
    """

    scores: NDArray[np.float64]
    spans: NDArray[np.int64]


class Keywords(Protocol):
    """Paragraphs by the words in them: those of a generation, or of the part of it that a caller may see.

    Every statistic is of these paragraphs alone, so what asks nothing but this can tell nothing of others.
    """

    def search(self, query: KeywordQuery, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by BM25."""
        ...

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs. Same values as `search` gives."""
        ...

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared."""
        ...

    def covering(self, query: KeywordQuery, share: float, allowed: Allowed = None) -> list[int]:
        """The rows that cover at least ``share`` of what the best one covers, and anything at all; ascending."""
        ...

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        ...

    def rows_with(self, term: str, field: Field | None = None) -> list[int]:
        """The rows that have a term in a field (None: in either)."""
        ...

    def vocabulary(self, prefix: str, choose: Choose = list) -> list[str]:
        """The surface forms that begin with a prefix and that some paragraph has, in the order of their code points.

        ``choose`` is given all forms that there may be, and gives those that are wanted: only of these it is looked
        up whether a paragraph of the index has them.
        """
        ...

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

    def best(self, vector: NDArray[np.float32], rows: Sequence[int]) -> BestSentences:
        """For each of ``rows`` the sentence with the highest cosine, the first of equals."""
        ...


class Valued(Protocol):
    """The values of attributes."""

    def values(self, name: str, rows: Sequence[int]) -> Sequence[Sequence[Scalar]]:
        """The values of an attribute for each of ``rows``, in their order; empty where there is none."""
        ...


class Attributes(Valued, Protocol):
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

    def articles(self, rows: BitMap | None) -> list[ArticleKey]:
        """Each article that has one of ``rows`` (None: any), by the lowest of them."""
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

    def rows_from(self, predicate: Callable[[str], bool]) -> BitMap:
        """The rows of articles whose source the ``predicate`` is true of."""
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

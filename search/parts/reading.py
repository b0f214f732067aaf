"""The seam's questions answered out of parts at hand: postings, vectors and texts, on a disk or in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.answer.facets import count_facets
from paraglot.search.candidates import Candidates, Extra
from paraglot.search.encoders.chance import Chance
from paraglot.search.encoders.pieces import Pieces
from paraglot.search.encoders.protocols import Encoder, PieceEncoder, Ranking
from paraglot.search.errors import ParaglotError
from paraglot.search.index import (
    ArticleKey,
    BothLegs,
    Clauses,
    LanguageCount,
    Like,
    Manifest,
    Matching,
    Part,
    Selection,
    TermStatistics,
    Texts,
    WordForm,
)
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.parts.clauses import Constraints
from paraglot.search.parts.evidence import evidence
from paraglot.search.parts.protocols import Attributes, Keywords, Sentences, Store, Vectors
from paraglot.search.parts.surroundings import Surroundings, surroundings
from paraglot.search.parts.words_like import words_like
from paraglot.search.query.filters import conditions, parse_filter
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.types import Article, ArticleHead, Context, Facet, Paragraph, Sort

WITHOUT: dict[Part, str] = {
    "keyword": "Words were not searched",
    "columns": "What belongs to each paragraph was read from the store",
    "dense": "Only keywords were searched",
    "sentences": "Sentences were not compared",
}


@dataclass(frozen=True, slots=True)
class RowSelection:
    """A selection as the rows that it has; None: every row."""

    rows: BitMap | None
    warnings: tuple[str, ...] = ()


class Reading(ABC):
    """`paraglot.search.index.Snapshot` over its parts."""

    manifest: Manifest
    store: Store
    keyword: Keywords
    dense: Vectors
    sentences: Sentences | None
    lost: Mapping[Part, ParaglotError]
    rows: BitMap | None
    remote = False

    @property
    def exact(self) -> bool:
        """Whether `by_vector` leaves out nothing that is nearer than what it gives."""
        return True

    @abstractmethod
    def encoder(self) -> Encoder:
        """The encoder that made its vectors."""

    @abstractmethod
    def chance(self, vector: NDArray[np.float32]) -> Chance:
        """The semantic scores that a query has with paragraphs drawn from the index."""

    @abstractmethod
    def marks_of(self, rows: Sequence[int]) -> list[Marks]:
        """What each of ``rows`` says by the lexicon, under its heading and its article's title."""

    @abstractmethod
    def pieces_of(self, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of each of ``rows``, by the encoder of the index."""

    def evidence(
        self,
        words: KeywordQuery,
        by_words: Sequence[int],
        vector: NDArray[np.float32] | None = None,
        by_vector: Sequence[int] = (),
        extra: Collection[Extra] = (),
    ) -> Candidates:
        """All that is known of the rows that were found ``by_words`` and ``by_vector``; no score orders them yet."""
        return evidence(self, words, by_words, vector, by_vector, extra)

    def need(self, part: Part) -> None:
        """Raises what is wrong with a part that an answer cannot do without."""
        if part in self.lost:
            raise self.lost[part]

    def warnings(self) -> list[str]:
        """What is missing from an answer because a part cannot be used."""
        return [f"{WITHOUT[part]}: {error}" for part, error in self.lost.items()]

    def terms(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``."""
        return self.keyword.statistics(terms)

    def words_like(self, asked: Sequence[Like]) -> list[list[WordForm]]:
        """For each that is asked the words that some paragraph has, best first."""
        return [words_like(self.keyword, self.store, like) for like in asked]

    def select(self, filter_: str = "", languages: Sequence[str] = (), clauses: Clauses | None = None) -> RowSelection:
        """The paragraphs that a filter lets through, in ``languages``, that meet all clauses."""
        parts = [self.rows] if self.rows is not None else []
        warnings: list[str] = []
        if filter_.strip():
            parts.append(self.store.attributes.rows(parse_filter(filter_)))
        if languages:
            parts.append(self.store.rows_in_languages(languages))
        if clauses and (clauses.required or clauses.excluded):
            constraints = Constraints(self.keyword, self.store, clauses)
            parts.append(constraints.allowed(self.manifest.languages))
            warnings = constraints.warnings
        return RowSelection(BitMap.intersection(*parts) if parts else None, tuple(warnings))

    def unknown(self, filter_: str = "", facets: Sequence[str] = (), languages: Sequence[str] = ()) -> list[str]:
        """A warning for each attribute named that no article has, and for each language that no paragraph is in."""
        absent = [tag for tag in languages if not self.store.rows_in_languages([tag])]
        return unknown_names(self.store.attributes, filter_, facets) + [no_language(tag) for tag in absent]

    def by_words(self, query: KeywordQuery, limit: int, within: Selection) -> Ranking:
        """The ``limit`` best of a selection by BM25."""
        return self.keyword.search(query, limit, _rows(within))

    def matching(
        self, query: KeywordQuery, share: float, within: Selection, sort: Sort = "relevance", limit: int = 0
    ) -> Matching:
        """What covers at least ``share`` of what the best one covers, and the first of it in an order."""
        rows = self.keyword.covering(query, share, _rows(within))
        if sort == "relevance":
            return Matching(rows[:limit], len(rows))
        dates = self.store.attributes.dates(rows)
        order = np.argsort(dates if sort == "date:asc" else -dates, kind="stable")[:limit]  # NaN is last
        return Matching([rows[place] for place in order.tolist()], len(rows))

    def by_vector(self, vector: NDArray[np.float32], limit: int, within: Selection) -> Ranking:
        """The ``limit`` nearest of a selection by the cosine with ``vector``."""
        return self.dense.search(vector, limit, _rows(within))

    def by_both(self, query: KeywordQuery, vector: NDArray[np.float32], limit: int, within: Selection) -> BothLegs:
        """`by_words` and `by_vector`."""
        return self.by_words(query, limit, within), self.by_vector(vector, limit, within)

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``."""
        return self.store.bodies(rows)

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32] | None]:
        """``float32[dim]``, the unit vector of each of ``rows``; None where vectors cannot be used."""
        if "dense" in self.lost or not rows:
            return [None] * len(rows)
        return list(self.dense.vectors(rows))

    def around(self, rows: Sequence[int]) -> list[Surroundings | None]:
        """What stands around each of ``rows``; None where vectors cannot be used."""
        return surroundings(self, rows)

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles."""
        return self.store.paragraphs(rows)

    def context(self, rows: Sequence[int], count: int) -> dict[int, Context]:
        """For each of ``rows`` up to ``count`` paragraphs on either side of it in its article."""
        return context_of(self.store, rows, count)

    def facets(self, rows: Sequence[int], names: Sequence[str]) -> dict[str, Facet]:
        """How often each value of the attributes ``names`` occurs among ``rows``."""
        return count_facets(self.store.attributes, names, rows)

    def find(self, ids: Sequence[str], within: Selection | None = None) -> list[list[int]]:
        """For each of ``ids`` the row of the paragraph with it, or of its successor, or the rows of the article."""
        among = None if within is None else _rows(within)
        every = map(self.store.rows_by_id, ids)
        return [[row for row in rows if among is None or row in among] for rows in every]

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound` or `ParagraphChanged`."""
        return self.store.paragraph(paragraph_id)

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order, as far as they may be seen. Raises `NotFound`."""
        return self.store.article(article_id)

    def articles(self, within: Selection) -> list[ArticleKey]:
        """Each article that has a paragraph in a selection."""
        return self.store.attributes.articles(_rows(within))

    def languages(self) -> list[LanguageCount]:
        """The languages of what may be seen, that of the most paragraphs first."""
        return self.store.attributes.languages()

    def all_texts(self) -> Texts:
        """Everything, for what is made of everything."""
        return self.store


def unknown_names(attributes: Attributes, filter_: str, facets: Sequence[str] = ()) -> list[str]:
    """A warning for each attribute that a filter or ``facets`` name and no article has."""
    named = [condition.name for condition in conditions(parse_filter(filter_))] if filter_.strip() else []
    unknown = attributes.unknown([*named, *facets])
    names = attributes.names() if unknown else []
    return [no_attribute(name, names) for name in unknown]


def no_attribute(name: str, names: Sequence[str]) -> str:
    """The warning that of all ``names`` of attributes none is this one."""
    near = get_close_matches(name, names, n=1)
    return f"No article has the attribute {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")


def no_language(tag: str) -> str:
    """The warning that no paragraph is in a language."""
    return f"No paragraph is in {tag!r}; a shorter tag takes in its varieties."


def context_of(store: Store, rows: Sequence[int], count: int) -> dict[int, Context]:
    """For each of ``rows`` up to ``count`` paragraphs of a store on either side of it in its article."""
    near = store.neighbours(rows, count)
    beside = sorted({row for sides in near.values() for side in sides for row in side})
    by_row = {paragraph.row: paragraph for paragraph, _ in store.paragraphs(beside)}
    return {
        row: Context([by_row[other] for other in before], [by_row[other] for other in after])
        for row, (before, after) in near.items()
    }


def _rows(selection: Selection) -> BitMap | None:
    """The rows of a selection. Raises `TypeError` for one that another engine made."""
    if not isinstance(selection, RowSelection):
        raise TypeError(f"{type(selection).__name__} is no selection of this index")
    return selection.rows

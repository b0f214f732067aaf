"""The seam under the ranking: what an index must be able to say, each once a query and in batch.

An index is a place; it gives a `Snapshot` of one generation, and what stands above asks that and nothing else: it knows
no file, no engine and no database. Every ranking: best first, rows unique, ties by the lower row, always the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.query.grammar import Clause
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.types import Article, ArticleHead, Context, EncoderSpec, Facet, Paragraph, Sort

if TYPE_CHECKING:
    from pyroaring import BitMap

    from paraglot.search.candidates import Candidates, Extra
    from paraglot.search.encoders.protocols import Encoder, Ranking
    from paraglot.search.errors import ParaglotError
    from paraglot.search.parts.surroundings import Surroundings

BothLegs: TypeAlias = "tuple[Ranking, Ranking]"
LikeKind: TypeAlias = Literal["prefix", "near", "beside", "written"]


class Like(NamedTuple):
    """Words of the index that are asked for, folded as surface forms are.

    ``prefix``: those that begin with ``text``, those first that the most paragraphs have in their text.
    ``near``: those within ``edits`` (optimal string alignment: a letter more, less or another, two neighbours swapped)
    that begin with the same letter, and those of ``others`` that there are; by edits, then by paragraphs.
    ``beside``: ``text`` itself, several words with spaces between, where a paragraph has them side by side.
    ``written``: how paragraphs write the word ``text``, with accents and capitals; ``paragraphs`` counts how often.
    """

    kind: LikeKind
    text: str
    limit: int
    edits: int = 0
    others: tuple[str, ...] = ()


class WordForm(NamedTuple):
    """A word of the index: how many paragraphs have it, and, if it is ``near``, the primary tags of some of them."""

    form: str
    paragraphs: int
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """How many paragraphs have each of some terms in their text, and in their title. Both have all that was asked."""

    text: Mapping[str, int] = field(default_factory=dict)
    title: Mapping[str, int] = field(default_factory=dict)

    def __or__(self, other: TermStatistics) -> TermStatistics:
        return TermStatistics({**self.text, **other.text}, {**self.title, **other.title})


@dataclass(frozen=True, slots=True)
class Clauses:
    """What a query, ``plain`` as words, demands beyond these: of each group of ``required`` one clause holds, of
    ``excluded`` none. ``languages``: those that it may be in (`query_languages`).
    """

    plain: str = ""
    required: tuple[tuple[Clause, ...], ...] = ()
    excluded: tuple[Clause, ...] = ()
    languages: Mapping[str, float] = field(default_factory=dict)


class Selection(Protocol):
    """Some paragraphs of a snapshot. What they are only the engine knows that selected them."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What of the clauses could not be taken as it was written."""
        ...


class Matching(NamedTuple):
    """How many paragraphs match, and the rows of those that come first in an order."""

    rows: list[int]
    total: int


class ArticleKey(NamedTuple):
    """An article as a list of them is ordered: one of its rows, and when it is from (seconds since 1970, or NaN)."""

    row: int
    id: str
    title: str
    start: float


class LanguageCount(NamedTuple):
    """A language, how many articles have a paragraph in it, and how many paragraphs are."""

    language: str
    articles: int
    paragraphs: int


class Manifest(Protocol):
    """What a generation is made of."""

    @property
    def generation(self) -> int:
        """The number of its commit."""
        ...

    @property
    def created(self) -> str:
        """ISO 8601 in UTC."""
        ...

    @property
    def encoder(self) -> EncoderSpec:
        """What made its vectors."""
        ...

    @property
    def analyzer(self) -> str:
        """The rules by which its texts became terms."""
        ...

    @property
    def keyword_engine(self) -> str:
        """What keeps its words."""
        ...

    @property
    def format(self) -> int:
        """The version of how it is kept."""
        ...

    @property
    def articles(self) -> int:
        """How many there are."""
        ...

    @property
    def paragraphs(self) -> int:
        """How many there are."""
        ...

    @property
    def languages(self) -> Mapping[str, int]:
        """Paragraphs per tag."""
        ...

    @property
    def sentences(self) -> bool:
        """Whether the vectors of sentences are kept."""
        ...


Part: TypeAlias = Literal["keyword", "columns", "dense", "sentences"]
"""What an answer can do without, if it must."""


class Texts(Protocol):
    """All texts of a snapshot, for what is made of all of them, as suggestions are. No query reads it."""

    def checksums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """``int64[n]``, all rows, ascending, and the checksum of each one's paragraph."""
        ...

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``."""
        ...

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``."""
        ...

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        ...

    def rows(self) -> Sequence[int]:
        """All rows, ascending."""
        ...

    def rows_in_languages(self, tags: Iterable[str]) -> BitMap:
        """The rows whose language is one of ``tags`` or a variety of one (``zh`` includes ``zh-TW``)."""
        ...


class Snapshot(Protocol):
    """One generation, or the part of it that a caller may see. Every statistic is of its own paragraphs alone."""

    @property
    def manifest(self) -> Manifest:
        """What it is made of, counted over what may be seen."""
        ...

    @property
    def identity(self) -> tuple[int, int]:
        """The same for snapshots of one generation of one index, and for no others."""
        ...

    @property
    def lost(self) -> Mapping[Part, ParaglotError]:
        """The parts that cannot be used, and why: the rest answers without them."""
        ...

    def encoder(self) -> Encoder:
        """The encoder that made its vectors, loaded on first use. Raises `EncoderMissing` or `IndexMismatch`."""
        ...

    def need(self, part: Part) -> None:
        """Raises what is wrong with a part that an answer cannot do without."""
        ...

    def warnings(self) -> list[str]:
        """What is missing from an answer because a part cannot be used."""
        ...

    def within(self, forced: str) -> Snapshot:
        """What the filter ``forced`` lets through, as if nothing else had ever been indexed, statistics and all."""
        ...

    def terms(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``; 0 for one that none has."""
        ...

    def words_like(self, asked: Sequence[Like]) -> list[list[WordForm]]:
        """For each that is asked the words that some paragraph has, best first, at most its limit."""
        ...

    def select(self, filter_: str = "", languages: Sequence[str] = (), clauses: Clauses | None = None) -> Selection:
        """The paragraphs that a filter lets through, in ``languages`` (none: in any), that meet all clauses. Raises
        `InvalidRequest` where the filter is none."""
        ...

    def unknown(self, filter_: str = "", facets: Sequence[str] = (), languages: Sequence[str] = ()) -> list[str]:
        """A warning for each attribute named that no article has, and for each language that no paragraph is in."""
        ...

    def by_words(self, query: KeywordQuery, limit: int, within: Selection) -> Ranking:
        """The ``limit`` best of a selection by BM25."""
        ...

    def matching(
        self, query: KeywordQuery, share: float, within: Selection, sort: Sort = "relevance", limit: int = 0
    ) -> Matching:
        """What covers at least ``share`` of what the best one covers, and anything at all: how many are, and of them
        the ``limit`` newest or oldest (with ``sort`` by relevance: those with the lowest rows)."""
        ...

    def by_vector(self, vector: NDArray[np.float32], limit: int, within: Selection) -> Ranking:
        """The ``limit`` nearest of a selection by the cosine with ``vector`` (``float32[dim]``, unit). Unless it is
        `exact`, others may be nearer; the cosines are right."""
        ...

    def by_both(self, query: KeywordQuery, vector: NDArray[np.float32], limit: int, within: Selection) -> BothLegs:
        """`by_words` and `by_vector`; where ``remote``, by one request."""
        ...

    @property
    def remote(self) -> bool:
        """Whether each question is a request."""
        ...

    @property
    def exact(self) -> bool:
        """Whether `by_vector` leaves out nothing nearer."""
        ...

    def evidence(
        self,
        words: KeywordQuery,
        by_words: Sequence[int],
        vector: NDArray[np.float32] | None = None,
        by_vector: Sequence[int] = (),
        extra: Collection[Extra] = (),
    ) -> Candidates:
        """All that is known of the rows that were found ``by_words`` and ``by_vector``, ascending: of the columns that
        not every query needs, those of ``extra``; with a ``vector`` those of the semantic leg."""
        ...

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``."""
        ...

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32] | None]:
        """``float32[dim]``, the unit vector of each of ``rows``; None where vectors cannot be used."""
        ...

    def around(self, rows: Sequence[int]) -> list[Surroundings | None]:
        """What stands around each of ``rows``; None where that cannot be told."""
        ...

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, in that order."""
        ...

    def context(self, rows: Sequence[int], count: int) -> dict[int, Context]:
        """For each of ``rows`` up to ``count`` paragraphs on either side of it in its article."""
        ...

    def facets(self, rows: Sequence[int], names: Sequence[str]) -> dict[str, Facet]:
        """How often each value of the attributes ``names`` occurs among ``rows``."""
        ...

    def find(self, ids: Sequence[str], within: Selection | None = None) -> list[list[int]]:
        """For each of ``ids`` the row of its paragraph, or of that one's successor, or the rows of its article."""
        ...

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound`, or `ParagraphChanged` with its successor."""
        ...

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order. Raises `NotFound`."""
        ...

    def articles(self, within: Selection) -> list[ArticleKey]:
        """Each article that has a paragraph in a selection, by the lowest row of those, in no order."""
        ...

    def languages(self) -> list[LanguageCount]:
        """The languages of what may be seen, that of the most paragraphs first."""
        ...

    def all_texts(self) -> Texts:
        """Everything, for what is made of everything."""
        ...

    def warm(self, former: Snapshot | None = None) -> None:
        """Read beforehand what queries need; of a ``former`` one, what its queries had read."""
        ...

    def close(self) -> None:
        """Give all files back."""
        ...


class Index(Protocol):
    """A place that has an index. Safe to share between threads."""

    @property
    def rules(self) -> Path | None:
        """The file of its rules; None: it can have none."""
        ...

    def current(self) -> Snapshot:
        """The generation committed last, held open until it is closed.

        Raises `IndexMissing` where nothing was committed, `IndexMismatch`, `IndexDamaged` or `DiskFailure`.
        """
        ...

    def is_current(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot is what the index serves now."""
        ...

    def keep(self, served: Collection[Snapshot]) -> None:
        """Forget what only others than these needed, such as their encoders."""
        ...


class Change(Protocol):
    """What becomes of an index by one commit: all of it, or nothing."""

    def put(self, article: Article, paragraphs: Sequence[Paragraph], vectors: Sequence[Sequence[float]] = ()) -> None:
        """Take in an article with these paragraphs, in order, in place of a former version of it.

        A paragraph of which, and of whose article, nothing else changed keeps its row; the rows given are not read.
        ``vectors``: one a paragraph, where they come from outside. Raises `InvalidRequest` for what is no article.
        """
        ...

    def remove(self, article_id: str) -> None:
        """Remove one article. Raises `NotFound`."""
        ...

    def commit(self) -> int:
        """Make it what the index serves. Returns the generation: the one before where nothing changed."""
        ...


class WritableIndex(Index, Protocol):
    """An index that can be changed."""

    def change(self) -> AbstractContextManager[Change]:
        """One change; what is not committed when the block ends is dropped. Raises `IndexLocked` beside another."""
        ...

"""Candidates: what the legs of a query found, one table with all the evidence that ranking needs; and the law of order.

Ranking is given this and nothing else: it holds no store, so what a table does not have it cannot tell of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Ranking

Extra: TypeAlias = Literal["articles", "dates", "words"]
"""Columns that only some queries need: ``articles``, ``dates``; ``words`` are ``pieces`` and ``marks``."""

Floats: TypeAlias = NDArray[np.float64]
Objects: TypeAlias = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """n paragraphs, each once, best first; every column has n entries. `of` makes one.

    What nothing is known of is NaN in a column of numbers, 0 in one of ranks (they count from 1) and None in one of
    objects.
    """

    rows: NDArray[np.int64]
    scores: Floats
    """What orders them."""
    languages: Objects
    """BCP 47 tags in lower case."""
    articles: Objects
    """The ids of their articles."""
    dates: Floats
    """When their articles are from, in seconds since 1970."""
    keyword: Floats
    """BM25; 0 where no word occurs."""
    coverage: Floats
    """How much of the query they have, 0 to 1 (`KeywordIndex.coverage`)."""
    coverage_by_letters: Floats
    """The same without words that only sound alike."""
    coverage_by_names: Floats
    """The same with those of them that may be taken for the name that is asked for."""
    named: NDArray[np.bool_]
    """Whether they have a name that is looked for by its sound, or by what it is in English."""
    keyword_ranks: NDArray[np.int64]
    """In the keyword leg; 0 outside of its window."""
    semantic: Floats
    """-1 to 1: the mean of the cosines of the paragraph and of its best sentence with the query."""
    semantic_ranks: NDArray[np.int64]
    chance: Floats
    """The semantic score in standard deviations above what chance gives in the paragraph's language."""
    unreadable: NDArray[np.bool_]
    """Whether the encoder knows too little of the text to say anything."""
    sentences: NDArray[np.int64]
    """``int64[n, 2]``: where the best sentence begins and ends in the text; -1 where there is none."""
    pieces: Objects
    """`paraglot.search.encoders.pieces.Pieces` of the text."""
    marks: Objects
    """`paraglot.search.lexicon.lexicon.Marks` of the text under its headings."""
    shares: Floats
    """What each counts where a mean is taken: 1 / how many candidates are copies of it, itself included."""
    vectors: Objects
    """``float32[dim]``, unit."""
    texts: Objects
    """Read for the first ones, when a stage needs them."""
    soft: Floats
    """The soft match."""
    shared: Floats
    """How much of the query they have across languages, by the lexicon."""
    around: Objects
    """`paraglot.search.parts.surroundings.Surroundings`, read for the first ones, when a stage needs them."""
    around_semantic: Floats
    """The cosine of the query and of what stands around them, themselves included."""
    around_soft: Floats
    """The soft match with that."""
    around_shared: Floats
    """How much of the query that has across languages, by the lexicon."""
    relevance: Floats
    reranked: Floats
    """The reranker's score."""
    rerank_ranks: NDArray[np.int64]
    near_copies: Objects
    """A list of the rows that say nearly the same and stand back behind this one."""
    pinned: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Sequence[int], **columns: Any) -> Candidates:
        """Candidates with these columns; of the others nothing is known."""
        count = len(rows)
        made = {
            name: np.full((count, *shape), nothing, kind)
            for name, (kind, nothing, *shape) in _NOTHING.items()
            if name not in columns
        }
        given = {name: _column(name, column, count) for name, column in columns.items()}
        return cls(**{**made, **given, "rows": np.asarray(rows, np.int64)})

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ranking(self) -> Ranking:
        """(row, score), best first."""
        return list(zip(self.rows.tolist(), self.scores.tolist(), strict=True))

    def take(self, places: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Candidates:
        """Those at ``places``, in their order, or those that are chosen."""
        return Candidates(**{name: getattr(self, name)[places] for name in _NAMES})

    def with_columns(self, **columns: Any) -> Candidates:
        """The same with other columns."""
        return replace(self, **{name: _column(name, column, len(self)) for name, column in columns.items()})

    def by_score(self, scores: Floats) -> Candidates:
        """The same in the order of ``scores``, which are rounded to six digits."""
        return self.reordered(*ordered(scores, self.rows))

    def reordered(self, places: NDArray[np.intp], scores: Floats) -> Candidates:
        """Those at ``places``, in their order, with other ``scores``, which are in that order."""
        columns: dict[str, Any] = {name: getattr(self, name)[places] for name in _NAMES if name != "scores"}
        return Candidates(scores=scores, **columns)


def ordered(scores: Floats, rows: NDArray[np.int64]) -> tuple[NDArray[np.intp], Floats]:
    """The places of ``scores``, best first, of equal ones the lower row; and they in that order, of six digits."""
    rounded = np.round(scores, 6) + 0.0  # no -0.0
    places = np.lexsort((rows, -rounded))
    return places, rounded[places]


_NAMES = tuple(column.name for column in fields(Candidates))


def concatenate(parts: Iterable[Candidates]) -> Candidates:
    """All of the parts, in their order. No row may be in two of them."""
    every = list(parts)
    return Candidates(**{name: np.concatenate([getattr(own, name) for own in every]) for name in _NAMES})


def in_order(scored: Iterable[tuple[int, float]]) -> Ranking:
    """Scored rows as a ranking: best first, ties by the lower row."""
    return sorted(scored, key=lambda entry: (-entry[1], entry[0]))


def ranks(scores: Floats, rows: NDArray[np.int64], counted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """``int64[n]``: the rank of each that is ``counted``, from 1, ties by the lower row; 0 for the others."""
    found = np.zeros(len(rows), np.int64)
    places = np.flatnonzero(counted)
    found[places[np.lexsort((rows[places], -scores[places]))]] = np.arange(1, len(places) + 1)
    return found


_NOTHING: Mapping[str, tuple[Any, ...]] = {
    "scores": (np.float64, 0.0),
    "languages": (np.object_, "und"),
    "articles": (np.object_, None),
    "dates": (np.float64, np.nan),
    "keyword": (np.float64, 0.0),
    "coverage": (np.float64, 0.0),
    "coverage_by_letters": (np.float64, 0.0),
    "coverage_by_names": (np.float64, 0.0),
    "named": (np.bool_, False),
    "keyword_ranks": (np.int64, 0),
    "semantic": (np.float64, np.nan),
    "semantic_ranks": (np.int64, 0),
    "chance": (np.float64, np.nan),
    "unreadable": (np.bool_, False),
    "sentences": (np.int64, -1, 2),
    "pieces": (np.object_, None),
    "marks": (np.object_, None),
    "shares": (np.float64, 1.0),
    "vectors": (np.object_, None),
    "texts": (np.object_, None),
    "soft": (np.float64, np.nan),
    "shared": (np.float64, np.nan),
    "around": (np.object_, None),
    "around_semantic": (np.float64, np.nan),
    "around_soft": (np.float64, np.nan),
    "around_shared": (np.float64, np.nan),
    "relevance": (np.float64, np.nan),
    "reranked": (np.float64, np.nan),
    "rerank_ranks": (np.int64, 0),
    "near_copies": (np.object_, None),
    "pinned": (np.bool_, False),
}


def _column(name: str, values: Any, count: int) -> NDArray[Any]:
    """A column from its values. One of objects takes them one by one: NumPy would make a matrix of equal arrays."""
    kind = _NOTHING[name][0]
    if kind is not np.object_ or (isinstance(values, np.ndarray) and values.dtype == np.object_):
        return np.asarray(values, kind)
    return np.fromiter(values, np.object_, count)

"""From the legs to one ranking: what a query gathers on its way down, and its steps. The engine calls them in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from paraglot.search.deadline import Deadline, check, until
from paraglot.search.errors import OutOfTime
from paraglot.search.folder.snapshot import Snapshot
from paraglot.search.lexicon.lexicon import Marks, open_lexicon
from paraglot.search.query.names import by_letters
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.query.understanding import Understood
from paraglot.search.ranking.crossing import crossing_scores
from paraglot.search.ranking.fusion import (
    SEMANTIC_RATIO,
    crossed,
    fed_back,
    fuse,
    fuse_ranks,
    in_order,
    soften,
    within_articles,
)
from paraglot.search.ranking.gist import known_or_read, marks_of, pieces_of_rows
from paraglot.search.ranking.meaning import meaning
from paraglot.search.ranking.relevance import Chance, Signals, relevance
from paraglot.search.ranking.shape import collapsed, diversified, grouped, varied, with_preference, with_recency
from paraglot.search.ranking.soft_match import soft_scores
from paraglot.search.seams import Allowed, BestSentence, Candidate, Encoder, PieceEncoder, Ranking, TokenEncoder
from paraglot.search.text.languages import primary
from paraglot.search.types import MAX_LIMIT, MAX_OFFSET, SearchRequest

WINDOW = 100
"""Candidates that each leg gives."""

MOST_UNKNOWN = 0.4
"""The unknown share from which a query or paragraph is left to the keyword leg;
a word in a foreign script is half unknown."""

DATED = 1_000
"""Candidates of each leg where hits are put in the order of their dates."""

REACH = MAX_OFFSET + MAX_LIMIT
"""Candidates by keyword alone: as far as pages go."""

SOFTENED = 100
"""Candidates, the best of both legs together, that are compared with the query piece by piece."""

KEPT_PIECES, KEPT_MARKS = 50_000, 10_000
"""Paragraphs of which they are kept while a generation is open, one to two kilobytes each."""

_T = TypeVar("_T")


@dataclass(slots=True)
class Query:
    """What one query gathers on its way down."""

    request: SearchRequest
    snapshot: Snapshot
    understood: Understood
    allowed: Allowed
    ends: float = float("inf")  # when, by the monotonic clock, an answer in part is better than a whole one
    vector: NDArray[np.float32] | None = None
    keyword: Ranking = field(default_factory=list)
    semantic: Ranking = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)
    sentences: dict[int, BestSentence] = field(default_factory=dict)
    soft: dict[int, float] = field(default_factory=dict)
    shared: dict[int, float] = field(default_factory=dict)
    reranked: Ranking = field(default_factory=list)
    relevance: dict[int, float] = field(default_factory=dict)
    beyond: int = 0
    pinned: frozenset[int] = frozenset()
    copies: dict[int, list[int]] = field(default_factory=dict)
    _words: dict[int, float] = field(default_factory=dict)
    _coverage: dict[int, float] = field(default_factory=dict)
    _languages: dict[int, str] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)
    _vectors: dict[int, NDArray[np.float32]] = field(default_factory=dict)
    _articles: dict[int, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def meaning_counts(self) -> bool:
        """Whether what is alike may be added: to standard deviations, not to reciprocal ranks, nor at a ratio of 0."""
        request = self.request
        hybrid = request.mode == "hybrid" and self.vector is not None
        return hybrid and request.fusion != "rrf" and request.semantic_ratio != 0

    @property
    def dated(self) -> bool:
        """Whether hits are put in the order of their dates, so that all that matches counts."""
        return self.request.sort != "relevance"

    @property
    def reach(self) -> int:
        """The candidates of each leg: far more where their order is not by score, or where the score costs little."""
        if self.request.mode == "keyword":
            return REACH
        return DATED if self.dated else WINDOW

    @property
    def compared(self) -> int | None:
        """The candidates that are compared piece by piece; None: all."""
        return None if self.dated else SOFTENED

    @property
    def words(self) -> KeywordQuery:
        """What the keyword leg looks for."""
        return self.understood.words

    def word_scores(self, rows: Sequence[int]) -> list[float]:
        """The BM25 of each of ``rows``."""
        return known_or_read(self._words, rows, lambda missing: self.snapshot.keyword.scores(self.words, missing))

    def coverage(self, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has."""
        return known_or_read(self._coverage, rows, lambda missing: self.snapshot.keyword.coverage(self.words, missing))

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``."""
        return known_or_read(self._languages, rows, self.snapshot.store.languages)

    def across(self, rows: Sequence[int]) -> list[bool]:
        """Whether each of ``rows`` is in none of the query's languages."""
        return [primary(language) not in self.understood.spoken for language in self.languages(rows)]

    def texts(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``."""
        return known_or_read(self._texts, rows, self.snapshot.store.bodies)

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32]]:
        """The vector of each of ``rows``."""
        return known_or_read(self._vectors, rows, self.snapshot.dense.vectors)

    def articles(self, rows: Sequence[int]) -> list[str]:
        """The id of the article of each of ``rows``."""

        def read(missing: list[int]) -> list[str]:
            ids = self.snapshot.store.article_ids(missing)
            return [ids[row] for row in missing]

        return known_or_read(self._articles, rows, read)


def timed(query: Query, stage: str, work: Callable[[], _T]) -> _T:
    """What ``work`` gives, its milliseconds written down as ``stage``."""
    started = time.perf_counter()
    try:
        return work()
    finally:
        query.timings_ms[stage] = (time.perf_counter() - started) * 1000


def in_time(query: Query, stage: str, work: Callable[[], _T], otherwise: _T, called: str) -> _T:
    """What ``work`` gives, as `timed`; where the time is up, ``otherwise`` and a warning that it was left out.

    Raises `OutOfTime` where there is no time even for an answer without it.
    """
    try:
        with until(Deadline(query.ends)):
            check()
            return timed(query, stage, work)
    except OutOfTime:
        check()
        query.warnings.append(f"The time was up: {called} was left out.")
        return otherwise


def score_by_meaning(query: Query, encoder: Encoder, vector: NDArray[np.float32]) -> None:
    """The semantic leg: the nearest paragraphs and those found by word, by the paragraph and its best sentence.

    What the encoder cannot read is left to the keyword leg, and out where that did not find it.
    """
    rows = [row for row, _ in query.snapshot.dense.search(vector, query.reach, query.allowed)]
    worded = {row for row, _ in query.keyword}
    rows += sorted(worded - set(rows))
    unreadable = _unreadable(query, encoder, rows)
    query.unreadable = sorted(unreadable & worded)
    rows = [row for row in rows if row not in unreadable]
    scores, query.sentences = meaning(vector, query.snapshot.dense, query.snapshot.sentences, rows)
    query.semantic = in_order((row, round(score, 6)) for row, score in scores.items())


def _unreadable(query: Query, encoder: Encoder, rows: Sequence[int]) -> set[int]:
    """Those of ``rows`` of whose text the encoder knows too little; in the languages that it covers it reads all."""
    if not isinstance(encoder, TokenEncoder):
        return set()
    covered = set(map(primary, encoder.spec.languages))
    languages = zip(rows, query.languages(rows), strict=True)
    doubtful = [row for row, language in languages if primary(language) not in covered]
    shares = encoder.unknown_share(query.texts(doubtful))
    return {row for row, share in zip(doubtful, shares.tolist(), strict=True) if share >= MOST_UNKNOWN}


def fused(query: Query) -> Ranking:
    """One ranking of all candidates; a single leg keeps its own scores."""
    if query.request.mode == "keyword" or query.vector is None:
        return query.keyword
    if query.request.mode == "semantic":
        return query.semantic
    nearness: list[float | None] = [score for _, score in query.semantic]
    nearness += [None] * len(query.unreadable)
    rows = [*(row for row, _ in query.semantic), *query.unreadable]
    said = zip(rows, nearness, query.word_scores(rows), query.coverage(rows), query.languages(rows), strict=True)
    candidates = [Candidate(*one) for one in said]
    ranks = query.request.fusion == "rrf"
    ranking = fuse_ranks(candidates, _ratio(query, 0.5)) if ranks else fuse(candidates, _ratio(query, SEMANTIC_RATIO))
    if query.request.semantic_ratio == 0:  # what no word finds has nothing that counts
        worded = {one.row for one in candidates if one.keyword > 0}
        return [(row, score) for row, score in ranking if row in worded]
    return ranking


def _ratio(query: Query, default: float) -> float:
    asked = query.request.semantic_ratio
    return default if asked is None else asked


def softened(query: Query, encoder: PieceEncoder, ranking: Ranking) -> Ranking:
    """The ranking with the soft match of its first rows, where that may change it.

    By a transformer's input embeddings only rows in the query's languages are compared, and relevance does not hear of
    it: what they say across languages, and what their numbers mean, differs from model to model.
    """
    rows = [row for row, _ in ranking[: query.compared]]
    languages = query.languages(rows)
    everywhere = isinstance(encoder, TokenEncoder)
    own = [everywhere or kind == "own" for kind in kinds_of(languages, query.understood.spoken)]
    compared = [row for row, wanted in zip(rows, own, strict=True) if wanted]

    snapshot = query.snapshot
    pieces = _kept(snapshot.pieces, compared, partial(pieces_of_rows, snapshot, encoder), KEPT_PIECES)
    soft = np.zeros(len(rows))
    soft[own] = soft_scores(encoder, query.understood.calm, pieces)
    if everywhere:
        query.soft = dict(zip(rows, soft.tolist(), strict=True))
    return soften(ranking, soft, languages) if query.meaning_counts else ranking


def across(query: Query, ranking: Ranking) -> Ranking:
    """The ranking with what its first rows share with the query by the lexicon, in whichever language."""
    rows = [row for row, _ in ranking[: query.compared]]
    told = _kept(query.snapshot.marks, rows, partial(marks_of, query.snapshot), KEPT_MARKS)
    shared = crossing_scores(marks_of_query(query.understood), told)
    query.shared = dict(zip(rows, shared.tolist(), strict=True))
    kinds = kinds_of(query.languages(rows), query.understood.spoken)
    words_count = query.meaning_counts and query.request.semantic_ratio != 1
    return crossed(ranking, shared, kinds) if words_count else ranking


def marks_of_query(understood: Understood) -> Marks:
    """What a query says by the lexicon, in each language that it may be in."""
    return open_lexicon().marks(understood.plain, *sorted(understood.spoken), telling=True)


def kinds_of(languages: Sequence[str], asked: Collection[str]) -> list[str]:
    """For `crossed`: whether each is a language of the query or another."""
    return ["own" if primary(language) in asked else "other" for language in languages]


def vouched(query: Query, ranking: Ranking) -> Ranking:
    """The ranking with the paragraphs of an article drawn towards its best one."""
    return within_articles(ranking, query.articles([row for row, _ in ranking]))


def with_feedback(query: Query, ranking: Ranking) -> Ranking:
    """The ranking with what is near its first row raised, by that row's relevance."""
    first, rows = ranking[0][0], [row for row, _ in ranking]
    if first in query.unreadable:
        return ranking
    nearness = query.snapshot.dense.scores(query.vectors([first])[0], rows)
    return fed_back(ranking, nearness, query.relevance[first])


def _kept(kept: dict[int, _T], rows: Sequence[int], make: Callable[[list[int]], list[_T]], most: int) -> list[_T]:
    """What ``kept`` has of each of ``rows``; what one query had to make is kept for the next ones, ``most`` in all."""
    found = {row: own for row in rows if (own := kept.get(row)) is not None}
    missing = [row for row in rows if row not in found]
    if missing:
        fresh = dict(zip(missing, make(missing), strict=True))
        if len(kept) + len(fresh) > most:
            kept.clear()
        kept.update(fresh)
        found |= fresh
    return [found[row] for row in rows]


def preferred(query: Query, ranking: Ranking) -> Ranking:
    """The ranking with the rows of the languages that the request prefers raised."""
    tags = query.request.prefer_languages
    among = ranking[:WINDOW] if query.request.mode == "keyword" else ranking
    return with_preference(ranking, query.snapshot.store.rows_in_languages(tags), among) if tags else ranking


def relevant(query: Query, rows: Sequence[int]) -> dict[int, float]:
    """The relevance of each of ``rows``."""
    known = cache(relevance)  # by keyword alone many thousands of rows have few different ones
    return {row: known(own) for row, own in zip(rows, signals(query, rows), strict=True)}


def signals(query: Query, rows: Sequence[int]) -> list[Signals]:
    """What the relevance of each of ``rows`` is made of."""
    nearness, chance = dict(query.semantic), _chance(query)
    told = zip(rows, query.languages(rows), _covered(query, rows), query.across(rows), strict=True)
    return [
        Signals(
            chance.deviations(nearness[row], language) if chance and row in nearness else None,
            query.soft.get(row),
            query.shared.get(row),
            covered,
            other,
        )
        for row, language, covered, other in told
    ]


def _covered(query: Query, rows: Sequence[int]) -> list[float]:
    """How much of the query each of ``rows`` has by its letters: a like sound proves nothing."""
    written = by_letters(query.words)
    return query.coverage(rows) if written is query.words else query.snapshot.keyword.coverage(written, rows)


def _chance(query: Query) -> Chance | None:
    if query.vector is None:
        return None
    sample = query.snapshot.sample
    return Chance(sample.scores(query.vector), sample.languages)


def shaped(query: Query, ranking: Ranking) -> list[Ranking]:
    """The ranking as entries of the answer: each a row, or the rows of an article where they are grouped."""
    request, store = query.request, query.snapshot.store
    if request.recency_weight and ranking and not query.dated:
        rows = [row for row, _ in ranking]
        starts = zip(rows, store.attributes.dates(rows).tolist(), strict=True)
        days = {row: datetime.fromtimestamp(start, UTC).date() for row, start in starts if start == start}
        today = datetime.now(UTC).date()
        ranking = with_recency(ranking, days, today, request.recency_weight, request.recency_half_life_days)
    if "dense" not in query.snapshot.lost:
        ranking, query.copies = collapsed(ranking, query.vectors(varied(ranking)), query.texts)
    if request.diversity and ranking and not query.dated:
        query.snapshot.need("dense")
        ranking = diversified(ranking, np.stack(query.vectors(varied(ranking))), request.diversity)
    if request.group_by is None:
        return [[entry] for entry in ranking]
    return grouped(ranking, query.articles([row for row, _ in ranking]))

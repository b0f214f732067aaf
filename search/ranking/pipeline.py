"""The ranking, as a value: its stages in their order. Start reading at `STAGES`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates
from paraglot.search.deadline import Stopwatch
from paraglot.search.ranking.article_score import add_article_score
from paraglot.search.ranking.dates import answers_before_others, drop_irrelevant, order_by_date
from paraglot.search.ranking.fusion import fuse
from paraglot.search.ranking.lexical_overlap import add_lexical_overlap
from paraglot.search.ranking.log_odds import WEIGHT as BY_LOG_ODDS
from paraglot.search.ranking.log_odds import add_log_odds
from paraglot.search.ranking.proximity import READ, add_proximity
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.relevance import AROUND_WEIGHTS, add_relevance
from paraglot.search.ranking.reranking import RERANKED, rerank
from paraglot.search.ranking.shape import (
    FIRST,
    add_recency,
    collapse_near_copies,
    diversify,
    near_another,
    prefer_languages,
)
from paraglot.search.ranking.soft_match import soft_match
from paraglot.search.ranking.stage import LeftOut, Stage
from paraglot.search.ranking.surroundings import FIRST as AROUND
from paraglot.search.ranking.surroundings import add_surroundings
from paraglot.search.ranking.translations import FIRST as RISING
from paraglot.search.ranking.translations import raise_translations

RELEVANCE_STAGES = (
    Stage("fusion", fuse),
    Stage(
        "soft_match",
        soft_match,
        lambda question: question.by_both_legs and question.pieces is not None,
        left_out="the soft match",
    ),
    Stage("lexicon", add_lexical_overlap, lambda question: question.by_both_legs, left_out="the lexicon"),
    Stage(
        "surroundings",
        add_surroundings,
        lambda question: question.by_both_legs and question.encoder in AROUND_WEIGHTS,
        left_out="what stands around",
        around=AROUND,
    ),
    Stage("relevance", add_relevance),
)
"""What gives every candidate its score and its relevance."""

ORDER_STAGES = (
    Stage(
        "log_odds",
        add_log_odds,
        lambda question: question.weighs_both_legs and question.encoder in BY_LOG_ODDS and not question.by_date,
    ),
    Stage(
        "articles",
        add_article_score,
        lambda question: question.weighs_both_legs,
    ),
    Stage(
        "proximity",
        add_proximity,
        lambda question: (
            question.request.mode != "semantic" and question.request.semantic_ratio != 1 and not question.by_date
        ),
        texts=READ,
        reads=lambda candidates: candidates.coverage > 0,
    ),
    Stage(
        "rerank",
        rerank,
        lambda question: question.reranker is not None and question.request.mode == "hybrid" and not question.by_date,
        left_out="the reranker",
        texts=RERANKED,
    ),
    Stage(
        "translations",
        raise_translations,
        lambda question: question.weighs_both_legs and question.cross_lingual and not question.by_date,
        vectors=RISING,
    ),
    Stage("preference", prefer_languages, lambda question: bool(question.request.prefer_languages)),
    Stage("dates", order_by_date, lambda question: question.by_date),
    Stage("min_relevance", drop_irrelevant, lambda question: question.request.min_relevance > 0),
    Stage("recency", add_recency, lambda question: question.request.recency_weight > 0 and not question.by_date),
    Stage(
        "answers_first",
        answers_before_others,
        lambda question: question.request.answers_first and not question.by_date,
    ),
    Stage("near_copies", collapse_near_copies, texts=FIRST, vectors=FIRST, reads=near_another),
    Stage(
        "diversity", diversify, lambda question: question.request.diversity > 0 and not question.by_date, vectors=FIRST
    ),
)
"""What puts the hits in their order."""

STAGES = (*RELEVANCE_STAGES, *ORDER_STAGES)
"""The whole ranking: every query and every benchmark goes through it from the first to the last."""


class Reads(Protocol):
    """Where texts and vectors of the first candidates are read, and what stands around them."""

    def texts(self, rows: Sequence[int]) -> Sequence[str]:
        """The text of each of ``rows``."""
        ...

    def vectors(self, rows: Sequence[int]) -> Sequence[Any]:
        """``float32[dim]``, the vector of each of ``rows``; None where there is none."""
        ...

    def around(self, rows: Sequence[int]) -> Sequence[Any]:
        """What stands around each of ``rows``; None where that cannot be told."""
        ...


def run(
    stages: Sequence[Stage], question: Question, candidates: Candidates, reads: Reads, watch: Stopwatch
) -> Candidates:
    """The candidates after these stages, those that apply; what each took and what was left out is on the watch."""
    for stage in stages:
        if not stage.applies(question):
            continue

        def work(stage: Stage = stage, before: Candidates = candidates) -> Candidates:
            if stage.vectors:
                wanted = np.ones(len(before), np.bool_)
                before = _read(before, "vectors", wanted[: stage.vectors], reads.vectors)
            if stage.around:
                before = _read(before, "around", np.ones(len(before), np.bool_)[: stage.around], reads.around)
            if stage.texts:
                before = _read(before, "texts", stage.reads(before)[: stage.texts], reads.texts)
            return stage.step(question, before)

        try:
            if stage.left_out is None:
                candidates = watch.timed(stage.name, work)
            else:
                candidates = watch.in_time(stage.name, work, candidates, stage.left_out)
        except LeftOut as reason:
            watch.warnings.append(str(reason))
    return candidates


def _read(
    candidates: Candidates, name: str, wanted: NDArray[np.bool_], read: Callable[[Sequence[int]], Sequence[Any]]
) -> Candidates:
    """The candidates, a column of objects filled for those of the first that are ``wanted``."""
    column = getattr(candidates, name)
    missing = [place for place in np.flatnonzero(wanted).tolist() if column[place] is None]
    if not missing:
        return candidates
    column = column.copy()
    for place, value in zip(missing, read(candidates.rows[missing].tolist()), strict=True):
        column[place] = value
    return candidates.with_columns(**{name: column})

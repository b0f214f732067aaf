"""The reranker's stage: the first hits of a hybrid search are read again, each together with the query."""

from __future__ import annotations

import numpy as np

from paraglot.search.candidates import Candidates, ranks
from paraglot.search.ranking.fusion import replace_first, z_scores
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.stage import LeftOut

RERANKED = 30
"""Hits that a reranker reads: each costs it a pass over query and text."""


def rerank(question: Question, candidates: Candidates) -> Candidates:
    """The first `RERANKED` by the reranker's scores, in standard deviations. Raises `LeftOut` where it fails."""
    texts = candidates.texts[:RERANKED].tolist()
    if question.reranker is None or not texts:
        return candidates
    try:
        scores = np.asarray(question.reranker.scores(question.understood.plain, texts), np.float64)
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise ValueError("it gave no number for some of the texts")
    except Exception as problem:  # foreign code: whatever goes wrong there, the search has its answer
        reason = str(problem).strip().partition("\n")[0] or type(problem).__name__
        raise LeftOut(f"The hits are as they were before the reranker, which failed: {reason}") from problem
    reranked, read = candidates.reranked.copy(), np.arange(len(candidates)) < len(scores)
    reranked[read] = np.round(scores, 6)
    columns = {"reranked": reranked, "rerank_ranks": ranks(reranked, candidates.rows, read)}
    return replace_first(candidates.with_columns(**columns), z_scores(scores, candidates.shares[: len(scores)]))

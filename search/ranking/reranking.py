"""The reranker's step: the first hits of a hybrid search are read again, each together with the query."""

from __future__ import annotations

import numpy as np

from paraglot.search.ranking.fusion import in_order, led
from paraglot.search.ranking.ranking import Query
from paraglot.search.seams import Ranking, Reranker

RERANKED = 30
"""Hits that a reranker reads: each costs it a pass over query and text."""


def reranked(query: Query, reranker: Reranker, ranking: Ranking) -> Ranking:
    """The ranking with its first `RERANKED` rows by the reranker's scores; without them a warning."""
    rows = [row for row, _ in ranking[:RERANKED]]
    if not rows:
        return ranking
    texts = query.texts(rows)
    try:
        scores = np.asarray(reranker.scores(query.understood.plain, texts), np.float64)
        if scores.shape != (len(rows),) or not np.isfinite(scores).all():
            raise ValueError("it gave no number for some of the texts")
    except Exception as problem:  # foreign code: whatever goes wrong there, the search has its answer
        reason = str(problem).strip().partition("\n")[0] or type(problem).__name__
        query.warnings.append(f"The hits are as they were before the reranker, which failed: {reason}")
        return ranking
    query.reranked = in_order(zip(rows, np.round(scores, 6).tolist(), strict=True))
    return led(ranking, scores)

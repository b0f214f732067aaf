"""Paragraphs that say the same as a given one, or as a text, in any language: neighbours among the stored vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.answer.citations import cite
from paraglot.search.answer.highlights import highlights
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.deadline import check
from paraglot.search.folder.view import View
from paraglot.search.ranking.fusion import in_order
from paraglot.search.ranking.meaning import meaning
from paraglot.search.ranking.ranking import WINDOW
from paraglot.search.ranking.relevance import Chance, Signals, relevance
from paraglot.search.seams import Ranking
from paraglot.search.types import Hit, LegEvidence


def nearest(view: View, request: SimilarRequest, vector: NDArray[np.float32], own: Sequence[int]) -> Ranking:
    """The paragraphs nearest to ``vector`` (``float32[dim]``, unit) by cosine, those of ``own`` left out."""
    allowed = view.rows(request.filter, request.languages)
    found = view.snapshot.dense.search(vector, WINDOW + len(own), allowed)
    left_out = set(own)
    return in_order((row, round(score, 6)) for row, score in found if row not in left_out)[:WINDOW]


def neighbours(view: View, vector: NDArray[np.float32], ranking: Ranking, offset: int, limit: int) -> list[Hit]:
    """One page of the ranking as hits.

    Their relevance is that of a search by meaning alone: how far they are beyond what chance gives.
    """
    store, sample = view.snapshot.store, view.snapshot.sample
    page = ranking[offset : offset + limit]
    rows = [row for row, _ in page]
    if not rows:
        return []
    chance = Chance(sample.scores(vector), sample.languages)
    scores, best = meaning(vector, view.snapshot.dense, view.snapshot.sentences, rows)
    read = zip(page, store.paragraphs(rows), store.languages(rows), strict=True)
    hits = []
    for rank, ((row, score), (paragraph, article), language) in enumerate(read, start=offset + 1):
        check()
        marked = highlights([], best.get(row))
        hits.append(
            Hit(
                paragraph=paragraph,
                article=article,
                score=score,
                relevance=relevance(Signals(chance.deviations(scores[row], language), None, None, 0.0, across=True)),
                keyword=None,
                semantic=LegEvidence(rank, score),
                citation=cite(paragraph, article, marked),
                highlights=marked,
            )
        )
    return hits

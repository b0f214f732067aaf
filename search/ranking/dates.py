"""In the order of dates: everything that matches, not the best hundred put in another order.

A hundred candidates do not hold the newest of a thousand; and all that has some word of the query in it begins with
what is new and about something else. So the candidates are those whose words cover much of the query, as many as there
are, and those near to it in meaning. Of these match the ones that have the query's words, and the ones that are not
much less relevant than the best. See docs/decisions/0025-newest-first.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Floats
from paraglot.search.ranking.question import Question
from paraglot.search.types import ANSWER_RELEVANCE, Sort

LEAST_COVERED, AS_THE_BEST = 0.5, 0.99
"""Who covers so much of the query, and so much of what the best covers, has the query's words."""

OF_BEST_OF_KIND, OF_BEST = 1 / 3, 0.1
"""How relevant the others must be: beside the best in the query's languages or in the others, and beside the best."""


def order_by_date(question: Question, candidates: Candidates) -> Candidates:
    """What matches of the candidates, by date. Of the same date the better first; what has no date last."""
    if not len(candidates):
        return candidates
    relevance, spoken = candidates.relevance, question.speaks(candidates.languages)
    least = np.full(len(candidates), OF_BEST * relevance.max())
    if question.vector is None:  # without meaning the other languages have no measure of their own
        least = np.full(len(candidates), OF_BEST_OF_KIND * relevance.max())
    for kind in (spoken, ~spoken):
        if kind.any():
            least[kind] = np.maximum(least[kind], OF_BEST_OF_KIND * relevance[kind].max())
    matching = candidates.take((relevance >= least) | _has_the_words(candidates))
    return matching.take(date_order(matching.dates, question.request.sort))


def drop_irrelevant(question: Question, candidates: Candidates) -> Candidates:
    """The candidates without what is less relevant than the request wants."""
    if not len(candidates):
        return candidates
    stays = candidates.relevance >= question.request.min_relevance
    if question.request.words_suffice:
        stays |= _has_the_words(candidates)
    return candidates.take(stays)


def answers_before_others(_: Question, candidates: Candidates) -> Candidates:
    """Those that count as answers, then the others, each in their order."""
    return candidates.take(np.argsort(candidates.relevance < ANSWER_RELEVANCE, kind="stable"))


def date_order(dates: Floats, sort: Sort) -> NDArray[np.intp]:
    """The places of ``dates`` in their order; of the same date, and without one, as they are."""
    return np.argsort(np.where(np.isnan(dates), np.inf, dates if sort == "date:asc" else -dates), kind="stable")


def _has_the_words(candidates: Candidates) -> NDArray[np.bool_]:
    """By letters: what only sounds like them, in another script, stays for its relevance or not at all."""
    coverage = candidates.coverage_by_letters
    enough: NDArray[np.bool_] = coverage >= max(LEAST_COVERED, AS_THE_BEST * coverage.max())
    return enough

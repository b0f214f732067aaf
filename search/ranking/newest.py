"""In the order of dates: everything that matches, not the best hundred put in another order.

A hundred candidates do not hold the newest of a thousand; and all that has some word of the query in it begins with
what is new and about something else. So the candidates are those whose words cover much of the query, as many as there
are, and those near to it in meaning. Of these match the ones that have the query's words, and the ones that are not
much less relevant than the best. See docs/decisions/0025-newest-first.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.folder.attributes import Attributes
from paraglot.search.ranking.fusion import in_order
from paraglot.search.ranking.ranking import DATED, WINDOW, Query
from paraglot.search.seams import Ranking
from paraglot.search.types import Sort

COVERING = 0.6
"""How much of what the best paragraph covers of the query one must cover whose words match."""

LEAST_COVERED, AS_THE_BEST = 0.5, 0.99
"""Who covers so much of the query, and so much of what the best covers, has the query's words."""

OF_BEST_OF_KIND, OF_BEST = 1 / 3, 0.1
"""How relevant the others must be: beside the best in the query's languages or in the others, and beside the best."""


def dated_words(query: Query) -> Ranking:
    """The candidates by words: the newest of all that match, or the oldest, and the best of them; by BM25."""
    keyword, words = query.snapshot.keyword, query.words
    matching = keyword.covering(words, COVERING, query.allowed)
    order = by_date(query.snapshot.store.attributes, matching, query.request.sort)
    first = [matching[place] for place in order[: query.reach]]
    if len(matching) > len(first):
        first = sorted({*first, *(row for row, _ in keyword.search(words, WINDOW, query.allowed))})
        query.beyond = len(matching) - len(first)
        if query.request.mode != "keyword":
            query.warnings.append(_too_many(query.request.sort))
    return in_order(zip(first, query.word_scores(first), strict=True))


def matching_in_date_order(query: Query, ranking: Ranking) -> Ranking:
    """What matches of the candidates, by date. Of the same date the better first; what has no date last."""
    rows = [row for row, _ in ranking]
    relevant = np.array([query.relevance[row] for row in rows])
    if not len(relevant):
        return ranking
    other = np.array(query.across(rows))
    least = np.full(len(rows), OF_BEST * relevant.max())
    for kind in (other, ~other):
        if kind.any():
            least[kind] = np.maximum(least[kind], OF_BEST_OF_KIND * relevant[kind].max())
    stays = (relevant >= least) | _has_the_words(query, rows)
    kept = [entry for entry, own in zip(ranking, stays.tolist(), strict=True) if own]
    order = by_date(query.snapshot.store.attributes, [row for row, _ in kept], query.request.sort)
    return [kept[place] for place in order]


def relevant_enough(query: Query, ranking: Ranking) -> Ranking:
    """The ranking without what is less relevant than the request wants."""
    least = query.request.min_relevance
    if not least or not ranking:
        return ranking
    rows = [row for row, _ in ranking]
    stays = np.array([query.relevance[row] for row in rows]) >= least
    if query.request.words_suffice:
        stays |= _has_the_words(query, rows)
    return [entry for entry, own in zip(ranking, stays.tolist(), strict=True) if own]


def _has_the_words(query: Query, rows: Sequence[int]) -> NDArray[np.bool_]:
    covered = np.array(query.coverage(rows))
    enough: NDArray[np.bool_] = covered >= max(LEAST_COVERED, AS_THE_BEST * float(covered.max()))
    return enough


def by_date(attributes: Attributes, rows: Sequence[int], sort: Sort) -> list[int]:
    """The places of ``rows`` in the order of their dates; of the same date, and without one, as they are."""
    dates = attributes.dates(rows)
    keys = np.where(np.isnan(dates), np.inf, dates if sort == "date:asc" else -dates)
    order: list[int] = np.argsort(keys, kind="stable").tolist()
    return order


def _too_many(sort: Sort) -> str:
    which = "oldest" if sort == "date:asc" else "newest"
    return f"More than {DATED:,} paragraphs have the words: the {which} {DATED:,} of them were put in order."

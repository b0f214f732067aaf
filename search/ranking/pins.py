"""Pinned results: paragraphs that a rule puts before all others. What a filter keeps out, no pin brings in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from paraglot.search.ranking.ranking import Query, relevant
from paraglot.search.seams import Ranking


def with_pins(query: Query, groups: list[Ranking]) -> list[Ranking]:
    """The entries of the answer, those that are pinned first; one that no leg found has the score 0."""
    rows = list(dict.fromkeys(_rows(query, groups)))
    if not rows:
        return groups
    query.pinned = frozenset(rows)
    unknown = [row for row in rows if row not in query.relevance]
    query.relevance = query.relevance | relevant(query, unknown)
    names = _names(query, [*rows, *(group[0][0] for group in groups)])
    by_name = {names[group[0][0]]: group for group in groups}
    pinned: dict[str | int, list[int]] = {}
    for row in rows:
        pinned.setdefault(names[row], []).append(row)
    first = [_first(own, by_name.get(name, [])) for name, own in pinned.items()]
    return first + [group for group in groups if names[group[0][0]] not in pinned]


def _rows(query: Query, groups: Sequence[Ranking]) -> Iterator[int]:
    """The row of each pinned id that may be seen: of an article's the best that was found, or else the first."""
    place = {row: at for at, row in enumerate(row for group in groups for row, _ in group)}
    for one in query.understood.pinned:
        rows = query.snapshot.store.rows_by_id(one)
        rows = rows if query.allowed is None else [row for row in rows if row in query.allowed]
        if rows:
            yield min(rows, key=lambda row: place.get(row, len(place)))


def _names(query: Query, rows: Sequence[int]) -> Mapping[int, str | int]:
    """What each row is an entry of: its article where hits are grouped, itself elsewhere."""
    if query.request.group_by is None:
        return {row: row for row in rows}
    return query.snapshot.store.article_ids(list(dict.fromkeys(rows)))


def _first(pinned: Sequence[int], group: Ranking) -> Ranking:
    scores = dict(group)
    return [(row, scores.get(row, 0.0)) for row in pinned] + [entry for entry in group if entry[0] not in pinned]

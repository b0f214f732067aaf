"""What stands around paragraphs in their articles, by one request: documents have their place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.chance import Chance
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.memory.texts import MemoryStore
from paraglot.search.opensearch.candidates import ReadHeads, ReadRows
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.documents import Documents
from paraglot.search.opensearch.point import all_of, columns, row_of
from paraglot.search.opensearch.schema import Packed, place_of
from paraglot.search.opensearch.scope import Scope
from paraglot.search.parts.surroundings import REACH, Surroundings, surroundings

_PARTS: tuple[Packed, ...] = ("direction", "marks", "pieces")
_COLUMNS = ("language",)

Near = Mapping[int, tuple[list[int], list[int]]]
"""Row → the rows before and after it in its article, as far as they count."""


class ReadPlaces(ReadHeads):
    """Which of the rows that were read stand beside others."""

    def __init__(self, hits: Mapping[int, Json], near: Near) -> None:
        super().__init__(hits)
        self._near = near

    def neighbours(self, rows: Sequence[int], count: int) -> Near:
        """For each of ``rows`` up to ``count`` before and after it, at most `REACH`."""
        return {row: (self._near[row][0][-count:], self._near[row][1][:count]) for row in rows}


class ReadAround(ReadRows):
    """`paraglot.search.parts.surroundings.Read` of rows and those beside them."""

    store: ReadPlaces

    def __init__(
        self,
        near: Near,
        hits: Mapping[int, Json],
        scope: Scope,
        texts: Callable[[Sequence[int]], list[str]],
        encoder: Callable[[], Encoder],
        chance: Callable[[NDArray[np.float32]], Chance],
    ) -> None:
        super().__init__(hits, scope, texts, encoder, chance)
        self._near, self.store = near, ReadPlaces(hits, near)

    def around(self, rows: Sequence[int]) -> list[Surroundings | None]:
        """Those of each of ``rows``; None of one of which it was not told what stands beside it."""
        known = [row for row in rows if row in self._near]
        found = dict(zip(known, surroundings(self, known), strict=True))
        return [found.get(row) for row in rows]


def read_by_place(scope: Scope, documents: Documents, rows: Sequence[int]) -> tuple[Near, dict[int, Json]]:
    """What stands beside each of ``rows``, and row → hit of all of them.

    An index whose documents were written before they had a place tells nothing.
    """
    paragraphs = {row: hit["_source"]["paragraph"] for row, hit in documents.read(rows).items()}
    wanted = {row: _places(own["article_id"], own["position"]) for row, own in paragraphs.items()}
    places = sorted({place for before, own, after in wanted.values() for place in (*before, own, *after)})
    query = all_of([{"terms": {"place": places}}, *scope.filters])
    reading = columns(columns=["place", *_COLUMNS], packed=_PARTS)
    [answer] = scope.point.search({"size": len(places), "track_total_hits": False, "query": query, **reading})
    hits = {row_of(hit): hit for hit in answer["hits"]["hits"]}
    at = {hit["fields"]["place"][0]: row for row, hit in hits.items()}
    near = {
        row: ([at[place] for place in before if place in at], [at[place] for place in after if place in at])
        for row, (before, _, after) in wanted.items()
        if row in hits
    }
    return near, hits


def read_by_article(scope: Scope, articles: MemoryStore, rows: Sequence[int]) -> tuple[Near, dict[int, Json]]:
    """The same where ``articles`` tell what stands beside what: of a part, in which paragraphs between are hidden."""
    near = articles.neighbours(rows, REACH)
    every = sorted({row for own, (before, after) in near.items() for row in (*before, own, *after)})
    return near, scope.point.paragraphs(every, scope.filters, columns=_COLUMNS, packed=_PARTS)


def _places(article_id: str, position: int) -> tuple[list[str], str, list[str]]:
    def at(positions: Iterable[int]) -> list[str]:
        return [place_of(article_id, other) for other in positions]

    before, after = range(max(position - REACH, 0), position), range(position + 1, position + 1 + REACH)
    return at(before), place_of(article_id, position), at(after)

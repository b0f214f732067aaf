"""Articles without a query: all that a filter lets through, in an order, page by page."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from paraglot.search.errors import InvalidRequest
from paraglot.search.text.folding import fold
from paraglot.search.types import FILTER, LANGUAGES, MAX_FACETS, MAX_LIMIT, ArticleHead, Facet, check_scope
from paraglot.search.types.options import Option, check_bounds

if TYPE_CHECKING:  # clients take the request and the response from here, without the index's arrays
    from paraglot.search.index import ArticleKey, Snapshot

Order: TypeAlias = Literal["date:desc", "date:asc", "title:asc", "title:desc"]
ORDERS: tuple[Order, ...] = ("date:desc", "date:asc", "title:asc", "title:desc")

Place: TypeAlias = tuple[bool, float, str, str]
"""Where an article stands in an order: whether it lacks a date, its date or title (the other is nothing), its id."""


@dataclass(frozen=True, slots=True)
class ArticlesRequest:
    """Which articles to list, and in which order. Raises `InvalidRequest` with the name of the offending field."""

    limit: Annotated[int, Option("Articles on the page.", minimum=1, maximum=MAX_LIMIT)] = 20
    cursor: Annotated[
        str | None, Option("`next_cursor` of the page before, which this one goes on from; left out: the first page.")
    ] = None
    sort: Annotated[
        Order,
        Option("By date, those without one last, or by title; what is equal stands in the order of the ids."),
    ] = "date:desc"
    languages: Annotated[tuple[str, ...], LANGUAGES] = ()
    filter: Annotated[str, FILTER] = ""
    facets: Annotated[
        tuple[str, ...],
        Option(
            "Attributes whose values are counted over the articles of all pages.",
            maximum_length=MAX_FACETS,
            example=["source", "language"],
        ),
    ] = ()

    def __post_init__(self) -> None:
        check_bounds(self)
        check_scope(self.filter, self.languages)
        if self.cursor is not None:
            _read_cursor(self.cursor, self.sort)


@dataclass(frozen=True, slots=True)
class ArticlesResponse:
    """One page. ``total`` counts the articles of all; ``next_cursor`` is None on the last one."""

    articles: Sequence[ArticleHead]
    request: ArticlesRequest
    total: int
    next_cursor: str | None
    warnings: Sequence[str]
    generation: int
    facets: Mapping[str, Facet] = field(default_factory=dict)


def list_articles(snapshot: Snapshot, request: ArticlesRequest) -> ArticlesResponse:
    """The page that a request asks for. A cursor goes on where it stood, whatever was added or removed since."""
    keys = snapshot.articles(snapshot.select(request.filter, request.languages))
    places = sorted(((_place(key, request.sort), key) for key in keys), key=lambda entry: entry[0][3])
    places.sort(key=lambda entry: entry[0][:3], reverse=request.sort == "title:desc")
    after = _read_cursor(request.cursor, request.sort) if request.cursor else None
    left = [entry for entry in places if after is None or _follows(entry[0], after, request.sort)]
    page = left[: request.limit]
    return ArticlesResponse(
        articles=[head for _, head in snapshot.paragraphs([key.row for _, key in page])],
        request=request,
        total=len(keys),
        next_cursor=_cursor(page[-1][0], request.sort) if len(left) > len(page) else None,
        warnings=[*snapshot.unknown(request.filter, request.facets, request.languages), *snapshot.warnings()],
        generation=snapshot.manifest.generation,
        facets=snapshot.facets([key.row for key in keys], request.facets) if request.facets else {},
    )


def _place(key: ArticleKey, sort: Order) -> Place:
    if sort.startswith("title"):
        return False, 0.0, fold(key.title or key.id), key.id
    if math.isnan(key.start):
        return True, 0.0, "", key.id
    return False, key.start if sort == "date:asc" else -key.start, "", key.id


def _follows(place: Place, after: Place, sort: Order) -> bool:
    if place[:3] == after[:3]:
        return place[3] > after[3]
    return place[:3] < after[:3] if sort == "title:desc" else place[:3] > after[:3]


def _cursor(place: Place, sort: Order) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, *place], ensure_ascii=False).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, sort: Order) -> Place:
    """The place that a cursor tells. Raises `InvalidRequest` for what is none of a list in this order."""
    try:
        read = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"==="))
        [cursor_sort, without, number, text, id_] = read
        if cursor_sort == sort and isinstance(without, bool) and isinstance(text, str) and isinstance(id_, str):
            return without, float(number), text, id_
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    detail = f"cursor must be the next_cursor of a page that is sorted by {sort}, as it was given."
    raise InvalidRequest("cursor", detail)

"""What a first visitor is told of an index: how much of what is in it, and something to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paraglot.api.pages.filters import years
from paraglot.search.answer.listing import ArticlesRequest, list_articles
from paraglot.search.engine.view import View

MOST_LANGUAGES = 10
MOST_EXAMPLES = 4
LONGEST_EXAMPLE = 90


@dataclass(frozen=True, slots=True)
class Inside:
    """Counts of articles, also by language, the most first; ``further`` languages; years; titles to search for."""

    articles: int
    languages: Sequence[tuple[str, int]]
    further: int
    first: str
    last: str
    examples: Sequence[tuple[str, str]]


def inside(view: View, ui: str) -> Inside | None:
    """What a view has; None of one that has nothing. The examples are the newest titles, one a language, that of the
    page (``ui``) before the others."""
    counts = view.languages()
    if not counts:
        return None
    listed = list_articles(view.snapshot, ArticlesRequest(limit=50, facets=("date",)))
    years_present = sorted(years(listed.facets["date"].counts))
    readable = list_articles(view.snapshot, ArticlesRequest(limit=10, languages=(ui,)))
    examples: dict[str, str] = {}
    for head in (*readable.articles, *listed.articles):
        if head.title and len(head.title) <= LONGEST_EXAMPLE:
            examples.setdefault(head.language, head.title)
    by_language = sorted(((count.language, count.articles) for count in counts), key=lambda item: (-item[1], item[0]))
    return Inside(
        articles=listed.total,
        languages=by_language[:MOST_LANGUAGES],
        further=len(by_language[MOST_LANGUAGES:]),
        first=years_present[0] if years_present else "",
        last=years_present[-1] if years_present else "",
        examples=list(examples.items())[:MOST_EXAMPLES],
    )

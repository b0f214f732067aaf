"""Hits as notebooks show them: HTML in which every text is escaped and nothing needs a style sheet or a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from search.types import Highlight, Hit, SearchResponse

COLOURS = {"keyword": "#ffe08a", "semantic": "#d7ecff"}
"""Words of the query, and the sentence nearest to it; both with black letters, whatever the notebook's theme is."""


def response_html(response: SearchResponse) -> str:
    """All hits, and what went wrong."""
    count = f"{len(response.hits)} of {response.estimated_total_hits} hits" if response.hits else "Nothing found"
    told = [f"<p><b>{escape(response.request.q)}</b> · {count} · {response.took_ms:.0f} ms</p>"]
    told += [f"<p>⚠ {escape(warning)}</p>" for warning in response.warnings]
    return "".join([*told, *map(hit_html, response.hits)])


def hit_html(hit: Hit) -> str:
    """The title, which leads to the quote where the article has an address, the paragraph, where it is from."""
    title = escape(hit.article.title or hit.article.id)
    if hit.citation.url:
        title = f'<a href="{escape(hit.citation.url)}" target="_blank" rel="noopener">{title}</a>'
    origin = [hit.paragraph.language, hit.article.source, hit.article.date, f"{hit.relevance:.0%}"]
    small = " · ".join(escape(one) for one in origin if one)
    return (
        f'<div style="margin:0 0 1em"><div dir="auto"><b>{title}</b></div>'
        f'<div dir="auto" lang="{escape(hit.paragraph.language)}">{marked(hit.paragraph.text, hit.highlights)}</div>'
        f"<small>{small}</small></div>"
    )


def marked(text: str, highlights: Sequence[Highlight]) -> str:
    """A text with its highlights. Where both kinds lie, the words of the query are seen."""
    edges = sorted({0, len(text), *(edge for one in highlights for edge in (one.start, one.end))})
    return "".join(_piece(text, start, end, highlights) for start, end in pairwise(edges))


def _piece(text: str, start: int, end: int, highlights: Sequence[Highlight]) -> str:
    kinds = sorted({one.kind for one in highlights if one.start <= start and end <= one.end})
    piece = escape(text[start:end])
    if not kinds:
        return piece
    return f'<mark style="background:{COLOURS[kinds[0]]};color:#000" title="{" ".join(kinds)}">{piece}</mark>'

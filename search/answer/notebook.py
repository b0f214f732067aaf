"""Hits as notebooks show them: HTML in which every text is escaped and nothing needs a style sheet or a script."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from paraglot.search.answer.pieces import Piece, pieces
from paraglot.search.types import Highlight, Hit, SearchResponse

COLOURS = {"keyword": "#ffe08a", "semantic": "#d7ecff"}
"""Words of the query, and the sentence nearest to it; both with black letters, whatever the notebook's theme is."""


def response_html(response: SearchResponse) -> str:
    """All hits, and what went wrong."""
    count = f"{len(response.hits)} of {response.estimated_total_hits} hits" if response.hits else "Nothing found"
    parts = [f"<p><b>{escape(response.request.q)}</b> · {count} · {response.took_ms:.0f} ms</p>"]
    parts += [f"<p>⚠ {escape(warning)}</p>" for warning in response.warnings]
    return "".join([*parts, *map(hit_html, response.hits)])


def hit_html(hit: Hit) -> str:
    """The title, which leads to the quote where the article has an address, the paragraph, where it is from."""
    title = escape(hit.article.title or hit.article.id)
    if hit.citation.url:
        title = f'<a href="{escape(hit.citation.url)}" target="_blank" rel="noopener">{title}</a>'
    origin = [hit.paragraph.language, hit.article.source, hit.article.date, f"{hit.relevance:.0%}"]
    small = " · ".join(escape(known) for known in origin if known)
    return (
        f'<div style="margin:0 0 1em"><div dir="auto"><b>{title}</b></div>'
        f'<div dir="auto" lang="{escape(hit.paragraph.language)}">{marked(hit.paragraph.text, hit.highlights)}</div>'
        f"<small>{small}</small></div>"
    )


def show_in_notebooks() -> None:
    """Have hits and responses shown as these tables wherever a notebook asks them for HTML."""
    for shown, html in ((Hit, hit_html), (SearchResponse, response_html)):
        setattr(shown, "_repr_html_", html)  # noqa: B010  # types know nothing of HTML


def marked(text: str, highlights: Sequence[Highlight]) -> str:
    """A text with its highlights. Where both kinds lie, the words of the query are seen."""
    return "".join(map(_marked, pieces(text, highlights)))


def _marked(piece: Piece) -> str:
    kinds = [kind for kind in COLOURS if getattr(piece, kind)]
    if not kinds:
        return escape(piece.text)
    return (
        f'<mark style="background:{COLOURS[kinds[0]]};color:#000" title="{" ".join(kinds)}">{escape(piece.text)}</mark>'
    )

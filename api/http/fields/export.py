"""Hits as a table (CSV, RFC 4180) that a spreadsheet opens as it is and takes for nothing but texts and numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from paraglot.api.pages.addresses import opening
from paraglot.search.types import Hit

COLUMNS = (
    "id", "article_id", "title", "url", "language", "date", "source", "position", "text", "quote", "citation_url",
    "score", "relevance",
)  # fmt: skip

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is a formula to some spreadsheet."""


def as_csv(hits: Sequence[Hit], home: str) -> bytes:
    """One line per hit under a line of names, in UTF-8 with the mark by which spreadsheets know it.

    ``home`` is the address of the service, which shows an article that has no page on the web.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for hit in hits:
        writer.writerow([_cell(value) for value in _row(hit, home)])
    return table.getvalue().encode("utf-8-sig", "replace")


def _row(hit: Hit, home: str) -> tuple[str | int | float | None, ...]:
    paragraph, article, citation = hit.paragraph, hit.article, hit.citation
    head = (paragraph.id, article.id, article.title, article.url, paragraph.language, article.date, article.source)
    cells = (paragraph.position, paragraph.text, citation.quote, opening(hit, home))
    return (*head, *cells, hit.score, hit.relevance)


def _cell(value: str | int | float | None) -> str | int | float | None:
    """Numbers as they are; a text that a spreadsheet would calculate behind an apostrophe.

    >>> _cell("=1+1"), _cell(-1.5)
    ("'=1+1", -1.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

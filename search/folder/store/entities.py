"""Articles and paragraphs out of their records."""

from __future__ import annotations

import json

from paraglot.search.folder.store.schema import Record
from paraglot.search.types import Article, ArticleHead, Paragraph


def article_of(record: Record, text: str) -> Article:
    """An article whose whole text is ``text``."""
    return Article(
        id=record["id"],
        title=record["title"],
        text=text,
        language=record["language"],
        url=record["url"],
        date=record["date"],
        source=record["source"],
        attributes=json.loads(record["attributes"]),
    )


def paragraph_of(record: Record, article: Record, position: int, start: int, end: int) -> tuple[Paragraph, ArticleHead]:
    """A paragraph and its article's head; ``position``, ``start`` and ``end`` as the article's layout has them."""
    paragraph = Paragraph(
        row=record["row"],
        id=record["id"],
        article_id=record["article_id"],
        position=position,
        text=record["text"],
        language=record["language"],
        heading=record["heading"],
        start=start,
        end=end,
        anchor=_anchor(article, record["row"]),
    )
    return paragraph, ArticleHead(**{name: article[name] for name in ArticleHead.__slots__})


def _anchor(article: Record, row: int) -> str:
    """The anchor of a row by the marks of its article, which tell from where in the text on each one holds."""
    anchors = json.loads(article["marks"]).get("anchors") if '"anchors"' in article["marks"] else None
    if not anchors:
        return ""
    start = next(start for number, start, _ in json.loads(article["layout"]) if number == row)
    return next((name for begins, name in reversed(anchors) if begins <= start), "")

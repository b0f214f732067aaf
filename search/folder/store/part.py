"""The part of a store that a caller may see: some rows of a generation, as if the others had never been written.

Of an article of which some paragraphs alone are visible, these are the article: its text, their order and their places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pyroaring import BitMap

from paraglot.search.errors import NotFound
from paraglot.search.folder.store.schema import Record
from paraglot.search.folder.store.store import Layout, Store
from paraglot.search.types import Article, Paragraph

BETWEEN = "\n\n"
"""What stands between the paragraphs of an article that is visible in part."""


class StorePart(Store):
    """Some rows of a store, whose connection it shares: it is not to be closed by itself."""

    def __init__(self, whole: Store, visible: BitMap, by_paragraph: bool = True) -> None:
        """``visible``: the rows that there are; ``by_paragraph``: whether paragraphs were chosen, not articles."""
        self.generation, self._path = whole.generation, whole._path
        self._lock, self._connection = whole._lock, whole._connection
        self._kept_paragraphs, self._kept_articles = whole._kept_paragraphs, whole._kept_articles
        self._whole, self._visible, self._by_paragraph = whole, visible, by_paragraph
        self.columns = whole.columns.within(visible)

    def close(self) -> None:
        """Nothing: the files belong to the whole."""

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs, as far as they are visible. Raises `NotFound`."""
        article, paragraphs = self._whole.article(article_id)
        visible = [paragraph for paragraph in paragraphs if paragraph.row in self._visible]
        if not visible:
            raise NotFound(f"There is no article {article_id!r}.")
        if len(visible) == len(paragraphs):
            return article, paragraphs
        text = BETWEEN.join(article.text[paragraph.start : paragraph.end] for paragraph in visible)
        return replace(article, text=text), [
            paragraph for paragraph, _ in self.paragraphs([paragraph.row for paragraph in visible])
        ]

    def _layout(self, article: Record) -> Layout:
        whole = super()._layout(article)
        visible = [entry for entry in whole if entry[0] in self._visible]
        return whole if len(visible) == len(whole) else _joined(visible)

    def _row(self, paragraph_id: str) -> int | None:
        row = super()._row(paragraph_id)
        return row if row is not None and row in self._visible else None

    def _former(self, paragraph_id: str, after: int) -> Record | None:
        """As the whole has it, of an article that is visible.

        Of what has no successor nobody knows whether it would have been chosen among the paragraphs.
        """
        record = super()._former(paragraph_id, after) if self.rows_of(paragraph_id.rpartition("~")[0]) else None
        return None if record and record["successor"] is None and self._by_paragraph else record


def _joined(layout: Sequence[tuple[int, int, int]]) -> Layout:
    """The same paragraphs where they stand with `BETWEEN` between them."""
    placed: Layout = []
    at = 0
    for row, start, end in layout:
        placed.append((row, at, at + end - start))
        at += end - start + len(BETWEEN)
    return placed

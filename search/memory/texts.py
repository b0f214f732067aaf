"""Articles and paragraphs in dictionaries."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.errors import NotFound, ParagraphChanged
from paraglot.search.memory.attributes import MemoryAttributes
from paraglot.search.parts.sampling import Candidates, priorities_of
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import Article, ArticleHead, Paragraph

BETWEEN = "\n\n"
"""What stands between the paragraphs of an article that is seen in part."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article, its paragraphs in order, and the former ones of its id: each → its successor, if it has one."""

    article: Article
    paragraphs: tuple[Paragraph, ...]
    former: Mapping[str, str | None]

    @property
    def rows(self) -> list[int]:
        """The rows of its paragraphs, in the order of the text."""
        return [paragraph.row for paragraph in self.paragraphs]

    def within(self, rows: Collection[int]) -> StoredArticle:
        """The article as if it had nothing but its paragraphs among ``rows``."""
        visible = [paragraph for paragraph in self.paragraphs if paragraph.row in rows]
        if len(visible) == len(self.paragraphs):
            return self
        placed, start = [], 0
        for position, paragraph in enumerate(visible):
            placed.append(replace(paragraph, position=position, start=start, end=start + len(paragraph.text)))
            start += len(paragraph.text) + len(BETWEEN)
        text = BETWEEN.join(paragraph.text for paragraph in visible)
        return StoredArticle(replace(self.article, text=text), tuple(placed), self.former)


class MemoryStore:
    """Articles by id, in the order of ids."""

    def __init__(self, articles: Mapping[str, StoredArticle], by_paragraph: bool = False) -> None:
        """``by_paragraph``: of its articles some paragraphs may be hidden, so nobody knows of what has no successor."""
        self.articles = dict(sorted(articles.items()))
        self._by_paragraph = by_paragraph
        self._paragraphs = {
            paragraph.row: (stored.article, paragraph)
            for stored in articles.values()
            for paragraph in stored.paragraphs
        }
        self._rows = {paragraph.id: row for row, (_, paragraph) in self._paragraphs.items()}
        self.attributes = MemoryAttributes(self._paragraphs)

    def within(self, rows: Collection[int], by_paragraph: bool) -> MemoryStore:
        """The store as if there were nothing but ``rows``."""
        parts = {id_: stored.within(rows) for id_, stored in self.articles.items()}
        return MemoryStore({id_: stored for id_, stored in parts.items() if stored.paragraphs}, by_paragraph)

    def rows(self) -> list[int]:
        """All rows, ascending."""
        return sorted(self._paragraphs)

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, in that order."""
        return [(self._paragraphs[row][1], _head(self._paragraphs[row][0])) for row in rows]

    def bodies(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading."""
        return [self._paragraphs[row][1].text for row in rows]

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``."""
        for row in rows:
            article, paragraph = self._paragraphs[row]
            yield row, (article.title, f"{paragraph.heading}\n{paragraph.text}")

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``, in lower case; "und" for a row that there is not."""
        return [self._paragraphs[row][1].language.lower() if row in self._paragraphs else "und" for row in rows]

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        return {row: self._paragraphs[row][0].id for row in rows}

    def checksums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All rows, ascending, and the checksum of each one's paragraph."""
        texts = dict(self.texts(self.rows()))
        sums = [zlib.crc32("\n".join(texts[row]).encode("utf-8", "replace")) for row in self.rows()]
        return np.array(self.rows(), np.int64), np.array(sums, np.int64)

    def candidates(self) -> Candidates:
        """The rows that may stand for chance."""
        ids = (paragraph.id for _, paragraph in self._paragraphs.values())
        return Candidates.of(np.array(list(self._paragraphs), np.int64), priorities_of(ids))

    def rows_in_languages(self, tags: Iterable[str]) -> BitMap:
        """The rows whose language is one of ``tags`` or a variety of one."""
        lowered = [tag.lower() for tag in tags]
        return BitMap(
            row
            for row, language in zip(self._paragraphs, self.languages(list(self._paragraphs)), strict=True)
            if any(language == tag or language.startswith(tag + "-") for tag in lowered)
        )

    def rows_from(self, predicate: Callable[[str], bool]) -> BitMap:
        """The rows of articles whose source the ``predicate`` is true of."""
        return BitMap(
            row
            for row, (article, _) in self._paragraphs.items()
            if article.source is not None and predicate(article.source)
        )

    def rows_of(self, article_id: str) -> list[int]:
        """The rows of an article, in the order of its text; none where it is not there."""
        stored = self.articles.get(id_form(article_id))
        return stored.rows if stored else []

    def rows_by_id(self, id_: str) -> list[int]:
        """The row of the paragraph with an id, or of its successor, or the rows of the article with it, in order."""
        try:
            return [self.paragraph(id_)[0].row]
        except ParagraphChanged as changed:
            return self.rows_by_id(changed.successor) if changed.successor else self.rows_of(id_)
        except NotFound:
            return self.rows_of(id_)

    def neighbours(self, rows: Sequence[int], count: int) -> dict[int, tuple[list[int], list[int]]]:
        """For each of ``rows`` up to ``count`` rows before and after it in its article, in the order of the text."""
        found = {}
        for row in rows:
            own = self.rows_of(self._paragraphs[row][0].id)
            at = own.index(row)
            found[row] = own[max(at - count, 0) : at], own[at + 1 : at + 1 + count]
        return found

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound` or `ParagraphChanged`."""
        id_ = id_form(paragraph_id)
        if id_ in self._rows:
            return self.paragraphs([self._rows[id_]])[0]
        stored = self.articles.get(id_.rpartition("~")[0])
        if stored is None or id_ not in stored.former:
            raise NotFound(f"There is no paragraph {paragraph_id!r}.")
        last: str | None = id_
        while last is not None and last not in self._rows and last in stored.former:
            last = stored.former[last]
        if self._by_paragraph and (last is None or last not in self._rows):
            raise NotFound(f"There is no paragraph {paragraph_id!r}.")
        raise ParagraphChanged(paragraph_id, last)

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order. Raises `NotFound`."""
        stored = self.articles.get(id_form(article_id))
        if stored is None:
            raise NotFound(f"There is no article {article_id!r}.")
        return stored.article, list(stored.paragraphs)


def _head(article: Article) -> ArticleHead:
    return ArticleHead(**{name: getattr(article, name) for name in ArticleHead.__slots__})

"""A view: one generation as one caller may see it. Every read, by search or by id, goes through here.

Of a caller with a forced filter the snapshot is the part that it lets through (`Snapshot.within`): neither what is
asked of a view nor any statistic on the way to an answer knows of more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from paraglot.search.answer.story import same_story
from paraglot.search.errors import ParagraphChanged
from paraglot.search.index import LanguageCount, Manifest, Snapshot
from paraglot.search.types import AlsoIn, Article, ArticleHead, Context, Paragraph


class ViewKey(NamedTuple):
    """The same for two views exactly where they show the same: which opening of the index it is, and the filter."""

    opening: int
    forced: str


@dataclass(frozen=True, slots=True)
class View:
    """What one caller may see of a generation."""

    snapshot: Snapshot
    key: ViewKey

    @property
    def manifest(self) -> Manifest:
        """What the generation is made of, counted over what may be seen."""
        return self.snapshot.manifest

    def languages(self) -> list[LanguageCount]:
        """The languages of what may be seen, that of the most paragraphs first."""
        return self.snapshot.languages()

    def warnings(self, filter_: str = "", facets: Sequence[str] = (), languages: Sequence[str] = ()) -> list[str]:
        """One for each attribute named that no article has, and for each language that no paragraph is in."""
        return self.snapshot.unknown(filter_, facets, languages)

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound`, or `ParagraphChanged` with its successor."""
        return self.snapshot.paragraph(paragraph_id)

    def paragraph_now(self, paragraph_id: str) -> Paragraph:
        """A paragraph, or the one in its place. Raises `NotFound`, or `ParagraphChanged` where none is left."""
        try:
            return self.paragraph(paragraph_id)[0]
        except ParagraphChanged as changed:
            if changed.successor is None:
                raise
            return self.paragraph(changed.successor)[0]

    def context(self, rows: Sequence[int], count: int) -> dict[int, Context]:
        """For each of ``rows`` up to ``count`` paragraphs on either side of it in its article."""
        return self.snapshot.context(rows, count)

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order, as far as they may be seen. Raises `NotFound`."""
        return self.snapshot.article(article_id)

    def same_story(self, paragraphs: Sequence[Paragraph]) -> list[AlsoIn]:
        """Where other languages tell what an article does that begins with these paragraphs; one article a language."""
        return same_story(self.snapshot, paragraphs)

"""A view: one generation as one caller may see it. Every read, by search or by id, goes through here.

Of a caller with a forced filter the snapshot is the part that it lets through (`Snapshot.within`): neither what is
asked of a view nor any statistic on the way to an answer knows of more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pyroaring import BitMap

from paraglot.search.folder.attributes import Attributes
from paraglot.search.folder.manifest import IndexManifest
from paraglot.search.folder.snapshot import Snapshot
from paraglot.search.index import LanguageCount
from paraglot.search.query.filters import conditions, parse_filter
from paraglot.search.types import Article, ArticleHead, Context, Paragraph


@dataclass(frozen=True, slots=True)
class View:
    """What one caller may see of a generation."""

    snapshot: Snapshot

    def rows(self, filter_: str = "", languages: Sequence[str] = (), among: BitMap | None = None) -> BitMap | None:
        """The rows that may be read, in ``languages``, let through by ``filter_``, and ``among``; None: every row."""
        store = self.snapshot.store
        parts = [rows for rows in (self.snapshot.rows, among) if rows is not None]
        if filter_.strip():
            parts.append(store.attributes.rows(parse_filter(filter_)))
        if languages:
            parts.append(store.rows_in_languages(languages))
        return BitMap.intersection(*parts) if parts else None

    @property
    def attributes(self) -> Attributes:
        """The attributes of the articles, to be asked for rows that `rows` lets through alone."""
        return self.snapshot.store.attributes

    @property
    def manifest(self) -> IndexManifest:
        """What the generation is made of, counted over what may be seen."""
        return self.snapshot.manifest

    def languages(self) -> list[LanguageCount]:
        """The languages of what may be seen, that of the most paragraphs first."""
        return self.attributes.languages()

    def warnings(self, filter_: str = "", facets: Sequence[str] = (), languages: Sequence[str] = ()) -> list[str]:
        """One for each attribute named that no article has, and for each language that no paragraph is in."""
        named = [one.name for one in conditions(parse_filter(filter_))] if filter_.strip() else []
        attributes = self.snapshot.store.attributes
        absent = [tag for tag in languages if not self.snapshot.store.rows_in_languages([tag])]
        return [self._unknown(name) for name in attributes.unknown([*named, *facets])] + [
            f"No paragraph is in {tag!r}; a shorter tag takes in its varieties." for tag in absent
        ]

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound`, or `ParagraphChanged` with its successor."""
        return self.snapshot.store.paragraph(paragraph_id)

    def context(self, rows: Sequence[int], count: int) -> dict[int, Context]:
        """For each of ``rows`` up to ``count`` paragraphs on either side of it in its article."""
        near = self.snapshot.store.neighbours(rows, count)
        beside = sorted({row for sides in near.values() for side in sides for row in side})
        found = {one.row: one for one, _ in self.snapshot.store.paragraphs(beside)}
        return {
            row: Context([found[one] for one in before], [found[one] for one in after])
            for row, (before, after) in near.items()
        }

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order, as far as they may be seen. Raises `NotFound`."""
        return self.snapshot.store.article(article_id)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self.snapshot.store.attributes.names(), n=1)
        return f"No article has the attribute {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")

"""A view: one generation as one caller may see it. Every read, by search or by id, goes through here.

A caller's ``forced`` filter is ANDed with whatever is asked; there is no other way to the store from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from pyroaring import BitMap

from search.analysis import terms
from search.attributes import Attributes, LanguageCount
from search.errors import NotFound, ParagraphChanged
from search.filters import conditions, parse_filter
from search.manifest import IndexManifest
from search.snapshot import Snapshot
from search.types import Article, ArticleHead, Context, Paragraph


@dataclass(frozen=True, slots=True)
class View:
    """A snapshot and the filter that its reader cannot leave; None: the reader may see everything."""

    snapshot: Snapshot
    forced: str | None = None

    def rows(self, filter_: str = "", languages: Sequence[str] = (), among: BitMap | None = None) -> BitMap | None:
        """The rows that may be read, in ``languages``, let through by ``filter_``, and ``among``; None: every row."""
        store = self.snapshot.store
        parts = [store.attributes.rows(parse_filter(one)) for one in (self.forced, filter_) if one and one.strip()]
        if among is not None:
            parts.append(among)
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
        manifest, allowed = self.snapshot.manifest, self.rows()
        if allowed is None:
            return manifest
        articles = len(set(self.snapshot.store.article_ids(sorted(allowed)).values()))
        counted = {one.language: one.paragraphs for one in self.languages()}
        return replace(manifest, articles=articles, paragraphs=len(allowed), languages=counted)

    def languages(self) -> list[LanguageCount]:
        """The languages of what may be seen, that of the most paragraphs first."""
        return self.attributes.languages(self.rows())

    def warnings(self, filter_: str = "", facets: Sequence[str] = (), languages: Sequence[str] = ()) -> list[str]:
        """One for each attribute named that no article has, and for each language that no paragraph is in.

        A caller who sees only a part is not told which names lie outside it.
        """
        if self.forced:
            return []
        named = [one.name for one in conditions(parse_filter(filter_))] if filter_.strip() else []
        attributes = self.snapshot.store.attributes
        absent = [tag for tag in languages if not self.snapshot.store.rows_in_languages([tag])]
        return [self._unknown(name) for name in attributes.unknown([*named, *facets])] + [
            f"No paragraph is in {tag!r}; a shorter tag takes in its varieties." for tag in absent
        ]

    def told(self, looked_for: Sequence[str], query: str) -> Sequence[str]:
        """Of the terms ``looked_for`` those that the caller may know.

        What the whole index has to complete or to mend a word says what lies outside a caller's part of it.
        """
        return [term for term in looked_for if term in set(terms(query))] if self.forced else looked_for

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head. Raises `NotFound`, or `ParagraphChanged` with its successor.

        To a caller who sees only a part, a paragraph is changed where its successor may be seen; else it never was.
        """
        unknown = NotFound(f"There is no paragraph {paragraph_id!r}.")
        try:
            paragraph, head = self.snapshot.store.paragraph(paragraph_id)
        except ParagraphChanged as changed:
            if self.forced and not self._sees(changed.successor):
                raise unknown from None
            raise
        if not self._visible([paragraph.row]):
            raise unknown
        return paragraph, head

    def context(self, rows: Sequence[int], count: int) -> dict[int, Context]:
        """For each of ``rows`` up to ``count`` paragraphs on either side of it in its article, if they may be seen."""
        near = self.snapshot.store.neighbours(rows, count)
        seen = self._visible(sorted({row for sides in near.values() for side in sides for row in side}))
        found = {one.row: one for one, _ in self.snapshot.store.paragraphs(sorted(seen))}

        def readable(side: Sequence[int]) -> list[Paragraph]:
            return [found[row] for row in side if row in found]

        return {row: Context(readable(before), readable(after)) for row, (before, after) in near.items()}

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order. Raises `NotFound`.

        Where not all of it may be seen, its text is that of the paragraphs that may, with blank lines between.
        """
        article, paragraphs = self.snapshot.store.article(article_id)
        visible = self._visible([one.row for one in paragraphs])
        if self.forced and not visible:
            raise NotFound(f"There is no article {article_id!r}.")
        if len(visible) == len(paragraphs):
            return article, paragraphs
        return _part(article, [one for one in paragraphs if one.row in visible])

    def _sees(self, paragraph_id: str | None) -> bool:
        return paragraph_id is not None and bool(self._visible([self.snapshot.store.paragraph(paragraph_id)[0].row]))

    def _visible(self, rows: Sequence[int]) -> set[int]:
        allowed = self.rows()
        return set(rows) if allowed is None else set(rows) & set(allowed)

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, self.snapshot.store.attributes.names(), n=1)
        return f"No article has the attribute {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")


def _part(article: Article, paragraphs: Sequence[Paragraph]) -> tuple[Article, list[Paragraph]]:
    placed: list[Paragraph] = []
    at = 0
    for one in paragraphs:
        placed.append(replace(one, start=at, end=at + len(one.text)))
        at += len(one.text) + 2
    return replace(article, text="\n\n".join(one.text for one in placed)), placed

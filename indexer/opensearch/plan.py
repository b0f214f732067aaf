"""What a commit writes and removes, told by what is stored and what was put: without a cluster."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from paraglot.indexer.run import Report
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.memory.index import identity
from paraglot.search.memory.texts import StoredArticle
from paraglot.search.memory.vectors import Vector
from paraglot.search.opensearch.articles import ArticleDocument
from paraglot.search.opensearch.manifest import ClusterManifest
from paraglot.search.opensearch.words import number_of
from paraglot.search.parts.successors import successors
from paraglot.search.text.analysis import ANALYZER
from paraglot.search.types import Article, EncoderSpec, Paragraph

MOST_GIVEN_UP = 100
"""Attempts that never committed of which a manifest knows, the last ones."""


@dataclass(frozen=True, slots=True)
class NewParagraph:
    """A paragraph whose document is to be written; ``known``: what the encoder made of it is stored already.

    ``vector``: ``float32[dim]``, unit, which it came with; None where the index makes its own, or is rebuilt.
    """

    id: str
    article: Article
    paragraph: Paragraph
    known: bool
    vector: Vector | None = None


class Plan:
    """The documents that come and go from one generation to the next."""

    def __init__(self, base: ClusterManifest | None, stored: Mapping[str, ArticleDocument], attempt: int) -> None:
        """``stored``: the articles of the ``base`` that are changed, by id; ``attempt`` numbers the documents."""
        self.base = base
        self.generation = base.generation + 1 if base else 1
        self.attempt = attempt
        self.paragraphs: list[NewParagraph] = []
        self.articles: list[ArticleDocument] = []
        self.removed: list[str] = []
        self.report = Report()
        self._stored = dict(stored)
        self._next_row = base.next_row if base else 1
        self._articles = base.articles if base else 0
        self._languages = Counter(base.languages if base else {})
        self._articles_in = Counter(base.articles_in if base else {})

    @property
    def changes(self) -> bool:
        """Whether anything comes or goes."""
        return bool(self.articles or self.removed)

    def remove(self, article_id: str) -> None:
        """Remove an article that is stored."""
        removed = self._stored.pop(article_id)
        self.removed += [removed.id, *removed.documents]
        self._count(removed.stored, -1)
        self.report.articles_removed += 1
        self.report.paragraphs_removed += len(removed.documents)

    def put(self, article: Article, paragraphs: Sequence[Paragraph], vectors: Vectors | None = None) -> None:
        """Take in an article; nothing where it is stored just so.

        ``vectors``: ``float32[paragraphs, dim]``, unit, where they come from outside. Other ones make all of its
        paragraphs anew, which keep their rows.
        """
        before = self._stored.get(article.id)
        new: list[NewParagraph] = []
        document = self._placed(article, paragraphs, before, vectors, new)
        if before and (before.stored, before.vectors) == (document.stored, document.vectors):
            self.report.articles_unchanged += 1
            return
        self.report.articles_added += before is None
        self.report.articles_changed += before is not None
        came = sum(not paragraph.known for paragraph in new)
        self.report.paragraphs_added += came
        self.report.paragraphs_embedded += came
        self.report.paragraphs_removed += len(before.documents) + came - len(paragraphs) if before else 0
        self.articles.append(document)
        self.paragraphs += new
        self._count(document.stored, 1)
        if before:
            staying = set(document.documents)
            self.removed += [before.id, *(id_ for id_ in before.documents if id_ not in staying)]
            self._count(before.stored, -1)

    def manifest(self, encoder: EncoderSpec, sentences: bool) -> ClusterManifest:
        """The manifest of the new generation."""
        languages = {tag: count for tag, count in sorted(self._languages.items()) if count}
        return ClusterManifest(
            generation=self.generation,
            created=datetime.now(UTC).isoformat(timespec="microseconds"),
            encoder=encoder,
            analyzer=ANALYZER,
            articles=self._articles,
            paragraphs=sum(languages.values()),
            languages=languages,
            articles_in={tag: self._articles_in[tag] for tag in languages},
            sentences=sentences,
            next_row=self._next_row,
            attempt=self.attempt,
            given_up=self._given_up(),
            removed=tuple(self.removed),
        )

    def _given_up(self) -> tuple[int, ...]:
        """The last attempts that never committed: what such a writer left may come to light late."""
        if self.base is None:
            return ()
        return (*self.base.given_up, *range(self.base.attempt + 1, self.attempt))[-MOST_GIVEN_UP:]

    def _placed(
        self,
        article: Article,
        paragraphs: Sequence[Paragraph],
        before: ArticleDocument | None,
        vectors: Vectors | None,
        new: list[NewParagraph],
    ) -> ArticleDocument:
        """The article with rows: a paragraph that is as it was keeps its own, and its document if all is as it was."""
        known = {}
        if before:
            for paragraph_before, id_ in zip(before.stored.paragraphs, before.documents, strict=True):
                known[*identity(before.stored.article, paragraph_before), paragraph_before.text] = paragraph_before, id_
        vectors_hash = "" if vectors is None else hashlib.sha256(vectors.tobytes()).hexdigest()
        same_vectors = before is not None and before.vectors == vectors_hash
        same_head = before is not None and replace(before.stored.article, text=article.text) == article
        placed: list[Paragraph] = []
        documents: list[str] = []
        for position, paragraph in enumerate(paragraphs):
            was, id_ = known.get((*identity(article, paragraph), paragraph.text), (None, ""))
            placed_paragraph = replace(paragraph, row=was.row if was else self._new_row())
            if was != placed_paragraph or not (same_head and same_vectors):
                id_ = f"p{placed_paragraph.row}-{self.attempt}"
                vector = None if vectors is None else vectors[position]
                new.append(NewParagraph(id_, article, placed_paragraph, was is not None and same_vectors, vector))
            placed.append(placed_paragraph)
            documents.append(id_)
        stored = StoredArticle(article, tuple(placed), _former(before, placed))
        return ArticleDocument(f"a{number_of(article.id):016x}-{self.attempt}", stored, tuple(documents), vectors_hash)

    def _new_row(self) -> int:
        self._next_row += 1
        return self._next_row - 1

    def _count(self, stored: StoredArticle, sign: int) -> None:
        self._articles += sign
        for tag, count in Counter(paragraph.language for paragraph in stored.paragraphs).items():
            self._languages[tag] += sign * count
            self._articles_in[tag] += sign


def _former(before: ArticleDocument | None, placed: Sequence[Paragraph]) -> dict[str, str | None]:
    """The paragraphs that an article had once: each → its successor, if it has one."""
    if before is None:
        return {}
    after = [paragraph.id for paragraph in placed]
    successors_of = successors([paragraph.id for paragraph in before.stored.paragraphs], after)
    former = {**before.stored.former, **successors_of}
    return {id_before: successor for id_before, successor in former.items() if id_before not in after}

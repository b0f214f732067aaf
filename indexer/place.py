"""An index in a folder that can be changed article by article: the seam's writing half, over one run of a writer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from paraglot.indexer.corpus.assemble import Assembled, NewParagraph
from paraglot.indexer.corpus.drafts import Block, Draft, Place
from paraglot.indexer.corpus.own_vectors import texts_hash
from paraglot.indexer.folder.embed import given_vectors
from paraglot.indexer.run import Making
from paraglot.indexer.write import Write, writing
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.folder.index import FolderIndex
from paraglot.search.parts.articles import check_article, check_id, check_paragraphs
from paraglot.search.parts.own_vectors import check_vectors
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import Article, Paragraph

GIVEN = "given-1"
"""Names the rules by which an article became paragraphs: none of ours."""


class WritableFolder(FolderIndex):
    """The index in a folder, read and written."""

    def __init__(self, folder: Path, model: str | None = None, encoder: Encoder | None = None) -> None:
        """``model`` names the encoder of an index that is not there yet; ``encoder`` as `FolderIndex`."""
        super().__init__(folder, encoder)
        self._folder, self._model = folder, model

    @contextmanager
    def change(self) -> Iterator[FolderChange]:
        """One change; what is not committed when the block ends is dropped. Raises `IndexLocked` beside another."""
        with writing(self._folder, Making(self._model)) as write:
            yield FolderChange(write)


class FolderChange:
    """What becomes of an index by one commit."""

    def __init__(self, write: Write) -> None:
        self._write = write

    def put(self, article: Article, paragraphs: Sequence[Paragraph], vectors: Sequence[Sequence[float]] = ()) -> None:
        """Take in an article with these paragraphs, in order, in place of a former version of it. Raises
        `InvalidRequest`."""
        check_article(article)
        check_paragraphs(article, paragraphs)
        check_vectors(article, len(paragraphs), vectors, self._write.outside)
        numbers = tuple(tuple(map(float, vector)) for vector in vectors)
        blocks = tuple(
            Block(
                paragraph.text, paragraph.start, paragraph.end, paragraph.heading, paragraph.language, paragraph.anchor
            )
            for paragraph in paragraphs
        )
        head = (article.url, article.date, article.source)
        body = (article.id, article.title, article.text, article.language)
        draft = Draft(Place(Path(article.id)), *body, *head, article.attributes, blocks=blocks, vectors=numbers)
        input_hash = draft.input_hash(json.dumps([GIVEN, [paragraph.id for paragraph in paragraphs]]))
        own_vectors = numbers or [None] * len(paragraphs)
        new = [_new(paragraph, vector) for paragraph, vector in zip(paragraphs, own_vectors, strict=True)]
        assembled = Assembled(article.language, new)
        if numbers:
            self._write.vector_cache().put(*given_vectors(draft, assembled))
        self._write.take(draft, assembled, input_hash)

    def remove(self, article_id: str) -> None:
        """Remove one article. Raises `NotFound`, `InvalidRequest`."""
        check_id(article_id)
        self._write.remove(id_form(article_id))

    def commit(self) -> int:
        """Make it what the index serves. Returns the generation: the one before where nothing changed."""
        self._write.commit()
        return self._write.report.generation


def _new(paragraph: Paragraph, vector: Sequence[float] | None) -> NewParagraph:
    return NewParagraph(
        id_form(paragraph.id),
        paragraph.text,
        texts_hash(paragraph.text, vector),
        paragraph.heading,
        paragraph.language,
        paragraph.start,
        paragraph.end,
    )

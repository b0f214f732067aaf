"""The documents of a commit made: analysed, and embedded as far as the index has not what the encoder says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from paraglot.indexer.folder.embed import BATCH, embed
from paraglot.indexer.folder.records import NewRow
from paraglot.indexer.folder.words import Words
from paraglot.indexer.opensearch.documents import Meaning, article_document, paragraph_document
from paraglot.indexer.opensearch.plan import NewParagraph, Plan
from paraglot.search.encoders.pieces import piece_encoder, pieces_of
from paraglot.search.encoders.protocols import Encoder, SentenceEncoder
from paraglot.search.errors import IndexMismatch
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.manifest import ANEW
from paraglot.search.opensearch.point import Point
from paraglot.search.opensearch.scope import packed
from paraglot.search.parts.gist import packed_pieces
from paraglot.search.parts.sentence_records import Records
from paraglot.search.types import EncoderSpec
from paraglot.search.types.address import VECTORS


@dataclass(frozen=True, slots=True)
class Making:
    """How an index is made. ``encoder`` gives that of an index (None: of a new one); a new one has ``shards``,
    ``replicas`` and ``vectors``.
    """

    encoder: Callable[[EncoderSpec | None], Encoder]
    shards: int
    replicas: int
    vectors: str = VECTORS[0]


class NewDocuments:
    """The documents that a plan has written."""

    def __init__(self, plan: Plan, making: Making, point: Point | None) -> None:
        """``point``: where what is known already is read."""
        self._plan, self._making, self._point = plan, making, point
        self._words = Words()

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of the index. Raises `EncoderMissing`, or `IndexMismatch` for another version of it."""
        base = self._plan.base
        encoder = self._making.encoder(base.encoder if base else None)
        if base and encoder.spec.fingerprint != base.encoder.fingerprint:
            raise IndexMismatch(f"The index was made with another version of the encoder {base.encoder.name!r}.", ANEW)
        return encoder

    @property
    def dimension(self) -> int:
        """Of the vectors."""
        return self.encoder.spec.dimension

    @property
    def sentences(self) -> bool:
        """Whether the vectors of sentences are kept."""
        return self._plan.base.sentences if self._plan.base else isinstance(self.encoder, SentenceEncoder)

    def batches(self, most: int) -> Iterator[list[tuple[str, Json]]]:
        """(id, body) of all documents, at most so many at once."""
        batch: list[tuple[str, Json]] = []
        for document in self._documents():
            batch.append(document)
            if len(batch) == most:
                yield batch
                batch = []
        if batch:
            yield batch

    def _documents(self) -> Iterator[tuple[str, Json]]:
        paragraphs, attempt = self._plan.paragraphs, self._plan.attempt
        for first in range(0, len(paragraphs), BATCH):
            yield from self._of(paragraphs[first : first + BATCH])
        for document in self._plan.articles:
            yield document.id, article_document(document, attempt)

    def _of(self, paragraphs: Sequence[NewParagraph]) -> Iterator[tuple[str, Json]]:
        rows = [_row(new) for new in paragraphs]
        meanings = self._known([new.paragraph.row for new in paragraphs if new.known])
        meanings |= self._embedded([row for row, new in zip(rows, paragraphs, strict=True) if not new.known])
        by = piece_encoder(self.encoder)
        pieces = map(packed_pieces, pieces_of(by, [row.text for row in rows])) if by else [None] * len(rows)
        for new, words, own in zip(paragraphs, self._words.of(rows), pieces, strict=True):
            meaning = meanings[new.paragraph.row]
            body = paragraph_document(new.article, new.paragraph, words, meaning, own, self._plan.attempt)
            yield new.id, body

    def _embedded(self, rows: Sequence[NewRow]) -> dict[int, Meaning]:
        if not rows:
            return {}
        made = embed(self.encoder, rows, self.sentences)
        sentences: Sequence[Records | None] = made.sentences or [None] * len(rows)
        return {
            row.row: Meaning(vector, None if own is None else own.tobytes())
            for row, vector, own in zip(rows, made.vectors, sentences, strict=True)
        }

    def _known(self, rows: Sequence[int]) -> dict[int, Meaning]:
        if not rows or self._point is None:
            return {}
        found = self._point.paragraphs(rows, self._point.generation_filters, packed=["direction", "sentences"])
        return {
            row: Meaning(
                np.frombuffer(packed(hit, "direction"), np.float32),
                packed(hit, "sentences") if self.sentences else None,
            )
            for row, hit in found.items()
        }


def _row(new: NewParagraph) -> NewRow:
    own = new.paragraph
    return NewRow(own.row, new.article.title, own.heading, own.text, "", own.language)

"""The documents of a commit made: analysed, and embedded as far as the index has not what the encoder says of them.

What takes long of this is the same whatever the index holds, and can be made before the lock of the index is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from paraglot.indexer.corpus.own_vectors import texts_hash
from paraglot.indexer.folder.embed import BATCH, embed
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.words import RowWords, Words
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
    ``replicas`` and ``vectors``, and is of ``model``.
    """

    encoder: Callable[[EncoderSpec | None], Encoder]
    shards: int
    replicas: int
    vectors: str = VECTORS[0]
    model: str = ""


class Made(NamedTuple):
    """What texts have become that the encoder has read."""

    words: RowWords
    meaning: Meaning
    pieces: bytes | None


Ahead: TypeAlias = Mapping[NewRow, Made]
"""What was made before it was known which rows it is for: by rows without a number."""


class Maker:
    """Makes of texts what is searched of them, and keeps what it knows of their words. One thread at a time."""

    def __init__(self, encoder: Encoder, sentences: bool) -> None:
        self._encoder, self._sentences = encoder, sentences
        self._pieces = piece_encoder(encoder)
        self._words = Words()

    def ahead(self, paragraphs: Sequence[NewParagraph]) -> dict[NewRow, Made]:
        """What becomes of paragraphs that the index does not know."""
        rows = {text_of(new): given(new) for new in paragraphs if not new.known}
        batches = (list(rows)[first : first + BATCH] for first in range(0, len(rows), BATCH))
        made = ((batch, self.made(batch, [rows[row] for row in batch])) for batch in batches)
        return {row: documents for batch, of_batch in made for row, documents in zip(batch, of_batch, strict=True)}

    def made(self, rows: Sequence[NewRow], known: Sequence[Meaning | None] = ()) -> list[Made]:
        """What becomes of rows; what the encoder says of some may be ``known``."""
        meanings_known = known or [None] * len(rows)
        embedded = iter(
            self._embedded([row for row, meaning in zip(rows, meanings_known, strict=True) if meaning is None])
        )
        meanings = [meaning or next(embedded) for meaning in meanings_known]
        texts = [row.text for row in rows]
        pieces = map(packed_pieces, pieces_of(self._pieces, texts)) if self._pieces else [None] * len(rows)
        return list(map(Made, self._words.of(rows), meanings, pieces))

    def _embedded(self, rows: Sequence[NewRow]) -> list[Meaning]:
        if not rows:
            return []
        embedded = embed(self._encoder, rows, self._sentences)
        sentences: Sequence[Records | None] = embedded.sentences or [None] * len(rows)
        packed_ = (None if records is None else records.tobytes() for records in sentences)
        return list(map(Meaning, embedded.vectors, packed_))


class NewDocuments:
    """The documents that a plan has written."""

    def __init__(self, plan: Plan, making: Making, point: Point | None, ahead: Ahead | None = None) -> None:
        """``point``: where what is known already is read; ``ahead``: what was made of texts before."""
        self._plan, self._making, self._point, self._ahead = plan, making, point, ahead or {}

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
        known = self._known([new.paragraph.row for new in paragraphs if new.known and new.vector is None])
        texts = {new.id: text_of(new) for new in paragraphs}
        documents_by_id = {
            new.id: documents for new in paragraphs if not new.known and (documents := self._ahead.get(texts[new.id]))
        }
        unmade = [new for new in paragraphs if new.id not in documents_by_id]
        if unmade:
            meanings = [given(new) or known.get(new.paragraph.row) for new in unmade]
            fresh = self._maker.made([texts[new.id] for new in unmade], meanings)
            documents_by_id |= {new.id: documents for new, documents in zip(unmade, fresh, strict=True)}
        for new in paragraphs:
            yield new.id, paragraph_document(new.article, new.paragraph, *documents_by_id[new.id], self._plan.attempt)

    @cached_property
    def _maker(self) -> Maker:
        return Maker(self.encoder, self.sentences)

    def _known(self, rows: Sequence[int]) -> dict[int, Meaning]:
        if not rows or self._point is None:
            return {}
        hits = self._point.paragraphs(rows, self._point.generation_filters, packed=["direction", "sentences"])
        return {
            row: Meaning(
                np.frombuffer(packed(hit, "direction"), np.float32),
                packed(hit, "sentences") if self.sentences else None,
            )
            for row, hit in hits.items()
        }


def text_of(new: NewParagraph) -> NewRow:
    """What a paragraph is made into documents by, whichever its row is."""
    paragraph = new.paragraph
    by_vector = "" if new.vector is None else texts_hash(paragraph.text, new.vector.tolist())
    return NewRow(-1, new.article.title, paragraph.heading, paragraph.text, by_vector, paragraph.language)


def given(new: NewParagraph) -> Meaning | None:
    """What a paragraph means by the vector that it came with; None: it came with none."""
    return None if new.vector is None else Meaning(new.vector, None)

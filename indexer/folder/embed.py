"""Texts of new rows to what the indexes store of them: vectors and, where the index has them, sentences in int8."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paraglot.indexer.corpus.assemble import Assembled
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.own_vectors import unit_of
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.search.encoders.protocols import Encoder, SentenceEncoder, Vectors
from paraglot.search.encoders.separate import SeparateSentences
from paraglot.search.parts.sentence_records import Records, quantized
from paraglot.search.text.sentences import split_sentences

BATCH = 1_000
"""Texts encoded together: enough to sort by length, few enough to hold all their sentences in float32."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What is stored of n rows: ``vectors`` ``float32[n, dim]`` and the ``sentences`` of each (None: not kept)."""

    vectors: Vectors
    sentences: list[Records] | None


def embed(
    encoder: Encoder, rows: Sequence[NewRow], with_sentences: bool, progress: Callable[[int], None] | None = None
) -> Embedded:
    """Encode the texts of one batch; with sentences, each under its title. ``progress`` gets the number just done."""
    if not with_sentences:
        return Embedded(encoder.encode_paragraphs([row.text for row in rows], progress), None)
    sentence_encoder = encoder if isinstance(encoder, SentenceEncoder) else SeparateSentences(encoder)
    spans = [split_sentences(row.text) for row in rows]
    vectors, parts = sentence_encoder.encode_sentences(
        [row.text for row in rows], [row.title for row in rows], spans, progress
    )
    return Embedded(vectors, [quantized(part, of_text) for part, of_text in zip(parts, spans, strict=True)])


def given_vectors(draft: Draft, article: Assembled) -> tuple[list[NewRow], Embedded]:
    """The paragraphs of an article that brought vectors, as rows without a number yet, and what is stored of them."""
    rows = [
        NewRow(0, draft.title, paragraph.heading, paragraph.text, paragraph.text_hash, paragraph.language)
        for paragraph in article.paragraphs
    ]
    return rows, Embedded(unit_of(draft), None)

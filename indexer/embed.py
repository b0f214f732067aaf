"""Texts of new rows to what the indexes store of them: vectors and, where the index has them, sentences in int8."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.records import NewRow
from search.dense import open_dense
from search.encoders.separate import SeparateSentences
from search.layout import Generation
from search.manifest import IndexManifest
from search.seams import Encoder, SentenceEncoder, Vectors
from search.sentence_index import Records, open_sentences, quantized, record_type
from search.sentences import split_sentences

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
    """Encode the texts of ``rows``; with sentences, each under its title. ``progress`` gets the number just done."""
    if not with_sentences:
        return Embedded(encoder.encode_paragraphs([row.text for row in rows], progress), None)
    whole = encoder if isinstance(encoder, SentenceEncoder) else SeparateSentences(encoder)
    vectors = np.empty((len(rows), encoder.spec.dimension), np.float32)
    sentences: list[Records] = []
    for first, batch in _batches(rows):
        spans = [split_sentences(row.text) for row in batch]
        vectors[first : first + len(batch)], parts = whole.encode_sentences(
            [row.text for row in batch], [row.title for row in batch], spans, progress
        )
        sentences += [quantized(part, own) for part, own in zip(parts, spans, strict=True)]
    return Embedded(vectors, sentences)


def stored(generation: Generation, manifest: IndexManifest, rows: Sequence[int]) -> Embedded:
    """What a generation stores of ``rows``."""
    vectors = open_dense(generation, manifest.dense_parts).vectors(rows)
    sentences = open_sentences(generation, manifest.dense_parts).records(rows) if manifest.sentences else None
    return Embedded(vectors, sentences)


def scattered(
    count: int, dimension: int, with_sentences: bool, parts: Iterable[tuple[Sequence[Sequence[int]], Embedded]]
) -> Embedded:
    """``count`` rows put together from ``parts``, each with the places (one or more) that each of its rows goes to."""
    vectors = np.empty((count, dimension), np.float32)
    sentences: list[Records] = [np.empty(0, record_type(dimension))] * count
    for places, part in parts:
        for one, own in enumerate(places):
            vectors[own] = part.vectors[one]
            if part.sentences is not None:
                for place in own:
                    sentences[place] = part.sentences[one]
    return Embedded(vectors, sentences if with_sentences else None)


def _batches(rows: Sequence[NewRow]) -> Iterator[tuple[int, Sequence[NewRow]]]:
    return ((first, rows[first : first + BATCH]) for first in range(0, len(rows), BATCH))

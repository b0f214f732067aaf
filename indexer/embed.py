"""Texts of new rows to what the indexes store of them: vectors and, where the index has them, sentences in int8."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    """Encode the texts of one batch; with sentences, each under its title. ``progress`` gets the number just done."""
    if not with_sentences:
        return Embedded(encoder.encode_paragraphs([row.text for row in rows], progress), None)
    whole = encoder if isinstance(encoder, SentenceEncoder) else SeparateSentences(encoder)
    spans = [split_sentences(row.text) for row in rows]
    vectors, parts = whole.encode_sentences([row.text for row in rows], [row.title for row in rows], spans, progress)
    return Embedded(vectors, [quantized(part, own) for part, own in zip(parts, spans, strict=True)])


class StoredVectors:
    """What a generation stores of its rows."""

    def __init__(self, generation: Generation, manifest: IndexManifest) -> None:
        self._dense = open_dense(generation, manifest.dense_parts)
        self._sentences = open_sentences(generation, manifest.dense_parts) if manifest.sentences else None

    def get(self, rows: Sequence[int]) -> Embedded:
        """What is stored of ``rows``. A row that the generation does not have raises `KeyError`."""
        return Embedded(self._dense.vectors(rows), self._sentences.records(rows) if self._sentences else None)


def scattered(
    count: int, dimension: int, with_sentences: bool, parts: Iterable[tuple[Sequence[int], Embedded]]
) -> Embedded:
    """``count`` rows put together from ``parts``, each with the places that its rows go to."""
    vectors = np.empty((count, dimension), np.float32)
    sentences: list[Records] = [np.empty(0, record_type(dimension))] * count
    for places, part in parts:
        vectors[list(places)] = part.vectors
        for place, own in zip(places, part.sentences or [], strict=False):
            sentences[place] = own
    return Embedded(vectors, sentences if with_sentences else None)

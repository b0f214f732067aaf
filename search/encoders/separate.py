"""Sentence vectors from any encoder, at the price of a second encoding: each sentence as a paragraph of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from paraglot.search.encoders.protocols import Encoder, Vectors
from paraglot.search.text.sentences import Span


class SeparateSentences:
    """`protocols.SentenceEncoder` on top of an `Encoder` that has no such pass. Titles are not read."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def encode_sentences(
        self,
        texts: Sequence[str],
        titles: Sequence[str],  # noqa: ARG002
        sentences: Sequence[Sequence[Span]],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, list[Vectors]]:
        """Paragraphs as `encode_paragraphs` gives them; a sentence's vector depends on nothing around it."""
        alone = [text[start:end] for text, own in zip(texts, sentences, strict=True) for start, end in own]
        ends = np.cumsum([len(own) for own in sentences])
        vectors = self._encoder.encode_paragraphs(alone)
        return self._encoder.encode_paragraphs(texts, progress), np.split(vectors, ends)[:-1]

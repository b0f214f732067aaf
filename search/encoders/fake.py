"""An encoder for tests: no files, no weights, and still nearer for texts that share words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from paraglot.search.encoders.protocols import Vectors
from paraglot.search.text.sentences import Span
from paraglot.search.types import EncoderSpec

DIMENSION = 64


class FakeEncoder:
    """The sum of one fixed direction per folded word, at unit length: a pure function of each text, in any process."""

    @property
    def spec(self) -> EncoderSpec:
        """Name "fake", 64 dimensions."""
        return EncoderSpec(name="fake", fingerprint="fake-1", dimension=DIMENSION, pooling="sum")

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, 64]``, unit rows."""
        return self.encode_paragraphs(queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, 64]``, unit rows; a text without words has the direction of the empty word."""
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            total = sum((_direction(word) for word in _words(text)), np.zeros(DIMENSION))
            vectors[row] = total / np.linalg.norm(total)
            if progress is not None:
                progress(1)
        return vectors

    def encode_sentences(
        self,
        texts: Sequence[str],
        titles: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Callable[[int], None] | None = None,
    ) -> tuple[Vectors, list[Vectors]]:
        """The words of the title join those of the text; a sentence has its own words alone."""
        titled = [f"{title} {text}" for title, text in zip(titles, texts, strict=True)]
        parts = [
            self.encode_paragraphs([text[start:end] for start, end in own])
            for text, own in zip(texts, sentences, strict=True)
        ]
        return self.encode_paragraphs(titled, progress), parts

    def count_tokens(self, text: str) -> int:
        """The number of words."""
        return len(_words(text))


def _words(text: str) -> list[str]:
    """Words without case and accents; at least one, for the sum to have a direction."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"\w+", plain) or [""]


def _direction(word: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """``float64[64]``, each number from two bytes of the word's hash, never zero."""
    digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=64).digest()
    numbers = np.frombuffer(digest + hashlib.blake2b(digest, digest_size=64).digest(), "<u2")
    return numbers / 32768.0 - 0.99999

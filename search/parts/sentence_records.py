"""The vectors of sentences as they are stored, in int8, and the best one of each paragraph by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Vectors
from paraglot.search.parts.protocols import BestSentences
from paraglot.search.text.sentences import Span

Records: TypeAlias = NDArray[Any]
"""Sentences as they are stored, of `record_type`."""


def record_type(dimension: int) -> np.dtype[Any]:
    """A sentence: its span in the paragraph's text, and its direction, the largest number 127 or -127."""
    return np.dtype([("start", "<i4"), ("end", "<i4"), ("vector", "i1", (dimension,))])


def quantized(vectors: Vectors, sentences: Sequence[Span]) -> Records:
    """The sentences of one paragraph as they are stored; ``vectors`` are ``float32[sentences, dim]``."""
    records = np.empty(len(sentences), record_type(vectors.shape[1]))
    records["start"], records["end"] = np.asarray(sentences, np.int32).reshape(-1, 2).T
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9)
    records["vector"] = np.rint(vectors * (127 / largest))
    return records


def directions(records: Records) -> Vectors:
    """The vectors of stored sentences, ``float32[n, dim]``, unit."""
    stored = records["vector"].astype(np.float32)
    vectors: Vectors = stored / np.sqrt(np.einsum("ij,ij->i", stored, stored))[:, None]
    return vectors


NO_SENTENCES = BestSentences(np.empty(0), np.empty((0, 2), np.int64))
"""What there is of no paragraph."""


def best_sentences(vector: NDArray[np.float32], records: Records, counts: NDArray[np.int64]) -> BestSentences:
    """Of each paragraph the sentence with the highest cosine, the first of equals. ``records`` are the sentences of all
    paragraphs, one after the other, ``counts`` how many each has.
    """
    best, spans = np.full(len(counts), np.nan), np.full((len(counts), 2), -1, np.int64)
    having = np.flatnonzero(counts)
    if len(having):
        # Rounded, because a product depends in its last digits on where in the matrix a row lies.
        scores = np.round((directions(records) @ vector).astype(np.float64), 6)
        firsts = (np.cumsum(counts) - counts)[having]
        best[having] = np.maximum.reduceat(scores, firsts)
        highest = np.flatnonzero(scores == np.repeat(best[having], counts[having]))
        at = highest[np.searchsorted(highest, firsts)]
        spans[having] = np.stack([records["start"][at], records["end"][at]], axis=1)
    return BestSentences(best, spans)

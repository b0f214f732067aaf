"""The vectors of sentences as they are stored, in int8, and the best one of each paragraph by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Vectors
from paraglot.search.parts.protocols import BestSentence
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


def best_sentences(vector: NDArray[np.float32], sentences: Sequence[Records]) -> list[BestSentence | None]:
    """Of each paragraph, given the sentences of each, the one with the highest cosine, the first of equals."""
    counts = [len(records) for records in sentences]
    if not sum(counts):
        return [None] * len(sentences)
    joined = b"".join(records.tobytes() for records in sentences)  # in a tenth of the time of numpy.concatenate
    everything = np.frombuffer(joined, sentences[0].dtype)
    # Rounded, because a product depends in its last digits on where in the matrix a row lies.
    scores = np.round((directions(everything) @ vector).astype(np.float64), 6)
    best: list[BestSentence | None] = []
    last = 0
    for count in counts:
        first, last = last, last + count
        at = first + int(np.argmax(scores[first:last])) if count else -1
        span = everything[at]
        best.append(BestSentence(float(scores[at]), int(span["start"]), int(span["end"])) if count else None)
    return best

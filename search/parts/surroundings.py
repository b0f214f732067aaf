"""What stands around a paragraph in its article: the paragraphs beside it, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.pieces import Pieces, piece_encoder
from paraglot.search.encoders.protocols import Encoder, PieceEncoder, unit
from paraglot.search.lexicon.lexicon import Marks

REACH = 3
"""Paragraphs on either side that count, or all before and after would in a book."""


class Surroundings(NamedTuple):
    """A paragraph with those beside it: the direction of the sum of their vectors (``float32[dim]``), their pieces
    (none where the encoder has none), and the distinct numbers of their marks, ascending (``int64[n]``).
    """

    vector: NDArray[np.float32]
    pieces: Pieces
    marks: NDArray[np.int64]


class Placed(Protocol):
    """Which paragraphs stand beside others."""

    def neighbours(self, rows: Sequence[int], count: int) -> Mapping[int, tuple[list[int], list[int]]]:
        """For each of ``rows`` up to ``count`` rows before and after it in its article."""
        ...


class Read(Protocol):
    """All that surroundings are made of."""

    @property
    def store(self) -> Placed:
        """Which paragraphs stand beside others."""
        ...

    def encoder(self) -> Encoder:
        """The encoder that made the vectors."""
        ...

    def vectors(self, rows: Sequence[int]) -> list[NDArray[np.float32] | None]:
        """The vector of each of ``rows``; None where vectors cannot be used."""
        ...

    def marks_of(self, rows: Sequence[int]) -> list[Marks]:
        """What each of ``rows`` says by the lexicon."""
        ...

    def pieces_of(self, encoder: PieceEncoder, rows: Sequence[int]) -> list[Pieces]:
        """The pieces of each of ``rows``."""
        ...


def surroundings(known: Read, rows: Sequence[int]) -> list[Surroundings | None]:
    """Those of each of ``rows``; None where vectors cannot be used."""
    near = {row: [*before, row, *after] for row, (before, after) in known.store.neighbours(rows, REACH).items()}
    every = sorted({row for beside in near.values() for row in beside})
    vectors = dict(zip(every, known.vectors(every), strict=True))
    marks = dict(zip(every, known.marks_of(every), strict=True))
    encoder = piece_encoder(known.encoder())
    pieces = dict(zip(every, known.pieces_of(encoder, every), strict=True)) if encoder else {}

    def of(beside: Sequence[int]) -> Surroundings | None:
        directions = [vector for row in beside if (vector := vectors[row]) is not None]
        if not directions:
            return None
        numbers = np.unique(np.concatenate([marks[row].numbers for row in beside]))
        return Surroundings(
            unit(np.sum(directions, axis=0, keepdims=True))[0],
            together([pieces[row] for row in beside if row in pieces]),
            numbers,
        )

    return [of(near[row]) for row in rows]


def together(texts: Sequence[Pieces]) -> Pieces:
    """The pieces of several texts as of one.

    >>> one, other = (Pieces(np.array(ids), np.array(counts)) for ids, counts in (([2, 7], [1, 3]), ([7, 9], [1, 1])))
    >>> [column.tolist() for column in together([one, other])]
    [[2, 7, 9], [1, 4, 1]]
    """
    if not texts:
        return Pieces(np.empty(0, np.int32), np.empty(0, np.int32))
    ids, which = np.unique(np.concatenate([own.ids for own in texts]), return_inverse=True)
    counts = np.bincount(which, np.concatenate([own.counts for own in texts]), len(ids))
    return Pieces(ids.astype(np.int32), counts.astype(np.int32))

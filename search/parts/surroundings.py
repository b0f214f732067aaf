"""What stands around a paragraph in its article: the paragraphs beside it, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.pieces import Pieces, distinct, piece_encoder
from paraglot.search.encoders.protocols import Encoder, PieceEncoder, unit
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.parts.copies import stacked

REACH = 3
"""Paragraphs on either side that count, or all before and after would in a book."""


class Surroundings(NamedTuple):
    """A paragraph with those beside it: the direction of the sum of their vectors (``float32[dim]``), their pieces
    (none where the encoder has none), and the numbers of their marks, ascending (``int64[n]``).
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
    near = known.store.neighbours(rows, REACH)
    beside = [[*near[row][0], row, *near[row][1]] for row in rows]
    every = sorted({row for own in beside for row in own})
    vectors = [vector for vector in known.vectors(every) if vector is not None]
    if not rows or len(vectors) < len(every):
        return [None] * len(rows)
    places = {row: place for place, row in enumerate(every)}
    groups = [[places[row] for row in own] for own in beside]
    firsts = np.cumsum([0, *map(len, groups[:-1])])
    summed = np.add.reduceat(stacked(vectors)[[place for own in groups for place in own]], firsts, axis=0)
    encoder = piece_encoder(known.encoder())
    pieces = together(known.pieces_of(encoder, every), groups) if encoder else [_NO_PIECES] * len(rows)
    marks = known.marks_of(every)
    numbers = (np.sort(np.concatenate([marks[place].numbers for place in own])) for own in groups)
    return list(map(Surroundings, unit(summed), pieces, numbers))


_NO_PIECES = Pieces(np.empty(0, np.int32), np.empty(0, np.int32))


def together(texts: Sequence[Pieces], groups: Sequence[Sequence[int]]) -> list[Pieces]:
    """The pieces of several texts as of one, for each group of them, given by their places.

    >>> one, other = (Pieces(np.array(ids), np.array(counts)) for ids, counts in (([2, 7], [1, 3]), ([7, 9], [1, 1])))
    >>> [[column.tolist() for column in group] for group in together([one, other], [[0, 1], [1]])]
    [[[2, 7, 9], [1, 4, 1]], [[7, 9], [1, 1]]]
    """
    each = [texts[place] for own in groups for place in own]
    ids = np.concatenate([_NO_PIECES.ids, *(own.ids for own in each)])
    if not len(ids):
        return [_NO_PIECES] * len(groups)
    found, numbers = distinct(ids)
    sizes = [sum(len(texts[place].ids) for place in own) for own in groups]
    at = numbers + np.repeat(np.arange(len(groups)) * len(found), sizes)
    counts = np.bincount(at, np.concatenate([own.counts for own in each]), len(groups) * len(found))
    table = counts.astype(np.int32).reshape(len(groups), -1)
    return [Pieces(found[there].astype(np.int32), own[there]) for own in table for there in [np.flatnonzero(own)]]

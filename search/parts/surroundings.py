"""What stands around a paragraph in its article: the paragraphs beside it, and what each says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.pieces import Pieces, piece_encoder
from paraglot.search.encoders.protocols import Encoder, PieceEncoder
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.parts.copies import stacked

REACH = 4
"""Paragraphs on either side that count, or all before and after would in a book."""


class Beside(NamedTuple):
    """A paragraph: its row, its pieces (none where the encoder has none) and its marks."""

    row: int
    pieces: Pieces
    marks: Marks


class Surroundings(NamedTuple):
    """A paragraph with those beside it, in the order of the text, and the vector of each (``float32[n, dim]``)."""

    vectors: NDArray[np.float32]
    paragraphs: list[Beside]


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
    every_vector = stacked(vectors)
    encoder = piece_encoder(known.encoder())
    pieces = known.pieces_of(encoder, every) if encoder else [_NO_PIECES] * len(every)
    read = list(map(Beside, every, pieces, known.marks_of(every)))
    return [Surroundings(every_vector[own], [read[place] for place in own]) for own in groups]


_NO_PIECES = Pieces(np.empty(0, np.int32), np.empty(0, np.int32))

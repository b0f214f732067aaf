"""The pieces that an encoder cuts a text into: what the soft match compares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.protocols import Encoder, HasPieces, PieceEncoder, TokenEncoder


class Pieces(NamedTuple):
    """The distinct pieces of a text, ``int32[n]``, and how often each occurs, ``int32[n]``."""

    ids: NDArray[np.int32]
    counts: NDArray[np.int32]


def piece_encoder(encoder: Encoder | None) -> PieceEncoder | None:
    """What the pieces of an encoder's texts are compared by; None where it has none."""
    if isinstance(encoder, TokenEncoder):
        return encoder
    return encoder.pieces if isinstance(encoder, HasPieces) else None


def pieces_of(encoder: PieceEncoder, texts: Sequence[str]) -> list[Pieces]:
    """The pieces of each text, without its begin and end."""
    found = (np.unique(np.asarray(ids[1:-1], np.int32), return_counts=True) for ids in encoder.token_ids(texts))
    return [Pieces(ids, counts.astype(np.int32)) for ids, counts in found]


def distinct(ids: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """The distinct ids, ascending, and which of them each is: in a quarter of the time of `numpy.unique`."""
    there = np.zeros(int(ids.max()) + 1, np.bool_)
    there[ids] = True
    found = np.flatnonzero(there)
    numbers = np.empty(len(there), np.int32)
    numbers[found] = np.arange(len(found), dtype=np.int32)
    return found, numbers[ids]


def unknown_share(texts: Sequence[Pieces], unknown: int) -> NDArray[np.float32]:
    """``float32[n]``: as `TokenEncoder.unknown_share`, by pieces that are known, ``unknown`` among them."""
    shares = [own.counts[own.ids == unknown].sum() / max(own.counts.sum(), 1) for own in texts]
    return np.array(shares, np.float32)


class QueryPieces:
    """The distinct pieces of a query, what each says, and how near those of texts are to them. For one thread."""

    def __init__(self, encoder: PieceEncoder, query: str) -> None:
        self.ids = pieces_of(encoder, [query])[0].ids
        self.weights = encoder.piece_weights(self.ids)
        """``float64[n]``."""
        self._encoder = encoder
        self._known: NDArray[np.intp] = np.empty(0, np.intp)
        self._cosines = np.empty((len(self.ids), 0), np.float32)

    def cosines(self, ids: NDArray[np.intp]) -> NDArray[np.float32]:
        """``float32[n, ids]`` of ``ids``, which ascend. What was asked for last time is not compared anew: the texts
        around others have most of their pieces.
        """
        known, places = np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.intp)
        if len(self._known):
            places = np.minimum(np.searchsorted(self._known, ids), len(self._known) - 1)
            known = self._known[places] == ids
        found = np.empty((len(self.ids), len(ids)), np.float32)
        found[:, known] = self._cosines[:, places[known]]
        found[:, ~known] = self._encoder.piece_cosines(self.ids, ids[~known])
        self._known, self._cosines = ids, found
        return found

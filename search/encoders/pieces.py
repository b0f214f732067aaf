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

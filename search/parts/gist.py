"""The gist of a paragraph as it is stored: the marks of its words and the pieces of its text, packed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.pieces import Pieces
from paraglot.search.lexicon.lexicon import Marks

_MARK = np.dtype([("number", "<u4"), ("weight", "<f4")])
_PIECE = np.dtype([("id", "<i4"), ("count", "<i4")])


def packed_marks(marks: Marks) -> bytes:
    """Marks as they are stored."""
    return _packed(_MARK, marks)


def packed_pieces(pieces: Pieces) -> bytes:
    """Pieces as they are stored."""
    return _packed(_PIECE, pieces)


def unpacked_marks(data: bytes) -> Marks:
    """What `packed_marks` packed."""
    numbers, weights = _columns(_MARK, data)
    return Marks(numbers.astype(np.int64), weights)


def unpacked_pieces(data: bytes) -> Pieces:
    """What `packed_pieces` packed."""
    return Pieces(*_columns(_PIECE, data))


def _packed(kind: np.dtype[np.void], columns: tuple[NDArray[Any], NDArray[Any]]) -> bytes:
    """Columns as records of a kind: what `_columns` reads."""
    records = np.empty(len(columns[0]), kind)
    for name, column in zip(kind.names or (), columns, strict=True):
        records[name] = column
    return records.tobytes()


def _columns(kind: np.dtype[np.void], data: bytes) -> list[NDArray[Any]]:
    records = np.frombuffer(data, kind)
    return [np.ascontiguousarray(records[name]) for name in kind.names or ()]

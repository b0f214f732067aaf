"""The gist of a paragraph as it is stored: the marks of its words and the pieces of its text, packed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.pieces import Pieces
from paraglot.search.lexicon.lexicon import Marks

_MARK = np.dtype([("number", "<u4"), ("weight", "<f4")])
_PIECE = np.dtype([("id", "<i4"), ("count", "<i4")])


class PackedGists(NamedTuple):
    """The marks or the pieces of several paragraphs: ``uint64[n]``, and of each where its own begin and end."""

    records: NDArray[np.uint64]
    bounds: list[int]

    @classmethod
    def of(cls, each: Sequence[bytes]) -> PackedGists:
        """Of those that are packed each by itself."""
        bounds = [0, *accumulate(len(packed) // _MARK.itemsize for packed in each)]
        return cls(np.frombuffer(b"".join(each), np.uint64), bounds)

    @property
    def each(self) -> Iterator[bytes]:
        """They, packed each by itself."""
        return (own.tobytes() for own in _apart(self.records, self))


def packed_marks(marks: Marks) -> bytes:
    """Marks as they are stored."""
    return _packed(_MARK, marks)


def packed_pieces(pieces: Pieces) -> bytes:
    """Pieces as they are stored."""
    return _packed(_PIECE, pieces)


def unpacked_marks(packed: PackedGists) -> list[Marks]:
    """What `packed_marks` packed, of several paragraphs."""
    numbers, weights = _columns(_MARK, packed)
    return list(map(_marks, zip(_apart(numbers.astype(np.int64), packed), _apart(weights, packed), strict=True)))


def unpacked_pieces(packed: PackedGists) -> list[Pieces]:
    """What `packed_pieces` packed, of several paragraphs."""
    ids, counts = _columns(_PIECE, packed)
    return list(map(_pieces, zip(_apart(ids, packed), _apart(counts, packed), strict=True)))


_marks, _pieces = partial(tuple.__new__, Marks), partial(tuple.__new__, Pieces)
"""Without Python for each of the hundreds of a query, which `NamedTuple` would have run."""


def _packed(kind: np.dtype[np.void], columns: tuple[NDArray[Any], NDArray[Any]]) -> bytes:
    """Columns as records of a kind: what `_columns` reads."""
    records = np.empty(len(columns[0]), kind)
    for name, column in zip(kind.names or (), columns, strict=True):
        records[name] = column
    return records.tobytes()


def _columns(kind: np.dtype[np.void], packed: PackedGists) -> list[NDArray[Any]]:
    records = packed.records.view(kind)
    return [np.ascontiguousarray(records[name]) for name in kind.names or ()]


def _apart(column: NDArray[Any], packed: PackedGists) -> Iterator[NDArray[Any]]:
    return map(column.__getitem__, map(slice, packed.bounds, packed.bounds[1:]))

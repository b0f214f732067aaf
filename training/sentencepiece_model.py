"""Read what the export needs from a SentencePiece model file (a protocol buffer), with the standard library."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

NORMAL, UNKNOWN, CONTROL, USER_DEFINED = 1, 2, 3, 4
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True)
class Piece:
    """One piece of the vocabulary; its id is its place in the list."""

    text: str
    score: float
    kind: int


def pieces(model: bytes) -> list[Piece]:
    """The vocabulary in the order of the ids (field 1 of the model)."""
    return [_piece(value) for field, value in _fields(model) if field == 1 and isinstance(value, bytes)]


def charsmap(model: bytes) -> bytes:
    """The compiled table of the normalizer (field 2 of the normalizer's settings, field 3 of the model).

    Raises `ValueError` when the model normalizes in another way than the reader of the built-in encoder does.
    """
    settings: dict[int, int | bytes] = {}
    for field, value in _fields(model):
        if field == 3 and isinstance(value, bytes):
            settings.update(_fields(value))
    table = settings.get(2)
    if not isinstance(table, bytes) or any(settings.get(flag, 1) != 1 for flag in (3, 4, 5)):
        raise ValueError("the model does not normalize as the built-in encoder's tokenizer does")
    return table


def _piece(message: bytes) -> Piece:
    text, score, kind = "", 0.0, NORMAL
    for field, value in _fields(message):
        if field == 1 and isinstance(value, bytes):
            text = value.decode("utf-8")
        elif field == 2 and isinstance(value, bytes):
            (score,) = struct.unpack("<f", value)
        elif field == 3 and isinstance(value, int):
            kind = value
    return Piece(text, score, kind)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value) of every field of a message: integers for varints, the raw bytes for the rest."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire = tag & 7
        if wire == _VARINT:
            number, at = _varint(message, at)
            yield tag >> 3, number
            continue
        if wire == _BYTES:
            length, at = _varint(message, at)
        else:
            length = {_FIXED64: 8, _FIXED32: 4}[wire]
        yield tag >> 3, message[at : at + length]
        at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def extended(model: bytes, added: list[tuple[str, float]]) -> bytes:
    """``model`` with further normal pieces, (text, score) each, after its own: the ids of its own stay.

    A protocol buffer may repeat a field anywhere, so the new entries of field 1 simply follow.
    """
    return model + b"".join(
        tagged(1, tagged(1, text.encode()) + b"\x15" + struct.pack("<f", score)) for text, score in added
    )


def tagged(field: int, content: bytes) -> bytes:
    """A field that holds bytes: a string or a message."""
    return _number(field << 3 | _BYTES) + _number(len(content)) + content


def varint(field: int, number: int) -> bytes:
    """A field that holds a number, not negative."""
    return _number(field << 3 | _VARINT) + _number(number)


def _number(number: int) -> bytes:
    coded = bytearray()
    while number > 0x7F:
        coded.append(number & 0x7F | 0x80)
        number >>= 7
    coded.append(number)
    return bytes(coded)

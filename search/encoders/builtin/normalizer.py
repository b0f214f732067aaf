"""SentencePiece's normalization of characters, from the table that is in every SentencePiece model."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from paraglot.search.encoders.builtin.double_array import DoubleArray

SPACE = "▁".encode()


class Normalizer:
    """``text`` as SentencePiece sees it: characters folded, runs of spaces joined, each written as "▁".

    ``charsmap`` is the compiled table: its length in bytes, a double array of byte strings, and the replacements
    that its values point to, each ended by a zero byte. The longest match wins, as in SentencePiece.
    """

    def __init__(self, charsmap: memoryview) -> None:
        (size,) = struct.unpack_from("<I", charsmap)
        self._trie = DoubleArray(charsmap[4 : 4 + size].cast("I"))
        self._replacements = bytes(charsmap[4 + size :])

    def normalize(self, text: bytes) -> bytes:
        """UTF-8 to UTF-8; empty when nothing but spaces is left."""
        return _without_end(SPACE + b"".join(part for part, _ in self._parts(text)).replace(b" ", SPACE))

    def normalize_with_ends(self, text: bytes) -> tuple[bytes, list[int]]:
        """What `normalize` gives, and for each byte of it where in ``text`` what it stands for ends."""
        normal, ends = bytearray(SPACE), [0] * len(SPACE)
        for part, end in self._parts(text):
            written = part.replace(b" ", SPACE)
            normal += written
            ends += [end] * len(written)
        return _without_end(bytes(normal)), ends

    def _parts(self, text: bytes) -> Iterator[tuple[bytes, int]]:
        """What each stretch of a text becomes, of several spaces the first alone, and where it ends."""
        after_space = True
        at = 0
        while at < len(text):
            part, at = self._next(text, at)
            if after_space:
                part = part.lstrip(b" ")
            if part:
                yield part, at
                after_space = part.endswith(b" ")

    def _next(self, text: bytes, at: int) -> tuple[bytes, int]:
        """The replacement of the longest known string at ``at``, or the character there, and where it ends."""
        end = at
        value = 0
        for end, value in self._trie.prefixes(text, at):  # noqa: B007
            pass
        if end == at:
            end = at + character_length(text[at])
            return text[at:end], end
        return self._replacements[value : self._replacements.index(b"\0", value)], end


def _without_end(normal: bytes) -> bytes:
    while normal.endswith(SPACE):
        normal = normal[: -len(SPACE)]
    return normal


def character_length(first: int) -> int:
    """Bytes of the UTF-8 character that begins with the byte ``first``."""
    return 1 if first < 0xC0 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4

"""Read a double-array trie (darts-clone's unit format) where it lies, without loading it."""

from __future__ import annotations

from collections.abc import Iterator


class DoubleArray:
    """Byte strings to integers. Works on any buffer of ``uint32`` units, such as a mapped file.

    Two tries of this form are in the folder of the built-in encoder: SentencePiece's own table of characters to
    normalize, and the pieces.
    """

    def __init__(self, units: memoryview) -> None:
        self._units = units

    def prefixes(self, text: bytes, start: int) -> Iterator[tuple[int, int]]:
        """(end, value) of every key that ``text`` continues with at ``start``, the shortest first."""
        units = self._units
        unit = units[0]
        position = (unit >> 10) << ((unit & 0x200) >> 6)
        for at in range(start, len(text)):
            byte = text[at]
            position ^= byte
            unit = units[position]
            if unit & 0x800000FF != byte:
                return
            position ^= (unit >> 10) << ((unit & 0x200) >> 6)
            if unit & 0x100:
                yield at + 1, units[position] & 0x7FFFFFFF

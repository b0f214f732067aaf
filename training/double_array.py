"""Build a double-array trie in the unit format of darts-clone, the one SentencePiece's normalizer uses.

The encoder's `double_array.py` reads it. A unit is a ``uint32``: label in bits 0–7, "a key ends here" in bit 8,
offset in bits 10–30; a unit with bit 31 set is a value (or free) and matches no byte.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

_FREE = 1 << 31
_MAX_UNITS = 1 << 21  # offsets have 21 bits; the wider form of darts-clone is not needed below two million units


def build(values: Mapping[bytes, int]) -> bytes:
    """The trie of ``values`` (non-empty keys to ids below 2**31) as little-endian ``uint32`` units.

    Raises `ValueError` when a key is empty or the trie outgrows the format.
    """
    keys = sorted(values)
    if not keys or not keys[0]:
        raise ValueError("a trie needs keys, and none of them may be empty")
    places = _Places()
    units = {0: 0}
    pending = [(0, 0, 0, len(keys))]  # (position of the node, depth, first key, end of keys)
    while pending:
        node, depth, first, end = pending.pop()
        leaf = len(keys[first]) == depth
        children = list(_children(keys, depth, first + leaf, end))
        base = places.take([0] * leaf + [label for label, _, _ in children])
        units[node] |= (node ^ base) << 10 | leaf << 8
        if leaf:
            units[base] = values[keys[first]] | _FREE
        for label, low, high in children:
            units[base ^ label] = label
            pending.append((base ^ label, depth + 1, low, high))
    return _packed(units)


def _children(keys: list[bytes], depth: int, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(next byte, first key, end of keys) of each child of a node whose keys are ``first`` to ``end``."""
    while first < end:
        label = keys[first][depth]
        high = first
        while high < end and keys[high][depth] == label:
            high += 1
        yield label, first, high
        first = high


class _Places:
    """Which units are taken, and which bases: two nodes with one base would read each other's children."""

    def __init__(self) -> None:
        self._taken = bytearray(_MAX_UNITS)
        self._bases = bytearray(_MAX_UNITS)
        self._taken[0] = 1
        self._start = 1

    def take(self, labels: list[int]) -> int:
        """The first base that has room for all ``labels``; their units are taken."""
        self._start = slot = self._taken.find(0, self._start)
        tries = 0
        while slot >= 0:
            base = slot ^ labels[0]
            if not self._bases[base] and not any(self._taken[base ^ label] for label in labels):
                return self._mark(base, labels, tries)
            slot = self._taken.find(0, slot + 1)
            tries += 1
        raise ValueError(f"the trie needs more than {_MAX_UNITS} units")

    def _mark(self, base: int, labels: list[int], tries: int) -> int:
        self._bases[base] = 1
        for label in labels:
            self._taken[base ^ label] = 1
        if tries > 200:  # the free units before here are too scattered to be worth looking at again
            self._start = max(self._start, (base & ~0xFF) - 256, 1)
        return base


def _packed(units: Mapping[int, int]) -> bytes:
    size = (max(units) | 0xFF) + 1
    packed = array("I", [_FREE]) * size
    for position, unit in units.items():
        packed[position] = unit
    return packed.tobytes()

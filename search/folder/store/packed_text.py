"""The text of a paragraph as its record keeps it: deflated (RFC 1951), where that is shorter; some half of it is left.

What is kept so is bytes; a text that is kept as it is, as formats before 9 kept all, is a string.
"""

from __future__ import annotations

import zlib
from typing import TypeAlias

KeptText: TypeAlias = str | bytes

_WINDOW_BITS, _MEMORY = 13, 5
"""8 kB back, in little memory: to set up what zlib takes unasked would take longer than to deflate."""

LEAST_BYTES = 100
"""Of a text that is deflated: of a shorter one hardly anything is saved."""

MOST_BYTES = 1 << 28
"""Of a text: beyond it, what a stranger wrote is none."""


def packed_text(text: str) -> KeptText:
    """What a record keeps of a text.

    >>> packed_text("A short one."), len(packed_text("The bread tax. " * 10)) < 40
    ('A short one.', True)
    """
    written = text.encode()
    if len(written) < LEAST_BYTES:
        return text
    deflate = zlib.compressobj(wbits=-_WINDOW_BITS, memLevel=_MEMORY)
    packed = deflate.compress(written) + deflate.flush()
    return packed if len(packed) < len(written) else text


def unpacked_text(kept: KeptText) -> str:
    """The text of which a record has ``kept`` this. Raises `ValueError`."""
    if isinstance(kept, str):
        return kept
    try:
        inflate = zlib.decompressobj(wbits=-_WINDOW_BITS)
        written = inflate.decompress(kept, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"a text cannot be inflated: {error}") from error
    if not inflate.eof or inflate.unused_data:
        raise ValueError("a text ends where it should not")
    return written.decode()

"""Forms of words that many texts have: *unterschrieben*, which is no dictionary's entry and no regular form of one.

A Bloom filter (Bloom 1970): a form that it has is always told, one of about a thousand others taken for one. Its places
are those of Kirsch and Mitzenmacher, "Less Hashing, Same Performance", 2006. `training.attested` makes the file.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.lexicon import missing_lexicon

ATTESTED = LEXICON_FOLDER / "attested.bin"

HASHES = 10
"""Bits of each form; with 14 bits of the file a form one in 900 others has them all set."""

SHORTEST_ATTESTED = 4
"""Letters of a form: in shorter ones no slips are looked for."""


def is_attested(form: str, tag: str) -> bool:
    """Whether many texts of a language have a folded form of a word. Raises `EncoderMissing` where the file is lost.

    >>> is_attested("unterschrieben", "de"), is_attested("unterschreiben", "fr"), is_attested("unterscrhieben", "de")
    (True, False, False)
    """
    bits = _bits()
    return all(bits[place >> 3] >> (place & 7) & 1 for place in places(form, tag, 8 * len(bits)))


def places(form: str, tag: str, size: int) -> list[int]:
    """The bits of a form of a language among ``size``."""
    digest = blake2b(f"{tag}:{form}".encode(), digest_size=16).digest()
    first, step = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little") | 1
    return [(first + number * step) % size for number in range(HASHES)]


@cache
def _bits() -> memoryview:
    try:
        mapped: NDArray[np.uint8] = np.memmap(ATTESTED, np.uint8, "r")
    except (OSError, ValueError) as problem:
        raise missing_lexicon(problem) from problem
    return memoryview(mapped.data)

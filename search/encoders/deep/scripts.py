"""The script that a text is written in, as Unicode names its letters: CYRILLIC, ETHIOPIC, CJK."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

_LETTERS = 100
"""So many characters tell the script."""


def script_of(text: str) -> str | None:
    """The script of most letters at the beginning of a text; None where there are none."""
    begin = text[:_LETTERS]
    if begin.isascii():
        return "LATIN" if any(map(str.isalpha, begin)) else None
    found = Counter(_of_letter(character) for character in begin if character.isalpha())
    return found.most_common(1)[0][0] if found else None


@lru_cache(20_000)
def _of_letter(character: str) -> str:
    """The first word of its name. A combining sign or a letter of another width has the script in a later one; it
    counts as a script of its own, and as nothing beside other letters.
    """
    return unicodedata.name(character, "UNNAMED").partition(" ")[0]

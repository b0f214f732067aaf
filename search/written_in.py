"""The language that a text is written in, by the groups of three characters that it has: for the lexicon, no download.

Of the lexicon's languages each character trigram, hashed, has a weight: its log-probability in the language less the
mean of all languages (naive Bayes). The greatest sum wins: 15 µs a text. The indexer tells languages by another, kept
detector (docs/decisions/0003-language-detector.md), which knows 113 of them and takes 0.1 s to load.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import regex
from numpy.typing import NDArray

DATA_FOLDER = Path(__file__).parent / "lexicon_data"

TRIGRAMS = 8_192
"""Buckets of the hash."""

MOST_CHARACTERS = 400
"""So much of a text tells its language."""

_ALONE = tuple(
    (tag, regex.compile(letters))
    for tag, letters in (
        ("ja", r"[\p{Hiragana}\p{Katakana}]"),
        ("ko", r"\p{Hangul}"),
        ("th", r"\p{Thai}"),
        ("zh", r"\p{Han}"),
    )
)
"""Scripts of thousands of characters, or of one language alone, of which a fifth of a text tells enough."""
_ENOUGH = 5
_FIRST_ALONE = "\u0e00"

_FIRST, _SECOND, _THIRD = (np.uint64(number) for number in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35))


def written_in(text: str) -> str | None:
    """A primary tag of one of the lexicon's languages; None for a text without letters."""
    begin = text[:MOST_CHARACTERS]
    if not any(map(str.isalpha, begin)):
        return None
    for tag, letters in _ALONE if max(begin) >= _FIRST_ALONE else ():
        if len(letters.findall(begin)) * _ENOUGH >= len(begin):
            return tag
    tags, weights = _weights()
    return tags[int(weights[trigrams(begin)].sum(axis=0, dtype=np.int64).argmax())]


def trigrams(text: str) -> NDArray[np.int64]:
    """``int64[n]``: the bucket of each group of three characters, in lower case, spaces at begin and end."""
    codes = np.frombuffer(f" {text} ".lower().encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    hashes = ((codes[:-2] * _FIRST + codes[1:-1]) * _SECOND + codes[2:]) * _THIRD
    return ((hashes >> np.uint64(16)) % np.uint64(TRIGRAMS)).astype(np.int64)


@cache
def _weights() -> tuple[list[str], NDArray[np.int8]]:
    """The tags, and ``int8[TRIGRAMS, tags]``."""
    tags = json.loads((DATA_FOLDER / "config.json").read_text(encoding="utf-8"))["trigrams"]
    weights = np.asarray(np.memmap(DATA_FOLDER / "trigrams.bin", np.int8, "r")).reshape(TRIGRAMS, len(tags))
    return tags, weights

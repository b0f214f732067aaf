"""The language that a text is written in, by the groups of three characters that it has: for the lexicon, no download.

Of the lexicon's languages each character trigram, hashed, has a weight: its log-probability in the language less the
mean of all languages (naive Bayes). The greatest sum wins: 15 µs a text. The indexer tells languages by another, kept
detector (docs/decisions/0003-language-detector.md), which knows 113 of them and takes 0.1 s to load.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.lexicon import missing_lexicon
from paraglot.search.text.languages import LANGUAGES

TRIGRAMS = 8_192
"""Buckets of the hash."""

MOST_CHARACTERS = 400
"""So much of a text tells its language."""

_SCRIPTS = tuple(
    (script, regex.compile(letters))
    for script, letters in (
        ("Kana", r"[\p{Hiragana}\p{Katakana}]"),
        ("Hang", r"\p{Hangul}"),
        ("Thai", r"\p{Thai}"),
        ("Hani", r"\p{Han}"),
        ("Latn", r"\p{Latin}"),
        ("Cyrl", r"\p{Cyrillic}"),
        ("Arab", r"\p{Arabic}"),
        ("Grek", r"\p{Greek}"),
        ("Deva", r"\p{Devanagari}"),
        ("Hebr", r"\p{Hebrew}"),
    )
)
"""Scripts (ISO 15924) → their letters."""

_DENSE = {"Kana": "ja", "Hang": "ko", "Thai": "th", "Hani": "zh"}
"""Scripts that say much in few characters, and that tell the language: a fifth of the text is enough, in this order."""
_ENOUGH = 5

_HEAD = 100
"""So many characters tell the script."""

_FIRST, _SECOND, _THIRD = (np.uint64(number) for number in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35))


def written_in(text: str) -> str | None:
    """A primary tag of one of the lexicon's languages that are written so; None for a text in another script."""
    return next(iter(likely_written_in(text, 1)), None)


def likely_written_in(text: str, most: int) -> list[str]:
    """As `written_in`: the ``most`` likeliest languages, the likeliest first."""
    begin = text[:MOST_CHARACTERS]
    if not any(map(str.isalpha, begin)):
        return []
    script = _script(begin[:_HEAD]) or _script(begin)
    if script in _DENSE:
        return [_DENSE[script]]
    tags, columns, weights = _weights(script)
    if len(tags) < 2:
        return tags
    sums = weights[trigrams(begin)][:, columns].sum(axis=0, dtype=np.int64)
    return [tags[place] for place in np.argsort(-sums, kind="stable")[:most]]


def _script(text: str) -> str | None:
    """The script of most letters of a text; None where they are in none of `_SCRIPTS`."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else None
    counts = {script: len(letters.findall(text)) for script, letters in _SCRIPTS}
    dense = next((script for script in _DENSE if counts[script] * _ENOUGH >= len(text)), None)
    most = max(counts, key=lambda script: counts[script])
    return dense or (most if counts[most] else None)


def trigrams(text: str) -> NDArray[np.int64]:
    """``int64[n]``: the bucket of each group of three characters, in lower case, spaces at begin and end."""
    codes = np.frombuffer(f" {text} ".lower().encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    hashes = ((codes[:-2] * _FIRST + codes[1:-1]) * _SECOND + codes[2:]) * _THIRD
    return ((hashes >> np.uint64(16)) % np.uint64(TRIGRAMS)).astype(np.int64)


@cache
def _weights(script: str | None) -> tuple[list[str], list[int], NDArray[np.int8]]:
    """The tags of the languages that are written in a script, their columns, and ``int8[TRIGRAMS, tags]`` of all.

    Raises `EncoderMissing` where the files cannot be read.
    """
    try:
        tags = json.loads((LEXICON_FOLDER / "config.json").read_text(encoding="utf-8"))["trigrams"]
        weights = np.asarray(np.memmap(LEXICON_FOLDER / "trigrams.bin", np.int8, "r")).reshape(TRIGRAMS, len(tags))
    except (OSError, ValueError, KeyError) as problem:
        raise missing_lexicon(problem) from problem
    fitting = [place for place, tag in enumerate(tags) if script in LANGUAGES[tag].scripts]
    return [tags[place] for place in fitting], fitting, weights

"""Whether a query is shouted, written in capitals throughout, and how it reads in a calm voice.

Capitals are how an abbreviation is written (CERN, BRICS, ЮНЕСКО), and an encoder knows it so. A query of capitals is
shouted where it can hardly be abbreviations alone: many words, a long one, or function words between them.
"""

from __future__ import annotations

from collections.abc import Iterable

import regex

from paraglot.search.text.analysis import fold, folded_stop_words

LONGEST_ABBREVIATION = 4
"""Letters of a word that may be an abbreviation in any company."""

LONGEST_NAME = 8
"""Letters of the longest words that are made of initials, roughly (INTERPOL)."""

SENTENCE = 4
"""Words that are hardly all abbreviations."""

_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’]*")


def calmed(text: str, languages: Iterable[str]) -> str:
    """A text as an encoder should read it: each word with a capital at its begin where all of it is shouted.

    ``languages`` are the primary tags of those that it may be in: their function words tell a sentence.

    >>> calmed("THE PRICE OF BREAD", ["en"]), calmed("BRICS ASEAN", ["en"]), calmed("什么是DNA", ["zh"])
    ('The Price Of Bread', 'BRICS ASEAN', '什么是DNA')
    """
    return _WORD.sub(lambda word: _capitalized(word.group()), text) if _shouted(text, languages) else text


def _shouted(text: str, languages: Iterable[str]) -> bool:
    """A letter without case (Han, Arabic) is evidence enough that the capitals beside it are not a raised voice."""
    if not text.isupper() or any(letter.isalpha() and letter.lower() == letter.upper() for letter in text):
        return False
    shouted = _WORD.findall(text)
    longest = max(map(len, shouted))
    if len(shouted) < SENTENCE - 1:
        return longest > LONGEST_NAME
    silent = frozenset[str]().union(*map(folded_stop_words, languages))
    return len(shouted) >= SENTENCE or (
        longest > LONGEST_ABBREVIATION and any(fold(word) in silent for word in shouted)
    )


def _capitalized(word: str) -> str:
    return word[:1] + word[1:].replace("İ", "i").lower()

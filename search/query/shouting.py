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

_TRAILING = regex.compile(r"(?<=[\p{L}\p{N}\p{M}])(?:[\s!！…]|\.{2,})+$")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’]*")


def calmed(text: str, languages: Iterable[str]) -> str:
    """A text as an encoder should read it: in small letters after the first where all of it is shouted, and without
    what exclaims or trails off at its end.

    Small letters are how most people write queries: a capital at every word moves a vector three times as far.
    ``languages`` are the primary tags of those that it may be in: their function words tell a sentence.

    >>> calmed("THE PRICE OF BREAD", ["en"]), calmed("BRICS ASEAN", ["en"]), calmed("什么是DNA", ["zh"])
    ('The price of bread', 'BRICS ASEAN', '什么是DNA')
    >>> calmed("the price of bread…", ["en"]), calmed("Yahoo!", ["en"]), calmed("U.S.", ["en"]), calmed("?!", ["en"])
    ('the price of bread', 'Yahoo', 'U.S.', '?!')
    """
    ended = _TRAILING.sub("", text) or text
    return _in_small_letters(ended) if _shouted(text, languages) else ended


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


def _in_small_letters(text: str) -> str:
    first = next((place for place, letter in enumerate(text) if letter.isalpha()), 0) + 1
    return text[:first] + text[first:].replace("İ", "i").lower()

"""How much of a query is read: what it costs grows with its width as it is compared, not as it is written."""

from __future__ import annotations

import unicodedata

from paraglot.search.text.analysis import spaced_words, words
from paraglot.search.types import MAX_QUERY_CHARACTERS

WIDEST = 18
"""Characters that one character may come to by compatibility (NFKC): U+FDFA, a whole sentence."""

LONGEST_WORD = 255
"""Characters. What is longer is no word that anybody looks for by all of it."""

MOST_TERMS = 2_000
"""Words, or groups of characters where no spaces divide words."""

TOO_LONG = f"Of words of more than {LONGEST_WORD} characters the first {LONGEST_WORD} were read."


def bounded(query: str) -> tuple[str, tuple[str, ...]]:
    """As much of a query as is read, whole words; and warnings, where that is not all of it.

    >>> bounded("\\ufdfa " * 1000)[1]
    ('The query is too long to be read whole: its first 1,052 of 2,000 characters were.',)
    >>> bounded("x" * 1000) == ("x" * 255, ("Of words of more than 255 characters the first 255 were read.",))
    True
    """
    if len(query) * (1 if query.isascii() else WIDEST) <= LONGEST_WORD:
        return query, ()
    end = min(_by_width(query), _by_terms(query))
    read = _without_long_words(query[:end])
    cut = f"The query is too long to be read whole: its first {end:,} of {len(query):,} characters were."
    warning_if = {cut: end < len(query), TOO_LONG: read != query[:end]}
    return read, tuple(warning for warning, holds in warning_if.items() if holds)


def _by_width(text: str, most: int = MAX_QUERY_CHARACTERS) -> int:
    """How many characters of a text are no wider than ``most``."""
    if len(text) * (1 if text.isascii() else WIDEST) <= most:
        return len(text)
    width = 0
    for place, character in enumerate(text):
        width += len(unicodedata.normalize("NFKC", character))
        if width > most:
            return place
    return len(text)


def _by_terms(query: str) -> int:
    """Where the last of `MOST_TERMS` ends, if there are more."""
    if len(query) <= MOST_TERMS:
        return len(query)
    count = end = 0
    for word in words(query):
        left = MOST_TERMS - count
        count += len(word.terms)
        if count > MOST_TERMS:
            return word.terms[left - 1].end if left else end
        end = word.end
    return len(query)


def _without_long_words(query: str) -> str:
    for written in sorted({written for written, alone in spaced_words(query) if alone}, key=len, reverse=True):
        kept = _by_width(written, LONGEST_WORD)
        if kept < len(written):
            query = query.replace(written, written[:kept])
    return query

"""Whether a word is a regular form of one that the lexicon has: such a word is spelled right, found or not.

The lexicon knows words by their stems. Where stems are but first letters (`paraglot.search.text.stems`) they say
nothing of the spelling, and in Turkish, Arabic and Hebrew the stemmers leave on much of what a word may have around it.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.text.analysis import bare_term, fold, plain_stem
from paraglot.search.text.folding import fold_basic
from paraglot.search.text.languages import PREFIXED, stems_of
from paraglot.search.text.stems import endings_of

LEAST_STEM = 3
"""Letters that are left of a word at least."""

_BEFORE = {
    "ar": ("وبال", "وال", "فال", "بال", "كال", "ولل", "لل", "ال", "و", "ف", "ب", "ل", "ك", "س"),
    "he": tuple(PREFIXED) + tuple(first + second for first in PREFIXED for second in PREFIXED),
}
"""Words that are written with the next."""

_TURKISH = regex.compile(
    r"(?:l[ae]r)?(?:[ıiuü]?m(?:[ıiuü]z)?|[ıiuü]?n(?:[ıiuü]z)?|s?[ıiuü]|l[ae]r[ıi])?"
    r"(?:n?[ıiuü]n|[yn]?[ıiuüae]|n?[dt][ae]n?|y?l[ae])?(?:ki)?"
)
"""What may follow the stem of a noun: plural, whose it is, case."""


def is_regular_form(written: str, tag: str) -> bool:
    """Whether a word of a language is one that the lexicon has: whole, with another ending, or with words before it.

    >>> is_regular_form("містах", "uk"), is_regular_form("мсітах", "uk"), is_regular_form("başkanının", "tr")
    (True, False, True)
    """
    lexicon = open_lexicon()
    if stems_of(tag) == "snowball" and _is_all_stem(written, tag):
        return True
    if stems_of(tag) == "light":
        return any(lexicon.has(form, tag) for form in _other_endings(fold_basic(written), tag))
    return any(lexicon.has_word(part, fold(part), tag) for part in _without_company(written, tag))


def _is_all_stem(written: str, tag: str) -> bool:
    """Whether the lexicon has a word to its last letter: its stemmer has left nothing off."""
    stemmed = plain_stem(written, tag)
    return bare_term(stemmed) == fold(written) and open_lexicon().has(stemmed, tag)


def _other_endings(word: str, tag: str) -> Iterator[str]:
    endings = ["", *map(fold_basic, endings_of(tag))]
    stems = {word.removesuffix(ending) for ending in endings if word.endswith(ending)}
    yield from (stem + ending for stem in sorted(stems) if len(stem) >= LEAST_STEM for ending in endings)


def _without_company(written: str, tag: str) -> Iterator[str]:
    if tag == "tr":
        lower = written.replace("İ", "i").replace("I", "ı").lower()
        yield from (lower[:end] for end in range(LEAST_STEM, len(lower)) if _TURKISH.fullmatch(lower, end))
    for before in _BEFORE.get(tag, ()):
        if written.startswith(before) and len(written) - len(before) >= LEAST_STEM:
            yield written[len(before) :]

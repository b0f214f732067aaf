"""A query with its typing errors mended, each word written as the corpus writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from paraglot.search.index import Like
from paraglot.search.query.lookup import Lookup
from paraglot.search.query.typos import Correction
from paraglot.search.text.analysis import words

MOST_SPELLINGS = 50
"""Ways to write a word that are told apart."""


def mended(text: str, corrections: Sequence[Correction], spellings: Mapping[str, Counter[str]]) -> str:
    """A text with what was meant in the place of what was typed; ``spellings`` as `spellings_of` gives them."""
    written_words = list(words(text))
    terms = [word.terms[0].term for word in written_words]
    by_first = {correction.typed[0]: correction for correction in corrections}
    parts, end, place = [], 0, 0
    while place < len(written_words):
        correction = by_first.get(terms[place])
        if correction is None or tuple(terms[place : place + len(correction.typed)]) != correction.typed:
            place += 1
            continue
        first, last = written_words[place], written_words[place + len(correction.typed) - 1]
        said = " ".join(_written(term, first.written, spellings.get(term, Counter())) for term in correction.meant)
        parts += [text[end : first.start], said]
        end, place = last.end, place + len(correction.typed)
    return "".join([*parts, text[end:]])


def spellings_of(lookup: Lookup, corrections: Sequence[Correction]) -> dict[str, Counter[str]]:
    """How the corpus writes each word that was meant, with its accents and capitals, and how often."""
    meant = list(dict.fromkeys(term for correction in corrections for term in correction.meant))
    forms = lookup.words_like([Like("written", term, MOST_SPELLINGS) for term in meant])
    return {
        term: Counter({spelling.form: spelling.paragraphs for spelling in spellings})
        for term, spellings in zip(meant, forms, strict=True)
    }


def _written(term: str, typed: str, spellings: Counter[str]) -> str:
    """In small letters where some writer has it so, and the query begins it so; else as most writers do."""
    alike = [form for form, _ in sorted(spellings.items(), key=lambda entry: (-entry[1], entry[0]))]
    if typed.isupper() and len(typed) > 1:
        return (alike[0] if alike else term).upper()
    if typed[:1].isupper():
        return _capital(alike[0] if alike else term)
    return next((form for form in alike if form[:1].islower()), alike[0] if alike else term)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]

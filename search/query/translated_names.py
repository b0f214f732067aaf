"""Names by what they are in English: *Пекин*, *北京* and *بكين* are one, however they sound.

A text in any language has a term for each name that the lexicon knows, `NAME_MARK` and the English name; a query that
is a name asks for it, and for the English name as it is written, which such a text has without a further term. What is
found so is found as by letters: two names do not go by one in English as they may sound alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import regex

from paraglot.search.lexicon.english_names import english_names
from paraglot.search.lexicon.lexicon import open_lexicon, unspaced_form
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.query.unspaced_names import without_particle
from paraglot.search.text.analysis import Word, fold
from paraglot.search.text.folding import word_cache
from paraglot.search.text.languages import PREFIXED, stems_of

NAME_MARK = "~:"
"""Begins the term of a name in the index, ``~:moscow``: no word, no language and no sound begins so."""

NAME_WEIGHT = 0.8
"""What a match by the name in another language counts beside one by the word as it is written."""

LONGEST_UNPREFIXED = 4
"""Letters of the longest words that are taken to have none of `_PREFIXES`."""

_PREFIXES = {"he": PREFIXED, "ar": "وبلف"}
"""Words of one letter that are written with the next."""

_HANGUL = regex.compile(r"\p{Hangul}{2,}")


def unprefixed(written: str, tag: str) -> list[str]:
    """A word, and what it is without one of a letter before it."""
    prefixed = len(written) > LONGEST_UNPREFIXED and written[0] in _PREFIXES.get(tag, "")
    return [written, written[1:]] if prefixed else [written]


@word_cache
def translated_names(written: str, letters: bool, tag: str) -> tuple[tuple[str, str], ...]:
    """(name, term) of each name in a word that is not written as in English; ``letters`` as in `Word`."""
    if letters and written[0].islower():
        return ()
    forms = unprefixed(written, tag) if letters else _unspaced(written, tag)
    found = {form: english_names(form, tag) for form in forms}
    return tuple((form, NAME_MARK + name) for form, names in found.items() for name in names if name != fold(form))


def _unspaced(run: str, tag: str) -> Iterator[str]:
    """The words of a run without spaces."""
    if tag == "ko":
        for word in _HANGUL.findall(run):
            yield from without_particle(word)
    elif stems_of(tag) == "none":
        form = unspaced_form(run, tag)
        yield from (form[start : start + length] for start, length in open_lexicon().parts(form, tag) if length > 1)


EnglishNames: TypeAlias = Mapping[str, Sequence[str]]
"""What of a word is a name, folded → its English names."""


def with_translated_names(query: KeywordQuery, words: Sequence[Word], named: Sequence[EnglishNames]) -> KeywordQuery:
    """A query whose words ``words`` are names, ``named`` so, which are looked for in other languages, too."""
    expansions: dict[str, dict[str, float]] = {}
    for word, english in zip(words, named, strict=True):
        for form, names in english.items():
            terms = {term: NAME_WEIGHT for name in names for term in (NAME_MARK + name, name)}
            for token in word.terms:
                if word.letters or token.term in form:
                    expansions.setdefault(token.term, {}).update(terms)
    return KeywordQuery(tuple(_expanded(word, expansions) for word in query.words))


def english_names_of(word: Word, tags: Sequence[str]) -> EnglishNames:
    """The English names of a word of a query, in any of its languages."""
    names: dict[str, list[str]] = {}
    for tag in tags:
        for form in unprefixed(word.written, tag) if word.letters else _unspaced(word.written, tag):
            names.setdefault(fold(form), []).extend(english_names(form, tag))
    return names


def _expanded(word: QueryWord, expansions: Mapping[str, Mapping[str, float]]) -> QueryWord:
    added = {term: weight for own in word.terms for term, weight in expansions.get(own, {}).items()}
    return QueryWord({**added, **word.terms}) if added else word

"""What the keyword leg is asked: words, each with the terms that may stand for it, and what a paragraph must have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from paraglot.search.query.written import (
    ACROSS_WEIGHT,
    OTHERWISE_WEIGHT,
    groups_around,
    in_compounds,
    written_otherwise,
)
from paraglot.search.text.analysis import Word, is_stop_word, pair_term, stem
from paraglot.search.text.languages import stems_of

SURFACE_WEIGHT = 0.3
"""What a match by surface form counts beside one by stem, where the language has stems."""

PAIR_WEIGHT = 0.7
"""What a match by a pair of words counts beside one by a word, where words are written as several."""

MOST_COMPLETIONS = 50
"""Words that a prefix stands for, those that the most paragraphs have."""

MOST_WORDS = 40
"""Of a longer query the words are looked for that the fewest paragraphs have."""


@dataclass(frozen=True, slots=True)
class QueryWord:
    """A word of a query. ``terms``: what may stand for it in the index → what a match by it counts.

    A word is covered by a paragraph that has any of its terms. A term with spaces is several: a paragraph has it that
    has each of them, and as often as the one that it has least.
    """

    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    """The words that score. Each once; no words: nothing is found.

    ``names``: what of the query is looked for by its sound, too, as it is written there.
    """

    words: tuple[QueryWord, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of_terms(cls, terms: Iterable[str]) -> KeywordQuery:
        """Plain terms, each a word by itself that counts 1."""
        return cls(tuple(QueryWord({term: 1.0}) for term in dict.fromkeys(terms)))

    def with_words(self, words: Iterable[QueryWord]) -> KeywordQuery:
        """The same with further words."""
        return KeywordQuery((*self.words, *words), self.names)

    def without_words(self, forms: Collection[str]) -> KeywordQuery:
        """The same without the words that one of ``forms`` stands for."""
        return KeywordQuery(tuple(word for word in self.words if not _any_of(forms, word)), self.names)

    def with_one_of(self, forms: Collection[str]) -> KeywordQuery:
        """The same with one word for all that one of ``forms`` stands for: any of them covers it."""
        terms: dict[str, float] = {}
        for word in self.words:
            if _any_of(forms, word):
                terms |= {term: max(weight, terms.get(term, 0.0)) for term, weight in word.terms.items()}
        return self.without_words(forms).with_words([QueryWord(terms)] if terms else [])

    @property
    def terms(self) -> list[str]:
        """All terms, each once, in the order of the words."""
        return list(dict.fromkeys(term for word in self.words for term in word.terms))

    @property
    def parts(self) -> frozenset[str]:
        """All terms, those with spaces taken apart."""
        return frozenset(part for word in self.words for term in word.terms for part in term.split(" "))


def _any_of(forms: Collection[str], word: QueryWord) -> bool:
    return any(form in word.terms for form in forms)


def keyword_query(
    words: Sequence[Word], languages: Mapping[str, float], frequency: Callable[[str], int]
) -> KeywordQuery:
    """What to look for: each word by its surface form and its stem in every plausible language.

    A stem counts as its language is likely beside the likeliest. Words that say nothing in any of the ``languages`` are
    left out, unless nothing else is left or they are written as abbreviations are: *WHO report*. Where the index has
    two or three neighbours as one word, or a word that it does not have as two, that stands for them, too.
    """
    greatest = max(languages.values(), default=1.0)
    likely = {tag: share / greatest for tag, share in languages.items()}
    by_form = _query_words(words, likely, is_stop_word) or _query_words(words, likely, lambda *_: False)
    for form, terms in written_otherwise(words, by_form, likely, frequency).items():
        if form in by_form:
            kept = by_form[form].terms
            by_form[form] = QueryWord({**kept, **{term: weight for term, weight in terms.items() if term not in kept}})
    asked = list(by_form.values())
    if len(asked) > MOST_WORDS:
        counts = [min((n for term in word.terms if (n := frequency(term))), default=0) for word in asked]
        rarest = sorted(range(len(asked)), key=lambda place: (counts[place] == 0, counts[place]))[:MOST_WORDS]
        asked = [asked[place] for place in sorted(rarest)]
    return KeywordQuery(tuple(asked))


def _query_words(
    words: Sequence[Word], likely: Mapping[str, float], dropped: Callable[[str, str], bool]
) -> dict[str, QueryWord]:
    by_form: dict[str, QueryWord] = {}
    shouted = all(word.written.isupper() for word in words if word.letters)
    for word, following in zip_longest(words, words[1:]):
        others = dict.fromkeys(word.others, OTHERWISE_WEIGHT)
        if not word.letters:
            for place, token in enumerate(word.terms):
                digit_groups = dict.fromkeys(groups_around(word.terms, place), ACROSS_WEIGHT)
                by_form.setdefault(token.term, QueryWord({token.term: 1.0, **others, **digit_groups}))
            continue
        term = word.terms[0].term
        short = not shouted and len(word.written) > 1 and word.written.isupper()
        speaking = {tag: share for tag, share in likely.items() if short or not dropped(word.written, tag)}
        if term in by_form or (likely and not speaking):
            continue
        terms = {term: max((share * _surface_weight(tag) for tag, share in speaking.items()), default=1.0), **others}
        for tag, share in speaking.items():
            kind = stems_of(tag)
            if kind != "none":
                terms[own_stem := stem(word.written, tag)] = share
                terms |= {other: share * weight for other, weight in in_compounds(word, own_stem, tag).items()}
            if kind == "pairs" and following and following.letters and following.start == word.end + 1:
                terms[pair_term(tag, term, following.terms[0].term)] = share * PAIR_WEIGHT
        by_form[term] = QueryWord(terms)
    return by_form


def _surface_weight(tag: str) -> float:
    return 1.0 if stems_of(tag) == "none" else SURFACE_WEIGHT

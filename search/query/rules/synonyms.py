"""Synonyms in the keyword leg: a word of the query is covered by a paragraph that has what stands for it.

A synonym of several words is one term, its words with spaces between (`KeywordQuery`): a paragraph has it that has all
of them. Where it is the query that has several words, each of them is covered, and shares what the synonym counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from paraglot.search.deadline import check
from paraglot.search.query.query_terms import SURFACE_WEIGHT, KeywordQuery, QueryWord
from paraglot.search.query.rules.rules import Synonyms
from paraglot.search.text.analysis import Token, Word, stem, words
from paraglot.search.text.languages import primary, stems_of
from paraglot.search.types import SynonymMatch

SYNONYM_WEIGHT = 0.8
"""What a match by a synonym counts beside one by the word that was written."""

_Numbered: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Expansion:
    """``written`` of the query may stand as ``word`` in a paragraph: any of ``terms``; ``forms`` its surface forms."""

    written: str
    word: str
    forms: tuple[str, ...]
    terms: Mapping[str, float]

    @cached_property
    def parts(self) -> list[frozenset[str]]:
        """The words of each term; every hit asks."""
        return [frozenset(term.split(" ")) for term in self.terms]


class SynonymTable:
    """The rules of an index by what begins their sources, so that a query looks at few. For threads to share."""

    def __init__(self, rules: Sequence[Synonyms]) -> None:
        self._rules = rules
        self._by_language: dict[str, dict[str, list[_Numbered]]] = {}

    def possible(self, forms: Collection[str], languages: Iterable[str]) -> list[tuple[Synonyms, str]]:
        """Rules and those of their sources that begin with one of ``forms``, in the order of the rules."""
        tables = [self._table(tag) for tag in ("", *languages)]
        numbers = {number for table in tables for form in forms for number in table.get(form, ())}
        return [(self._rules[rule], self._rules[rule].sources[source]) for rule, source in sorted(numbers)]

    def _table(self, tag: str) -> dict[str, list[_Numbered]]:
        """First form → the numbers of rule and source; by stems of a language, or by surface forms for ""."""
        if tag not in self._by_language:
            table: dict[str, list[_Numbered]] = {}
            for rule, synonyms in enumerate(self._rules if not tag or stems_of(tag) != "none" else ()):
                for source, text in enumerate(synonyms.sources):
                    first = next(words(text))
                    form = stem(first.written, tag) if tag and first.letters else first.terms[0].term
                    table.setdefault(form, []).append((rule, source))
            self._by_language[tag] = table
        return self._by_language[tag]


def expansions(
    query: str, query_words: Sequence[Word], languages: Mapping[str, float], table: SynonymTable
) -> list[Expansion]:
    """What a table of rules has for the ``query_words`` of a query that may be in ``languages``."""
    asked = list(_forms(query_words, languages))
    places: dict[str, list[int]] = {}
    for place, (_, forms) in enumerate(asked):
        for form in forms:
            places.setdefault(form, []).append(place)
    result: dict[tuple[str, str], Expansion] = {}
    for rule, source in table.possible(places, languages):
        check()
        tag = primary(rule.language) if rule.language else None
        if tag and languages and tag not in languages:
            continue
        likely = {tag: 1.0} if tag else languages
        for span in _occurrences(asked, list(_forms(list(words(source)), languages)), places):
            written = query[span[0].start : span[-1].end]
            terms = tuple(token.term for token in span)
            for target in rule.targets:
                if target != source and (written, target) not in result:
                    result[written, target] = Expansion(written, target, terms, _terms(target, likely))
    return list(result.values())


def with_synonyms(query: KeywordQuery, expansions: Sequence[Expansion]) -> KeywordQuery:
    """The query with what may stand for its words."""
    asked = list(query.words)
    for expansion in expansions:
        places = [place for place, word in enumerate(asked) if word.terms.keys() & set(expansion.forms)]
        share = SYNONYM_WEIGHT / max(len(places), 1)
        terms = {term: weight * share for term, weight in expansion.terms.items()}
        for place in places:
            asked[place] = QueryWord(
                {
                    **asked[place].terms,
                    **{term: weight for term, weight in terms.items() if term not in asked[place].terms},
                }
            )
        if not places:  # all of them are stop words of the language
            asked.append(QueryWord(terms))
    return KeywordQuery(tuple(asked))


def matched_synonyms(expansions: Sequence[Expansion], matches: Sequence[Token]) -> list[SynonymMatch]:
    """The synonyms by which a paragraph was found whose words ``matches`` the query looks for."""
    there = {token.term for token in matches}
    by_synonym = [expansion for expansion in expansions if any(parts <= there for parts in expansion.parts)]
    return [SynonymMatch(expansion.written, expansion.word) for expansion in by_synonym]


def _forms(text_words: Sequence[Word], languages: Mapping[str, float]) -> Iterator[tuple[Token, frozenset[str]]]:
    """Each surface form of a text, with all by which it is told to be the same: itself and its stems."""
    for word in text_words:
        stems = {stem(word.written, tag) for tag in languages if word.letters and stems_of(tag) != "none"}
        for token in word.terms:
            yield token, frozenset({token.term, *stems})


def _occurrences(
    asked: Sequence[tuple[Token, frozenset[str]]],
    wanted: Sequence[tuple[Token, frozenset[str]]],
    places: Mapping[str, Sequence[int]],
) -> Iterator[list[Token]]:
    """The tokens of every place where ``wanted`` stands in ``asked``, whose forms have these ``places``."""
    _, first = wanted[0]
    for at in sorted({place for form in first for place in places.get(form, ())}):
        span = asked[at : at + len(wanted)]
        if len(span) == len(wanted) and all(forms & other for (_, forms), (_, other) in zip(span, wanted, strict=True)):
            yield [token for token, _ in span]


def _terms(text: str, languages: Mapping[str, float]) -> dict[str, float]:
    """The terms that stand for all of a text: its surface forms, and its stems in each language."""
    text_words = list(words(text))
    surface = " ".join(token.term for word in text_words for token in word.terms)
    greatest = max(languages.values(), default=1.0)
    stemmed = {tag: share / greatest for tag, share in languages.items() if stems_of(tag) != "none"}
    plain = len(stemmed) < len(languages) or not languages
    terms = {surface: 1.0 if plain else SURFACE_WEIGHT}
    for tag, share in stemmed.items():
        parts = [
            [stem(word.written, tag)] if word.letters else [token.term for token in word.terms] for word in text_words
        ]
        terms[" ".join(part for of_word in parts for part in of_word)] = share
    return terms

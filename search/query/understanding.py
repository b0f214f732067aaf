"""A query understood: its grammar, its languages, the terms to look for and the rows that it allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from paraglot.search.index import Clauses, Like, Snapshot
from paraglot.search.query.bounds import bounded
from paraglot.search.query.courtesies import without_courtesies
from paraglot.search.query.grammar import parse
from paraglot.search.query.language import query_languages, spoken_languages
from paraglot.search.query.letter_case import calmed, capitalized
from paraglot.search.query.lookup import Known, Lookup
from paraglot.search.query.mending import mended, spellings_of
from paraglot.search.query.names import with_names
from paraglot.search.query.query_terms import MOST_COMPLETIONS, KeywordQuery, QueryWord, keyword_query
from paraglot.search.query.rules.file import NOTHING_RULED, RulesNow
from paraglot.search.query.rules.synonyms import Expansion, expansions, with_synonyms
from paraglot.search.query.typos import corrections
from paraglot.search.text.analysis import Word, fold, words
from paraglot.search.text.languages import primary
from paraglot.search.types import SearchRequest

CORRECTED_WEIGHT = 0.5
"""What a word that was perhaps meant counts beside one that was written."""

ONLY_EXCLUDES = "The query only excludes words: it was read as plain words. Say what to look for, too."
FAULTY_RULES = "rules.toml cannot be used (paraglot doctor says why): synonyms and pinned results stay as they were."


@dataclass(frozen=True, slots=True)
class Understood:
    """``plain`` is the query without operators and courtesies, typing errors mended; ``clauses`` are what it demands
    beyond its words.

    ``languages`` are those of the corpus that it may be in; ``spoken`` those that it is in, in the corpus or not.
    """

    plain: str
    languages: dict[str, float]
    spoken: frozenset[str]
    words: KeywordQuery
    clauses: Clauses
    did_you_mean: str | None
    warnings: tuple[str, ...]
    synonyms: tuple[Expansion, ...] = ()
    pinned: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is a letter or a number: for punctuation and pictures, too, meaning finds something."""
        return regex.search(r"[\p{L}\p{N}]", self.plain) is not None

    @property
    def calm(self) -> str:
        """``plain`` as an encoder should read it."""
        return calmed(self.plain, self.spoken)


def understand(request: SearchRequest, snapshot: Snapshot, rules: RulesNow = NOTHING_RULED) -> Understood:
    """What a request's query means in one snapshot, by the ``rules`` of its index."""
    q, unread = bounded(request.q)
    parsed = parse(q)
    plain = parsed.plain if parsed.required else without_courtesies(parsed.plain)
    lookup = Lookup(snapshot)
    said = lookup.settled(lambda known: _said(request, snapshot, plain, rules, known))
    right = {fold(prefix) for prefix in parsed.prefixes} | {term for synonym in said.synonyms for term in synonym.forms}
    likely = corrections(lookup, said.plain, said.read, said.languages)
    made = [correction for correction in likely if not right.intersection(correction.typed)]
    spellings = spellings_of(lookup, made)
    slips = [correction for correction in made if correction.kind == "slip"]
    read = mended(plain, slips, spellings)
    sought = mended(plain, [correction for correction in made if correction.kind != "perhaps"], spellings)
    if sought != plain:
        said = lookup.settled(lambda known: _said(request, snapshot, sought, rules, known))
    completed = completions(lookup, parsed.prefixes)
    asked = _completed(said.words, parsed.prefixes, completed)
    stands_for = dict(zip(parsed.prefixes, completed, strict=True))
    read = _with_whole_words(read, stands_for)
    for texts in parsed.alternatives:
        asked = asked.with_one_of({form for text in texts for form in stands_for.get(text) or forms_of(text)})
    perhaps = [correction.meant[0] for correction in made if correction.kind == "perhaps"]
    asked = asked.with_words(lookup.settled(lambda known: _perhaps(perhaps, said.languages, known)))
    clauses = Clauses(parsed.plain, parsed.required, parsed.excluded, said.languages)
    warning_if = {FAULTY_RULES: rules.fault, ONLY_EXCLUDES: parsed.only_excludes}
    warnings = (*unread, *(warning for warning, holds in warning_if.items() if holds))
    return Understood(
        read,
        said.languages,
        said.spoken,
        asked,
        clauses,
        mended(q, slips, spellings) if slips else None,
        warnings,
        said.synonyms,
        rules.rules.pinned(parsed.plain, said.languages),
    )


class _Said(NamedTuple):
    """The words of a query, the languages that they may be in, and what is looked for."""

    plain: str
    read: list[Word]
    languages: dict[str, float]
    spoken: frozenset[str]
    synonyms: tuple[Expansion, ...]
    words: KeywordQuery


def _said(request: SearchRequest, snapshot: Snapshot, plain: str, rules: RulesNow, known: Known) -> _Said:
    read = list(words(plain))
    languages = query_languages(read, snapshot.manifest.languages, known.frequency)
    # What is not known yet is asked for, and all of this done again: until then the lexicon is left alone.
    spoken = frozenset(languages) if known.missing else spoken_languages(read, languages, known.frequency)
    if request.query_language:
        languages = {primary(request.query_language): 1.0}
        spoken = frozenset(languages)
    synonyms = tuple(expansions(plain, read, languages, rules.synonyms))
    asked = with_synonyms(keyword_query(read, languages, known.frequency), synonyms)
    tags = dict.fromkeys([*languages, *sorted(spoken)])
    named = with_names(asked, capitalized(plain, read, spoken), tags, known)
    return _Said(plain, read, languages, spoken, synonyms, named)


def completions(lookup: Lookup, prefixes: Sequence[str]) -> list[list[str]]:
    """The surface forms that begin with each of ``prefixes``, those first that the most paragraphs have."""
    completed = lookup.words_like([Like("prefix", fold(prefix), MOST_COMPLETIONS) for prefix in prefixes])
    return [[word.form for word in of_prefix] for of_prefix in completed]


def _with_whole_words(plain: str, completed: Mapping[str, Sequence[str]]) -> str:
    """A query with the commonest word in the place of each beginning that is none: the beginning means nothing."""
    for prefix, forms in completed.items():
        if forms and fold(prefix) not in forms:
            plain = regex.sub(rf"(?<!\w){regex.escape(prefix)}(?!\w)", forms[0], plain)
    return plain


def forms_of(text: str) -> list[str]:
    """The surface forms of the words of a text."""
    return [word.terms[0].term for word in words(text)]


def _completed(asked: KeywordQuery, prefixes: Sequence[str], completed: Sequence[Sequence[str]]) -> KeywordQuery:
    """A query whose beginnings of words stand for what they were completed to: no word or name is written so."""
    for prefix, forms in zip(prefixes, completed, strict=True):
        if forms:
            asked = asked.without_words({fold(prefix)}).with_words([QueryWord(dict.fromkeys(forms, 1.0))])
    return asked


def _perhaps(meant: Sequence[str], languages: dict[str, float], known: Known) -> list[QueryWord]:
    """Words that may have been meant, to be looked for beside those that were written."""
    instead = list(words(" ".join(meant)))
    lighter = keyword_query(instead, languages, known.frequency).words if instead else ()
    return [QueryWord({term: weight * CORRECTED_WEIGHT for term, weight in word.terms.items()}) for word in lighter]

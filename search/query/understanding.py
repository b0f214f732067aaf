"""A query understood: its grammar, its languages, the terms to look for and the rows that it allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex
from pyroaring import BitMap

from paraglot.search.folder.snapshot import Snapshot
from paraglot.search.query.bounds import bounded
from paraglot.search.query.constraints import Constraints, completions
from paraglot.search.query.grammar import parse
from paraglot.search.query.language import query_languages, spoken_languages
from paraglot.search.query.mending import mended, spellings_of
from paraglot.search.query.names import with_names
from paraglot.search.query.query_terms import KeywordQuery, QueryWord, keyword_query
from paraglot.search.query.rules.file import NOTHING_RULED, RulesNow
from paraglot.search.query.rules.synonyms import Expansion, expansions, with_synonyms
from paraglot.search.query.shouting import calmed
from paraglot.search.query.typos import Correction, corrections
from paraglot.search.text.analysis import fold, words
from paraglot.search.text.languages import primary
from paraglot.search.types import SearchRequest

CORRECTED_WEIGHT = 0.5
"""What a word that was perhaps meant counts beside one that was written."""

ONLY_EXCLUDES = "The query only excludes words: it was read as plain words. Say what to look for, too."
FAULTY_RULES = "rules.toml cannot be used (paraglot doctor says why): synonyms and pinned results stay as they were."


@dataclass(frozen=True, slots=True)
class Understood:
    """``plain`` is the query without operators, typing errors mended; ``allowed`` the rows that meet its demands (None:
    it makes none).

    ``languages`` are those of the corpus that it may be in; ``spoken`` those that it is in, in the corpus or not.
    """

    plain: str
    languages: dict[str, float]
    spoken: frozenset[str]
    words: KeywordQuery
    allowed: BitMap | None
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
    keyword, corpus = snapshot.keyword, snapshot.manifest.languages
    q, unread = bounded(request.q)
    parsed = parse(q)
    said = _Said(request, snapshot, parsed.plain)
    synonyms = expansions(said.plain, said.found, said.languages, rules.synonyms)
    right = {fold(prefix) for prefix in parsed.prefixes} | {term for one in synonyms for term in one.own}
    made = [one for one in said.corrections() if not right.intersection(one.typed)]
    spellings = spellings_of(keyword, snapshot.store, made)
    slips = [one for one in made if one.kind == "slip"]
    read = mended(parsed.plain, slips, spellings)
    sought = mended(parsed.plain, [one for one in made if one.kind != "perhaps"], spellings)
    if sought != parsed.plain:
        said = _Said(request, snapshot, sought)
        synonyms = expansions(said.plain, said.found, said.languages, rules.synonyms)
    asked = with_synonyms(keyword_query(said.found, said.languages, keyword.frequency), synonyms)
    asked = with_names(asked, said.found, {*said.languages, *said.spoken}, keyword)
    prefixes = [dict.fromkeys(completions(keyword, prefix), 1.0) for prefix in parsed.prefixes]
    asked = asked.with_words(QueryWord(terms) for terms in prefixes if terms)
    asked = asked.with_words(said.perhaps(one.meant[0] for one in made if one.kind == "perhaps"))
    constraints = Constraints(keyword, snapshot.store, said.languages)
    allowed = constraints.allowed(parsed, corpus)
    told = {FAULTY_RULES: rules.fault, ONLY_EXCLUDES: parsed.only_excludes}
    warnings = (*unread, *constraints.warnings, *(warning for warning, holds in told.items() if holds))
    return Understood(
        read,
        said.languages,
        said.spoken,
        asked,
        allowed,
        mended(q, slips, spellings) if slips else None,
        warnings,
        tuple(synonyms),
        rules.rules.pinned(parsed.plain, said.languages),
    )


class _Said:
    """The words of a query and the languages that they may be in."""

    def __init__(self, request: SearchRequest, snapshot: Snapshot, plain: str) -> None:
        self._snapshot = snapshot
        self.plain, self.found = plain, list(words(plain))
        frequency = snapshot.keyword.frequency
        self.languages = query_languages(self.found, snapshot.manifest.languages, frequency)
        self.spoken = spoken_languages(self.found, self.languages, frequency)
        if request.query_language:
            self.languages = {primary(request.query_language): 1.0}
            self.spoken = frozenset(self.languages)

    def corrections(self) -> list[Correction]:
        """What was likely meant by its mistyped words."""
        return corrections(self._snapshot.keyword, self._snapshot.store, self.plain, self.found, self.languages)

    def perhaps(self, meant: Iterable[str]) -> list[QueryWord]:
        """Words that may have been meant, to be looked for beside those that were written."""
        instead = list(words(" ".join(meant)))
        lighter = keyword_query(instead, self.languages, self._snapshot.keyword.frequency).words if instead else ()
        return [QueryWord({term: weight * CORRECTED_WEIGHT for term, weight in word.terms.items()}) for word in lighter]

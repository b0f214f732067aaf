"""A query understood: its grammar, its languages, the terms to look for and the rows that it allows."""

from __future__ import annotations

from dataclasses import dataclass

import regex
from pyroaring import BitMap

from search.analysis import fold, words
from search.bounds import bounded
from search.constraints import Constraints, completions
from search.grammar import parse
from search.languages import primary
from search.query import KeywordQuery, QueryWord, keyword_query
from search.query_language import query_languages, spoken_languages
from search.rules_file import NOTHING_RULED, RulesNow
from search.rules_synonyms import Expansion, expansions, with_synonyms
from search.shouting import calmed
from search.snapshot import Snapshot
from search.types import SearchRequest
from search.typos import corrections

CORRECTED_WEIGHT = 0.5
"""What a word that was likely meant counts beside one that was written."""

ONLY_EXCLUDES = "The query only excludes words: it was read as plain words. Say what to look for, too."
FAULTY_RULES = "rules.toml cannot be used (rosetta doctor says why): synonyms and pinned results stay as they were."


@dataclass(frozen=True, slots=True)
class Understood:
    """``plain`` is the query without operators; ``allowed`` the rows that meet its demands (None: it makes none).

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
        """Whether there is more than punctuation: meaning finds something for that, too."""
        return regex.search(r"[^\p{P}\p{Z}\p{C}]", self.plain) is not None

    @property
    def calm(self) -> str:
        """``plain`` as an encoder should read it."""
        return calmed(self.plain, self.spoken)


def understand(request: SearchRequest, snapshot: Snapshot, rules: RulesNow = NOTHING_RULED) -> Understood:
    """What a request's query means in one snapshot, by the ``rules`` of its index."""
    keyword, corpus = snapshot.keyword, snapshot.manifest.languages
    q, unread = bounded(request.q)
    parsed = parse(q)
    found = list(words(parsed.plain))
    languages = query_languages(found, corpus, keyword.frequency)
    spoken = spoken_languages(found, languages, keyword.frequency)
    if request.query_language:
        languages = {primary(request.query_language): 1.0}
        spoken = frozenset(languages)
    synonyms = expansions(parsed.plain, found, languages, rules.synonyms)
    asked = with_synonyms(keyword_query(found, languages, keyword.frequency), synonyms)
    prefixes = [dict.fromkeys(completions(keyword, prefix), 1.0) for prefix in parsed.prefixes]
    asked = asked.with_words(QueryWord(terms) for terms in prefixes if terms)
    right = {fold(prefix) for prefix in parsed.prefixes} | {term for one in synonyms for term in one.own}
    whole = [word for word in found if word.terms[0].term not in right]
    meant = corrections(keyword, whole, languages)
    instead = list(words(" ".join(meant.values())))
    lighter = keyword_query(instead, languages, keyword.frequency).words if instead else ()
    asked = asked.with_words(
        QueryWord({term: weight * CORRECTED_WEIGHT for term, weight in word.terms.items()}) for word in lighter
    )
    constraints = Constraints(keyword, snapshot.store, languages)
    allowed = constraints.allowed(parsed, corpus)
    suggestion = _mended(q, meant) if meant else None
    told = {FAULTY_RULES: rules.fault, ONLY_EXCLUDES: parsed.only_excludes}
    warnings = (*unread, *constraints.warnings, *(warning for warning, holds in told.items() if holds))
    pinned = rules.rules.pinned(parsed.plain, languages)
    return Understood(parsed.plain, languages, spoken, asked, allowed, suggestion, warnings, tuple(synonyms), pinned)


def _mended(query: str, meant: dict[str, str]) -> str:
    """The query as written but for the words that were mended."""

    def mend(word: regex.Match[str]) -> str:
        return meant.get(fold(word.group()), word.group())

    return regex.sub(r"[\p{L}\p{N}\p{M}]+", mend, query)

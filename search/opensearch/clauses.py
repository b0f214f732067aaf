"""What a query's phrases, fields and exclusions allow, as queries to the cluster: for both legs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paraglot.search.index import Clauses
from paraglot.search.opensearch.attributes import any_of
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import paragraph_query
from paraglot.search.opensearch.scope import Scope
from paraglot.search.opensearch.statistics import term_query
from paraglot.search.opensearch.words_like import with_prefix
from paraglot.search.parts.clauses import (
    MOST_VERIFIED,
    as_words,
    asks_beyond,
    in_part_only,
    phrase_in,
    quotes,
)
from paraglot.search.query.grammar import Clause
from paraglot.search.query.query_terms import MOST_COMPLETIONS, KeywordQuery, keyword_query
from paraglot.search.text.analysis import fold, phrase_form, words


@dataclass(frozen=True, slots=True)
class QuerySelection:
    """A selection as the queries that its paragraphs meet, all of them."""

    filters: tuple[Json, ...] = ()
    warnings: tuple[str, ...] = ()


class Constraints:
    """The clauses of one query over the paragraphs that may be seen."""

    def __init__(self, scope: Scope, clauses: Clauses) -> None:
        self._scope, self._clauses = scope, clauses
        self.warnings: list[str] = []

    def filters(self) -> list[Json]:
        """What lets through what meets all groups and no excluded clause.

        A question may quote what no paragraph says so: then its quotations are read as words, with a warning.
        """
        required = self._clauses.required
        filters = self._meeting(required)
        quotations = [group for group in required if all(quotes(clause) for clause in group)]
        if quotations and asks_beyond(self._clauses.plain, quotations) and not self._any(filters):
            filters = self._meeting([group for group in required if group not in quotations])
            self.warnings.append(as_words(quotations))
        excluded = [self._query(clause, filters) for clause in self._clauses.excluded]
        return [*filters, {"bool": {"must_not": excluded}}] if excluded else filters

    def _any(self, filters: Sequence[Json]) -> bool:
        body = {"size": 0, "query": paragraph_query([*self._scope.filters, *filters]), "terminate_after": 1}
        [answer] = self._scope.point.search(body)
        return bool(answer["hits"]["total"]["value"])

    def _meeting(self, required: Sequence[Sequence[Clause]]) -> list[Json]:
        filters: list[Json] = []
        for group in required:
            filters.append(any_of([self._query(clause, filters) for clause in group]))
        return filters

    def _query(self, clause: Clause, within: Sequence[Json]) -> Json:
        """What meets a clause; a phrase is looked for among what is ``within`` these filters."""
        if clause.place == "source":
            return {"wildcard": {"source_form": {"value": f"*{_literal(phrase_form(clause.text))}*"}}}
        place = clause.place or None
        if clause.kind == "prefix":
            forms = with_prefix(self._scope, fold(clause.text), MOST_COMPLETIONS)
            return any_of([term_query(form.form, place) for form in forms])
        terms = [token.term for word in words(clause.text) for token in word.terms]
        if clause.kind == "phrase" or len(terms) != 1:
            return self._phrase(clause, terms, within)
        expanded = keyword_query(list(words(clause.text)), self._clauses.languages, self._scope.statistics.frequency)
        return any_of([term_query(term, place) for term in dict.fromkeys([*terms, *expanded.terms])])

    def _phrase(self, clause: Clause, terms: Sequence[str], within: Sequence[Json]) -> Json:
        """The paragraphs that have a phrase: those that have its words are read, the best of too many."""
        if not terms:
            return {"match_none": {}}
        field = in_part_only(clause)
        have_words = [term_query(term, field) for term in dict.fromkeys(terms)]
        if len(terms) == 1:
            return have_words[0]
        best = self._scope.by_words(KeywordQuery.of_terms(terms), MOST_VERIFIED + 1, [*within, *have_words])
        if len(best) > MOST_VERIFIED:
            self.warnings.append(f'"{clause.text}" was looked for in the {MOST_VERIFIED} likeliest paragraphs only.')
        phrase = phrase_form(clause.text)
        read = self._scope.texts([row for row, _ in best[:MOST_VERIFIED]])
        parts = ((row, (phrase_form(title), phrase_form(text))) for row, (title, text) in read)
        return {"terms": {"row": [row for row, parts_of_row in parts if phrase_in(phrase, parts_of_row, field)]}}


def _literal(text: str) -> str:
    """A text in a pattern, of which no letter stands for others."""
    return "".join(f"\\{letter}" if letter in "*?\\" else letter for letter in text)

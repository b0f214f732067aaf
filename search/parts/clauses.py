"""Which rows a query's phrases, fields and exclusions allow: for both legs, so that they hold for the hybrid too.

For engines that have postings and texts at hand (`paraglot.search.parts.reading`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyroaring import BitMap

from paraglot.search.deadline import check
from paraglot.search.index import Clauses
from paraglot.search.parts.protocols import Field, Keywords, Store
from paraglot.search.parts.words_like import prefixed
from paraglot.search.query.grammar import Clause
from paraglot.search.query.query_terms import MOST_COMPLETIONS, KeywordQuery, keyword_query
from paraglot.search.text.analysis import fold, phrase_form, words

MOST_VERIFIED = 5_000
"""Paragraphs that are read to see whether a phrase's words stand in its order; of more, the best by BM25."""


class Constraints:
    """The rows of one snapshot that meet clauses."""

    def __init__(self, keyword: Keywords, store: Store, clauses: Clauses) -> None:
        self._keyword, self._store, self._clauses = keyword, store, clauses
        self._forms: dict[int, tuple[str, str]] = {}
        self.warnings: list[str] = []

    def allowed(self, everything: Iterable[str]) -> BitMap:
        """The rows that meet all groups and no excluded clause. ``everything``: all languages.

        A question may quote what no paragraph says so, as one in another language does: then its quotations are read
        as words, with a warning. A query that is nothing but phrases means them.
        """
        required = self._clauses.required
        rows = self._meeting(required, everything)
        quotations = [group for group in required if all(quotes(clause) for clause in group)]
        if not rows and quotations and asks_beyond(self._clauses.plain, quotations):
            rows = self._meeting([group for group in required if group not in quotations], everything)
            self.warnings.append(as_words(quotations))
        for clause in self._clauses.excluded:
            rows = rows - self._rows(clause, rows)
        return rows

    def _meeting(self, required: Sequence[Sequence[Clause]], everything: Iterable[str]) -> BitMap:
        rows = None if required else self._store.rows_in_languages(everything)
        for group in required:
            rows = BitMap.union(*(self._rows(clause, rows) for clause in group))
        return BitMap() if rows is None else rows

    def _rows(self, clause: Clause, among: BitMap | None) -> BitMap:
        """Those of the rows ``among`` (None: of all) that meet a clause."""
        rows = self._meeting_clause(clause, among)
        return rows if among is None else rows & among

    def _meeting_clause(self, clause: Clause, among: BitMap | None) -> BitMap:
        if clause.place == "source":
            return self._store.rows_from(lambda source: phrase_form(clause.text) in phrase_form(source))
        if clause.kind == "prefix":
            forms = prefixed(self._keyword, fold(clause.text), MOST_COMPLETIONS)
            return self._any([word_form.form for word_form in forms], clause.place or None)
        terms = [token.term for word in words(clause.text) for token in word.terms]
        if clause.kind == "phrase" or len(terms) != 1:
            return self._phrase(clause, terms, among)
        query = keyword_query(list(words(clause.text)), self._clauses.languages, self._keyword.frequency)
        return self._any([*terms, *query.terms], clause.place or None)

    def _any(self, terms: Iterable[str], field: Field | None) -> BitMap:
        return BitMap.union(BitMap(), *(BitMap(self._keyword.rows_with(term, field)) for term in terms))

    def _phrase(self, clause: Clause, terms: Sequence[str], among: BitMap | None) -> BitMap:
        field = in_part_only(clause)
        if not terms:
            return BitMap()
        rows = BitMap.intersection(*(BitMap(self._keyword.rows_with(term, field)) for term in terms))
        if len(terms) == 1:
            return rows
        if among is not None:
            rows &= among
        if len(rows) > MOST_VERIFIED:
            best = self._keyword.search(KeywordQuery.of_terms(terms), MOST_VERIFIED, rows)
            rows = BitMap(row for row, _ in best)
            self.warnings.append(f'"{clause.text}" was looked for in the {MOST_VERIFIED} likeliest paragraphs only.')
        wanted, unread = phrase_form(clause.text), BitMap(rows) - BitMap(self._forms)
        for row, parts in self._store.texts(unread):
            check()
            self._forms[row] = phrase_form(parts[0]), phrase_form(parts[1])
        known = (row for row in rows if row in self._forms)
        return BitMap(row for row in known if phrase_in(wanted, self._forms[row], field))


def in_part_only(clause: Clause) -> Field | None:
    """The part of a paragraph that a clause is about; None: either."""
    return clause.place if clause.place in ("text", "title") else None


def as_words(quotations: Sequence[Sequence[Clause]]) -> str:
    """The warning that quotations which nothing has were read as words."""
    quoted = ", ".join(f'"{clause.text}"' for group in quotations for clause in group)
    return f"No paragraph has {quoted} as written: the words were looked for one by one."


def phrase_in(wanted: str, parts: tuple[str, str], field: Field | None) -> bool:
    """Whether the title or the text, as `phrase_form` gives them, has what is ``wanted``."""
    title, text = parts
    return (field != "text" and wanted in title) or (field != "title" and wanted in text)


def quotes(clause: Clause) -> bool:
    """Whether a clause is a quotation, of whatever part."""
    return clause.kind == "phrase" and not clause.place


def asks_beyond(plain: str, quotations: Sequence[Sequence[Clause]]) -> bool:
    """Whether a query has words outside of its quotations."""
    quoted = sum(len(list(words(clause.text))) for group in quotations for clause in group)
    return len(list(words(plain))) > quoted

"""Words in dictionaries: the keyword leg without an engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from paraglot.search.candidates import in_order
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.index import TermStatistics
from paraglot.search.parts.bm25 import TITLE_WEIGHT, idf, share, word_idf
from paraglot.search.parts.protocols import Allowed, Choose, Field
from paraglot.search.query.names import name_terms
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.text.analysis import terms
from paraglot.search.text.languages import primary

_FIELDS: tuple[Field, ...] = ("text", "title")


@dataclass(frozen=True, slots=True)
class ParagraphTerms:
    """How often each term stands in a paragraph's text, and in its article's title."""

    language: str
    text: Counter[str] = field(default_factory=Counter)
    title: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, title: str, heading: str, text: str, language: str) -> ParagraphTerms:
        """The terms of a paragraph in ``language``."""
        body = f"{heading}\n{text}"
        counts = Counter([*terms(body, language), *name_terms(body, language)])
        return cls(language, counts, Counter(terms(title, language)))

    def count(self, term: str, field_name: Field) -> int:
        """How often a field has a term; of several with spaces between, as often as the one that it has least."""
        counts = self.text if field_name == "text" else self.title
        return counts[term]

    def has(self, term: str, field_name: Field | None = None) -> bool:
        """Whether a field has a term, or all of several with spaces between, each in whichever field."""
        fields = [field_name] if field_name else _FIELDS
        return all(any(self.count(part, name) for name in fields) for part in term.split(" "))


class MemoryKeywords:
    """The words of some paragraphs. All that it says is said of these alone."""

    def __init__(self, rows: Mapping[int, ParagraphTerms]) -> None:
        self._rows = dict(sorted(rows.items()))
        self._counts = Counter(primary(paragraph.language) for paragraph in rows.values())
        self._means: dict[Field, float] = {}
        for field_name in _FIELDS:
            lengths = [length for paragraph in rows.values() if (length := getattr(paragraph, field_name).total())]
            self._means[field_name] = sum(lengths) / len(lengths) if lengths else 1.0

    def within(self, rows: Collection[int]) -> MemoryKeywords:
        """The index as it would be of ``rows`` alone."""
        return MemoryKeywords({row: paragraph for row, paragraph in self._rows.items() if row in rows})

    def search(self, query: KeywordQuery, limit: int, allowed: Allowed = None) -> Ranking:
        """The ``limit`` best rows by BM25."""
        rows = self._among(allowed)
        scored = zip(rows, self.scores(query, rows), strict=True)
        return in_order((row, score) for row, score in scored if score > 0)[:limit]

    def scores(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """BM25 of each of ``rows``, in their order; 0.0 where no term occurs."""
        weighted = [(term, weight * self._idf(term)) for word in query.words for term, weight in word.terms.items()]
        return [round(sum(weight * self._share(row, term) for term, weight in weighted), 6) for row in rows]

    def coverage(self, query: KeywordQuery, rows: Sequence[int]) -> list[float]:
        """How much of the query each of ``rows`` has, 0 to 1: its share of the words, weighted by idf squared."""
        weights = [self._word_idf(word) ** 2 for word in query.words]
        total = sum(weights) or 1.0
        return [
            sum(weight for word, weight in zip(query.words, weights, strict=True) if self._covers(row, word)) / total
            for row in rows
        ]

    def covering(self, query: KeywordQuery, share_: float, allowed: Allowed = None) -> list[int]:
        """The rows that cover at least a share of what the best one covers, and anything at all; ascending."""
        rows = self._among(allowed)
        covered = self.coverage(query, rows)
        least = share_ * max(covered, default=0.0) - 1e-9
        return [row for row, coverage in zip(rows, covered, strict=True) if coverage > 0 and coverage >= least]

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        return sum(term in paragraph.text for paragraph in self._rows.values())

    def statistics(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``, in their text and in their title."""
        titles = {term: sum(term in paragraph.title for paragraph in self._rows.values()) for term in terms}
        return TermStatistics({term: self.frequency(term) for term in terms}, titles)

    def rows_with(self, term: str, field_name: Field | None = None) -> list[int]:
        """The rows that have a term in a field (None: in either), ascending."""
        return [row for row, paragraph in self._rows.items() if paragraph.has(term, field_name)]

    def vocabulary(self, prefix: str, choose: Choose = list) -> list[str]:
        """The surface forms that begin with a prefix, in the order of their code points, as far as they are chosen."""
        forms = {
            term for paragraph in self._rows.values() for counts in (paragraph.text, paragraph.title) for term in counts
        }
        return list(choose(sorted(term for term in forms if ":" not in term and term.startswith(prefix))))

    def _among(self, allowed: Allowed) -> list[int]:
        return [row for row in self._rows if allowed is None or row in allowed]

    def _share(self, row: int, term: str) -> float:
        paragraph = self._rows.get(row)
        if paragraph is None or not paragraph.has(term):
            return 0.0
        return min(
            share(paragraph.count(part, "text"), paragraph.text.total(), self._means["text"])
            + TITLE_WEIGHT * share(paragraph.count(part, "title"), paragraph.title.total(), self._means["title"])
            for part in term.split(" ")
        )

    def _covers(self, row: int, word: QueryWord) -> bool:
        paragraph = self._rows.get(row)
        return paragraph is not None and any(map(paragraph.has, word.terms))

    def _idf(self, term: str) -> float:
        language, marked, _ = term.partition(":")
        total = self._counts[language] if marked and self._counts[language] else len(self._rows)
        return idf(total, len(self.rows_with(term)))

    def _word_idf(self, word: QueryWord) -> float:
        """The lowest of its terms that any paragraph has, before those of its sound."""
        return word_idf(word.terms, lambda term: len(self.rows_with(term)), self._idf, len(self._rows))

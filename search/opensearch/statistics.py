"""What the cluster counts of a snapshot: how many paragraphs have a term, and how long they are in the mean."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from paraglot.search.index import TermStatistics
from paraglot.search.opensearch.attributes import any_of
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import Point, paragraph_query
from paraglot.search.opensearch.schema import kept_term
from paraglot.search.parts.bm25 import idf, word_idf
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.text.analysis import folded_stop_words
from paraglot.search.text.languages import LANGUAGES, primary

FIELDS = ("text", "title")

_COLUMNS = ("terms", "title_terms", "both_terms")
"""The terms of the text, of the title, and of both."""

_AT_ONCE = 500
"""Terms that are counted together."""


class Count(NamedTuple):
    """How many paragraphs have a term: in their text, in their title, in either."""

    text: int
    title: int
    either: int


class Statistics:
    """The counts of one snapshot, each asked once. Safe to share between threads."""

    def __init__(self, point: Point, filters: Sequence[Json], languages: Mapping[str, int]) -> None:
        """``filters`` say which paragraphs are counted, ``languages`` how many there are of each tag."""
        self._point, self._filters = point, filters
        self._lock = threading.Lock()
        self._counts: dict[str, Count] = {}
        self._means: dict[str, float] = {}
        self.total = sum(languages.values())
        self._in_language: Counter[str] = Counter()
        for tag, count in languages.items():
            self._in_language[primary(tag)] += count

    def of(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``, in their text and in their title."""
        self.look_up(terms)
        counts = self._counts
        return TermStatistics({term: counts[term].text for term in terms}, {term: counts[term].title for term in terms})

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        return self.of([term]).text[term]

    def look_up(self, terms: Iterable[str]) -> None:
        """Have the counts of all terms known."""
        missing = [term for term in dict.fromkeys(terms) if term not in self._counts]
        apart = [term for term in missing if " " in term or _is_stop_word(term)]
        together = sorted(set(missing).difference(apart))
        batches = [together[first : first + _AT_ONCE] for first in range(0, len(together), _AT_ONCE)]
        answers = self._point.search(*map(self._count_body, apart), *map(self._counts_body, batches))
        counts = dict(zip(apart, map(_count_of, answers), strict=False))
        for batch, answer in zip(batches, answers[len(apart) :], strict=True):
            counts |= _counts_of(batch, answer)
        with self._lock:
            self._counts = {**self._counts, **counts}

    def prepare(self, query: KeywordQuery) -> None:
        """Have known all that the scores of a query are made of."""
        self.look_up(query.terms)
        self.mean_length("text")

    def idf(self, term: str) -> float:
        """What a term says; of one that is marked with a language, among the paragraphs of that."""
        language, marked, _ = term.partition(":")
        total = self._in_language[language] if marked and self._in_language[language] else self.total
        return idf(total, self._counts[term].either)

    def word_idf(self, word: QueryWord) -> float:
        """The lowest of its terms that any paragraph has, before those of its sound."""
        return word_idf(word.terms, lambda term: self._counts[term].either, self.idf, self.total)

    def count_of(self, term: str) -> Count:
        """The counts of a term that was looked up."""
        return self._counts[term]

    def mean_length(self, field: str) -> float:
        """The mean number of terms in a field of those that have it at all."""
        if field not in self._means:
            means = {f"{name}": {"avg": {"field": f"{name}_length"}} for name in FIELDS}
            [answer] = self._point.search({"size": 0, "query": paragraph_query(self._filters), "aggs": means})
            averages = answer["aggregations"]
            self._means = {name: averages[name]["value"] or 1.0 for name in FIELDS}
        return self._means[field]

    def _count_body(self, term: str) -> Json:
        query = paragraph_query([*self._filters, term_query(term)])
        inner = {field: {"filter": {"term": {field: kept_term(term)}}} for field in FIELDS}
        return {"size": 0, "track_total_hits": True, "query": query, "aggs": inner}

    def _counts_body(self, terms: Sequence[str]) -> Json:
        """Terms that hardly any paragraph has are counted together, where any of them stands."""
        kept = sorted(map(kept_term, terms))
        query = paragraph_query([*self._filters, any_of([{"terms": {field: kept}} for field in FIELDS])])
        counting = {field: {"terms": {"field": field, "include": kept, "size": len(kept)}} for field in _COLUMNS}
        return {"size": 0, "query": query, "aggs": counting}


def term_query(term: str, field: str | None = None) -> Json:
    """The paragraphs that have a term in a field (None: in either); of one that is several, all of them."""
    fields = [field] if field else FIELDS
    parts = [
        any_of([{"term": {field_name: kept_term(part)}} for field_name in fields])
        for part in dict.fromkeys(term.split(" "))
    ]
    return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}}


@lru_cache(1 << 16)
def _is_stop_word(term: str) -> bool:
    """Whether a term may stand in many paragraphs: counted with others it would have all of them looked at."""
    return term.rpartition(":")[2] in _stop_words()


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(form for tag in LANGUAGES for form in folded_stop_words(tag))


def _counts_of(terms: Sequence[str], answer: Json) -> dict[str, Count]:
    text, title, both = (
        {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][field]["buckets"]}
        for field in _COLUMNS
    )
    counts = {}
    for term in terms:
        kept = kept_term(term)
        of_text, of_title = text.get(kept, 0), title.get(kept, 0)
        counts[term] = Count(of_text, of_title, of_text + of_title - both.get(kept, 0))
    return counts


def _count_of(answer: Json) -> Count:
    inner = answer["aggregations"]
    return Count(inner["text"]["doc_count"], inner["title"]["doc_count"], answer["hits"]["total"]["value"])

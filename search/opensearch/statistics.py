"""What the cluster counts of a snapshot: how many paragraphs have a term, and how long they are in the mean."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from paraglot.search.index import TermStatistics
from paraglot.search.opensearch.attributes import any_of
from paraglot.search.opensearch.cluster import Json
from paraglot.search.opensearch.point import Point, among
from paraglot.search.opensearch.schema import kept_term
from paraglot.search.parts.bm25 import idf
from paraglot.search.query.names import SOUND_MARK
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.text.languages import primary

FIELDS = ("text", "title")

_AT_ONCE = 200
"""Terms that are counted in one request."""


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
        self.among = sum(languages.values())
        self._in_language: Counter[str] = Counter()
        for tag, count in languages.items():
            self._in_language[primary(tag)] += count

    def of(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``, in their text and in their title."""
        self.look_up(terms)
        known = self._counts
        return TermStatistics({term: known[term].text for term in terms}, {term: known[term].title for term in terms})

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        return self.of([term]).text[term]

    def look_up(self, terms: Iterable[str]) -> None:
        """Have the counts of all terms known."""
        missing = [term for term in dict.fromkeys(terms) if term not in self._counts]
        sounds = [term for term in missing if term.startswith(SOUND_MARK) and " " not in term]
        others = [term for term in missing if term not in set(sounds)]
        for first in range(0, len(others), _AT_ONCE):
            batch = others[first : first + _AT_ONCE]
            answers = self._point.search(*(self._counting(term) for term in batch))
            self._know(dict(zip(batch, map(_count, answers), strict=True)))
        if sounds:
            self._know(self._of_sounds(sounds))

    def prepare(self, query: KeywordQuery) -> None:
        """Have known all that the scores of a query are made of."""
        self.look_up(query.terms)
        self.mean_length("text")

    def idf(self, term: str) -> float:
        """What a term says; of one that is marked with a language, among the paragraphs of that."""
        language, marked, _ = term.partition(":")
        among_ = self._in_language[language] if marked and self._in_language[language] else self.among
        return idf(among_, self._counts[term].either)

    def word_idf(self, word: QueryWord) -> float:
        """The lowest of its terms that any paragraph has, before those of its sound."""
        there = [term for term in word.terms if self._counts[term].either]
        known = [self.idf(term) for term in [term for term in there if term[:1] != SOUND_MARK] or there]
        return min(known, default=idf(self.among, 0))

    def having(self, term: str) -> Count:
        """The counts of a term that was looked up."""
        return self._counts[term]

    def mean_length(self, field: str) -> float:
        """The mean number of terms in a field of those that have it at all."""
        if field not in self._means:
            means = {f"{one}": {"avg": {"field": f"{one}_length"}} for one in FIELDS}
            [answer] = self._point.search({"size": 0, "query": among(self._filters), "aggs": means})
            found = answer["aggregations"]
            self._means = {one: found[one]["value"] or 1.0 for one in FIELDS}
        return self._means[field]

    def _counting(self, term: str) -> Json:
        query = among([*self._filters, having(term)])
        inner = {one: {"filter": {"term": {one: kept_term(term)}}} for one in FIELDS}
        return {"size": 0, "track_total_hits": True, "query": query, "aggs": inner}

    def _of_sounds(self, sounds: Sequence[str]) -> dict[str, Count]:
        """The counts of sounds, most of which nothing has: those that something has come out of one search."""
        wanted = {kept_term(term): term for term in sounds}
        query = among([*self._filters, {"terms": {"sounds": list(wanted)}}])
        counting = {"terms": {"field": "sounds", "include": list(wanted), "size": len(wanted)}}
        [answer] = self._point.search({"size": 0, "query": query, "aggs": {"sounds": counting}})
        found = {wanted[one["key"]]: one["doc_count"] for one in answer["aggregations"]["sounds"]["buckets"]}
        return {term: Count(found.get(term, 0), 0, found.get(term, 0)) for term in sounds}

    def _know(self, counts: Mapping[str, Count]) -> None:
        with self._lock:
            self._counts = {**self._counts, **counts}


def having(term: str, field: str | None = None) -> Json:
    """The paragraphs that have a term in a field (None: in either); of one that is several, all of them."""
    places = [field] if field else FIELDS
    parts = [any_of([{"term": {one: kept_term(part)}} for one in places]) for part in dict.fromkeys(term.split(" "))]
    return parts[0] if len(parts) == 1 else {"bool": {"filter": parts}}


def _count(answer: Json) -> Count:
    inner = answer["aggregations"]
    return Count(inner["text"]["doc_count"], inner["title"]["doc_count"], answer["hits"]["total"]["value"])

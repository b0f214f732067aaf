"""One query, downhill only. Start reading at `Searcher.answer`.

One snapshot serves the whole query; the candidate window is fixed and independent of the page, so pages never overlap;
a leg that fails leaves the other's hits and a warning, never silence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from paraglot.search.answer.alignment import Aligner
from paraglot.search.answer.hits import aligned_hits, grouped_hits, hits_in_context
from paraglot.search.candidates import Candidates, concatenate
from paraglot.search.deadline import Stopwatch
from paraglot.search.encoders.protocols import Reranker, TokenEncoder
from paraglot.search.engine.legs import (
    Nearest,
    WordMatches,
    by_both,
    by_vector,
    by_words,
    comparable,
    evidence_of,
    extra_columns,
    query_vector,
)
from paraglot.search.engine.several import Several
from paraglot.search.engine.view import View
from paraglot.search.errors import EncoderMissing, IndexMismatch
from paraglot.search.index import Selection, Snapshot
from paraglot.search.query.rules.file import RulesNow
from paraglot.search.ranking.pins import pin, pinned_rows
from paraglot.search.ranking.pipeline import ORDER_STAGES, RELEVANCE_STAGES, run
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.relevance import add_relevance, confidence
from paraglot.search.ranking.shape import group
from paraglot.search.types import SearchRequest, SearchResponse, SynonymMatch

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a query found: all ``candidates`` as the legs gave them; those that are ``hits``, in order; and their
    places in ``groups``. ``beyond``: how many more match by words alone than pages reach; ``less_likely``: how many
    candidates are not as relevant as the request wants.
    """

    question: Question
    candidates: Candidates
    hits: Candidates
    groups: Sequence[Sequence[int]]
    beyond: int
    less_likely: int


class Searcher:
    """Answers requests from any view, each by the encoder of its generation. Safe to share between threads."""

    def __init__(self, reranker: Reranker | None = None) -> None:
        self._reranker = reranker
        self._aligner: Aligner | None = None

    def answer(
        self, view: View, request: SearchRequest, rules: RulesNow, watch: Stopwatch, several: Several | None = None
    ) -> SearchResponse:
        """The answer to one request from what ``view`` shows: understood, ranked, and the page of hits read."""
        started = time.perf_counter()
        ranked = self.rank(view, request, rules, watch, several)
        page = ranked.groups[request.offset : request.offset + request.limit]
        hits = watch.timed(
            "read", lambda: grouped_hits(view.snapshot, ranked.question, ranked.candidates, ranked.hits, page)
        )
        if request.explain and ranked.question.vector is not None and (aligner := self._aligner_of(view)):
            read, align_by, likely = hits, aligner, next(iter(ranked.question.understood.languages), "")
            hits = watch.in_time(
                "align", lambda: aligned_hits(align_by, request.q, likely, read), read, "the aligned words"
            )
        if request.context:
            hits = watch.timed("context", lambda: hits_in_context(view.snapshot, hits, request.context))
        rows = ranked.hits.rows[[places[0] for places in ranked.groups]].tolist()
        facets = watch.timed("facets", lambda: view.snapshot.facets(rows, request.facets) if request.facets else {})
        understood, relevances = ranked.question.understood, ranked.hits.relevance
        return SearchResponse(
            hits=hits,
            request=request,
            languages=understood.languages,
            synonyms=[SynonymMatch(synonym.written, synonym.word) for synonym in understood.synonyms],
            tokens=understood.words.terms,
            did_you_mean=understood.did_you_mean,
            estimated_total_hits=len(ranked.groups) + ranked.beyond,
            facets=facets,
            took_ms=(time.perf_counter() - started) * 1000,
            timings_ms=watch.timings_ms,
            confidence=confidence(float(relevances.max()) if len(relevances) else None),
            warnings=watch.warnings,
            generation=view.snapshot.manifest.generation,
            less_likely=ranked.less_likely,
        )

    def rank(
        self, view: View, request: SearchRequest, rules: RulesNow, watch: Stopwatch, several: Several | None = None
    ) -> Ranked:
        """All hits in their order: what both legs find, all evidence of it, and then the stages of the ranking."""
        snapshot, of_it = view.snapshot, several or Several(view.snapshot, [request], rules)
        understood = watch.timed("analysis", lambda: of_it.understood(request))
        within = watch.timed("filter", lambda: snapshot.select(request.filter, request.languages, understood.clauses))
        unknown = snapshot.unknown(request.filter, request.facets, request.languages)
        watch.warnings += [*understood.warnings, *within.warnings, *unknown, *snapshot.warnings()]
        question = Question(request, understood, reranker=self._reranker)
        if request.diversity and not question.by_date:
            snapshot.need("dense")
        matches, nearest = _found(snapshot, question, of_it, within, watch)
        watch.warnings += matches.warnings
        question = comparable(snapshot, question, nearest)
        candidates = watch.timed("evidence", lambda: evidence_of(snapshot, question, matches, nearest, within))
        ranked = run(RELEVANCE_STAGES, question, candidates, snapshot, watch)
        hits = run(ORDER_STAGES, question, ranked, snapshot, watch)
        if understood.pinned:
            hits = watch.timed("pins", lambda: _with_pins(snapshot, question, ranked, hits, within))
        groups = group(hits, request.group_by == "article")
        return Ranked(
            question, candidates, hits, groups, _beyond(request, matches), _less_likely(ranked, hits, request)
        )

    def _aligner_of(self, view: View) -> Aligner | None:
        """What aligns words by the encoder of a view; None where that has no table of token vectors."""
        encoder, aligner = view.snapshot.encoder(), self._aligner
        if not isinstance(encoder, TokenEncoder):
            return None
        if aligner is None or aligner.pieces is not encoder:
            aligner = self._aligner = Aligner(encoder, encoder)
        return aligner


def _found(
    snapshot: Snapshot, question: Question, several: Several, within: Selection, watch: Stopwatch
) -> tuple[WordMatches, Nearest | None]:
    """The candidates by words, and those by vector."""
    if snapshot.remote and question.request.mode == "hybrid" and not question.by_date:
        vector = _in_meaning(snapshot, question, several, watch, lambda vector: vector)
        if vector is not None:
            return watch.timed("legs", lambda: by_both(snapshot, question, vector, within))
        return watch.timed("keyword", lambda: by_words(snapshot, question, within)), None
    matches = watch.timed("keyword", lambda: by_words(snapshot, question, within))
    nearest = _in_meaning(
        snapshot, question, several, watch, lambda vector: by_vector(snapshot, question, vector, within)
    )
    return matches, nearest


def _in_meaning(
    snapshot: Snapshot,
    question: Question,
    several: Several,
    watch: Stopwatch,
    search_by: Callable[[NDArray[np.float32]], _T],
) -> _T | None:
    """What is ``found`` by the query's vector; None where meaning is not searched, cannot be or takes too long."""
    mode = question.request.mode

    def search() -> _T | None:
        try:
            vector, warning = query_vector(snapshot, question, several.vector)
            watch.warnings += [warning] if warning else []
            return None if vector is None else search_by(vector)
        except (EncoderMissing, IndexMismatch) as error:
            if mode == "semantic" or "keyword" in snapshot.lost:
                raise  # nothing is left to answer with
            watch.warnings.append(f"Only keywords were searched: {error}")
            return None

    if mode == "keyword":
        return None
    if mode == "semantic":
        return watch.timed("semantic", search)
    return watch.in_time("semantic", search, None, "search by meaning")


def _with_pins(
    snapshot: Snapshot, question: Question, candidates: Candidates, hits: Candidates, within: Selection
) -> Candidates:
    """The hits, those first that the rules pin, as far as they may be seen."""
    rows = pinned_rows(snapshot.find(question.understood.pinned, within), hits)
    unknown = sorted(set(rows).difference(candidates.rows.tolist()))
    evidence = snapshot.evidence(question.understood.words, unknown, extra=extra_columns(question))
    others = add_relevance(question, evidence.with_columns(keyword_ranks=np.zeros(len(unknown))))
    known = concatenate([candidates, others])
    places = {row: place for place, row in enumerate(known.rows.tolist())}
    return pin(hits, known.take(np.array([places[row] for row in rows], np.int64)))


def _less_likely(ranked: Candidates, hits: Candidates, request: SearchRequest) -> int:
    """How many candidates are below the least relevance and no hits for another reason, such as a pin."""
    below = ranked.rows[ranked.relevance < request.min_relevance].tolist()
    return len(set(below).difference(hits.rows.tolist())) if below else 0


def _beyond(request: SearchRequest, matches: WordMatches) -> int:
    """How many more match by keyword alone than pages reach; unknown where not every match is a hit."""
    plain = request.mode == "keyword" and not request.min_relevance and request.group_by is None
    return matches.beyond if plain else 0

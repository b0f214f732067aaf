"""The engine: one query, downhill only. Start reading at `Engine.answer`.

One snapshot serves the whole query; the candidate window is fixed and independent of the page, so pages never overlap;
a leg that fails leaves the other's hits and a warning, never silence.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Protocol

from paraglot.search.answer.alignment import Aligner
from paraglot.search.answer.facets import count_facets
from paraglot.search.answer.hits import aligned_hits, grouped_hits, hits_in_context
from paraglot.search.answer.similar import nearest, neighbours
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.errors import EncoderMissing, IndexMismatch, ParaglotError
from paraglot.search.folder.manifest import IndexManifest
from paraglot.search.folder.snapshot import Snapshot
from paraglot.search.folder.view import View
from paraglot.search.live import LiveIndex
from paraglot.search.query.bounds import bounded
from paraglot.search.query.rules.file import RulesFile
from paraglot.search.query.understanding import understand
from paraglot.search.ranking.newest import dated_words, matching_in_date_order, relevant_enough
from paraglot.search.ranking.pins import with_pins
from paraglot.search.ranking.proximity import close_together
from paraglot.search.ranking.ranking import (
    MOST_UNKNOWN,
    Query,
    across,
    fused,
    in_time,
    preferred,
    relevant,
    score_by_meaning,
    shaped,
    signals,
    softened,
    timed,
    vouched,
    with_feedback,
)
from paraglot.search.ranking.relevance import Signals, confidence
from paraglot.search.ranking.reranking import reranked
from paraglot.search.ranking.soft_match import piece_encoder
from paraglot.search.seams import Encoder, Ranking, Reranker, TokenEncoder
from paraglot.search.suggest.suggest import Suggester
from paraglot.search.suggest.types import SuggestRequest, SuggestResponse
from paraglot.search.types import SearchRequest, SearchResponse, SynonymMatch


class Observer(Protocol):
    """Who is told of every answer of an engine."""

    def searched(self, request: SearchRequest, response: SearchResponse) -> None:
        """A search was answered."""
        ...

    def compared(self, response: SimilarResponse) -> None:
        """The like of a paragraph or a text was found."""
        ...


class Engine:
    """An open index that follows its commits. Safe to share between threads; close it, or use it with ``with``."""

    timeout_s = float("inf")  # a search that took longer leaves out what it can do without, and says so

    def __init__(
        self,
        folder: Path,
        encoder: Encoder | None = None,
        reranker: Reranker | None = None,
        observer: Observer | None = None,
    ) -> None:
        """Open the index in ``folder``; the encoder that its manifest names is loaded when a query first needs it.

        ``reranker``: what puts the first hits of hybrid searches in their order.

        Raises `IndexMissing`, `IndexMismatch` or `IndexDamaged`.
        """
        self.index = LiveIndex(folder, encoder)
        self.rules = RulesFile(self.index.layout.rules)
        self._reranker, self._observer = reranker, observer
        self._aligner: Aligner | None = None
        self._suggester = Suggester(self.view)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index. Nothing may be searching any more."""
        self.stop_suggesting()
        self.index.close()

    @property
    def manifest(self) -> IndexManifest:
        """What the generation served now is made of."""
        return self.index.manifest

    @property
    def faults(self) -> list[ParaglotError]:
        """What is wrong with the generation served now: searches answer without it, and say so."""
        return self.index.faults

    def refresh(self) -> bool:
        """Serve the newest commit from now on; True if there was a newer one. See `LiveIndex.refresh`."""
        return self.index.refresh()

    def warm(self) -> None:
        """Read beforehand what every query needs, or the first ones would be slow."""
        self.index.warm()

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """The generation served now, held open until the block ends."""
        return self.index.snapshot()

    def view(self, forced: str | None = None) -> AbstractContextManager[View]:
        """The generation served now as a caller may see it who is to know what the filter ``forced`` lets through."""
        return self.index.view(forced)

    def encoder(self) -> Encoder:
        """The encoder of the generation served now, loaded on first use. Raises `EncoderMissing`, `IndexMismatch`."""
        with self.snapshot() as snapshot:
            return snapshot.encoder()

    def search(self, request: SearchRequest, forced: str | None = None) -> SearchResponse:
        """The answer to one request, from one snapshot, among what the filter ``forced`` lets through."""
        with self.view(forced) as view:
            return self.answer(view, request)

    def search_all(self, requests: Sequence[SearchRequest], forced: str | None = None) -> list[SearchResponse]:
        """The answers to several requests, all from the same snapshot."""
        ends = time.monotonic() + self.timeout_s
        with self.view(forced) as view:
            return [self.answer(view, request, ends) for request in requests]

    def answer(self, view: View, request: SearchRequest, ends: float | None = None) -> SearchResponse:
        """The answer to one request from what ``view`` shows; in part from the moment ``ends`` on (monotonic clock)."""
        started = time.perf_counter()
        query, ranking = self._ranked(view, request, ends)
        best = max((query.relevance[row] for row, _ in ranking), default=None)
        groups = timed(query, "shape", lambda: _in_order(query, ranking))
        page = groups[request.offset : request.offset + request.limit]
        hits = timed(query, "read", lambda: grouped_hits(query, page))
        if request.explain and query.vector is not None:
            encoder, found = view.snapshot.encoder(), hits
            if isinstance(encoder, TokenEncoder):
                aligner = self._align_by(encoder, encoder)
                work = partial(aligned_hits, aligner, request.q, found)
                hits = in_time(query, "align", work, found, "the aligned words")
        if request.context:
            hits = timed(query, "context", lambda: hits_in_context(view, hits, request.context))
        rows = [group[0][0] for group in groups]
        response = SearchResponse(
            hits=hits,
            request=request,
            languages=query.understood.languages,
            synonyms=[SynonymMatch(one.written, one.word) for one in query.understood.synonyms],
            tokens=query.words.terms,
            did_you_mean=query.understood.did_you_mean,
            estimated_total_hits=len(groups) + _beyond(query),
            facets=timed(query, "facets", lambda: count_facets(view.attributes, request.facets, rows)),
            took_ms=(time.perf_counter() - started) * 1000,
            timings_ms=query.timings_ms,
            confidence=confidence(best),
            warnings=query.warnings,
            generation=view.snapshot.manifest.generation,
        )
        if self._observer:
            self._observer.searched(request, response)
        return response

    def similar(self, request: SimilarRequest, forced: str | None = None) -> SimilarResponse:
        """The paragraphs that say what another one, or a text, says, among what the filter ``forced`` lets through.

        Raises `NotFound` where there is no such paragraph.
        """
        started = time.perf_counter()
        with self.view(forced) as view:
            view.snapshot.need("dense")
            own: list[int] = []
            text, unread = bounded(request.text or "")
            if request.text is not None:
                vector = view.snapshot.encoder().encode_paragraphs([text])[0]
            else:
                paragraph, _ = view.paragraph(request.id or "")
                vector = view.snapshot.dense.vectors([paragraph.row])[0]
                own = view.snapshot.store.rows_of(paragraph.article_id)
            ranking = nearest(view, request, vector, own)
            hits = neighbours(view, vector, ranking, request.offset, request.limit)
            if request.context:
                hits = hits_in_context(view, hits, request.context)
            response = SimilarResponse(
                hits=hits,
                request=request,
                estimated_total_hits=len(ranking),
                took_ms=(time.perf_counter() - started) * 1000,
                warnings=[*unread, *view.warnings(request.filter), *view.snapshot.warnings()],
                generation=view.snapshot.manifest.generation,
            )
        if self._observer:
            self._observer.compared(response)
        return response

    def suggest(self, request: SuggestRequest, forced: str | None = None, patient: bool = True) -> SuggestResponse:
        """Titles and phrases that go on as what was typed, among what the filter ``forced`` lets through.

        ``patient``: wait until they are those of the generation served, however long it takes.
        """
        return self._suggester.suggest(request, forced, patient)

    def stop_suggesting(self) -> None:
        """End what is being made for suggestions in the background, so that the index can be closed."""
        self._suggester.stop()

    def rank(self, request: SearchRequest) -> Ranking:
        """(row, score) of the hits that `search` would give, not read: what measuring a ranking needs, far quicker."""
        with self.view() as view:
            groups = _in_order(*self._ranked(view, request))
            return [group[0] for group in groups[request.offset : request.offset + request.limit]]

    def _align_by(self, encoder: Encoder, pieces: TokenEncoder) -> Aligner:
        aligner = self._aligner
        if aligner is None or aligner.pieces is not pieces:
            aligner = self._aligner = Aligner(encoder, pieces)
        return aligner

    def _ranked(self, view: View, request: SearchRequest, ends: float | None = None) -> tuple[Query, Ranking]:
        """All that the legs found in one snapshot, as one ranking, and what was gathered on the way to it."""
        started = time.perf_counter()
        ends = time.monotonic() + self.timeout_s if ends is None else ends
        understood = understand(request, view.snapshot, self.rules.now())
        query = Query(request, view.snapshot, understood, understood.allowed, ends, warnings=list(understood.warnings))
        query.timings_ms["analysis"] = (time.perf_counter() - started) * 1000
        query.allowed = timed(query, "filter", lambda: view.rows(request.filter, request.languages, understood.allowed))
        query.warnings += view.warnings(request.filter, request.facets, request.languages) + view.snapshot.warnings()
        if request.mode != "semantic":
            timed(query, "keyword", lambda: self._keyword_leg(query))
        if request.mode == "hybrid":
            in_time(query, "semantic", lambda: self._semantic_leg(query), None, "search by meaning")
        elif request.mode == "semantic":
            timed(query, "semantic", lambda: self._semantic_leg(query))
        ranking = timed(query, "fusion", lambda: fused(query))
        if request.mode == "hybrid" and query.vector is not None:
            ranking = self._compared(query, ranking)
        query.relevance = timed(query, "relevance", lambda: relevant(query, [row for row, _ in ranking]))
        if query.meaning_counts and ranking:
            ranking = timed(query, "feedback", lambda: with_feedback(query, vouched(query, ranking)))
        if request.mode != "semantic" and not query.dated:
            near = ranking
            ranking = timed(query, "proximity", lambda: close_together(query, near))
        reranker = self._reranker
        if reranker and request.mode == "hybrid" and not query.dated:
            first = ranking
            ranking = in_time(query, "rerank", lambda: reranked(query, reranker, first), first, "the reranker")
        ranking = preferred(query, ranking)
        if query.dated:
            ranking = matching_in_date_order(query, ranking)
        return query, relevant_enough(query, ranking)

    def _compared(self, query: Query, ranking: Ranking) -> Ranking:
        """The ranking by what query and paragraphs have in common piece by piece, and by the lexicon."""
        pieces, fused_ = piece_encoder(query.snapshot.encoder()), ranking
        if pieces is not None:
            soft = in_time(query, "soft_match", lambda: softened(query, pieces, fused_), fused_, "the soft match")
            ranking = soft
        return in_time(query, "lexicon", lambda: across(query, ranking), ranking, "the lexicon")

    def signals(self, request: SearchRequest) -> list[tuple[int, Signals]]:
        """(row, what its relevance is made of) in the order of the hits: what fitting relevance needs."""
        with self.view() as view:
            query, ranking = self._ranked(view, request)
            rows = [row for row, _ in ranking]
            return list(zip(rows, signals(query, rows), strict=True))

    def _keyword_leg(self, query: Query) -> None:
        if query.request.mode == "keyword":
            query.snapshot.need("keyword")
        if query.dated:
            query.keyword = dated_words(query)
            return
        keyword, words = query.snapshot.keyword, query.words
        query.keyword = keyword.search(words, query.reach, query.allowed)
        if len(query.keyword) == query.reach and query.request.mode == "keyword":
            query.beyond = len(keyword.covering(words, 0.0, query.allowed)) - query.reach

    def _semantic_leg(self, query: Query) -> None:
        if not query.understood.says_something:
            query.warnings.append("The query is nothing but punctuation and signs: there is nothing to look for.")
            return
        if "dense" in query.snapshot.lost:
            if query.request.mode == "semantic":
                query.snapshot.need("dense")
            return
        try:
            encoder, asked = query.snapshot.encoder(), [query.understood.calm]
            unknown = isinstance(encoder, TokenEncoder) and encoder.unknown_share(asked)[0] >= MOST_UNKNOWN
            if unknown and query.request.mode == "hybrid":
                query.warnings.append("Only keywords were searched: the encoder does not know this query's script.")
                return
            if unknown:
                query.warnings.append("The encoder does not know this query's script: what it finds is chance.")
            vector = encoder.encode_query(asked)[0]
            score_by_meaning(query, encoder, vector)
            query.vector = vector  # where the time was up before, there is no semantic leg
        except (EncoderMissing, IndexMismatch) as error:
            if query.request.mode == "semantic":
                raise
            query.warnings.append(f"Only keywords were searched: {error}")


def open_index(folder: str | Path, encoder: Encoder | None = None, reranker: Reranker | None = None) -> Engine:
    """Open an index to search it from Python.

    >>> with open_index("index") as engine:  # doctest: +SKIP
    ...     response = engine.search(SearchRequest("indestructible friendship"))
    """
    return Engine(Path(folder), encoder, reranker)


def _in_order(query: Query, ranking: Ranking) -> list[Ranking]:
    """The entries of the answer in the order that was asked for."""
    return with_pins(query, shaped(query, ranking))


def _beyond(query: Query) -> int:
    """How many more match by keyword alone than pages reach; unknown where not every match is a hit."""
    request = query.request
    plain = request.mode == "keyword" and not request.min_relevance and request.group_by is None
    return query.beyond if plain else 0

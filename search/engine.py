"""The engine: one query, downhill only. Start reading at `Engine.search`.

One snapshot serves the whole query; the candidate window is fixed and independent of the page, so pages never overlap;
a leg that fails leaves the other's hits and a warning, never silence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from search.analysis import ANALYZER, Token, analyze
from search.encoders.load import load_encoder
from search.errors import EncoderMissing, IndexMismatch
from search.facets import count_facets, sort_ranking
from search.fusion import fuse, in_order
from search.layout import IndexLayout
from search.manifest import IndexManifest
from search.seams import Allowed, BestSentence, Candidate, Encoder, Ranking
from search.snapshot import Snapshot, committed_number, open_snapshot
from search.types import Highlight, Hit, LegEvidence, SearchRequest, SearchResponse
from search.view import View

WINDOW = 100
"""Candidates that each leg gives."""

SENTENCE_SHARE = 0.5
"""What the best sentence counts in the semantic score; the paragraph as a whole counts the rest."""

_T = TypeVar("_T")


@dataclass(slots=True)
class _Query:
    """What one query gathers on its way down."""

    request: SearchRequest
    snapshot: Snapshot
    tokens: list[Token]
    allowed: Allowed
    vector: NDArray[np.float32] | None = None
    keyword: Ranking = field(default_factory=list)
    semantic: Ranking = field(default_factory=list)
    sentences: dict[int, BestSentence] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)

    @property
    def terms(self) -> list[str]:
        return list(dict.fromkeys(token.term for token in self.tokens))


class Engine:
    """An open index that follows its commits. Safe to share between threads; close it, or use it with ``with``."""

    def __init__(self, folder: Path, encoder: Encoder | None = None) -> None:
        """Open the index in ``folder``; the encoder that its manifest names is loaded when a query first needs it.

        Raises `IndexMissing`, `IndexMismatch` or `IndexDamaged`.
        """
        self._layout = IndexLayout(folder)
        self._encoder = encoder
        self._loading = threading.Lock()
        self._swapping = threading.Lock()
        self._in_use: dict[int, int] = {}
        self._current = self._open()

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index. Nothing may be searching any more."""
        self._current.close()

    @property
    def manifest(self) -> IndexManifest:
        """What the generation served now is made of."""
        return self._current.manifest

    def refresh(self) -> bool:
        """Serve the newest commit from now on; True if there was a newer one. Queries on the way end on the old one."""
        with self._loading:
            if committed_number(self._layout) == self._current.manifest.generation:
                return False
            fresh = self._open()
        with self._swapping:
            old, self._current = self._current, fresh
            idle = not self._in_use.get(id(old))
        if idle:
            old.close()
        return True

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The generation served now, held open until the block ends."""
        with self._swapping:
            held = self._current
            self._in_use[id(held)] = self._in_use.get(id(held), 0) + 1
        try:
            yield held
        finally:
            with self._swapping:
                self._in_use[id(held)] -= 1
                last = not self._in_use[id(held)]
                if last:
                    del self._in_use[id(held)]
                retired = last and held is not self._current
            if retired:
                held.close()

    @contextmanager
    def view(self, forced: str | None = None) -> Iterator[View]:
        """The generation served now as a caller may see it whose every read is ANDed with the filter ``forced``."""
        with self.snapshot() as snapshot:
            yield View(snapshot, forced)

    def search(self, request: SearchRequest, forced: str | None = None) -> SearchResponse:
        """The answer to one request, from one snapshot, among what the filter ``forced`` lets through."""
        with self.view(forced) as view:
            return self.search_in(view, request)

    def search_in(self, view: View, request: SearchRequest) -> SearchResponse:
        """The answer to one request from a view that the caller holds open."""
        started = time.perf_counter()
        query, ranking = self._ranked(view, request)
        hits = _timed(query, "read", lambda: _hits(query, _page(request, ranking)))
        attributes, rows = view.snapshot.store.attributes, [row for row, _ in ranking]
        return SearchResponse(
            hits=hits,
            request=request,
            tokens=query.terms,
            estimated_total_hits=len(ranking),
            facets=_timed(query, "facets", lambda: count_facets(attributes, request.facets, rows)),
            took_ms=(time.perf_counter() - started) * 1000,
            timings_ms=query.timings_ms,
            warnings=query.warnings,
            generation=view.snapshot.manifest.generation,
        )

    def rank(self, request: SearchRequest) -> Ranking:
        """(row, score) of the hits that `search` would give, not read: what measuring a ranking needs, far quicker."""
        with self.view() as view:
            return _page(request, self._ranked(view, request)[1])

    def encoder(self) -> Encoder:
        """The encoder of the index, loaded on first use. Raises `EncoderMissing` or `IndexMismatch`."""
        with self._loading:
            wanted = self._current.manifest.encoder
            if self._encoder is None:
                self._encoder = load_encoder(wanted.name)
            if self._encoder.spec.fingerprint != wanted.fingerprint:
                raise IndexMismatch(
                    f"{self._layout.folder}: the index was made with another version of the encoder {wanted.name!r}.",
                    "Index the corpus again into a new folder: rosetta index CORPUS --index NEW_FOLDER",
                )
            return self._encoder

    def _open(self) -> Snapshot:
        snapshot = open_snapshot(self._layout)
        if snapshot.manifest.analyzer != ANALYZER:
            snapshot.close()
            raise IndexMismatch(
                f"{self._layout.folder}: made with the analyzer {snapshot.manifest.analyzer}, this is {ANALYZER}.",
                "Index the corpus again into a new folder: rosetta index CORPUS --index NEW_FOLDER",
            )
        return snapshot

    def _ranked(self, view: View, request: SearchRequest) -> tuple[_Query, Ranking]:
        """All that the legs found in one snapshot, as one ranking, and what was gathered on the way to it."""
        query = _Query(request, view.snapshot, analyze(request.q), None)
        query.allowed = _timed(query, "filter", lambda: view.rows(request.filter, request.languages))
        query.warnings += view.warnings(request.filter, request.facets)
        if request.mode != "semantic":
            _timed(query, "keyword", lambda: self._keyword_leg(query))
        if request.mode != "keyword":
            _timed(query, "semantic", lambda: self._semantic_leg(query))
        ranking = _timed(query, "fusion", lambda: _fuse(query))
        return query, sort_ranking(view.snapshot.store.attributes, ranking, request.sort)

    def _keyword_leg(self, query: _Query) -> None:
        query.keyword = query.snapshot.keyword.search(query.terms, WINDOW, query.allowed)

    def _semantic_leg(self, query: _Query) -> None:
        try:
            query.vector = self.encoder().encode_query([query.request.q])[0]
            _score_by_meaning(query, query.vector)
        except (EncoderMissing, IndexMismatch) as error:
            if query.request.mode == "semantic":
                raise
            query.warnings.append(f"Only keywords were searched: {error}")


def open_index(folder: str | Path, encoder: Encoder | None = None) -> Engine:
    """Open an index to search it from Python.

    >>> with open_index("index") as engine:  # doctest: +SKIP
    ...     response = engine.search(SearchRequest("indestructible friendship"))
    """
    return Engine(Path(folder), encoder)


def _timed(query: _Query, stage: str, work: Callable[[], _T]) -> _T:
    started = time.perf_counter()
    try:
        return work()
    finally:
        query.timings_ms[stage] = (time.perf_counter() - started) * 1000


def _page(request: SearchRequest, ranking: Ranking) -> Ranking:
    return ranking[request.offset : request.offset + request.limit]


def _score_by_meaning(query: _Query, vector: NDArray[np.float32]) -> None:
    """The semantic leg: the nearest paragraphs and those found by word, by the paragraph and its best sentence."""
    dense, sentences = query.snapshot.dense, query.snapshot.sentences
    cosines = dict(dense.search(vector, WINDOW, query.allowed))
    others = [row for row, _ in query.keyword if row not in cosines]
    cosines.update(zip(others, dense.scores(vector, others), strict=True))
    best = sentences.best(vector, list(cosines)) if sentences else []
    query.sentences = {row: sentence for row, sentence in zip(cosines, best, strict=False) if sentence}
    for row, sentence in query.sentences.items():
        cosines[row] += SENTENCE_SHARE * (sentence.score - cosines[row])
    query.semantic = in_order((row, round(score, 6)) for row, score in cosines.items())


def _fuse(query: _Query) -> Ranking:
    """One ranking of all candidates; a single leg keeps its own scores."""
    if query.request.mode == "keyword" or query.vector is None:
        return query.keyword
    if query.request.mode == "semantic":
        return query.semantic
    rows = [row for row, _ in query.semantic]
    keyword = query.snapshot.keyword
    scores, coverage = keyword.scores(query.terms, rows), keyword.coverage(query.terms, rows)
    meaning = [score for _, score in query.semantic]
    return fuse([Candidate(*one) for one in zip(rows, meaning, scores, coverage, strict=True)])


def _hits(query: _Query, page: Ranking) -> list[Hit]:
    rows = [row for row, _ in page]
    if not rows:
        return []
    keyword = _evidence(query.keyword, rows, query.snapshot.keyword.scores(query.terms, rows))
    meaning = {row: LegEvidence(rank, score) for rank, (row, score) in enumerate(query.semantic, start=1)}
    found = query.snapshot.store.paragraphs(rows)
    hits = []
    for (row, score), (paragraph, article), words in zip(page, found, keyword, strict=True):
        matches = _matches(query.terms, paragraph.text)
        hits.append(
            Hit(
                paragraph=paragraph,
                article=article,
                score=score,
                keyword=words if words.score > 0 else None,
                semantic=meaning.get(row),
                highlights=_highlights(matches, query.sentences.get(row)),
                matched_terms=list(dict.fromkeys(token.term for token in matches)),
            )
        )
    return hits


def _evidence(leg: Ranking, rows: Sequence[int], scores: Sequence[float]) -> list[LegEvidence]:
    ranks = {row: rank for rank, (row, _) in enumerate(leg, start=1)}
    return [LegEvidence(ranks.get(row), score) for row, score in zip(rows, scores, strict=True)]


def _matches(terms: Sequence[str], text: str) -> list[Token]:
    wanted = set(terms)
    return [token for token in analyze(text) if token.term in wanted]


def _highlights(matches: Sequence[Token], sentence: BestSentence | None) -> list[Highlight]:
    """The matches, overlapping pairs of characters as one, and the best sentence; by where they begin."""
    spans: list[Highlight] = []
    for token in matches:
        if spans and token.start < spans[-1].end:
            spans[-1] = Highlight(spans[-1].start, max(spans[-1].end, token.end), "keyword")
        else:
            spans.append(Highlight(token.start, token.end, "keyword"))
    if sentence:
        spans.append(Highlight(sentence.start, sentence.end, "semantic"))
    return sorted(spans, key=lambda span: (span.start, -span.end))

"""The engine: one query, downhill only. Start reading at `Engine.search`.

One snapshot serves the whole query; the candidate window is fixed and independent of the page, so pages never overlap;
a leg that fails leaves the other's hits and a warning, never silence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from search.alignment import Aligner
from search.analysis import ANALYZER, Token, analyze
from search.encoders.load import load_encoder
from search.errors import EncoderMissing, IndexMismatch
from search.fusion import SEMANTIC_RATIO, fuse, fuse_ranks, in_order, soften
from search.layout import IndexLayout
from search.manifest import IndexManifest
from search.relevance import Chance, Signals, confidence, relevance, sample_rows
from search.seams import Allowed, BestSentence, Candidate, Encoder, Ranking, TokenEncoder
from search.snapshot import Snapshot, committed_number, open_snapshot
from search.soft_match import soft_scores
from search.types import Highlight, Hit, LegEvidence, SearchRequest, SearchResponse

WINDOW = 100
"""Candidates that each leg gives."""

SENTENCE_SHARE = 0.5
"""What the best sentence counts in the semantic score; the paragraph as a whole counts the rest."""

SOFTENED = 50
"""Candidates, the best of both legs together, that are compared with the query piece by piece."""

ALIGNED_CHARACTERS = 500
"""Of a query, and of a paragraph without sentences, whose words are aligned."""

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
    coverage: dict[int, float] = field(default_factory=dict)
    languages: dict[int, str] = field(default_factory=dict)
    soft: dict[int, float] = field(default_factory=dict)
    relevance: dict[int, float] = field(default_factory=dict)
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
        self._aligner: Aligner | None = None
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

    def search(self, request: SearchRequest) -> SearchResponse:
        """The answer to one request, from one snapshot."""
        started = time.perf_counter()
        with self.snapshot() as snapshot:
            query, ranking = self._ranked(snapshot, request)
            best = max((query.relevance[row] for row, _ in ranking), default=None)
            hits = _timed(query, "read", lambda: _hits(query, _page(request, ranking)))
            if request.explain and query.vector is not None:
                hits = _timed(query, "align", lambda: self._aligned(request.q, hits))
            return SearchResponse(
                hits=hits,
                request=request,
                tokens=query.terms,
                estimated_total_hits=len(ranking),
                took_ms=(time.perf_counter() - started) * 1000,
                timings_ms=query.timings_ms,
                confidence=confidence(best),
                warnings=query.warnings,
                generation=snapshot.manifest.generation,
            )

    def rank(self, request: SearchRequest) -> Ranking:
        """(row, score) of the hits that `search` would give, not read: what measuring a ranking needs, far quicker."""
        with self.snapshot() as snapshot:
            return _page(request, self._ranked(snapshot, request)[1])

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

    def _aligned(self, asked: str, hits: list[Hit]) -> list[Hit]:
        """The hits with the words of their best sentence that stand for words of the query."""
        encoder = self._encoder
        if not isinstance(encoder, TokenEncoder):
            return hits
        if self._aligner is None:
            self._aligner = Aligner(encoder, encoder)
        spans = [
            next(((one.start, one.end) for one in hit.highlights if one.kind == "semantic"), (0, ALIGNED_CHARACTERS))
            for hit in hits
        ]
        texts = [hit.paragraph.text[start:end] for hit, (start, end) in zip(hits, spans, strict=True)]
        found = self._aligner.align(asked[:ALIGNED_CHARACTERS], texts)
        return [
            replace(hit, alignments=[replace(one, start=one.start + start, end=one.end + start) for one in own])
            for hit, own, (start, _) in zip(hits, found, spans, strict=True)
        ]

    def _open(self) -> Snapshot:
        snapshot = open_snapshot(self._layout)
        if snapshot.manifest.analyzer != ANALYZER:
            snapshot.close()
            raise IndexMismatch(
                f"{self._layout.folder}: made with the analyzer {snapshot.manifest.analyzer}, this is {ANALYZER}.",
                "Index the corpus again into a new folder: rosetta index CORPUS --index NEW_FOLDER",
            )
        return snapshot

    def _ranked(self, snapshot: Snapshot, request: SearchRequest) -> tuple[_Query, Ranking]:
        """All that the legs found in one snapshot, as one ranking, and what was gathered on the way to it."""
        allowed = snapshot.store.rows_in_languages(request.languages) if request.languages else None
        query = _Query(request, snapshot, analyze(request.q), allowed)
        if request.mode != "semantic":
            _timed(query, "keyword", lambda: self._keyword_leg(query))
        if request.mode != "keyword":
            _timed(query, "semantic", lambda: self._semantic_leg(query))
        ranking = _timed(query, "fusion", lambda: _fuse(query))
        if request.mode == "hybrid" and query.vector is not None and isinstance(self._encoder, TokenEncoder):
            encoder = self._encoder
            ranking = _timed(query, "soft_match", lambda: _soften(query, encoder, ranking))
        query.relevance = _timed(query, "relevance", lambda: _relevance(query, [row for row, _ in ranking]))
        return query, [(row, score) for row, score in ranking if query.relevance[row] >= request.min_relevance]

    def signals(self, request: SearchRequest) -> list[tuple[int, Signals]]:
        """(row, what its relevance is made of) in the order of the hits: what fitting relevance needs."""
        with self.snapshot() as snapshot:
            query, ranking = self._ranked(snapshot, request)
            rows = [row for row, _ in ranking]
            return list(zip(rows, _signals(query, rows), strict=True))

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
    rows = [row for row, _ in query.snapshot.dense.search(vector, WINDOW, query.allowed)]
    rows += sorted({row for row, _ in query.keyword} - set(rows))
    scores, query.sentences = _meaning(query, vector, rows)
    query.semantic = in_order((row, round(score, 6)) for row, score in scores.items())


def _meaning(
    query: _Query, vector: NDArray[np.float32], rows: Sequence[int]
) -> tuple[dict[int, float], dict[int, BestSentence]]:
    """The semantic score of each of ``rows``, and their best sentences where there are any."""
    dense, sentences = query.snapshot.dense, query.snapshot.sentences
    scores = dict(zip(rows, dense.scores(vector, rows), strict=True))
    best = sentences.best(vector, rows) if sentences else []
    found = {row: sentence for row, sentence in zip(rows, best, strict=False) if sentence}
    for row, sentence in found.items():
        scores[row] += SENTENCE_SHARE * (sentence.score - scores[row])
    return scores, found


def _fuse(query: _Query) -> Ranking:
    """One ranking of all candidates; a single leg keeps its own scores."""
    if query.request.mode == "keyword" or query.vector is None:
        return query.keyword
    if query.request.mode == "semantic":
        return query.semantic
    rows = [row for row, _ in query.semantic]
    scores = query.snapshot.keyword.scores(query.terms, rows)
    coverage, languages = _coverage(query, rows), _languages(query, rows)
    meaning = [score for _, score in query.semantic]
    candidates = [Candidate(*one) for one in zip(rows, meaning, scores, coverage, languages, strict=True)]
    if query.request.fusion == "rrf":
        return fuse_ranks(candidates, _ratio(query, 0.5))
    return fuse(candidates, _ratio(query, SEMANTIC_RATIO))


def _ratio(query: _Query, default: float) -> float:
    asked = query.request.semantic_ratio
    return default if asked is None else asked


def _coverage(query: _Query, rows: Sequence[int]) -> list[float]:
    missing = [row for row in rows if row not in query.coverage]
    query.coverage.update(zip(missing, query.snapshot.keyword.coverage(query.terms, missing), strict=True))
    return [query.coverage[row] for row in rows]


def _languages(query: _Query, rows: Sequence[int]) -> list[str]:
    missing = [row for row in rows if row not in query.languages]
    query.languages.update(zip(missing, query.snapshot.store.languages(missing), strict=True))
    return [query.languages[row] for row in rows]


def _soften(query: _Query, encoder: TokenEncoder, ranking: Ranking) -> Ranking:
    found = query.snapshot.store.paragraphs([row for row, _ in ranking[:SOFTENED]])
    soft = soft_scores(encoder, query.request.q, [paragraph.text for paragraph, _ in found])
    query.soft = {paragraph.row: float(score) for (paragraph, _), score in zip(found, soft, strict=True)}
    # Reciprocal ranks are no standard deviations, and at a ratio of 0 meaning counts nothing.
    if query.request.fusion == "rrf" or query.request.semantic_ratio == 0:
        return ranking
    return soften(ranking, soft, [paragraph.language for paragraph, _ in found])


def _relevance(query: _Query, rows: Sequence[int]) -> dict[int, float]:
    return {row: relevance(own) for row, own in zip(rows, _signals(query, rows), strict=True)}


def _signals(query: _Query, rows: Sequence[int]) -> list[Signals]:
    """What the relevance of each of ``rows`` is made of."""
    meaning, chance = dict(query.semantic), _chance(query)
    return [
        Signals(
            chance.deviations(meaning[row], language) if chance and row in meaning else None,
            query.soft.get(row),
            covered,
        )
        for row, language, covered in zip(rows, _languages(query, rows), _coverage(query, rows), strict=True)
    ]


def _chance(query: _Query) -> Chance | None:
    if query.vector is None:
        return None
    rows = sample_rows(query.snapshot.store.rows())
    return Chance(list(_meaning(query, query.vector, rows)[0].values()), _languages(query, rows))


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
                relevance=query.relevance[row],
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

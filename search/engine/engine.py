"""The engine: what an application holds of an index. A query itself is `searcher`: start there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from os import PathLike
from types import TracebackType
from typing import Never, Protocol, TypeVar

import numpy as np

from paraglot.search.answer.listing import ArticlesRequest, ArticlesResponse, list_articles
from paraglot.search.answer.notebook import show_in_notebooks
from paraglot.search.answer.similar import find_similar
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.deadline import Stopwatch
from paraglot.search.encoders.builtin.cores import one_thread_per_product
from paraglot.search.encoders.protocols import Encoder, Ranking, Reranker
from paraglot.search.engine.answers import Answers
from paraglot.search.engine.live import LiveIndex
from paraglot.search.engine.places import open_place
from paraglot.search.engine.searcher import Ranked, Searcher
from paraglot.search.engine.several import Several
from paraglot.search.engine.view import View
from paraglot.search.errors import ParaglotError
from paraglot.search.index import Index, Manifest, Snapshot
from paraglot.search.query.rules.file import RulesFile
from paraglot.search.ranking.relevance import Signals, signals
from paraglot.search.suggest.suggest import Suggester
from paraglot.search.suggest.types import SuggestRequest, SuggestResponse
from paraglot.search.types import SearchRequest, SearchResponse
from paraglot.search.types.address import ClusterAddress, Place
from paraglot.search.types.options import request_of

show_in_notebooks()

_T = TypeVar("_T")


class Observer(Protocol):
    """Who is told of every answer of an engine."""

    def searched(self, request: SearchRequest, response: SearchResponse) -> None:
        """A search was answered."""
        ...

    def compared(self, response: SimilarResponse) -> None:
        """The like of a paragraph or a text was found."""
        ...


class Engine:
    """An open index that follows its commits. Safe to share between threads; close it, or use it with ``with``.

    From the first one on numpy's matrix products run in the thread that asks for them, in the whole process.
    """

    timeout_s = float("inf")  # a search that took longer leaves out what it can do without, and says so

    def __init__(
        self,
        place: Place | Index,
        encoder: Encoder | None = None,
        reranker: Reranker | None = None,
        observer: Observer | None = None,
        kept_bytes: int = 0,
    ) -> None:
        """Open the index at a ``place`` (`open_place`); its encoder is loaded when a query first needs it.

        ``reranker``: what puts the first hits of hybrid searches in their order. ``kept_bytes``: how much memory whole
        answers may take that are kept for who asks the same again; 0: none are.

        Raises `IndexMissing`, `IndexMismatch` or `IndexDamaged`.
        """
        index = open_place(place, encoder) if isinstance(place, str | PathLike | ClusterAddress) else place
        self.index = LiveIndex(index)
        self.rules = RulesFile(index.rules)
        self._searcher, self._observer = Searcher(reranker), observer
        self._answers = Answers(kept_bytes) if kept_bytes else None
        self._suggester = Suggester(self.read)
        one_thread_per_product()

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
    def manifest(self) -> Manifest:
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

    def read(self, work: Callable[[View], _T], forced: str | None = None) -> _T:
        """What ``work`` makes of a `view`: of the newest generation where the one served is gone. See
        `LiveIndex.read`."""
        return self.index.read(work, forced)

    def encoder(self) -> Encoder:
        """The encoder of the generation served now, loaded on first use. Raises `EncoderMissing`, `IndexMismatch`."""
        with self.snapshot() as snapshot:
            return snapshot.encoder()

    def search(self, request: SearchRequest | str, forced: str | None = None, **fields: Never) -> SearchResponse:
        """The answer to one request, from one snapshot, among what the filter ``forced`` lets through.

        A text is a request for it with all else unsaid; further ``fields`` are refused with where they belong.
        """
        asked = request_of(SearchRequest, request, beside=fields)
        return self.read(lambda view: self.answer(view, asked), forced)

    def search_all(self, requests: Sequence[SearchRequest | str], forced: str | None = None) -> list[SearchResponse]:
        """The answers to several requests, all from the same snapshot."""
        ends = time.monotonic() + self.timeout_s
        asked = [request_of(SearchRequest, request) for request in requests]

        def answers(view: View) -> list[SearchResponse]:
            several = Several(view.snapshot, asked, self.rules.now())
            return [self.answer(view, request, ends, several) for request in asked]

        return self.read(answers, forced)

    def answer(
        self, view: View, request: SearchRequest, ends: float | None = None, several: Several | None = None
    ) -> SearchResponse:
        """The answer to one request from what ``view`` shows; in part from the moment ``ends`` on (monotonic clock).

        ``several``: those that it is one of.
        """
        rules = self.rules.now()

        def searched() -> SearchResponse:
            return self._searcher.answer(view, request, rules, self._watch(ends), several)

        response = self._answers.get(view, request, rules, searched) if self._answers else searched()
        if self._observer:
            self._observer.searched(request, response)
        return response

    def similar(self, request: SimilarRequest | str, forced: str | None = None, **fields: Never) -> SimilarResponse:
        """The paragraphs that say what another one, or a text, says, among what the filter ``forced`` lets through.

        Raises `NotFound` where there is no such paragraph.
        """
        asked = request_of(SimilarRequest, request, "text", fields)
        response = self.read(lambda view: find_similar(view, asked), forced)
        if self._observer:
            self._observer.compared(response)
        return response

    def articles(self, request: ArticlesRequest, forced: str | None = None) -> ArticlesResponse:
        """One page of the articles that a filter lets through, among what the filter ``forced`` does."""
        return self.read(lambda view: list_articles(view.snapshot, request), forced)

    def suggest(
        self, request: SuggestRequest | str, forced: str | None = None, patient: bool = True, **fields: Never
    ) -> SuggestResponse:
        """Titles and phrases that go on as what was typed, among what the filter ``forced`` lets through.

        ``patient``: wait until they are those of the generation served, however long it takes.
        """
        asked = request_of(SuggestRequest, request, beside=fields)
        return self._suggester.suggest(asked, forced, patient)

    def stop_suggesting(self) -> None:
        """End what is being made for suggestions in the background, so that the index can be closed."""
        self._suggester.stop()

    def rank(self, request: SearchRequest) -> Ranking:
        """(row, score) of the hits that `search` would give, not read: what measuring a ranking needs, far quicker."""
        ranked = self._ranked(request)
        first = [places[0] for places in ranked.groups[request.offset : request.offset + request.limit]]
        return ranked.hits.take(np.array(first, np.int64)).ranking

    def signals(self, request: SearchRequest, forced: str | None = None) -> list[tuple[int, Signals]]:
        """(row, what its relevance is made of) in the order of the hits: what fitting relevance needs."""
        ranked = self._ranked(request, forced)
        return list(zip(ranked.hits.rows.tolist(), signals(ranked.question, ranked.hits), strict=True))

    def _ranked(self, request: SearchRequest, forced: str | None = None) -> Ranked:
        return self.read(lambda view: self._searcher.rank(view, request, self.rules.now(), self._watch()), forced)

    def _watch(self, ends: float | None = None) -> Stopwatch:
        return Stopwatch(time.monotonic() + self.timeout_s if ends is None else ends)


def open_index(place: Place | Index, encoder: Encoder | None = None, reranker: Reranker | None = None) -> Engine:
    """Open an index to search it from Python: one at a place (`open_place`), or one that is there.

    >>> with open_index("index") as engine:  # doctest: +SKIP
    ...     response = engine.search("indestructible friendship")
    """
    return Engine(place, encoder, reranker)

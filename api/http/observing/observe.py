"""An engine that tells of each search: to the metrics and, where they were asked for, the statistics and the log."""

from __future__ import annotations

import logging
import time

from paraglot.api.http.guard.caching import not_cacheable
from paraglot.api.http.observing.metrics import Metrics
from paraglot.api.http.observing.statistics import Statistics, normal
from paraglot.api.http.observing.telemetry import note_stages
from paraglot.api.settings import Settings
from paraglot.indexer.corpus.detect import detect_paragraphs
from paraglot.search.answer.similar_types import SimilarRequest, SimilarResponse
from paraglot.search.encoders.load import load_reranker
from paraglot.search.engine import Engine
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.view import View
from paraglot.search.types import SearchRequest, SearchResponse

log = logging.getLogger("paraglot.search")


class ObservedEngine(Engine):
    """An engine whose searches are told of, as the settings of its service say."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.index, reranker=load_reranker(settings.reranker))
        self.timeout_s = settings.timeout_s
        self.metrics: Metrics | None = None
        self.statistics = Statistics(IndexLayout(settings.index).statistics) if settings.statistics else None
        self._log_queries, self._telemetry = settings.log_queries, settings.telemetry

    def answer(self, view: View, request: SearchRequest, ends: float | None = None) -> SearchResponse:
        """The answer to one request, told of."""
        response = super().answer(view, request, ends)
        nothing = response.estimated_total_hits == 0
        language = detect_paragraphs([normal(request.q)])[0] if nothing or self.statistics else ""
        if response.warnings:
            not_cacheable()
        if self.metrics:
            self.metrics.search(response)
            if nothing:
                self.metrics.without_results(language)
        if self.statistics and request.offset == 0:
            self.statistics.count(request.q, language, nothing)
        if self._telemetry:
            note_stages(response.timings_ms)
        if self._log_queries:
            told = {"query": request.q, "mode": request.mode, "candidates": response.estimated_total_hits}
            log.info("search", extra=told)
        return response

    def similar(self, request: SimilarRequest, forced: str | None = None) -> SimilarResponse:
        """The paragraphs that say the same, told of."""
        response = super().similar(request, forced)
        if self.metrics:
            self.metrics.similar(response)
        return response

    def close_when_idle(self, timeout_s: float) -> None:
        """Close the index once nothing searches any more; after the time it is left to the end of the process.

        A search that was given up (`paraglot.api.http.guard.limits.TimeLimit`) still runs, and must not find its
        files closed.
        """
        self.stop_suggesting()
        end = time.monotonic() + timeout_s
        while self._in_use and time.monotonic() < end:
            time.sleep(0.05)
        if self.statistics:
            self.statistics.write()
        if not self._in_use:
            self.close()

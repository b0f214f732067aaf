"""Each search is told of: to the metrics and, where they were asked for, the statistics and the log."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from paraglot.api.http.guard.caching import not_cacheable
from paraglot.api.http.observing.metrics import CollectionMetrics
from paraglot.api.http.observing.statistics import Statistics, normal
from paraglot.api.http.observing.telemetry import note_stages
from paraglot.api.service_folder import ServiceFolder, index_of
from paraglot.api.settings import Settings
from paraglot.indexer.corpus.detect import detect_paragraphs
from paraglot.search.answer.similar_types import SimilarResponse
from paraglot.search.encoders.load import load_reranker
from paraglot.search.encoders.loaded import SharedEncoders
from paraglot.search.encoders.protocols import Reranker
from paraglot.search.engine.engine import Engine
from paraglot.search.types import SearchRequest, SearchResponse

log = logging.getLogger("paraglot.search")

KEPT_BYTES = 1 << 24
"""Answers that each process of a service keeps of each collection: about 400 of ten hits."""


class Observation:
    """What a service tells of its searches, as its settings say."""

    def __init__(self, settings: Settings) -> None:
        self.metrics: CollectionMetrics | None = None
        self.statistics = Statistics(ServiceFolder.of(settings).statistics) if settings.statistics else None
        self._log_queries, self._telemetry = settings.log_queries, settings.telemetry

    def searched(self, request: SearchRequest, response: SearchResponse) -> None:
        """A search was answered."""
        without = response.confidence == "none" and not any(hit.pinned for hit in response.hits)
        language = detect_paragraphs([normal(request.q)])[0] if without or self.statistics else ""
        if response.warnings:
            not_cacheable()
        if self.metrics:
            self.metrics.search(response)
            if without:
                self.metrics.without_results(language)
        if self.statistics and request.offset == 0:
            self.statistics.count(request.q, language, without)
        if self._telemetry:
            note_stages(response.timings_ms)
        if self._log_queries:
            fields = {"query": request.q, "mode": request.mode, "candidates": response.estimated_total_hits}
            log.info("search", extra=fields)

    def compared(self, response: SimilarResponse) -> None:
        """The like of a paragraph or a text was found."""
        if self.metrics:
            self.metrics.similar(response)


@dataclass(frozen=True, slots=True)
class Models:
    """What all engines of one service have one of."""

    encoders: SharedEncoders
    reranker: Reranker | None

    @classmethod
    def of(cls, settings: Settings) -> Models:
        """No encoder yet; the reranker that the settings name. Raises `EncoderMissing`."""
        return cls(SharedEncoders(), load_reranker(settings.reranker))


class ObservedEngine(Engine):
    """The engine of a service: nothing but an engine with its `Observation`."""

    def __init__(self, settings: Settings, models: Models | None = None) -> None:
        """``models``: what several engines of one service share; None: this one has its own."""
        self.observation = Observation(settings)
        models = models or Models.of(settings)
        index = index_of(settings, models.encoders)
        super().__init__(index, reranker=models.reranker, observer=self.observation, kept_bytes=KEPT_BYTES)
        self.timeout_s = settings.timeout_s

    def close_when_idle(self, timeout_s: float) -> None:
        """Close the index once nothing searches any more; after the time it is left to the end of the process.

        A search that was given up (`paraglot.api.http.guard.limits.TimeLimit`) still runs, and must not find its
        files closed.
        """
        self.stop_suggesting()
        idle = self.index.idle_within(timeout_s)
        if self.observation.statistics:
            self.observation.statistics.write()
        if idle:
            self.close()

"""What Prometheus reads at ``/metrics``: requests, searches by stage and mode, the index, the queue of writes.

With several workers each writes its numbers to files that all read (prometheus_client's multiprocess mode), so that
any worker answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from paraglot.search.answer.similar_types import SimilarResponse
from paraglot.search.index import Manifest
from paraglot.search.types import SearchResponse

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_CANDIDATES = (0, 1, 5, 10, 25, 50, 100, 200, 500)


class Metrics:
    """The numbers of one service."""

    def __init__(self, manifest: Callable[[], Manifest], waiting: Callable[[], int]) -> None:
        """``manifest`` gives that of the generation served, ``waiting`` the writes that are not committed."""
        several = MULTIPROCESS in os.environ
        self._registry = CollectorRegistry()
        registry = None if several else self._registry
        if several:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._registry.register(_Index(manifest, waiting))
        self._count_requests(registry)
        self._count_searches(registry)

    def _count_requests(self, registry: CollectorRegistry | None) -> None:
        self._requests = Counter(
            "paraglot_http_requests", "Requests by route and status.", ("method", "route", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "paraglot_http_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=registry
        )

    def _count_searches(self, registry: CollectorRegistry | None) -> None:
        self._search_seconds = Histogram(
            "paraglot_search_seconds", "Time of a search.", ("mode",), buckets=_SECONDS, registry=registry
        )
        self._stage_seconds = Histogram(
            "paraglot_search_stage_seconds",
            "Time of one stage.",
            ("stage", "mode"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._candidates = Histogram(
            "paraglot_search_candidates", "Candidates of a search.", ("mode",), buckets=_CANDIDATES, registry=registry
        )
        self._similar_seconds = Histogram(
            "paraglot_similar_seconds", "Time to find similar paragraphs.", buckets=_SECONDS, registry=registry
        )
        self._similar_candidates = Histogram(
            "paraglot_similar_candidates", "Candidates for similar paragraphs.", buckets=_CANDIDATES, registry=registry
        )
        self._without = Counter(
            "paraglot_search_zero_results",
            "Searches that nothing answers, by the query's language.",
            ("language",),
            registry=registry,
        )
        self._degraded = Counter(
            "paraglot_search_degraded", "Hybrid searches that a leg was missing from.", ("leg",), registry=registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is a template, or "" where there is none."""
        method = method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def search(self, response: SearchResponse) -> None:
        """Count a search."""
        mode = response.request.mode
        self._search_seconds.labels(mode).observe(response.took_ms / 1000)
        for stage, took_ms in response.timings_ms.items():
            self._stage_seconds.labels(stage, mode).observe(took_ms / 1000)
        self._candidates.labels(mode).observe(response.estimated_total_hits)
        if mode == "hybrid" and response.hits and all(hit.semantic is None for hit in response.hits):
            self._degraded.labels("semantic").inc()

    def similar(self, response: SimilarResponse) -> None:
        """Count a request for similar paragraphs."""
        self._similar_seconds.observe(response.took_ms / 1000)
        self._similar_candidates.observe(response.estimated_total_hits)

    def without_results(self, language: str) -> None:
        """Count a search that found nothing."""
        self._without.labels(language).inc()

    def text(self) -> bytes:
        """All numbers in Prometheus' text format."""
        return generate_latest(self._registry)


class _Index(Collector):
    """Numbers that are read when they are asked for."""

    def __init__(self, manifest: Callable[[], Manifest], waiting: Callable[[], int]) -> None:
        self._manifest, self._waiting = manifest, waiting

    def collect(self) -> Iterable[Metric]:
        """The numbers of the generation served, and of the queue."""
        manifest = self._manifest()
        age = (datetime.now(UTC) - datetime.fromisoformat(manifest.created)).total_seconds()
        yield GaugeMetricFamily("paraglot_index_generation", "Generation served.", value=manifest.generation)
        yield GaugeMetricFamily("paraglot_index_age_seconds", "Time since its commit.", value=age)
        yield GaugeMetricFamily("paraglot_index_articles", "Articles in it.", value=manifest.articles)
        paragraphs = GaugeMetricFamily("paraglot_index_paragraphs", "Paragraphs by language.", labels=["language"])
        for language, count in manifest.languages.items():
            paragraphs.add_metric([language], count)
        yield paragraphs
        yield GaugeMetricFamily("paraglot_writes_waiting", "Writes that are not committed.", value=self._waiting())

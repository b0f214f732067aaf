"""What Prometheus reads at ``/metrics``: requests, searches by stage and mode, the index, the queue of writes.

With several workers each writes its numbers to files that all read (prometheus_client's multiprocess mode), so that
any worker answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

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


def _counter(registry: CollectorRegistry | None, name: str, help_text: str, *labels: str) -> Counter:
    return Counter(f"paraglot_{name}", help_text, ("collection", *labels), registry=registry)


def _histogram(
    registry: CollectorRegistry | None, name: str, help_text: str, buckets: Sequence[float], *labels: str
) -> Histogram:
    return Histogram(f"paraglot_{name}", help_text, ("collection", *labels), buckets=buckets, registry=registry)


class Metrics:
    """The numbers of one service, each by the collection that it is of."""

    def __init__(self) -> None:
        multiprocess = bool(os.environ.get(MULTIPROCESS))
        self._registry = CollectorRegistry()
        registry = None if multiprocess else self._registry
        if multiprocess:
            MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]
        self._indexes = _Indexes()
        self._registry.register(self._indexes)
        self._count_requests(registry)
        self._count_searches(registry)

    def _count_requests(self, registry: CollectorRegistry | None) -> None:
        counter, histogram = partial(_counter, registry), partial(_histogram, registry)
        self._requests = counter("http_requests", "Requests by route and status.", "method", "route", "status")
        self._request_seconds = histogram("http_request_seconds", "Time to answer.", _SECONDS, "route")

    def _count_searches(self, registry: CollectorRegistry | None) -> None:
        counter, histogram = partial(_counter, registry), partial(_histogram, registry)
        self._search_seconds = histogram("search_seconds", "Time of a search.", _SECONDS, "mode")
        self._stage_seconds = histogram("search_stage_seconds", "Time of one stage.", _SECONDS, "stage", "mode")
        self._candidates = histogram("search_candidates", "Candidates of a search.", _CANDIDATES, "mode")
        self._similar_seconds = histogram("similar_seconds", "Time to find similar paragraphs.", _SECONDS)
        self._similar_candidates = histogram("similar_candidates", "Candidates for similar paragraphs.", _CANDIDATES)
        help_text = "Searches that nothing answers, by the query's language."
        self._without = counter("search_zero_results", help_text, "language")
        self._degraded = counter("search_degraded", "Hybrid searches that a leg was missing from.", "leg")

    def of(self, name: str, manifest: Callable[[], Manifest], waiting: Callable[[], int]) -> CollectionMetrics:
        """Those of one collection: ``manifest`` gives that of the generation served, ``waiting`` the writes that are
        not committed."""
        self._indexes.read[name] = manifest, waiting
        return CollectionMetrics(self, name)

    def request(self, collection: str, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is a template, or "" where there is none."""
        method = method if method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"
        self._requests.labels(collection, method, route, str(status)).inc()
        self._request_seconds.labels(collection, route).observe(seconds)

    def search(self, collection: str, response: SearchResponse) -> None:
        """Count a search."""
        mode = response.request.mode
        self._search_seconds.labels(collection, mode).observe(response.took_ms / 1000)
        for stage, took_ms in response.timings_ms.items():
            self._stage_seconds.labels(collection, stage, mode).observe(took_ms / 1000)
        self._candidates.labels(collection, mode).observe(response.estimated_total_hits)
        if mode == "hybrid" and response.hits and all(hit.semantic is None for hit in response.hits):
            self._degraded.labels(collection, "semantic").inc()

    def similar(self, collection: str, response: SimilarResponse) -> None:
        """Count a request for similar paragraphs."""
        self._similar_seconds.labels(collection).observe(response.took_ms / 1000)
        self._similar_candidates.labels(collection).observe(response.estimated_total_hits)

    def without_results(self, collection: str, language: str) -> None:
        """Count a search that found nothing."""
        self._without.labels(collection, language).inc()

    def text(self, collections: Set[str]) -> bytes:
        """The numbers of some collections in Prometheus' text format."""
        return generate_latest(_Part(self._registry, collections))


@dataclass(frozen=True, slots=True)
class CollectionMetrics:
    """The numbers of one collection among those of a service."""

    of_service: Metrics
    name: str

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.of_service.request(self.name, method, route, status, seconds)

    def search(self, response: SearchResponse) -> None:
        """Count a search."""
        self.of_service.search(self.name, response)

    def similar(self, response: SimilarResponse) -> None:
        """Count a request for similar paragraphs."""
        self.of_service.similar(self.name, response)

    def without_results(self, language: str) -> None:
        """Count a search that found nothing."""
        self.of_service.without_results(self.name, language)


@dataclass(frozen=True, slots=True)
class _Part:
    """What a registry has of some collections."""

    registry: CollectorRegistry
    collections: Set[str]

    def collect(self) -> Iterable[Metric]:
        """The numbers of these."""
        for family in self.registry.collect():
            family.samples = [
                sample for sample in family.samples if sample.labels.get("collection") in self.collections
            ]
            yield family


class _Indexes(Collector):
    """Numbers that are read when they are asked for."""

    def __init__(self) -> None:
        self.read: dict[str, tuple[Callable[[], Manifest], Callable[[], int]]] = {}

    def collect(self) -> Iterable[Metric]:
        """The numbers of the generations served, and of the queues."""
        families = {
            name: GaugeMetricFamily(f"paraglot_{name}", help_text, labels=["collection", *labels])
            for name, help_text, labels in _GAUGES
        }
        for collection, (manifest_of, waiting) in self.read.items():
            manifest = manifest_of()
            age_s = (datetime.now(UTC) - datetime.fromisoformat(manifest.created)).total_seconds()
            values = (manifest.generation, age_s, manifest.articles, waiting())
            for name, value in zip(_NUMBERS, values, strict=True):
                families[name].add_metric([collection], value)
            for language, count in manifest.languages.items():
                families["index_paragraphs"].add_metric([collection, language], count)
        yield from families.values()


_NUMBERS = ("index_generation", "index_age_seconds", "index_articles", "writes_waiting")
_GAUGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("index_generation", "Generation served.", ()),
    ("index_age_seconds", "Time since its commit.", ()),
    ("index_articles", "Articles in it.", ()),
    ("index_paragraphs", "Paragraphs by language.", ("language",)),
    ("writes_waiting", "Writes that are not committed.", ()),
)

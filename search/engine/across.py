"""One search over several indexes: each ranks for itself, and relevance puts their hits in one order.

A score compares paragraphs of one index alone, which knows how rare its words are. Relevance is the probability that
a paragraph answers, whatever it was found in.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidRequest
from paraglot.search.text.dates import read_period
from paraglot.search.types import MAX_LIMIT, AcrossResponse, CollectionHit, Facet, SearchRequest
from paraglot.search.types.response import CONFIDENCES


def search_across(
    engines: Mapping[str, Engine], request: SearchRequest, forced: Mapping[str, str | None] | None = None
) -> AcrossResponse:
    """The answer of several engines, by name, to one request; ``forced``: what filter each is searched within.

    Raises `InvalidRequest` for a page that ends behind the first `MAX_LIMIT` hits.
    """
    started = time.perf_counter()
    reach = request.offset + request.limit
    if reach > MAX_LIMIT:
        raise InvalidRequest("offset", f"Over several collections pages reach the first {MAX_LIMIT} hits, not {reach}.")
    each = replace(request, offset=0, limit=reach)
    responses = {name: engine.search(each, (forced or {}).get(name)) for name, engine in engines.items()}
    every = [CollectionHit(name, hit) for name, response in responses.items() for hit in response.hits]
    ordered = sorted(every, key=lambda hit: _place(hit, request))
    return AcrossResponse(
        hits=ordered[request.offset : reach],
        estimated_total_hits=sum(response.estimated_total_hits for response in responses.values()),
        took_ms=(time.perf_counter() - started) * 1000,
        confidence=max((response.confidence for response in responses.values()), key=CONFIDENCES.index, default="none"),
        warnings=[f"{name}: {warning}" for name, response in responses.items() for warning in response.warnings],
        generations={name: response.generation for name, response in responses.items()},
        facets={
            name: _summed([response.facets[name] for response in responses.values()])
            for name in request.facets
            if responses
        },
        less_likely=sum(response.less_likely for response in responses.values()),
    )


def _place(collection_hit: CollectionHit, request: SearchRequest) -> tuple[bool, float, float]:
    """Pinned hits first; by date where that is asked for, without one last; then by relevance. Equals keep the order
    of the collections and of their hits."""
    hit, by_date = collection_hit.hit, 0.0
    if request.sort != "relevance":
        period = read_period(hit.article.date) if hit.article.date else None
        sign = 1 if request.sort == "date:asc" else -1
        by_date = sign * period.start if period else float("inf")
    return not hit.pinned, by_date, -hit.relevance


def _summed(facets: Sequence[Facet]) -> Facet:
    counts: Counter[str] = Counter()
    for facet in facets:
        counts.update(facet.counts)
    return Facet(dict(counts.most_common()), sum(facet.missing for facet in facets))

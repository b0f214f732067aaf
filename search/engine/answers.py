"""Whole answers that are asked for again: the last ones of an engine, each for those who may see just the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from paraglot.search.engine.view import View, ViewKey
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.query.rules.file import RulesNow
from paraglot.search.types import Hit, Paragraph, SearchRequest, SearchResponse

STAGE = "kept"
"""The one stage of an answer that was kept."""

_PER_HIT, _PER_CHARACTER = 3_000, 2


class _Key(NamedTuple):
    """All that an answer hangs on, but for the engine's own reranker."""

    view: ViewKey
    request: SearchRequest
    rules: str
    today: date
    """What is recent changes with the day."""


class Answers:
    """Answers of one engine, up to a size. Safe to share between threads.

    One with a warning is not kept: a leg that failed or a stage that the time was up for may do better the next time.
    """

    def __init__(self, most_bytes: int) -> None:
        self._kept: LruCache[_Key, SearchResponse] = LruCache(most_bytes, _size_bytes)

    def get(
        self, view: View, request: SearchRequest, rules: RulesNow, answer: Callable[[], SearchResponse]
    ) -> SearchResponse:
        """What ``answer`` gives, or gave to the same request before; then its times are those of now."""
        started = time.perf_counter()
        key = _Key(view.key, request, rules.version, datetime.now(UTC).date())
        known = self._kept.find(key)
        if known is not None:
            took_ms = (time.perf_counter() - started) * 1000
            return replace(known, request=request, took_ms=took_ms, timings_ms={STAGE: took_ms})
        made = answer()
        if not made.warnings:
            self._kept.put(key, made)
        return made


def _size_bytes(response: SearchResponse) -> int:
    """About what an answer takes in memory."""
    shown = [hit for first in response.hits for hit in (first, *first.more)]
    characters = sum(len(paragraph.text) for hit in shown for paragraph in _paragraphs(hit))
    return _PER_HIT * (1 + len(shown)) + _PER_CHARACTER * characters


def _paragraphs(hit: Hit) -> Iterable[Paragraph]:
    yield hit.paragraph
    if hit.context:
        yield from hit.context.before
        yield from hit.context.after

"""What a query asks of its index it asks in batch: calls are counted at the seam, whatever lies beneath."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from paraglot.search.engine.engine import Engine
from paraglot.search.index import Snapshot
from paraglot.search.query.understanding import understand
from paraglot.search.types import SearchRequest

PARTS = ("keyword", "dense", "store", "sentences")
FREE = {"encoder", "exact", "identity", "lost", "manifest", "need", "warnings", "within"}  # they read nothing
METHODS = {name for name in vars(Snapshot) if not name.startswith("_")} - FREE
BENEATH = ("paraglot.search.folder.", "paraglot.search.parts.")


class Counting:
    """Hands every call on, and counts those on whose way nothing from beneath the seam stands."""

    def __init__(self, counted: object, name: str, calls: Counter[str]) -> None:
        self._counted, self._name, self._calls = counted, name, calls

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._counted, name)
        return counted(value, f"{self._name}.{name}", self._calls) if callable(value) else value


def counted(function: Callable[..., Any], name: str, calls: Counter[str]) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        while frame.f_back and not frame.f_globals["__name__"].startswith(BENEATH):
            frame = frame.f_back
        if frame.f_back is None:
            calls[name] += 1
        return function(*values, **named)

    return call


@contextmanager
def counting(engine: Engine) -> Iterator[Counter[str]]:
    """Counts what is asked of the snapshot served now, and of its stores behind its back."""
    calls: Counter[str] = Counter()
    with engine.snapshot() as snapshot, pytest.MonkeyPatch.context() as patch:
        for name in METHODS:
            patch.setitem(vars(snapshot), name, counted(getattr(snapshot, name), f"snapshot.{name}", calls))
        for part in PARTS:
            patch.setitem(vars(snapshot), part, Counting(getattr(snapshot, part), part, calls))
        yield calls


EIGHT_WORDS = "Warum hat der Rat die Steuer auf Brot erhöht"


def test_a_query_is_understood_by_a_few_batches(engine: Engine) -> None:
    with counting(engine) as calls, engine.snapshot() as snapshot:
        understood = understand(SearchRequest(EIGHT_WORDS), snapshot)
    assert understood.languages == {"de": 1.0}
    assert {"steuer", "de:steu", "brot"} <= set(understood.words.terms)
    assert calls == {"snapshot.terms": 1}


def test_a_mistyped_query_takes_a_few_more(engine: Engine) -> None:
    with counting(engine) as calls, engine.snapshot() as snapshot:
        understood = understand(SearchRequest("the councli protetsed loudly"), snapshot)
    assert understood.did_you_mean == "the council protested loudly"
    assert calls["snapshot.terms"] <= 3
    assert calls["snapshot.words_like"] <= 2  # what is near, and how it is written
    assert calls.keys() == {"snapshot.terms", "snapshot.words_like"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"filter": "NOT id = nobody", "languages": ("en", "de"), "facets": ("language", "tags"), "context": 1},
        {"group_by": "article", "recency_weight": 0.2, "diversity": 0.3, "prefer_languages": ("en",)},
        {"sort": "date:desc"},
    ],
    ids=["plain", "filters", "shapes", "dates"],
)
def test_a_hybrid_query_asks_its_index_a_dozen_things_at_most(engine: Engine, more: dict[str, Any]) -> None:
    engine.search(SearchRequest("warm"))
    with counting(engine) as calls:
        response = engine.search(SearchRequest(EIGHT_WORDS, **more))
    assert response.hits[0].paragraph.text == "Der Rat hat die Steuer erhöht." or more.get("sort")
    assert calls.total() <= 12
    assert {name.partition(".")[0] for name in calls} == {"snapshot"}, "the stores are nobody's business"


def test_a_mistyped_query_with_clauses_does_too(engine: Engine) -> None:
    with counting(engine) as calls:
        response = engine.search(SearchRequest('councli protetsed "bread tax" -penguin source:gazette prot*'))
    assert response.did_you_mean
    assert calls.total() <= 12

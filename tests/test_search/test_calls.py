"""What a query asks of its index it asks in batch: calls are counted at the seam, whatever lies beneath."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from paraglot.search.engine import Engine
from paraglot.search.index import Snapshot
from paraglot.search.query.understanding import understand
from paraglot.search.types import SearchRequest

PARTS = ("keyword", "dense", "store", "sentences")
METHODS = {name for name in vars(Snapshot) if not name.startswith("_")} - {
    "encoder",
    "exact",
    "lost",
    "manifest",
    "need",
}
BENEATH = ("paraglot.search.folder.", "paraglot.search.parts.")


class Counting:
    """Hands every call on, and counts those that come from above the seam."""

    def __init__(self, counted: object, name: str, calls: Counter[str]) -> None:
        self._counted, self._name, self._calls = counted, name, calls

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._counted, name)
        return counted(value, f"{self._name}.{name}", self._calls) if callable(value) else value


def counted(function: Callable[..., Any], name: str, calls: Counter[str]) -> Callable[..., Any]:
    def call(*values: Any, **named: Any) -> Any:
        if not sys._getframe(1).f_globals["__name__"].startswith(BENEATH):
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


def test_a_hybrid_query_asks_its_index_a_dozen_times(engine: Engine) -> None:
    """Whatever it shows, but for the paragraphs beside the hits; and nothing behind the seam's back."""
    with counting(engine) as calls:
        response = engine.search(SearchRequest(EIGHT_WORDS, explain=True, filter="language = de", facets=("source",)))
    assert response.hits
    assert {name for name in calls if not name.startswith("snapshot.")} == set()
    assert sum(calls.values()) <= 12
    assert calls["snapshot.evidence"] == 1

"""Whoever would wait long for the default encoder is told of the faster one, once."""

from __future__ import annotations

import pytest

from paraglot.api.cli import progress
from paraglot.api.cli.progress import telling_of_the_fast_encoder


def test_a_long_run_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first 1,000 of 101,000 took 10 seconds: 1,000 seconds are left."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    shown: list[tuple[str, int, int | None]] = []
    told: list[str] = []
    show = telling_of_the_fast_encoder(lambda *step: shown.append(step), told.append)
    show("read", 7, None)
    now[0] += 10
    show("embed", 1_000, 101_000)
    now[0] += 10_000
    show("embed", 2_000, 101_000)
    assert shown == [("read", 7, None), ("embed", 1_000, 101_000), ("embed", 2_000, 101_000)]
    assert len(told) == 1
    assert "some 17 min more" in told[0]
    assert "--model builtin-fast" in told[0]


def test_a_short_run_is_not() -> None:
    told: list[str] = []
    show = telling_of_the_fast_encoder(None, told.append)
    show("read", 7, None)
    show("embed", 50, 100)
    show("embed", 100, 100)
    assert told == []

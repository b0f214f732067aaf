"""What whoever waits is shown: steps that move, and once that there is a faster encoder."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from paraglot.api.cli import progress
from paraglot.api.cli.progress import progress_bar, telling_of_the_fast_encoder
from paraglot.indexer.build import index_corpus


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


def test_embedding_is_told_text_by_text(
    write_corpus: Callable[[list[dict[str, object]]], Path], tmp_path: Path
) -> None:
    """As the encoder goes on, not a batch of a thousand at once."""
    corpus = write_corpus([{"id": name, "text": f"The word is {name}."} for name in "abc"])
    steps: list[tuple[str, int, int | None]] = []
    index_corpus(tmp_path / "i", [corpus], "fake", lambda *step: steps.append(step))
    assert [step for step in steps if step[0] == "embed"] == [
        *(("embed", done, 3) for done in (1, 2, 3)),
        ("embed", 3, 3),
    ]


def test_what_went_before_is_done_and_the_last_stage_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(progress, "BarConsole", lambda stderr: Console(file=shown, force_terminal=True, width=100))
    with progress_bar() as show:
        assert show
        show("read", 522, None)
        show("vectors", 7, 7)
    lines = Text.from_ansi(shown.getvalue()).plain
    assert "reading" in lines
    assert "522/522" in lines
    assert "522/?" not in lines
    assert "committing" in lines

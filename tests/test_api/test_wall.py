"""A key's filter is a wall, held to it by chance: `benchmarks/wall.py`, small."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.mark.slow
def test_an_index_with_hidden_articles_answers_as_one_that_never_had_them(tmp_path: Path) -> None:
    from benchmarks.wall import campaign

    outcome = campaign(tmp_path, requests=120, corpora=2, seed=7)
    assert outcome.differences == []
    assert set(outcome.doors) == {
        *("search", "multi", "similar", "suggest", "article", "articles", "read", "paragraph", "feed", "mcp", "page"),
    }
    assert outcome.statuses[200] >= 60

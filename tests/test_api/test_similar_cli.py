"""``rosetta similar``."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from api.cli import app
from search.engine import Engine


def test_similar_by_id_and_by_text(small_index: Path) -> None:
    with Engine(small_index) as engine, engine.view() as view:
        own = view.article("tax")[1][0].id
    run = CliRunner().invoke(app, ["similar", own, "--index", str(small_index), "--language", "de", "--json"])
    assert run.exit_code == 0
    assert [hit["article"]["id"] for hit in json.loads(run.stdout)["hits"]] == ["steuer"] * 3
    lines = CliRunner().invoke(app, ["similar", "--text", "bread tax", "--index", str(small_index), "--limit", "1"])
    assert lines.stdout.startswith("1. The tax on bread  [en]")

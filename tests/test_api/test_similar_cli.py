"""``paraglot similar``, and hits in their context."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.search.engine import Engine


def test_similar_by_id_and_by_text(small_index: Path) -> None:
    with Engine(small_index) as engine, engine.view() as view:
        own = view.article("tax")[1][0].id
    run = CliRunner().invoke(app, ["similar", own, "--index", str(small_index), "--language", "de", "--json"])
    assert run.exit_code == 0
    assert [hit["article"]["id"] for hit in json.loads(run.stdout)["hits"]] == ["steuer"] * 3
    lines = CliRunner().invoke(app, ["similar", "--text", "bread tax", "--index", str(small_index), "--limit", "1"])
    assert lines.stdout.startswith("1. The tax on bread  [en]")
    asked = ["similar", "--text", "Bread heißt Brot.", "--limit", "1", "--context", "1", "--index", str(small_index)]
    assert CliRunner().invoke(app, asked).stdout.splitlines()[1] == "   Die Bäcker der Altstadt protestierten laut."


def test_search_in_context(small_index: Path) -> None:
    asked = ["search", "Altstadt", "--mode", "keyword", "--context", "1", "--index", str(small_index)]
    lines = CliRunner().invoke(app, asked).stdout.splitlines()
    assert lines[1:4] == [
        "   Der Rat hat die Steuer erhöht.",
        "   Die Bäcker der Altstadt protestierten laut.",
        "   Bread heißt Brot.",
    ]
    [hit] = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)["hits"]
    assert hit["citation"]["quote"] == "Die Bäcker der Altstadt protestierten laut."
    assert [one["position"] for one in hit["context"]["before"]] == [0]

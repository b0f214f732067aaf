"""``paraglot similar``, and hits in their context."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.search.engine.engine import Engine


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


def test_a_hit_says_who_published_it_when_and_where(tmp_path: Path) -> None:
    from paraglot.indexer.build import index_corpus

    article = {
        "id": "a",
        "title": "T",
        "text": "Bread.",
        "date": "2024-05-31",
        "source": "Gazette",
        "url": "https://b.example/a",
    }
    (tmp_path / "corpus.jsonl").write_text(json.dumps(article))
    index_corpus(tmp_path / "index", [tmp_path / "corpus.jsonl"], "fake")
    asked = ["search", "bread", "--index", str(tmp_path / "index"), "--mode", "keyword", "--facet", "source"]
    lines = CliRunner().invoke(app, asked).stdout.splitlines()
    assert lines[1:3] == ["   Gazette · 2024-05-31 · https://b.example/a", "   Bread."]
    assert lines[-1] == "source: Gazette 1"
    nothing = CliRunner().invoke(app, [asked[0], "zyxwvut", *asked[2:]]).stdout.splitlines()
    assert nothing == ["Nothing found.", "source: none"]


@pytest.mark.slow
def test_a_reader_that_has_had_enough_is_no_failure(small_index: Path) -> None:
    program = f"{sys.executable} -c 'from paraglot.api.cli.main import main; main()' search bread --mode keyword --json"
    piped = f"set -o pipefail; {program} --index {small_index} | head -c 1"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")

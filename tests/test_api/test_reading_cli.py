"""``rosetta index``: what would be read, foreign names, standard input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.reading import reading_options
from indexer.corpus import read_corpus
from indexer.drafts import Draft
from search.errors import InvalidRequest

LINES = '{"key": 1, "headline": "Bread", "text": "The council raised the bread tax of the old town."}\n{"key": 2}\n'


def test_dry_run(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINES)
    arguments = ["index", str(tmp_path), "--dry-run", "--field", "id=key", "--field", "title=headline"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 3
    assert shown.stdout.splitlines() == [
        "1: Bread [en], 1 paragraphs: The council raised the bread tax of the old town.",
        "1 articles, 1 paragraphs, 49 characters would be read; 0 repeated lines left out, 1 inputs skipped.",
        "paragraphs by language: en 1",
    ]
    assert shown.stderr == f'rosetta: skipped {tmp_path / "a.jsonl"}:2: give either "text" or "paragraphs"\n'
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (told["articles"], told["languages"], told["first"][0]["title"]) == (1, {"en": 1}, "Bread")
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize("pair", ["title", "title=", "headline=title"])
def test_wrong_fields_are_refused(pair: str) -> None:
    with pytest.raises(InvalidRequest, match="--field takes OURS=THEIRS"):
        reading_options([pair], None)


def test_unknown_formats_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="--format must be one of text, markdown"):
        reading_options([], "word")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b'{"id": "x", "title": "T", "text": "Body."}\n'))
    )
    [draft] = read_corpus([Path("-")])
    assert isinstance(draft, Draft)
    assert (draft.id, str(draft.place)) == ("x", "-:1")

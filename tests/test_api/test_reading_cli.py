"""``paraglot index``: what would be read, foreign names, standard input."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.api.cli.reading import reading_options
from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft, Place, Skipped
from paraglot.indexer.run import MOST_NAMED, Report
from paraglot.search.errors import InvalidRequest

LINES = '{"key": 1, "headline": "Bread", "text": "The council raised the bread tax of the old town."}\n{"key": 2}\n'


def test_dry_run(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(LINES)
    arguments = ["index", str(tmp_path), "--dry-run", "--field", "id=key", "--field", "title=headline"]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 3
    assert shown.stdout.splitlines() == [
        "1: Bread [en], 1 paragraph: The council raised the bread tax of the old town.",
        "1 article, 1 paragraph, 49 characters would be read; 1 input skipped.",
        "paragraphs by language: en 1",
    ]
    assert shown.stderr == f"paraglot: skipped {tmp_path / 'a.jsonl'}:2: the article has no text\n"
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (told["articles"], told["languages"], told["first"][0]["title"]) == (1, {"en": 1}, "Bread")
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.slow
def test_what_is_left_out_is_counted_and_named_where_asked(tmp_path: Path) -> None:
    for number in range(10):
        text = (
            f"Title {number}\n\nThe council of town {number} raised the bread tax again.\n\nRead also: Bakers {number}"
        )
        (tmp_path / f"{number}.txt").write_text(text)
    index = ["--index", str(tmp_path.parent / f"{tmp_path.name}-index"), "--model", "fake"]
    counts = "Left out: read-also lines (10); --verbose names them."
    for arguments in (["--dry-run"], index, index):  # the second run over the same corpus says it again
        assert counts in CliRunner().invoke(app, ["index", str(tmp_path), *arguments]).stdout.splitlines()
    told = json.loads(CliRunner().invoke(app, ["index", str(tmp_path), *index, "--json"]).stdout)
    assert told["left_out"] == {"read-also lines": 10}
    named = CliRunner().invoke(app, ["index", str(tmp_path), *index, "--verbose"])
    assert named.stdout.startswith("Left out: read-also lines (10); each named above.\nNothing changed")
    assert named.stderr.splitlines()[:1] == [
        f"paraglot: left out {tmp_path / '0.txt'}:1: read-also lines: Read also: Bakers 0"
    ]


def test_what_stands_under_see_also_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nThe first paragraph, which is long enough.\n\n## See also\n\n- The other\n")
    told = json.loads(CliRunner().invoke(app, ["index", str(tmp_path), "--dry-run", "--json"]).stdout)
    assert told["left_out"] == {"read-also lines": 2}


def test_floods_of_messages_end_with_a_count(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "x", "title": "T", "text": "A body."}\n' + "{}\n" * 120)
    index = ["--index", str(tmp_path / "index"), "--model", "fake"]
    for arguments in (["--dry-run"], index, index):
        shown = CliRunner().invoke(app, ["index", str(path), *arguments])
        assert shown.exit_code == 3
        lines = shown.stderr.splitlines()
        assert (len(lines), lines[49][:10], lines[50]) == (
            51,
            "paraglot: ",
            "paraglot: … and 70 more skipped inputs (--verbose names them).",
        )
    assert len(CliRunner().invoke(app, ["index", str(path), *index, "--verbose"]).stderr.splitlines()) == 120
    told = json.loads(CliRunner().invoke(app, ["index", str(path), *index, "--json"]).stdout)
    assert (len(told["skipped"]), told["skipped_count"]) == (120, 120)


def test_a_report_names_so_many_and_counts_the_rest() -> None:
    report = Report()
    report.skip(*(Skipped(Place(Path("a"), line), "no") for line in range(1, MOST_NAMED + 4)))
    assert (len(report.skipped), report.skipped[-1].place.line, report.skipped_count) == (10_000, 10_000, 10_003)


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

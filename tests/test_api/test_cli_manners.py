"""What the command line does for people: completion, hints, and "-" for the output."""

from __future__ import annotations

import doctest
import io
import json
import re
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text
from typer.core import TyperGroup
from typer.main import get_command

from paraglot.api.cli.main import app
from paraglot.api.cli.operations import _ago
from paraglot.api.cli.output import Interrupted
from paraglot.api.cli.searching.render import print_hits
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.types import ArticleHead, Citation, Highlight, Hit, LegEvidence, Paragraph
from tests.commands import COMMAND, environment, paraglot
from tests.servers import ROOT


def test_words_that_belong_together_are_told_to_stand_in_quotes(small_index: Path) -> None:
    done = paraglot("search", "coral", "reef", "fish", "--index", small_index)
    assert done.returncode == 2
    told = " ".join(done.stderr.split())
    assert "Words that belong together stand in quotes: paraglot search 'coral reef fish'" in told


def test_an_address_is_no_file(tmp_path: Path) -> None:
    done = paraglot("index", "https://example.org/feed.xml", "--index", tmp_path / "i")
    assert done.returncode == 2
    assert done.stderr.startswith("paraglot: https://example.org/feed.xml: this reads files.")
    assert "paraglot follow https://" in done.stderr


@pytest.mark.slow
def test_a_backup_goes_to_standard_output(small_index: Path, tmp_path: Path) -> None:
    made = subprocess.run(
        [*COMMAND, "backup", "-", "--index", str(small_index)], cwd=ROOT, capture_output=True, env=environment({})
    )
    assert (made.returncode, made.stderr) == (0, b"paraglot: standard output: generation 1.\n")
    with tarfile.open(fileobj=io.BytesIO(made.stdout)) as archive:
        assert {"manifest.json", "store.sqlite"} <= set(archive.getnames())
    (tmp_path / "copy.tar").write_bytes(made.stdout)
    assert paraglot("restore", tmp_path / "copy.tar", "--index", tmp_path / "again").returncode == 0
    assert paraglot("export", "--index", tmp_path / "again").stdout == paraglot("export", "--index", small_index).stdout


def test_a_backup_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = paraglot("restore", tmp_path / "none.tar", "--index", tmp_path / "new")
    assert (done.returncode, done.stderr) == (
        1,
        f"paraglot: {tmp_path}/none.tar: there is no such file. Make one: paraglot backup FILE\n",
    )
    assert not (tmp_path / "new").exists()


def test_an_export_goes_to_a_file_or_standard_output(small_index: Path, tmp_path: Path) -> None:
    assert paraglot("export", tmp_path / "all.jsonl", "--index", small_index).stdout == ""
    lines = (tmp_path / "all.jsonl").read_text("utf-8")
    assert lines == paraglot("export", "-", "--index", small_index).stdout
    assert lines == paraglot("export", "--index", small_index).stdout
    assert [json.loads(line)["id"] for line in lines.splitlines()] == ["steuer", "tax", "税"]
    again = paraglot("export", tmp_path / "all.jsonl", "--index", small_index)
    assert (again.returncode, "the file exists already" in again.stderr) == (1, True)


def test_a_hit_takes_three_lines_at_most(small_index: Path) -> None:
    done = paraglot("search", "bread tax", "--index", small_index, "--mode", "keyword", "--limit", 1)
    head, about, text, hint = done.stdout[done.stdout.index("1. ") :].splitlines()[:4]
    assert re.fullmatch(r"1\. The tax on bread  \[en\]  \d+%  tax~\w+", head)
    assert about == "   Gazette · 2024-05-31 · 1 more of it"
    assert text == "   The council raised the bread tax."
    assert hint == "paraglot show ID: its article; --long: whole, and why"
    for more in (["--long"], ["--explain"], ["--context", "1"]):
        long = paraglot("search", "bread tax", "--index", small_index, "--mode", "keyword", *more).stdout
        assert "   words (no. 1): bread, tax\n" in long
    assert "   Bakers in the old town protested loudly.\n" in long


def test_on_a_terminal_lines_end_at_its_edge_and_titles_lead_to_the_quote() -> None:
    text, address = "Far away. " * 30 + "Reefs die where the water warms.", "https://example.org/reef"
    quote = f"{address}#:~:text=Reefs"
    found = Hit(
        Paragraph(0, "reef~1", "reef", 0, text, "en", "", 0, len(text)),
        ArticleHead("reef", "A very long title " * 9, address, "en", "2024-05-31T10:00:00+02:00", "Gazette"),
        *(1.0, 0.9, None, LegEvidence(1, 0.5)),
        Citation(quote, "Reefs die", "A very long title", "Gazette", "2024-05-31", "en"),
        highlights=[Highlight(300, 305, "keyword"), Highlight(300, len(text), "semantic")],
    )
    shown = io.StringIO()
    print_hits(Console(file=shown, force_terminal=True, width=60, highlight=False), [found], 0, long=False)
    assert "\x1b]8;id=" in shown.getvalue()
    assert f"{quote}\x1b\\" in shown.getvalue()
    lines = Text.from_ansi(shown.getvalue()).plain.splitlines()
    assert lines[0].startswith("1. A very long title")
    assert lines[0].endswith("…  [en]  90%  reef~1")
    assert lines[1:3] == [
        "   Gazette · 2024-05-31 · https://example.org/reef",
        "   … Reefs die where the water warms.",
    ]
    assert [len(line) for line in lines[:1]] == [60]
    below = replace(found, paragraph=replace(found.paragraph, anchor="the heat"))
    print_hits(Console(file=(plain := io.StringIO()), width=80), [below], 0, long=False)
    assert "https://example.org/reef#the%20heat\n" in plain.getvalue()
    long = io.StringIO()
    print_hits(Console(file=long, force_terminal=True, width=60, highlight=False), [found], 0, long=True)
    own = Text.from_ansi(long.getvalue()).plain.splitlines()
    body = [line for line in own if "Far" in line or "away" in line]
    assert len(body) > 4
    assert all(line.startswith("   ") and len(line) <= 60 for line in body)


def test_where_nothing_was_embedded_nothing_is_said_to_be_kept(
    write_corpus: Callable[[list[dict[str, object]]], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise Interrupted(2)

    corpus = write_corpus([{"id": "a", "text": "Bread."}])
    monkeypatch.setattr(FakeEncoder, "encode_sentences", interrupted)
    monkeypatch.setattr(FakeEncoder, "encode_paragraphs", interrupted)
    done = paraglot("index", corpus, "--index", tmp_path / "new", "--model", "fake")
    assert done.returncode == 130
    assert done.stderr == "paraglot: interrupted; the index is as the last commit left it.\n"


def test_one_is_no_plural(write_corpus: Callable[[list[dict[str, object]]], Path], tmp_path: Path) -> None:
    corpus = write_corpus([{"id": "a", "text": "Bread is dear."}])
    made = paraglot("index", corpus, "--index", tmp_path / "i", "--model", "fake").stdout
    assert "Committed generation 1: 1 article, 1 paragraph in 1 language, " in made
    assert "1 article, 1 paragraph," in paraglot("status", "--index", tmp_path / "i").stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("search", "zyxwvut", "--mode", "keyword"), "Nothing found."),
        (("suggest", "zyxwvut"), "Nothing goes on so."),
        (("keys", "list"), "There are no keys."),
    ],
)
def test_silence_ends_in_a_word(small_index: Path, arguments: tuple[str, ...], word: str) -> None:
    done = paraglot(*arguments, "--index", small_index)
    assert done.returncode == 0
    assert word in done.stdout + done.stderr


@pytest.mark.slow
def test_a_reader_that_has_had_enough_is_no_failure(
    write_corpus: Callable[[list[dict[str, object]]], Path], tmp_path: Path
) -> None:
    """As head does: it closes the pipe, into which more is printed than a pipe holds."""
    corpus = write_corpus([{"id": f"a{number}", "text": "Bread is dear. " * 600} for number in range(20)])
    assert paraglot("index", corpus, "--index", tmp_path / "i", "--model", "fake").returncode == 0
    command = [*COMMAND, "export", "--index", str(tmp_path / "i")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(10) == b'{"id": "a0'
        running.stdout.close()
        assert (running.wait(60), running.stderr.read()) == (0, b"")


def test_short_flags_ask_for_help_and_the_version() -> None:
    assert paraglot("-V").stdout == paraglot("--version").stdout == f"paraglot {version('paraglot')}\n"
    helped = paraglot("search", "-h")
    assert helped.stdout == paraglot("search", "--help").stdout
    told = " ".join(helped.stdout.split())
    for default in (
        "Hits on the page. From 1 to 100. [default: 10]",
        "semantic. [default: hybrid]",
        "[default: index]",
    ):
        assert default in told


def test_the_help_is_whole_on_a_narrow_terminal() -> None:
    app_command = get_command(app)
    assert isinstance(app_command, TyperGroup)
    for name, command in app_command.commands.items():
        narrow = paraglot(name, "-h", COLUMNS="40").stdout
        assert "…" not in narrow
        for flag in (flag for given in command.params for flag in given.opts if flag.startswith("--")):
            assert re.search(rf"{flag}\b", narrow), (name, flag)


def test_what_commands_do_is_told_whole_in_one_line_each() -> None:
    told = paraglot("-h", COLUMNS="80").stdout.partition("Commands:\n")[2].splitlines()
    app_command = get_command(app)
    assert isinstance(app_command, TyperGroup)
    assert [line.split()[0] for line in told] == list(app_command.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in told), told


def test_an_age_is_told_in_words() -> None:
    ages = {0: "0 seconds", 1: "1 second", 119: "119 seconds", 120: "2 minutes"}
    assert {seconds: _ago(seconds) for seconds in ages} == ages


def test_examples_hold() -> None:
    for name in ("output", "searching.render"):
        failed, tried = doctest.testmod(import_module(f"paraglot.api.cli.{name}"))
        assert (failed, tried > 0) == (0, True), name

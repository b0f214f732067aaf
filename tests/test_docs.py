"""The documents that nothing else runs: the records of decisions are all listed, what was measured names how."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module

from typer.core import TyperGroup
from typer.main import get_command

from paraglot.api.cli.main import app
from tests.conftest import ROOT

RECORDS = ROOT / "docs" / "decisions"
ROW = re.compile(r"^\| \[(\d{4})\]\((\S+\.md)\) \| (.+) \| (.+) \|$", re.MULTILINE)
STATUS = re.compile(r"in force( but for what \d{4} changes)?|superseded by (\d{4})|rejected")


def test_every_record_of_a_decision_is_listed_with_its_status() -> None:
    listed = {name: (number, title, status) for number, name, title, status in ROW.findall(_read("README.md"))}
    records = sorted(path.name for path in RECORDS.glob("*.md") if path.name != "README.md")
    assert sorted(listed) == records, "docs/decisions/README.md lists every record"
    assert len({name[:4] for name in records}) == len(records), "a number is given once"
    for name, (number, title, status) in listed.items():
        text = _read(name)
        head = re.sub(r"^# (\d+)[.:] |( \(\d{4}-\d\d-\d\d\))$", "", text.splitlines()[0])
        assert (number, title) == (name[:4], head)
        known = STATUS.fullmatch(status)
        assert known, f"{name}: {status!r} is no status"
        if known[2]:
            assert f"superseded by record {int(known[2])}" in text[:300].lower(), (
                f"{name} says itself what is in its place"
            )


def test_names_that_guides_give_of_a_module_are_in_it() -> None:
    guides = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    named = {pair for path in guides for pair in re.findall(r"`(\w+)` of `(paraglot[\w.]*)`", path.read_text("utf-8"))}
    assert named
    for name, module in named:
        assert hasattr(import_module(module), name), f"{name} of {module}"


def test_what_is_installed_by_name_is_an_extra_of_what_is_here_already() -> None:
    """The name is not ours on PyPI: nobody is told to fetch it from there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "Paraglot is not on PyPI" in readme
    sources = [
        path for part in ("api", "indexer", "search", "deploy") for path in (ROOT / part).rglob("*") if path.is_file()
    ]
    told = 0
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *sources):
        if path.suffix not in (".md", ".py", ".yaml", ".service", ".js", ".html"):
            continue
        for name, extras in re.findall(r"pip install [^\n]*?\b(paraglot\b)(?:\[([\w,]+)\])?", path.read_text("utf-8")):
            assert extras, f"{path}: pip install {name}"
            assert set(extras.split(",")) <= {*project["optional-dependencies"], "NAME"}, path
            told += 1
    assert told > 10


def test_what_was_measured_names_script_date_and_spread() -> None:
    text = (ROOT / "docs" / "measured.md").read_text("utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ") and "`benchmarks/" in line]
    assert len(rows) > 20
    for row in rows:
        assert len(row) == 4, row
        [script] = re.findall(r"`(benchmarks/\w+\.py)", row[2])
        assert (ROOT / script).is_file()
        assert re.search(r"\d{2}-\d{2}", row[3]), row


def test_the_first_page_keeps_to_one_screen_of_numbers() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    [measured] = re.findall(r"^## Measured\n(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert len(measured.splitlines()) <= 24
    assert "docs/measured.md" in measured


def _read(name: str) -> str:
    return (RECORDS / name).read_text("utf-8")


def test_commands_that_the_guides_name_have_the_flags_that_stand_with_them() -> None:
    commands = get_command(app)
    assert isinstance(commands, TyperGroup)
    named = 0
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for line in re.findall(r"(?:^|[`\s(/])paraglot ([a-z]+ [^`\n|#]*)", page.read_text("utf-8")):
            name, *words = line.split()
            command = commands.commands.get(name)
            if isinstance(command, TyperGroup):
                command = command.commands.get(words[0])
            known = (
                {flag for given in command.params for flag in (*given.opts, *given.secondary_opts)} if command else ()
            )
            for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line):
                assert flag in known, f"{page.name}: paraglot {line}"
                named += 1
    assert named > 80

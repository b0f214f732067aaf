"""What the command line does for people: completion, hints, and "-" for the output."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.commands import COMMAND, environment, paraglot
from tests.servers import ROOT


def test_words_that_belong_together_are_told_to_stand_in_quotes(small_index: Path) -> None:
    done = paraglot("search", "coral", "reef", "fish", "--index", small_index)
    assert done.returncode == 2
    told = " ".join(done.stderr.split())
    assert "Words that belong together stand in quotes: paraglot search 'coral reef fish'" in told


def test_an_address_is_no_file(tmp_path: Path) -> None:
    done = paraglot("index", "https://example.org/feed.xml", "--index", tmp_path / "i")
    assert (done.returncode, "paraglot follow https://" in done.stderr) == (2, True)


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


def test_an_export_goes_to_a_file_or_standard_output(small_index: Path, tmp_path: Path) -> None:
    assert paraglot("export", tmp_path / "all.jsonl", "--index", small_index).stdout == ""
    lines = (tmp_path / "all.jsonl").read_text("utf-8")
    assert lines == paraglot("export", "-", "--index", small_index).stdout
    assert lines == paraglot("export", "--index", small_index).stdout
    assert [json.loads(line)["id"] for line in lines.splitlines()] == ["steuer", "tax", "税"]
    again = paraglot("export", tmp_path / "all.jsonl", "--index", small_index)
    assert (again.returncode, "the file exists already" in again.stderr) == (1, True)

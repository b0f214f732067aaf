"""The examples of ``docs/python.md`` do what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.guides import END, examples, outputs
from tests.servers import ROOT, service


@pytest.mark.slow
def test_python_guide(seeds_index: Path, tmp_path: Path) -> None:
    shown = examples(ROOT / "docs" / "python.md", "python")
    (tmp_path / "index").symlink_to(seeds_index)
    with service(seeds_index) as running:
        there = {"SERVICE_8000": str(running.client.base_url)}
        command = [sys.executable, "-W", "error"]
        printed = outputs(shown, command, f"print({END!r})", tmp_path / "examples.py", there)
    assert [one.prints for one in shown] == printed

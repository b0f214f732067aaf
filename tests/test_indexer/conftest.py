"""A site that is followed, and the runs that follow it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.following import Run
from tests.site import Site, served_site


@pytest.fixture
def site() -> Iterator[Site]:
    with served_site() as site:
        yield site


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "index")

"""The index in a folder keeps the contract of an index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from paraglot.indexer.place import WritableFolder
from paraglot.search.contracts.index import IndexContract, WriterContract, filled
from paraglot.search.contracts.own_vectors import OwnVectorsContract
from paraglot.search.index import Snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with filled(WritableFolder(tmp_path_factory.mktemp("index"), "fake")) as opened:
        yield opened


class TestReading(IndexContract):
    @pytest.fixture
    def other(self, tmp_path: Path) -> WritableFolder:
        return WritableFolder(tmp_path, "fake")


class TestWriting(WriterContract):
    @pytest.fixture
    def index(self, tmp_path: Path) -> WritableFolder:
        return WritableFolder(tmp_path, "fake")


class TestOwnVectors(OwnVectorsContract):
    @pytest.fixture
    def outside(self, tmp_path: Path) -> WritableFolder:
        return WritableFolder(tmp_path, "vectors:2")

"""The index on a cluster keeps the contract of an index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import IndexContract, WriterContract, filled
from paraglot.search.contracts.own_vectors import OwnVectorsContract
from paraglot.search.index import Snapshot
from paraglot.search.opensearch import cluster as client
from tests.clusters import Cluster, fresh_index, nodes_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nodes(cluster: Cluster) -> Iterator[client.Cluster]:
    with nodes_of(cluster, client.Cluster) as opened:
        yield opened


@pytest.fixture(scope="module")
def snapshot(nodes: client.Cluster) -> Iterator[Snapshot]:
    with fresh_index(nodes) as index, filled(index) as opened:
        yield opened


class TestReading(IndexContract):
    @pytest.fixture
    def other(self, nodes: client.Cluster) -> Iterator[WritableCluster]:
        with fresh_index(nodes) as index:
            yield index


class TestWriting(WriterContract):
    @pytest.fixture
    def index(self, nodes: client.Cluster) -> Iterator[WritableCluster]:
        with fresh_index(nodes) as index:
            yield index


class TestOwnVectors(OwnVectorsContract):
    @pytest.fixture
    def outside(self, nodes: client.Cluster) -> Iterator[WritableCluster]:
        with fresh_index(nodes, "vectors:2") as index:
            yield index

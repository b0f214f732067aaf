"""The index on a cluster keeps the contract of an index."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import IndexContract, WriterContract, filled
from paraglot.search.index import Snapshot
from paraglot.search.opensearch import cluster as client
from tests.clusters import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nodes(cluster: Cluster) -> Iterator[client.Cluster]:
    opened = client.Cluster(cluster.urls, {"timeout": 120})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def snapshot(nodes: client.Cluster) -> Iterator[Snapshot]:
    index = named(nodes)
    with filled(index) as opened:
        yield opened
    nodes.drop(f"{index.name}-*")


def named(nodes: client.Cluster) -> WritableCluster:
    return WritableCluster(nodes, f"test-{uuid4().hex[:12]}", "fake")


class TestReading(IndexContract):
    @pytest.fixture
    def other(self, nodes: client.Cluster) -> Iterator[WritableCluster]:
        index = named(nodes)
        yield index
        nodes.drop(f"{index.name}-*")


class TestWriting(WriterContract):
    @pytest.fixture
    def index(self, nodes: client.Cluster) -> Iterator[WritableCluster]:
        index = named(nodes)
        yield index
        nodes.drop(f"{index.name}-*")

"""One cluster for all tests of this folder, which run in one process (`tests/conftest.py`): its start takes half a
minute."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.clusters import Cluster, running_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as running:
        yield running


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    """The address of an index that there is not yet; what a test makes of it is removed."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield f"opensearch://{cluster.hosts}/{name}"
    for one in cluster.ask("GET", f"/_cat/indices/{name}*?format=json&h=index&expand_wildcards=all"):
        cluster.ask("DELETE", f"/{one['index']}")

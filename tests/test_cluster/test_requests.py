"""How many requests a query is: the fewer, the sooner it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import ARTICLES, asked, filled, put
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.index import Snapshot
from paraglot.search.opensearch import cluster as client
from paraglot.search.types import SearchRequest
from tests.clusters import Cluster

pytestmark = pytest.mark.slow


class Counted(client.Cluster):
    """A cluster that counts the requests that it is sent."""

    requests = 0

    def search(self, *bodies: client.Json) -> list[client.Json]:
        self.requests += 1
        return super().search(*bodies)


@pytest.fixture
def nodes(cluster: Cluster) -> Iterator[Counted]:
    opened = Counted(cluster.urls)
    yield opened
    opened.close()


@pytest.fixture
def index(nodes: Counted) -> Iterator[WritableCluster]:
    made = WritableCluster(nodes, f"test-{uuid4().hex[:12]}", "fake")
    yield made
    nodes.drop(f"{made.name}-*")


def test_a_query_whose_words_were_counted_is_three_requests(nodes: Counted, index: WritableCluster) -> None:
    put(index, *ARTICLES)
    with Engine(index) as engine:
        engine.warm()
        engine.search(SearchRequest("tax of the old town", languages=("de",)))  # which reads no other texts
        nodes.requests = 0
        assert engine.search(SearchRequest("tax of the old town")).hits
        assert nodes.requests == 3  # both legs; evidence; texts
        assert engine.search(SearchRequest("tax of the old town", offset=2)).hits
        assert nodes.requests == 5  # the texts are at hand


def test_both_legs_at_once_say_what_each_says(index: WritableCluster) -> None:
    with filled(index) as snapshot:
        legs(snapshot)


def legs(snapshot: Snapshot) -> None:
    vector = FakeEncoder().encode_query(["old town bakers"])[0]
    for within in (snapshot.select(), snapshot.select(languages=["de"]), snapshot.select("tags = nothing")):
        for query in (asked("bread", "town"), asked("unheard"), asked()):
            found = snapshot.by_both(query, vector, 5, within)
            assert found == (snapshot.by_words(query, 5, within), snapshot.by_vector(vector, 5, within))

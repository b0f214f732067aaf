"""How many requests a query is: the fewer, the sooner it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.contracts.index import ARTICLES, asked, filled, put
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import ClusterFailure
from paraglot.search.index import Snapshot
from paraglot.search.opensearch import cluster as client
from paraglot.search.opensearch import point
from paraglot.search.types import Mode, SearchRequest
from tests.clusters import Cluster, fresh_index, nodes_of

pytestmark = pytest.mark.slow


class Counted(client.Cluster):
    """A cluster that counts the requests that it is sent."""

    requests = 0
    parts = 0  # so many of the next answers are of some shards only

    def search(self, *bodies: client.Json) -> list[client.Json]:
        self.requests += 1
        return super().search(*bodies)

    def _checked(self, answer: client.Json) -> client.Json:
        if self.parts:
            self.parts -= 1
            answer["_shards"]["failed"] = 1
        return super()._checked(answer)


@pytest.fixture
def nodes(cluster: Cluster) -> Iterator[Counted]:
    with nodes_of(cluster, Counted) as opened:
        yield opened


@pytest.fixture
def index(nodes: Counted) -> Iterator[WritableCluster]:
    with fresh_index(nodes) as made:
        yield made


def test_a_query_whose_words_were_counted_is_one_request(nodes: Counted, index: WritableCluster) -> None:
    put(index, *ARTICLES)
    with Engine(index) as engine:
        engine.warm()
        engine.search(SearchRequest("tax of the old town", languages=("de",)))
        modes: list[tuple[Mode, int]] = [
            ("keyword", 2),  # candidates; evidence and texts
            ("hybrid", 1),  # both legs, with all that evidence is made of
            ("semantic", 1),
            ("keyword", 1),  # the documents are at hand
        ]
        for mode, requests in modes:
            nodes.requests = 0
            assert engine.search(SearchRequest("tax of the old town", mode=mode)).hits
            assert nodes.requests == requests


def test_what_stands_around_the_first_hits_is_one_request_more(nodes: Counted) -> None:
    with fresh_index(nodes, "builtin-fast") as index:
        put(index, *ARTICLES)
        with Engine(index) as engine:
            engine.warm()
            request = SearchRequest("tax of the old town")
            engine.search(request)
            nodes.requests = 0
            assert engine.search(request).hits
            assert nodes.requests == 2


def test_both_legs_at_once_say_what_each_says(index: WritableCluster) -> None:
    with filled(index) as snapshot:
        legs(snapshot)


def legs(snapshot: Snapshot) -> None:
    vector = FakeEncoder().encode_query(["old town bakers"])[0]
    for within in (snapshot.select(), snapshot.select(languages=["de"]), snapshot.select("tags = nothing")):
        for query in (asked("bread", "town"), asked("unheard"), asked()):
            found = snapshot.by_both(query, vector, 5, within)
            assert found == (snapshot.by_words(query, 5, within), snapshot.by_vector(vector, 5, within))


def test_what_a_node_that_is_gone_leaves_out_is_asked_again(
    nodes: Counted, index: WritableCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(index, *ARTICLES)
    monkeypatch.setattr(point, "_PAUSES_S", (0.0, 0.0))
    with closing(index.current()) as snapshot:
        texts = snapshot.texts(snapshot.find(["tax"])[0])
        first = snapshot.point
        for parts, reached in ((1, True), (2, True), (9, False)):
            nodes.parts = parts
            if reached:
                assert snapshot.vectors(snapshot.find(["tax"])[0])
            else:
                with pytest.raises(ClusterFailure, match="in part"):
                    snapshot.find(["tax"])
        nodes.parts = 0
        assert snapshot.texts(snapshot.find(["tax"])[0]) == texts
        assert snapshot.point is first


def test_what_is_refused_is_not_asked_again(nodes: Counted, index: WritableCluster) -> None:
    put(index, *ARTICLES)
    with closing(index.current()) as snapshot:
        nodes.requests = 0
        with pytest.raises(ClusterFailure, match="parsing_exception: unknown query"):
            snapshot.point.search({"query": {"nonsense": {}}})
        assert nodes.requests == 1


def test_a_cluster_that_is_away_is_told() -> None:
    away = client.Cluster(["http://127.0.0.1:9"], {"max_retries": 0})
    with pytest.raises(ClusterFailure, match=r"127\.0\.0\.1:9 does not answer"):
        WritableCluster(away, "nothing").current()
    away.close()

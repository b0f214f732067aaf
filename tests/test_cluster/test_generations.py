"""A rebuild is another index of the cluster, which takes the place of the served one in one step; rollback goes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from paraglot.api.settings import load_settings
from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.opensearch import generations, making
from paraglot.indexer.opensearch.generations import kept_on_cluster, roll_back_on_cluster
from paraglot.indexer.opensearch.lock import writer_lock
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import ClusterFailure, IndexLocked, NotFound
from paraglot.search.opensearch import cluster as client
from paraglot.search.opensearch.connecting import connected
from paraglot.search.types import SearchRequest
from paraglot.search.types.address import ClusterAddress
from tests.commands import paraglot
from tests.conftest import ARTICLES

pytestmark = pytest.mark.slow


@pytest.fixture
def index(address: str, write_corpus: Callable[[list[dict[str, object]]], Path]) -> ClusterAddress:
    """An index of the small corpus."""
    place = load_settings({"index": address}, {}).index
    assert isinstance(place, ClusterAddress)
    index_corpus(place, [write_corpus(ARTICLES)], "fake")
    return place


@pytest.fixture
def nothing_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("embedded again")

    monkeypatch.setattr(making, "embed", refused)


def test_a_rebuild_takes_the_place_and_goes_back(index: ClusterAddress, nothing_embedded: None) -> None:
    given = ["--index", str(index)]
    with open_index(index) as engine:
        before = found(engine.search(SearchRequest("bread tax")))
        report = json.loads(paraglot("rebuild", *given, "--json").stdout)
        counts = ("generation", "committed", "articles", "paragraphs", "paragraphs_embedded")
        assert [report[name] for name in counts] == [2, True, 3, 7, 0]
        assert found(engine.search(SearchRequest("bread tax"))) == before  # it still reads the former one
        assert engine.refresh()
        assert found(engine.search(SearchRequest("bread tax"))) == before
        assert engine.manifest.generation == 2
    status = json.loads(paraglot("status", *given, "--json").stdout)
    assert [(one["number"], one["served"]) for one in status["generations"]] == [(1, False), (2, True)]
    assert "Generation 1 is served again: 3 articles, 7 paragraphs" in paraglot("rollback", *given).stdout
    with open_index(index) as engine:
        assert engine.manifest.generation == 1
        assert found(engine.search(SearchRequest("bread tax"))) == before
    with pytest.raises(NotFound, match=r"there is no generation before it; there are: 1, 2\."):
        roll_back_on_cluster(index, None, 0)
    assert roll_back_on_cluster(index, 2, 0).number == 2
    rebuild_index(index)
    assert [one.number for one in kept_on_cluster(index)] == [2, 3]


def found(response: Any) -> list[tuple[str, float]]:
    return [(hit.paragraph.id, round(hit.score, 5)) for hit in response.hits]


def test_a_rebuild_that_was_cut_off_goes_on(
    index: ClusterAddress, monkeypatch: pytest.MonkeyPatch, nothing_embedded: None
) -> None:
    monkeypatch.setattr(generations, "AT_ONCE", 1)
    sent: list[str] = []
    written = client.Cluster.bulk

    def cut(self: client.Cluster, lines: list[client.Json]) -> None:
        if len(sent) == 2:
            raise ClusterFailure("cut off")
        written(self, lines)
        sent.extend(line["article_id"] for line in lines if line.get("kind") == "article")

    with monkeypatch.context() as patch:
        patch.setattr(client.Cluster, "bulk", cut)
        with pytest.raises(ClusterFailure, match="cut off"):
            rebuild_index(index)
    assert [one.number for one in kept_on_cluster(index)] == [1]
    again: list[str] = []

    def noted(self: client.Cluster, lines: list[client.Json]) -> None:
        again.extend(line["article_id"] for line in lines if line.get("kind") == "article")
        written(self, lines)

    monkeypatch.setattr(client.Cluster, "bulk", noted)
    assert rebuild_index(index).generation == 2
    assert sorted([*sent, *again]) == ["steuer", "tax", "税"]
    assert len(again) == 1


def test_nobody_writes_beside_a_rebuild(index: ClusterAddress) -> None:
    with writer_lock(connected(index), index.name), pytest.raises(IndexLocked):
        rebuild_index(index)
    assert rebuild_index(index).generation == 2


def test_what_is_not_whole_is_not_served(index: ClusterAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    written = client.Cluster.bulk

    def lost(self: client.Cluster, lines: list[client.Json]) -> None:
        written(self, lines[:-2])

    monkeypatch.setattr(client.Cluster, "bulk", lost)
    with pytest.raises(generations.IndexDamaged, match="the articles are 2 and not 3"):
        rebuild_index(index)
    assert [(one.number, one.served) for one in kept_on_cluster(index)] == [(1, True)]


class Busy:
    """A client whose cluster refuses the first request, and of the others all writes but the first."""

    def __init__(self, real: Any) -> None:
        self._real, self.sent = real, []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def bulk(self, body: list[client.Json]) -> Any:
        from opensearchpy.exceptions import TransportError

        self.sent.append(len(body) // 2)
        if len(self.sent) == 1:
            raise TransportError(429, "rejected_execution_exception", {})
        answer = self._real.bulk(body=body[:2])
        busy = {"status": 429, "error": {"type": "rejected_execution_exception", "reason": "queue"}}
        return {"errors": len(body) > 2, "items": [*answer["items"], *({"index": busy} for _ in body[2::2])]}


def test_what_a_busy_cluster_refused_is_sent_again(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    index = load_settings({"index": address}, {}).index
    assert isinstance(index, ClusterAddress)
    monkeypatch.setattr(client, "PAUSES_S", (0.0,) * 4)
    with closing(connected(index)) as nodes:
        nodes.create(index.name, {"mappings": {"dynamic": False}})
        vars(nodes)["_client"] = busy = Busy(nodes._client)
        nodes.bulk(_lines(index.name, 3))
        assert busy.sent == [3, 3, 2, 1]
        nodes.refresh(index.name)
        counted = {"size": 0, "track_total_hits": True}
        assert busy.search(index=index.name, body=counted)["hits"]["total"]["value"] == 3
        with pytest.raises(ClusterFailure, match="takes no more writes"):
            nodes.bulk(_lines(index.name, 5))


def _lines(index: str, count: int) -> list[client.Json]:
    return [line for row in range(count) for line in ({"index": {"_index": index, "_id": str(row)}}, {"row": row})]


def test_a_new_index_is_made_as_the_settings_say(index: ClusterAddress) -> None:
    made = {"PARAGLOT_OPENSEARCH_SHARDS": "2", "PARAGLOT_OPENSEARCH_REPLICAS": "0"}
    given = ["--index", str(index)]
    assert paraglot("rebuild", *given, PARAGLOT_OPENSEARCH_VECTORS="lucene-7bit", **made).returncode == 0
    status = json.loads(paraglot("status", *given, "--json").stdout)
    assert [status[name] for name in ("shards", "copies", "paragraphs")] == [2, 0, 7]
    with closing(connected(index)) as nodes:
        vector = nodes._client.indices.get_mapping(index=index.name)[status["index"]]["mappings"]["properties"][
            "vector"
        ]
    assert vector["method"]["parameters"]["encoder"] == {"name": "sq", "parameters": {"bits": 7}}
    found = json.loads(paraglot("search", "bread tax", "--mode", "semantic", *given, "--json").stdout)
    assert found["hits"]

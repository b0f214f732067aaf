"""Nodes that die, a cluster that is away, writers that meet: nothing acknowledged is lost, and all goes on by itself."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from paraglot.api.http.collections import create_service
from paraglot.api.settings import load_settings
from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.opensearch import articles
from paraglot.indexer.run import Report
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import ClusterFailure
from paraglot.search.types import SearchRequest
from paraglot.search.types.address import ClusterAddress
from tests.clusters import NODES, Cluster
from tests.commands import COMMAND, environment
from tests.conftest import ARTICLES
from tests.servers import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("OUTAGES" not in os.environ, reason="Nodes are killed and stopped by make bars (OUTAGES=1)."),
]

Write = Callable[[list[dict[str, object]]], Path]

MANY: list[dict[str, object]] = [
    {
        "id": f"a{number}",
        "title": f"Ferry {number}",
        "text": f"The ferry {number} sails.\n\nIt is late.",
        "language": "en",
    }
    for number in range(60)
]


def place(address: str) -> ClusterAddress:
    index = load_settings({"index": address}, {}).index
    assert isinstance(index, ClusterAddress)
    return index


def test_a_node_that_is_killed_loses_nothing(
    cluster: Cluster, address: str, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(articles, "AT_ONCE", 10)
    index, corpus = place(address), write_corpus(MANY)
    report = index_corpus(index, [write_corpus(MANY[:20])], "fake")
    assert report.generation == 2
    corpus = write_corpus(MANY)
    found: list[Any] = []
    building = threading.Thread(target=lambda: found.append(built(index, corpus)))
    with open_index(index) as engine:
        building.start()
        while not engine.refresh():
            assert building.is_alive()
            time.sleep(0.05)
        cluster.run("kill", 3)
        try:
            while building.is_alive():
                assert engine.search(SearchRequest("ferry 7 sails", mode="keyword")).hits
                time.sleep(0.2)
            building.join()
            assert [one.articles_added + one.articles_unchanged for one in found] == [60]
            verified = verify_index(index)
            assert (verified.faults, verified.articles, verified.paragraphs) == ([], 60, 120)
        finally:
            cluster.run("start", 3)
            cluster.run("wait", "--nodes", NODES, "--timeout", 600)
    assert verify_index(index).faults == []


def built(index: ClusterAddress, corpus: Path) -> Report:
    """What a run did in the end: one that an outage stopped is started again, and goes on."""
    for _ in range(20):
        try:
            return index_corpus(index, [corpus], wait_s=120)
        except ClusterFailure:
            time.sleep(1)
    raise AssertionError("the cluster takes no writes")


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """The cluster is away."""
    for node in range(1, NODES + 1):
        cluster.run("stop", node)
    try:
        yield
    finally:
        for node in range(1, NODES + 1):
            cluster.run("start", node)
        cluster.run("wait", "--nodes", NODES, "--timeout", 600)


def test_a_service_outlives_its_cluster(cluster: Cluster, address: str, write_corpus: Write, tmp_path: Path) -> None:
    index = place(address)
    index_corpus(index, [write_corpus(ARTICLES)], "fake")
    settings = load_settings({"index": address, "service_folder": tmp_path / "service"}, {})
    with TestClient(create_service(settings), base_url="http://localhost") as client:
        before = client.get("/v1/search", params={"q": "bread tax"})
        assert before.status_code == 200
        with stopped(cluster):
            for path in ("/v1/search?q=another", "/v1/articles/tax"):
                answer = client.get(path)
                assert (answer.status_code, answer.json()["code"]) == (503, "cluster_failure"), path
                assert int(answer.headers["retry-after"]) > 0
        after = client.get("/v1/search", params={"q": "bread tax", "limit": 11})
        assert after.status_code == 200
        assert [hit["id"] for hit in after.json()["hits"]] == [hit["id"] for hit in before.json()["hits"]]
    assert verify_index(index).faults == []


def test_two_runs_over_halves_make_the_index_of_one(address: str, tmp_path: Path) -> None:
    index = place(address)
    halves = []
    for number, own in enumerate((MANY[::2], MANY[1::2])):
        halves.append(tmp_path / f"{number}.jsonl")
        halves[-1].write_text("".join(json.dumps(one) + "\n" for one in own), "utf-8")
    given = ["--index", address, "--model", "fake", "--wait", "120"]
    runs = [
        subprocess.Popen([*COMMAND, "index", str(half), *given], cwd=ROOT, env=environment({}), stderr=subprocess.PIPE)
        for half in halves
    ]
    for run in runs:
        told = run.communicate()[1]
        assert run.returncode == 0, told
    one = ClusterAddress(index.hosts, f"{index.name}-one")
    index_corpus(one, halves, "fake")
    with open_index(index) as many, open_index(one) as single:
        assert many.manifest.languages == single.manifest.languages == {"en": 120}
        for query in ("ferry 7 sails", "late"):
            asked = SearchRequest(query, limit=20)
            assert scores(many.search(asked)) == pytest.approx(scores(single.search(asked)))


def scores(response: Any) -> list[float]:
    """Equal paragraphs are in the order of their rows, which two runs give away as they come."""
    return [hit.score for hit in response.hits]

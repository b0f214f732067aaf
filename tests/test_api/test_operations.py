"""What those who run the service see: metrics, validators, statistics, the log, several workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.observing import statistics as statistics_module
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.observing.statistics import Statistics
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings
from paraglot.indexer.build import apply_changes
from paraglot.search.errors import EncoderMissing
from paraglot.search.folder.snapshot import Snapshot
from tests.servers import service


def client_of(index: Path, **settings: object) -> TestClient:
    own = Settings(index=index, **settings)  # type: ignore[arg-type]
    return TestClient(create_app(ObservedEngine(own), own), base_url="http://127.0.0.1")


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    with client_of(small_index) as opened:
        yield opened


def samples(client: TestClient) -> dict[tuple[str, ...], float]:
    text = client.get("/metrics").text
    return {
        (
            sample.name.removeprefix("paraglot_"),
            *(sample.labels[label] for label in sorted(sample.labels) if label != "collection"),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics(client: TestClient) -> None:
    for query in ("bread", "bread tax"):
        client.get("/v1/search", params={"q": query})
    client.get("/v1/search", params={"q": "Wo ist der Bahnhof, bitte?", "mode": "keyword", "languages": "zh-TW"})
    client.get("/v1/similar", params={"text": "bread"})
    client.get("/v1/similar", params={"id": "nobody"})
    client.get("/v1/articles/nobody")
    client.get("/nowhere")
    seen = samples(client)
    assert seen["search_seconds_count", "hybrid"] == 2
    assert seen["search_stage_seconds_count", "hybrid", "semantic"] == 2
    assert seen["search_candidates_sum", "hybrid"] == 14
    assert seen["search_zero_results_total", "de"] == 1
    assert (seen["similar_seconds_count",], seen["similar_candidates_sum",]) == (1, 7)
    assert seen["http_requests_total", "GET", "/v1/search", "200"] == 3
    assert seen["http_requests_total", "GET", "/v1/articles/{article_id}", "404"] == 1
    assert seen["http_requests_total", "GET", "", "404"] == 1
    assert (seen["index_generation",], seen["index_articles",], seen["writes_waiting",]) == (1, 3, 0)
    assert (seen["index_paragraphs", "de"], seen["index_paragraphs", "zh-TW"]) == (3, 2)
    assert 0 <= seen["index_age_seconds",] < 3600
    assert ("search_degraded_total", "semantic") not in seen


@pytest.mark.slow
def test_a_missing_leg_is_counted_and_not_cached(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: Snapshot) -> None:
        raise EncoderMissing("gone.")

    monkeypatch.setattr(Snapshot, "encoder", missing)
    answer = client.get("/v1/search", params={"q": "bread"})
    assert answer.json()["warnings"] == ["Only keywords were searched: gone."]
    assert "etag" not in answer.headers
    assert samples(client)["search_degraded_total", "semantic"] == 1


def test_an_answer_is_valid_until_the_next_commit(client: TestClient, small_index: Path) -> None:
    path = "/v1/search?q=bread"
    first = client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('W/"1-')
    same = client.get(path, headers={"if-none-match": f'"other", {tag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert client.get("/v1/search?q=tax").headers["etag"] != tag
    assert "etag" not in client.get("/v1/search?q=").headers
    apply_changes(small_index, {"tax": None})
    client.app.state.engine.refresh()  # type: ignore[attr-defined]
    after = client.get(path, headers={"if-none-match": tag})
    assert (after.status_code, after.json()["generation"]) == (200, 2)


def test_a_key_with_another_filter_has_another_validator(client: TestClient, small_index: Path) -> None:
    keys = KeyFile(ServiceFolder(small_index).keys)
    tokens = [keys.create("search", filter=one)[1] for one in (None, "language = de", "language = de")]
    tags = [client.get("/v1/search?q=bread", headers={"x-api-key": one}).headers["etag"] for one in tokens]
    assert tags[0] != tags[1] == tags[2]


def test_statistics_are_kept_where_they_are_asked_for(client: TestClient, small_index: Path) -> None:
    assert client.get("/v1/stats").json()["code"] == "not_kept"
    assert not ServiceFolder(small_index).statistics.exists()
    with client_of(small_index, statistics=True) as counted:
        for query in ("The council raised", "the  COUNCIL raised", "x" * 300):
            counted.get("/v1/search", params={"q": query})
        counted.get("/v1/search", params={"q": "the council raised", "offset": 2})
        nothing = {"q": "Wo ist der Bahnhof, bitte?", "mode": "keyword", "languages": "zh-TW"}
        counted.get("/v1/search", params=nothing)
        below = {"q": "council of coral reefs", "languages": "en"}
        assert counted.get("/v1/search", params=below).json()["confidence"] == "none"
        stats = counted.get("/v1/stats", params={"limit": 5}).json()
    assert stats["languages"] == {
        "en": {"asked": 3, "without_results": 1},
        "de": {"asked": 1, "without_results": 1},
    }
    assert stats["top"][0] == {"query": "the council raised", "language": "en", "count": 2}
    assert {one["query"] for one in stats["without_results"]} == {
        "wo ist der bahnhof, bitte?",
        "council of coral reefs",  # it has hits, and none of them answers
    }


def test_statistics_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics_module, "MAX_QUERIES", 3)
    kept = Statistics(tmp_path / "statistics.sqlite")
    for query, times in (("a", 3), ("b", 1), ("c", 2), ("d", 4)):
        for _ in range(times):
            kept.count(query, "en", False)
    other = Statistics(tmp_path / "statistics.sqlite")
    other.count("a", "en", True)
    other.write()
    assert [(one["query"], one["count"]) for one in kept.top(10, without_results=False)] == [
        ("a", 4),
        ("d", 4),
        ("c", 2),
    ]
    assert [one["query"] for one in kept.top(10, without_results=True)] == ["a"]


@pytest.mark.slow
def test_the_log_tells_requests_not_queries(small_index: Path) -> None:
    log = small_index.parent / "serve.log"
    with service(small_index) as running:
        running.client.get("/v1/search", params={"q": "secret bread"}, headers={"x-request-id": "mine"})
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    [own] = [line for line in lines if line.get("request_id") == "mine"]
    assert (own["event"], own["method"], own["path"], own["status"]) == ("request", "GET", "/v1/search", 200)
    assert (own["key"], own["level"]) == ("local", "info")
    assert "secret" not in log.read_text()
    log.write_text("")
    with service(small_index, "--log-queries") as running:
        running.client.post("/v1/search", json={"q": "secret bread"}, headers={"x-request-id": "asked"})
    [told] = [line for line in map(json.loads, log.read_text().splitlines()) if "query" in line]
    assert (told["query"], told["request_id"]) == ("secret bread", "asked")


@pytest.mark.slow
def test_workers_share_index_writes_and_numbers(small_index: Path) -> None:
    with service(small_index, "--workers", "2") as running:
        put = running.client.put("/v1/articles/new", params={"wait": 30}, json={"text": "Penguins."})
        assert put.json()["status"] == "succeeded"
        deadline = time.monotonic() + 120
        seen: set[int] = set()
        while time.monotonic() < deadline:
            # Each answer comes over a connection of its own, so that both workers are asked.
            answers = [
                running.client.get("/v1/search", params={"q": "penguins"}, headers={"connection": "close"}).json()
                for _ in range(20)
            ]
            seen = {one["generation"] for one in answers}
            if seen == {2}:
                break
        assert seen == {2}, "every worker serves the new commit"
        counted = samples(running.client)  # type: ignore[arg-type]
        assert counted["search_seconds_count", "hybrid"] % 20 == 0
        os.kill(running.process.pid, signal.SIGTERM)
        assert running.process.wait(120) == 0
    assert list(ServiceFolder(small_index).folder.glob("metrics-*")) == []


@pytest.mark.slow
def test_workers_end_with_their_parent(small_index: Path) -> None:
    with service(small_index, "--workers", "2") as running:
        assert running.client.get("/readyz").status_code == 200
        running.kill()
        address = (running.client.base_url.host, running.client.base_url.port)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and _listens(address):
            time.sleep(0.1)
        assert not _listens(address)


def _listens(address: tuple[str, int | None]) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(address) == 0


@pytest.mark.slow
def test_traces_hold_stages_and_no_query(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        with client_of(small_index, telemetry=True) as client:
            client.get("/v1/search", params={"q": "secret bread"})
        server.shutdown()
        serving.join()
    told = b"".join(sent)
    for part in (b"GET /v1/search", b"paraglot.search.semantic_ms", b"http.response.status_code"):
        assert part in told
    assert b"secret" not in told

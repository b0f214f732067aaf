"""What a service keeps on the disk while it lives, and what the next one clears away."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from paraglot.api.http.queue.spool import Spool, clear, own_folder
from paraglot.api.http.queue.starting import Writer
from paraglot.api.service_folder import ServiceFolder
from paraglot.search.errors import DiskFailure
from tests.servers import ROOT, service


def names(folder: Path) -> set[str]:
    return {one.name.partition("-")[0] for one in folder.iterdir() if one.is_dir()}


def test_what_killed_processes_left_is_cleared_and_what_lives_is_not(tmp_path: Path) -> None:
    killed = "import os, sys; from pathlib import Path; from paraglot.api.http.queue.spool import own_folder\n"
    killed += "held = own_folder(Path(sys.argv[1])); held.__enter__(); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed, tmp_path], cwd=ROOT, check=False)
    (tmp_path / "body-of-an-earlier-version").mkdir()
    (tmp_path / "body-of-an-earlier-version" / "body.jsonl").write_text("{}")
    (tmp_path / "metrics-x").mkdir()
    (tmp_path / "backups-").mkdir()
    (tmp_path / "keys.json").write_text("{}")
    with own_folder(tmp_path, "metrics-") as living:
        assert len(clear(tmp_path)) == 3
        assert sorted(one.name for one in tmp_path.iterdir()) == ["backups-", "keys.json", living.name, "spool.lock"]
    assert names(tmp_path) == {"backups"}
    assert clear(tmp_path / "nowhere") == []


def test_a_body_is_a_file_while_it_is_taken_in(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "service")
    with spool.file() as one, spool.file() as other:
        assert one != other
        one.write_text("x")
        assert names(tmp_path / "service") == {"spool"}
    assert not one.exists()
    spool.close()
    assert names(tmp_path / "service") == set()
    (tmp_path / "file").write_text("")
    with pytest.raises(DiskFailure), Spool(tmp_path / "file").file():
        pass


@pytest.mark.slow
def test_a_client_that_breaks_off_leaves_no_trace(small_index: Path) -> None:
    """The next service, too, clears what was there when one is killed; no Traceback: `service` looks for one."""
    head = b"POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
    folder = ServiceFolder(small_index).folder
    with service(small_index) as running:
        address = (running.client.base_url.host, running.client.base_url.port)
        with socket.create_connection(address) as one:
            one.sendall(head + b"Content-Length: 1000\r\n\r\n" + b"x" * 500)
            wait_for(lambda: any(folder.glob("spool-*/*.jsonl")))
        wait_for(lambda: not any(folder.glob("spool-*/*.jsonl")))
        put = {"title": "Bread", "text": "The council raised it."}
        assert running.client.put("/v1/articles/a", json=put, params={"wait": 60}).json()["status"] == "succeeded"
        assert running.client.get("/v1/tasks").json()["tasks"][0]["articles"] == 1
        with socket.create_connection(address) as one:
            one.sendall(head + b"Content-Length: 1000\r\n\r\n" + b"x" * 500)
            wait_for(lambda: any(folder.glob("spool-*/*.jsonl")))
            running.kill()
    assert names(folder) == {"spool"}
    with service(small_index, "--workers", "2") as running:
        wait_for(lambda: answers(running.client))
        assert names(folder) == {"metrics"}
    assert names(folder) == set()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def wait_for(what: object) -> None:
    end = time.monotonic() + 120
    while not what():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(3600)
"""


def test_a_writer_that_does_not_end_is_killed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Stubborn:
        """As multiprocessing has a process."""

        def __init__(self) -> None:
            self.process = subprocess.Popen([sys.executable, "-c", STUBBORN])
            self.kill = self.process.kill

        def is_alive(self) -> bool:
            return self.process.poll() is None

        def join(self, timeout: float | None = None) -> None:
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                return

    writer = Writer(ServiceFolder(tmp_path), "text")
    told, ours = os.pipe()
    os.close(ours)
    stubborn = Stubborn()
    writer._process, writer._line = stubborn, open(told)  # type: ignore[assignment]  # noqa: PTH123, SIM115
    writer.stop(0.2)
    assert stubborn.process.returncode == -9
    assert "was killed; its writes are done at the next start" in caplog.text
    assert writer._line.closed, "it was told first"


@pytest.mark.slow
def test_the_service_stops_whatever_its_writer_does(small_index: Path) -> None:
    """The writer is stopped as by a debugger, amid a commit; what was acknowledged is there after the next start."""
    with service(small_index) as running:
        put = {"title": "Bread", "text": "The council raised it."}
        running.client.put("/v1/articles/a", json=put, params={"wait": 60})
        writer = writer_of(running.process.pid)
        os.kill(writer, 19)
        accepted = running.client.put("/v1/articles/b", json=put)
        assert accepted.status_code == 202
        running.process.terminate()
        running.process.wait(120)
        assert not Path(f"/proc/{writer}").exists()
    with service(small_index) as running:
        task = running.client.get(f"/v1/tasks/{accepted.json()['id']}", params={"wait": 60}).json()
        assert task["status"] == "succeeded"
        assert running.client.get("/v1/articles/b").json()["title"] == "Bread"


def writer_of(parent: int) -> int:
    """The process that a service started to write; Linux."""
    for one in Path("/proc").glob("[0-9]*/stat"):
        fields = one.read_text().rpartition(")")[2].split()
        command = (one.parent / "cmdline").read_bytes()
        if int(fields[1]) == parent and b"multiprocessing.spawn" in command:
            return int(one.parent.name)
    raise AssertionError("no writer")


@pytest.mark.slow
def test_faults_are_counted_not_kept(small_index: Path) -> None:
    from starlette.testclient import TestClient

    from paraglot.api.http.app import create_app
    from paraglot.api.http.observing.observe import ObservedEngine
    from paraglot.api.settings import Settings

    settings = Settings(index=small_index)
    lines = {"content-type": "application/x-ndjson"}
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as client:
        refused = client.post("/v1/articles", content=b"{}\n" * 10_000, headers=lines)
        assert (refused.status_code, len(refused.json()["errors"])) == (422, 21)
        assert refused.json()["errors"][20]["detail"] == "9,980 more lines are no articles."
        good = json.dumps({"id": "new", "title": "New", "text": "Text."}).encode()
        taken = client.post("/v1/articles", content=good + b"\n" + b"{}\n" * 1000, headers=lines).json()
        assert (taken["articles"], taken["skipped"], len(taken["skipped_lines"])) == (1, 1000, 20)
        many = {f"name{number}": 1 for number in range(20_000)}
        for fields in (many, {"q": "bread"} | many):
            refused = client.post("/v1/search", json=fields)
            assert len(refused.content) < 20_000
        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json()["errors"]] == [*(f"/name{n}" for n in range(20)), ""]
        assert refused.json()["errors"][20]["detail"] == "19,980 more faults."
        refused = client.get("/v1/search", params={"q": "x"} | dict.fromkeys((f"n{n}" for n in range(7_000)), "1"))
        assert refused.status_code == 422
        assert refused.json()["errors"][-1]["detail"] == "6,980 more faults."
        refused = client.post("/v1/search", json={"q": "x", "languages": [1] * 200_000})
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/languages"]
        refused = client.post("/v1/search", json={"q": "x", "languages": [1] * 500})
        assert (len(refused.json()["errors"]), refused.json()["errors"][20]["detail"]) == (21, "480 more faults.")
        refused = client.post("/v1/multi-search", json={"searches": [many] * 2})
        assert refused.json()["errors"][20]["detail"] == "39,982 more faults.", "q is missing in both"

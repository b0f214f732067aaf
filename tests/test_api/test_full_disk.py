"""A disk that refuses: 503 `disk_failure` whatever is asked, `/healthz` tells, and the service goes on."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.api.http.app import create_app
from paraglot.api.http.observing import statistics
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.queue import spool
from paraglot.api.settings import Settings
from paraglot.search import disk
from paraglot.search.errors import DiskFailure


def full(*_: Any, **__: Any) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def full_database(*_: Any, **__: Any) -> NoReturn:
    raise sqlite3.OperationalError("database or disk is full")


class FullQueue:
    """A connection whose disk is full at a statement."""

    def __init__(self, connection: sqlite3.Connection, at: str) -> None:
        self._connection, self._at = connection, at

    def execute(self, statement: str, *values: Any) -> Any:
        if statement.startswith(self._at):
            full_database()
        return self._connection.execute(statement, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    settings = Settings(index=small_index, statistics=True)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened


def put(client: TestClient) -> Any:
    return client.put("/v1/articles/x", json={"text": "More bread.", "language": "en"})


def post(client: TestClient) -> Any:
    line = b'{"id": "x", "text": "More bread.", "language": "en"}\n'
    return client.post("/v1/articles", content=line, headers={"content-type": "application/x-ndjson"})


def put_rules(client: TestClient) -> Any:
    return client.put("/v1/rules", json={"synonyms": [{"words": ["tax", "levy"]}]})


def stats(client: TestClient) -> Any:
    client.get("/v1/search", params={"q": "bread"})
    return client.get("/v1/stats")


def health(client: TestClient) -> Any:
    return client.get("/healthz")


REFUSALS: dict[str, tuple[Callable[[TestClient], Any], Any, str, Any]] = {
    "put, body": (put, spool.tempfile, "mkstemp", full),
    "post, body": (post, spool.tempfile, "mkstemp", full),
    "rules": (put_rules, disk, "write_file", full),
    "statistics": (stats, statistics.sqlite3, "connect", full_database),
    "health": (health, disk, "probe", full),
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.slow
def test_it_is_503_and_passes(client: TestClient, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    ask, place, name, refusal = REFUSALS[case]
    if case == "statistics":
        place = statistics
        own = type("own", (), {"connect": staticmethod(full_database), "Error": sqlite3.Error})
        monkeypatch.setattr(place, "sqlite3", own)
    else:
        monkeypatch.setattr(place, name, refusal)
    answer = ask(client)
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_failure")
    monkeypatch.undo()
    assert ask(client).status_code in (200, 202)


@pytest.mark.parametrize("at", ["BEGIN", "INSERT INTO task", "COMMIT"])
@pytest.mark.slow
def test_a_queue_that_is_full(client: TestClient, at: str) -> None:
    queue = client.app.state.queue  # type: ignore[attr-defined]
    real, queue._connection = queue._connection, FullQueue(queue._connection, at)
    for ask in (put, post):
        answer = ask(client)
        assert (answer.status_code, answer.json()["code"]) == (503, "disk_failure")
    queue._connection = real
    assert put(client).status_code == 202


def test_a_folder_that_cannot_be_written_is_named(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(_: Path) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(disk, "probe", read_only)
    shown = CliRunner().invoke(app, ["serve", "--index", str(small_index), "--port", "0"])
    assert isinstance(shown.exception, DiskFailure)
    assert f"{small_index / 'service'}: cannot be written: Read-only file system" in str(shown.exception)
    assert "queue of writes" in str(shown.exception)

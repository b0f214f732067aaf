"""What happened to a text: ``/v1/analyze`` and ``paraglot analyze``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.settings import Settings


@pytest.fixture
def client(small_index: Path) -> Iterator[httpx.Client]:
    own = Settings(index=small_index)
    with TestClient(create_app(ObservedEngine(own), own), base_url="http://127.0.0.1") as opened:
        yield opened


def test_a_text_by_url_and_by_json(client: httpx.Client) -> None:
    by_url = client.get("/v1/analyze", params={"text": "Die Häuser", "language": "de"}).json()
    assert by_url == client.post("/v1/analyze", json={"text": "Die Häuser", "language": "de"}).json()
    assert by_url["languages"] == [{"language": "de", "probability": 1.0}]
    assert [(one["term"], one["start"], one["end"]) for one in by_url["tokens"]] == [
        ("die", 0, 3), ("hauser", 4, 10), ("de:haus", 4, 10),
    ]  # fmt: skip


def test_a_query_has_weights_and_no_stop_words(client: httpx.Client) -> None:
    asked = {"text": "die Steuern", "language": "de", "query": True}
    tokens = client.post("/v1/analyze", json=asked).json()["tokens"]
    assert [(one["term"], one["weight"]) for one in tokens] == [("de:steu", 1.0), ("steuern", 0.3)]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"text": " "}, "/text"),
        ({"text": "x" * 10_001}, "/text"),
        ({"text": "x", "language": "german!"}, "/language"),
        ({"text": "x", "colour": 1}, "/colour"),
        ({}, "/text"),
    ],
)
def test_faulty_fields(client: httpx.Client, fields: dict[str, object], pointer: str) -> None:
    response = client.post("/v1/analyze", json=fields)
    assert response.status_code == 422
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]


def test_the_command(small_index: Path) -> None:
    runner = CliRunner()
    shown = runner.invoke(app, ["analyze", "Die\x1b Häuser", "--language", "de"])
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "language: de 1.00", "0-3\tDie\tdie", "5-11\tHäuser\thauser", "5-11\tHäuser\tde:haus",
    ]  # fmt: skip
    asked = runner.invoke(app, ["analyze", "bread coucnil", "--query", "--index", str(small_index), "--json"])
    assert json.loads(asked.stdout)["did_you_mean"] == "bread council"

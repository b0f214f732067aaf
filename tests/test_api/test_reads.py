"""What is read beside searching: citations, neighbours, similar paragraphs, languages, several searches at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.observe import ObservedEngine
from api.settings import Settings
from indexer.build import index_corpus
from tests.conftest import ARTICLES


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reads")
    articles = [one | {"url": f"https://example.org/{number}"} for number, one in enumerate(ARTICLES)]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, articles)), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    return folder / "index"


@pytest.fixture(scope="module")
def client(index: Path) -> Iterator[TestClient]:
    settings = Settings(index=index)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as opened:
        yield opened


def test_hits_are_cited_and_read_in_context(client: TestClient) -> None:
    [hit] = client.get("/v1/search", params={"q": "Altstadt", "mode": "keyword", "context": 1}).json()["hits"]
    assert hit["citation"] == {
        "url": "https://example.org/1#:~:text=Die%20B%C3%A4cker%20der%20Altstadt%20protestierten%20laut.",
        "quote": "Die Bäcker der Altstadt protestierten laut.",
        "title": "Die Steuer auf Brot",
        "source": None,
        "date": None,
        "language": "de",
    }
    [before], [after] = hit["context"]["before"], hit["context"]["after"]
    assert (before["position"], before["text"]) == (0, "Der Rat hat die Steuer erhöht.")
    assert (after["position"], after["text"]) == (2, "Bread heißt Brot.")
    assert client.get("/v1/search", params={"q": "Altstadt"}).json()["hits"][0]["context"] is None
    beside = client.get(f"/v1/paragraphs/{before['id']}", params={"context": 3}).json()
    assert [one["position"] for one in beside["context"]["after"]] == [1, 2]
    assert beside["citation"]["quote"] == beside["text"]
    alone = client.get(f"/v1/paragraphs/{before['id']}").json()
    assert alone == beside | {"context": None}
    for path in ("/v1/search?q=x&context=4", f"/v1/paragraphs/{before['id']}?context=-1"):
        problem = client.get(path).json()
        assert [fault["pointer"] for fault in problem["errors"]] == ["/context"]

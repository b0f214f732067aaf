"""Encoders behind an endpoint, against a local server that speaks OpenAI's protocol, and encoders of other packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from paraglot import SearchRequest, open_index
from paraglot.api.http.app import create_app
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.settings import Settings, load_settings
from paraglot.search.contracts.encoders import EncoderContract
from paraglot.search.encoders import ENDPOINT
from paraglot.search.encoders import endpoint as module
from paraglot.search.encoders.endpoint import KEY, EndpointEncoder
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.load import load_encoder
from paraglot.search.errors import EncoderMissing, InvalidSettings
from tests.commands import paraglot
from tests.endpoints import Server, endpoint


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with endpoint() as running:
        monkeypatch.setenv(ENDPOINT, running.url)
        monkeypatch.delenv(KEY, raising=False)
        yield running


class TestContract(EncoderContract):
    @pytest.fixture
    def encoder(self, server: Server) -> EndpointEncoder:
        return EndpointEncoder("any", server.url)


def test_its_spec_comes_from_a_probe(server: Server) -> None:
    spec = load_encoder("openai:any").spec
    assert (spec.name, spec.dimension, spec.max_tokens) == ("openai:any", 64, None)
    assert spec.fingerprint == EndpointEncoder("any", server.url + "/").spec.fingerprint
    server.turned = True
    assert EndpointEncoder("any").spec.fingerprint != spec.fingerprint
    known = EndpointEncoder("intfloat/multilingual-e5-small").spec
    assert (known.query_prefix, known.max_tokens) == ("query: ", 512)
    assert server.bodies[-1]["input"][0].startswith("passage: ")


def test_paragraphs_go_in_batches_and_the_key_with_them(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = EndpointEncoder("any")
    monkeypatch.setenv(KEY, "secret")
    server.bodies.clear()
    done: list[int] = []
    encoder.encode_paragraphs([f"Text {number}" for number in range(150)], done.append)
    assert [len(one["input"]) for one in server.bodies] == done == [64, 64, 22]
    assert server.keys[-3:] == ["Bearer secret"] * 3
    assert server.keys[0] is None


def test_what_may_pass_is_asked_again_with_longer_waits(server: Server) -> None:
    waits: list[float] = []
    encoder = EndpointEncoder("any", pause=waits.append)
    server.instead = [503, 429, 500]
    assert encoder.encode_paragraphs(["bread"]).shape == (1, 64)
    assert waits == [0.5, 1.0, 2.0]
    server.instead = [503] * 6
    with pytest.raises(EncoderMissing, match="answers 503"):
        encoder.encode_paragraphs(["bread"])
    server.instead = [401]
    with pytest.raises(EncoderMissing, match=r"answers 401.*OPENAI_API_KEY"):
        encoder.encode_query(["bread"])


def test_what_is_too_long_is_divided(server: Server) -> None:
    encoder = EndpointEncoder("any")
    server.most_characters = 1_000
    texts = ["bread " * 100, "tax " * 100, "word " * 400]
    found = encoder.encode_paragraphs(texts)
    assert [
        round(float(one @ other), 3) for one, other in zip(found, FakeEncoder().encode_paragraphs(texts), strict=True)
    ] == [
        *(1.0, 1.0, 1.0),
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"data": [{"index": 0, "embedding": [1.0]}]}, "has not 1 vectors of 64"),
        ({"data": []}, "no embeddings"),
        ({"data": [{"index": 0}]}, "no embeddings"),
        (["x"], "no embeddings"),
    ],
)
def test_another_answer_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch, answer: object, told: str) -> None:
    encoder = EndpointEncoder("any")
    monkeypatch.setattr(encoder, "_ask", lambda *_: answer)
    with pytest.raises(EncoderMissing, match=told):
        encoder.encode_query(["bread"])


def test_without_an_endpoint_it_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENDPOINT, raising=False)
    with pytest.raises(EncoderMissing, match=r"none is named\. .*--endpoint http://localhost:11434/v1"):
        load_encoder("openai:any")
    with pytest.raises(InvalidSettings, match="endpoint must be an address"):
        load_settings({"endpoint": "localhost"}, {})
    monkeypatch.setattr(module, "PROBE_TIMEOUT_S", 0.2)
    with pytest.raises(EncoderMissing, match="does not answer"):
        EndpointEncoder("any", "http://127.0.0.1:9/v1", pause=lambda _: None)


def test_index_and_search_and_answer_by_words_when_it_is_away(
    server: Server, tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    from tests.conftest import ARTICLES

    corpus = write_corpus(ARTICLES)
    index = tmp_path / "index"
    server.instead = [503]
    done = paraglot("index", corpus, "--index", index, "--model", "openai:any", "--endpoint", server.url)
    assert (done.returncode, "7 embedded" in done.stdout) == (0, True), done.stderr
    assert server.url not in "".join(path.read_text("utf-8", "replace") for path in index.rglob("manifest.json"))
    again = paraglot("index", corpus, "--index", index, "--endpoint", server.url)
    doctor = paraglot("doctor", "--index", index)
    assert (doctor.returncode, "→ Name it: --endpoint http://localhost:11434/v1" in doctor.stdout) == (1, True)
    assert paraglot("doctor", "--index", index, "--endpoint", server.url).returncode == 0
    assert "Nothing changed" in again.stdout
    settings = Settings(index=index)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/readyz").status_code == 200
        assert client.get("/v1/search?q=bread").json()["warnings"] == []
        server.instead = [503] * 2
        answer = client.get("/v1/search?q=council&limit=1")
        assert answer.status_code == 200
        assert answer.json()["hits"][0]["article"]["id"] == "tax"
        [warning] = answer.json()["warnings"]
        assert warning.startswith("Only keywords were searched: http://127.0.0.1:")
        server.instead = [503] * 2
        assert client.get("/v1/search?q=bread&mode=semantic").status_code == 503
    server.turned = True
    with open_index(index) as engine:
        [warning] = engine.search(SearchRequest("bread")).warnings
        assert "made with another version of the encoder" in warning


PLUGIN = """
from dataclasses import replace
from paraglot.search.encoders.fake import FakeEncoder

class Mine(FakeEncoder):
    def __init__(self, name):
        self._name = name

    @property
    def spec(self):
        return replace(super().spec, name=self._name, fingerprint="mine-1")

def encoder(rest):
    return Mine(f"mine:{rest}" if rest else "mine")

def nameless(rest):
    return FakeEncoder()
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package with two plug-ins."""
    (tmp_path / "site" / "mine_encoders-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "site" / "mine_encoders.py").write_text(PLUGIN)
    told = tmp_path / "site" / "mine_encoders-1.0.dist-info"
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: mine-encoders\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(
        "[paraglot.encoders]\nmine = mine_encoders:encoder\nnameless = mine_encoders:nameless\n"
    )
    monkeypatch.syspath_prepend(tmp_path / "site")


@pytest.mark.usefixtures("package")
def test_encoders_of_other_packages_are_found_by_their_entry_point(
    tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    from tests.conftest import ARTICLES

    assert load_encoder("mine").spec.name == "mine"
    assert load_encoder("mine:large").spec.name == "mine:large"
    with pytest.raises(EncoderMissing, match="calls its encoder 'fake', not 'nameless'"):
        load_encoder("nameless")
    assert "mine: a plug-in of another package" in paraglot("models").stdout
    done = paraglot("index", write_corpus(ARTICLES), "--index", tmp_path / "index", "--model", "mine:large")
    assert done.returncode == 0
    with open_index(tmp_path / "index") as engine:
        assert engine.search("bread tax").warnings == []
        assert engine.manifest.encoder.name == "mine:large"

"""A live index: generations are read to their end as they were, each by its own encoder, whatever is committed."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.protocols import Encoder, Vectors
from paraglot.search.engine.engine import Engine
from paraglot.search.engine.view import View
from paraglot.search.errors import GenerationGone, IndexMismatch
from paraglot.search.memory.index import MemoryIndex
from paraglot.search.memory.snapshot import MemorySnapshot
from paraglot.search.types import Article, EncoderSpec, SearchRequest, SearchResponse
from tests.commands import COMMAND
from tests.conftest import ARTICLES

Write = Callable[[list[dict[str, object]]], Path]
REQUEST = SearchRequest("bread tax", mode="semantic", limit=20)


class Folded(FakeEncoder):
    """The fake encoder's first numbers alone, in other places: another encoder of as many dimensions or of fewer."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension

    @property
    def spec(self) -> EncoderSpec:
        name = f"folded-{self._dimension}"
        return replace(super().spec, name=name, fingerprint=name, dimension=self._dimension)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        vectors = super().encode_paragraphs(texts, progress)[:, ::-1][:, : self._dimension] ** 3
        return np.ascontiguousarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


ENCODERS: dict[str, Encoder] = {"fake": FakeEncoder(), "folded-64": Folded(64), "folded-32": Folded(32)}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the encoders that were loaded to answer."""
    names: list[str] = []

    def load(name: str) -> Encoder:
        names.append(name)
        return ENCODERS[name]

    monkeypatch.setattr("paraglot.indexer.write.load_encoder", lambda name: ENCODERS[name])
    monkeypatch.setattr("paraglot.search.encoders.loaded.load_encoder", load)
    return names


def scores(response: SearchResponse) -> dict[str, float]:
    return {hit.paragraph.text: hit.score for hit in response.hits}


def expected(encoder: Encoder) -> dict[str, float]:
    """The cosine of the query with each paragraph, under its title, and its sentence, which is all of it: the mean."""
    [query] = encoder.encode_query([REQUEST.q])
    found = {}
    for article in ARTICLES:
        for text in str(article["text"]).split("\n\n"):
            whole, sentence = encoder.encode_paragraphs([f"{article['title']} {text}", text]) @ query
            found[text] = pytest.approx((whole + sentence) / 2, abs=0.01)
    return found


@pytest.mark.parametrize("other", ["folded-64", "folded-32"])
def test_a_held_view_is_answered_by_its_own_encoder(small_index: Path, loaded: list[str], other: str) -> None:
    with Engine(small_index) as engine:
        with engine.view() as before:
            rebuild_index(small_index, other)
            assert engine.refresh()
            assert scores(engine.answer(before, REQUEST)) == expected(ENCODERS["fake"])
            assert scores(engine.search(REQUEST)) == expected(ENCODERS[other])
            assert scores(engine.answer(before, REQUEST)) == expected(ENCODERS["fake"])
            hybrid = engine.answer(before, SearchRequest(REQUEST.q, limit=20))
            assert {hit.paragraph.text: hit.semantic.score for hit in hybrid.hits if hit.semantic} == expected(
                ENCODERS["fake"]
            )
            assert loaded == ["fake", other], "each of them once"
        engine.search(REQUEST)
        rebuild_index(small_index, "fake")
        assert engine.refresh()
        assert scores(engine.search(REQUEST)) == expected(ENCODERS["fake"])
        assert loaded == ["fake", other, "fake"], "of what is closed nothing is kept"


@pytest.mark.slow
def test_a_held_view_is_answered_as_it_was_while_another_process_rebuilds(small_index: Path) -> None:
    with Engine(small_index) as engine:
        with engine.view() as before:
            with subprocess.Popen(
                [*COMMAND, "rebuild", "--model", "builtin-fast", "--index", small_index]
            ) as rebuilding:
                while rebuilding.poll() is None:
                    assert scores(engine.answer(before, REQUEST)) == expected(ENCODERS["fake"])
            assert rebuilding.returncode == 0
            assert engine.refresh()
            assert scores(engine.answer(before, REQUEST)) == expected(ENCODERS["fake"])
        assert engine.manifest.encoder.name == "builtin-fast"
        assert scores(engine.search(REQUEST)) != expected(ENCODERS["fake"])


def test_a_given_encoder_answers_for_what_was_made_with_it_alone(small_index: Path, loaded: list[str]) -> None:
    with Engine(small_index, Folded(64)) as engine:
        assert scores(engine.search(REQUEST)) == expected(ENCODERS["fake"])
        rebuild_index(small_index, "folded-64")
        assert engine.refresh()
        assert scores(engine.search(REQUEST)) == expected(ENCODERS["folded-64"])
    assert loaded == ["fake"]


def test_another_version_of_the_encoder_is_refused(small_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraglot.search.encoders.loaded.load_encoder", lambda name: Folded(64))
    with Engine(small_index) as engine:
        for _ in range(2):
            with pytest.raises(IndexMismatch, match=r"another version of the encoder 'fake'.*paraglot rebuild"):
                engine.search(REQUEST)
        [warning] = engine.search(SearchRequest(REQUEST.q)).warnings
        assert warning.startswith("Only keywords were searched: ")
    # Where the words are of another analyzer, too, nothing is left: one fault, one remedy.
    monkeypatch.setattr("paraglot.search.folder.index.ANALYZER", "another-1")
    with Engine(small_index) as engine, pytest.raises(IndexMismatch, match=r"another version.*paraglot rebuild$"):
        engine.search(SearchRequest(REQUEST.q))


@pytest.mark.slow
@pytest.mark.usefixtures("loaded")
def test_searches_in_threads_across_rebuilds(tmp_path: Path, write_corpus: Write) -> None:
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus(ARTICLES)], "fake")
    found: list[tuple[int, dict[str, float]]] = []
    errors: list[BaseException] = []
    stop = threading.Event()
    with Engine(folder) as engine:

        def search() -> None:
            while not stop.is_set():
                try:
                    response = engine.search(REQUEST)
                    found.append((response.generation, scores(response)))
                except BaseException as error:
                    errors.append(error)
                    return

        threads = [threading.Thread(target=search) for _ in range(3)]
        for thread in threads:
            thread.start()
        made = {1: "fake"}
        for name in ("folded-32", "folded-64", "fake", "folded-32"):
            made[rebuild_index(folder, name).generation] = name
            assert engine.refresh()
        engine.search(REQUEST)
        stop.set()
        for thread in threads:
            thread.join()
        assert errors == []
        right = {generation: expected(ENCODERS[name]) for generation, name in made.items()}
        assert all(own == right[generation] for generation, own in found)
        assert engine.index.idle_within(0)


class Opened(MemoryIndex):
    """An index that counts how often it is opened."""

    times = 0

    def current(self) -> MemorySnapshot:
        self.times += 1
        return super().current()


def test_a_generation_that_is_gone_is_renewed_once_for_all_its_readers() -> None:
    index = Opened("fake")
    index.put(Article("tax", "The tax", "The council raised the bread tax.", "en"))
    readers, together = 4, threading.Barrier(4)

    def read(view: View) -> int:
        if view.manifest.generation == 1:
            together.wait()
            raise GenerationGone("It is gone.")
        return view.manifest.generation

    with Engine(index) as engine, ThreadPoolExecutor(readers) as threads:
        index.put(Article("ferry", "The ferry", "The ferry is late.", "en"))
        assert list(threads.map(engine.read, [read] * readers)) == [2] * readers
        assert engine.manifest.generation == 2
    assert index.times == 2


def test_what_is_gone_again_is_an_error() -> None:
    index, begun = MemoryIndex("fake"), []
    index.put(Article("tax", "The tax", "The council raised the bread tax.", "en"))

    def read(view: View) -> None:
        begun.append(view.manifest.generation)
        raise GenerationGone("It is gone.")

    with Engine(index) as engine, pytest.raises(GenerationGone):
        engine.read(read)
    assert begun == [1, 1]

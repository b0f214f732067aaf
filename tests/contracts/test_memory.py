"""The index in memory keeps the contract of an index, and an engine answers out of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.contracts.index import IndexContract, WriterContract, filled
from paraglot.search.contracts.own_vectors import OwnVectorsContract
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import open_index
from paraglot.search.engine.places import open_place
from paraglot.search.errors import InvalidRequest
from paraglot.search.index import Snapshot
from paraglot.search.memory.index import MemoryIndex, divided
from paraglot.search.suggest.types import SuggestRequest
from paraglot.search.types import Article, SearchRequest


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    with filled(MemoryIndex(FakeEncoder())) as opened:
        yield opened


class TestReading(IndexContract):
    @pytest.fixture
    def other(self) -> MemoryIndex:
        return MemoryIndex(FakeEncoder())


class TestWriting(WriterContract):
    @pytest.fixture
    def index(self) -> MemoryIndex:
        return MemoryIndex(FakeEncoder())


class TestOwnVectors(OwnVectorsContract):
    @pytest.fixture
    def outside(self) -> MemoryIndex:
        return MemoryIndex("vectors:2")


def test_a_search_by_vector_finds_what_came_with_one() -> None:
    index = MemoryIndex("vectors:2")
    texts = {"tax": "The council raised the bread tax.\n\nNobody liked it.", "zoo": "Seals swim."}
    articles = [Article(name, name, text, "en") for name, text in texts.items()]
    index.put(*articles, vectors={"tax": [(1, 0), (1, 1)], "zoo": [(0, 1)]})
    with open_index(index) as engine:
        found = engine.search(SearchRequest("x", vector=(0.1, 1), mode="semantic"))
        assert [hit.article.id for hit in found.hits] == ["zoo", "tax", "tax"]
        assert (
            engine.similar(SimilarRequest(vector=(1, 0))).hits[0].paragraph.text == "The council raised the bread tax."
        )
    with pytest.raises(InvalidRequest, match="has 0 for 1"):
        index.put(Article("new", "", "Rain.", "en"))


def test_an_engine_follows_it() -> None:
    index = MemoryIndex("fake")
    index.put(Article("tax", "The tax", "The council raised the bread tax.\n\nNobody liked it.", "en"))
    with open_index(index) as engine:
        [hit, *_] = engine.search(SearchRequest("bread tax", filter="id = tax", facets=("language",))).hits
        assert (hit.paragraph.text, hit.article.id) == ("The council raised the bread tax.", "tax")
        index.put(Article("ferry", "The ferry", "The ferry sails in winter.", "en"))
        assert engine.search(SearchRequest("ferry", mode="keyword")).hits == []
        assert engine.refresh()
        assert not engine.refresh()
        [found] = engine.search(SearchRequest("ferry", mode="keyword")).hits
        assert found.article.id == "ferry"
        assert [one.text for one in engine.suggest(SuggestRequest("the fer")).suggestions] == ["The ferry"]
        assert engine.search(SearchRequest("ferry", mode="keyword"), "id = tax").hits == []


def test_nothing_is_found_in_nothing() -> None:
    with open_index("memory:", FakeEncoder()) as engine:
        assert engine.search(SearchRequest("bread")).hits == []


def test_articles_are_divided_at_blank_lines() -> None:
    found = divided(Article("a", "", "\n\none\ntwo \n \n\nthree\n\none\ntwo", "en"))
    assert [one.text for one in found] == ["one\ntwo", "three", "one\ntwo"]
    assert found[2].id == found[0].id + ".2"
    assert [(one.start, one.end) for one in found] == [(2, 9), (14, 19), (21, 28)]


def test_what_is_no_article_is_not_divided() -> None:
    index = MemoryIndex("fake")
    for article, field in (
        (Article("", "T", "Some text", "en"), "id"),
        (Article("a", "T", "", "en"), "text"),
        (Article("a", "T", None, "en"), "text"),  # type: ignore[arg-type]
        (Article("a", "T", "Some text", None), "language"),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidRequest) as refused:
            index.put(Article("good", "T", "Some text", "en"), article)
        assert refused.value.field == field
    assert index.current().manifest.articles == 0


def test_two_new_ones_are_two() -> None:
    first, second = open_place("memory:", FakeEncoder()), open_place("memory:", FakeEncoder())
    assert first is not second

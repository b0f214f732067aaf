"""Answers that are kept: the same for the same caller of the same state, and for no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.answers import STAGE
from paraglot.search.engine.engine import Engine
from paraglot.search.types import SearchRequest, SearchResponse
from tests.test_search.test_live import Write

REQUEST = SearchRequest("bread tax", facets=("language", "source"))


class Told:
    """Who is told of every answer."""

    def __init__(self) -> None:
        self.searches = 0

    def searched(self, *_: object) -> None:
        self.searches += 1

    def compared(self, *_: object) -> None:
        raise AssertionError


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def keeping(small_index: Path, told: Told) -> Iterator[Engine]:
    with Engine(small_index, observer=told, kept_bytes=1 << 20) as engine:
        yield engine


def is_kept(response: SearchResponse) -> bool:
    return list(response.timings_ms) == [STAGE]


def test_the_same_is_answered_once_and_counted_twice(keeping: Engine, told: Told) -> None:
    first, second = keeping.search(REQUEST), keeping.search(REQUEST)
    assert (is_kept(first), is_kept(second), told.searches) == (False, True, 2)
    assert first.hits
    assert second.hits == first.hits


@pytest.mark.parametrize(
    "other",
    [{"q": "bread  tax"}, {"limit": 3}, {"explain": True}, {"facets": ["source", "language"]}, {"min_relevance": 0.1}],
)
def test_whatever_is_asked_otherwise_is_another_question(keeping: Engine, other: dict[str, Any]) -> None:
    keeping.search(REQUEST)
    assert not is_kept(keeping.search(SearchRequest(**{"q": REQUEST.q, "facets": ["language", "source"], **other})))
    assert is_kept(keeping.search(SearchRequest(REQUEST.q, facets=["language", "source"])))  # type: ignore[arg-type]


def test_each_caller_has_his_own(keeping: Engine) -> None:
    everything = keeping.search(REQUEST)
    seen = keeping.search(REQUEST, "language = de")
    assert not is_kept(seen)
    assert {hit.paragraph.language for hit in seen.hits} == {"de"} < {hit.paragraph.language for hit in everything.hits}
    again = keeping.search(REQUEST, " language = de ")
    assert is_kept(again)
    assert again.hits == seen.hits
    assert keeping.search(REQUEST).hits == everything.hits


def test_a_commit_and_a_change_of_the_rules_end_them(keeping: Engine, small_index: Path, write_corpus: Write) -> None:
    keeping.search(REQUEST)
    more = write_corpus([{"id": "new", "title": "Bread", "text": "The bread tax of the year.", "language": "en"}])
    index_corpus(small_index, [more])
    assert is_kept(keeping.search(REQUEST)), "until it is served"
    assert keeping.refresh()
    fresh = keeping.search(REQUEST)
    assert not is_kept(fresh)
    assert "new" in {hit.article.id for hit in fresh.hits}
    (small_index / "rules.toml").write_text('[[pins]]\nqueries = ["bread tax"]\nids = ["new"]\n')
    ruled = keeping.search(REQUEST)
    assert not is_kept(ruled)
    assert ruled.hits[0].article.id == "new"


def test_an_answer_in_part_is_not_kept(keeping: Engine) -> None:
    keeping.timeout_s = -1.0
    assert keeping.search(REQUEST).warnings
    keeping.timeout_s = 60.0
    whole = keeping.search(REQUEST)
    assert not whole.warnings
    assert not is_kept(whole)


def test_they_take_no_more_than_they_may(small_index: Path) -> None:
    with Engine(small_index, kept_bytes=1) as engine:  # the last one is kept in any case
        engine.search(REQUEST)
        engine.search("tax")
        assert is_kept(engine.search("tax"))
        assert not is_kept(engine.search(REQUEST))


def test_an_engine_keeps_none_unless_it_is_told(small_index: Path) -> None:
    with Engine(small_index) as engine:
        engine.search(REQUEST)
        assert not is_kept(engine.search(REQUEST))

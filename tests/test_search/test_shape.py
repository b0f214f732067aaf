"""The shape of the results: recency, near copies, variety, groups, the same story elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.search.engine import Engine, open_index
from paraglot.search.ranking.shape import collapsed, diversified, grouped, same_story, with_recency
from paraglot.search.types import SearchRequest


def unit(*numbers: float) -> np.ndarray:
    vector = np.array(numbers, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def test_recency_halves_with_every_half_life() -> None:
    today, days = date(2026, 3, 1), {1: date(2026, 3, 1), 2: date(2026, 1, 30), 3: date(2027, 1, 1)}
    found = dict(with_recency([(1, 1.0), (2, 1.0), (3, 1.0), (4, 1.0)], days, today, 2.0, 30.0))
    # Of today, one half-life old, of the future (as of today), and without a date.
    assert found == {1: 3.0, 2: 2.0, 3: 3.0, 4: 1.0}


def test_near_copies_are_one() -> None:
    words = [
        "the",
        "council",
        "raised",
        "the",
        "tax",
        "on",
        "bread",
        "after",
        "a",
        "long",
        "debate",
        "in",
        "the",
        "old",
        "town",
        "hall",
        "last",
        "night",
    ]
    texts = {1: " ".join(words), 2: " ".join(words[1:]), 3: " ".join(words[::-1]), 4: "ships"}
    vectors = {row: unit(1, 0.01 * row) for row in texts}
    ranking = [(2, 3.0), (1, 2.5), (3, 2.0), (4, 1.0), (9, 0.5)]
    rows = [row for row, _ in ranking[:-1]]
    near = [vectors[row] for row in rows]
    assert collapsed(ranking, near, lambda asked: [texts[row] for row in asked]) == (
        [(2, 3.0), (3, 2.0), (4, 1.0), (9, 0.5)],
        {2: [1]},
    )
    # What lies apart is not even read.
    apart: list[int] = []
    assert collapsed([(1, 1.0), (4, 0.5)], [unit(1, 0), unit(0, 1)], apart.index) == ([(1, 1.0), (4, 0.5)], {})


def test_variety_takes_the_unlike_before_the_second_best() -> None:
    ranking = [(1, 1.0), (2, 0.9), (3, 0.5), (4, 0.0)]
    vectors = np.stack([unit(1, 0), unit(1, 0.05), unit(0, 1)])
    assert [row for row, _ in diversified(ranking, vectors, 0.5)] == [1, 3, 2, 4]
    assert diversified(ranking, vectors, 0.0) == ranking
    assert diversified([], np.empty((0, 2), np.float32), 0.5) == []


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.floats(0, 1))
def test_variety_loses_nothing(scores: list[float], diversity: float) -> None:
    ranking = [(row, score) for row, score in enumerate(sorted(scores, reverse=True))]
    vectors = np.stack([unit(np.cos(row), np.sin(row)) for row, _ in ranking])
    assert sorted(diversified(ranking, vectors, diversity)) == sorted(ranking)


def test_groups_keep_the_order_of_their_best() -> None:
    ranking = [(1, 3.0), (2, 2.0), (3, 1.0), (4, 0.5)]
    assert grouped(ranking, ["b", "a", "b", "a"]) == [[(1, 3.0), (3, 1.0)], [(2, 2.0), (4, 0.5)]]


def test_the_same_story_is_in_another_language_and_near() -> None:
    vectors = {1: unit(1, 0), 2: unit(1, 0.1), 3: unit(1, 0.3), 4: unit(1, 0.2), 5: unit(0, 1)}
    languages = {1: "fr", 2: "fr", 3: "de", 4: "de", 5: "zh"}
    found = same_story([1, 5], [1, 2, 3, 4, 5], [vectors[1], vectors[5]], list(vectors.values()), languages)
    assert found == {1: [4], 5: []}


def test_a_preferred_language_is_raised_and_nothing_left_out(engine: Engine) -> None:
    plain = engine.search(SearchRequest("bread tax"))
    last = plain.hits[-1].paragraph.language
    raised = engine.search(SearchRequest("bread tax", prefer_languages=(last,)))
    assert {hit.paragraph.id for hit in raised.hits} == {hit.paragraph.id for hit in plain.hits}
    deviation = float(np.std([hit.score for hit in plain.hits]))
    scores = {hit.paragraph.id: hit.score for hit in plain.hits}
    for hit in raised.hits:
        wanted = 0.75 * deviation if hit.paragraph.language == last else 0
        assert hit.score == pytest.approx(scores[hit.paragraph.id] + wanted, abs=1e-5)


def test_the_engine_groups_by_article(engine: Engine) -> None:
    plain = engine.search(SearchRequest("bread tax"))
    whole = engine.search(SearchRequest("bread tax", group_by="article"))
    assert [hit.article.id for hit in whole.hits] == list(dict.fromkeys(hit.article.id for hit in plain.hits))
    by_article = {hit.article.id: [hit, *hit.more] for hit in whole.hits}
    for name, own in by_article.items():
        assert [one.paragraph.id for one in own] == [one.paragraph.id for one in plain.hits if one.article.id == name][
            : len(own)
        ]
    assert whole.estimated_total_hits == len(whole.hits)
    pages = [engine.search(SearchRequest("bread tax", group_by="article", limit=1, offset=at)) for at in range(4)]
    assert [hit.article.id for page in pages for hit in page.hits] == list(by_article)


def test_a_copy_is_listed_and_not_shown(
    tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    text = "The council raised the tax on bread after a long debate in the old town hall last night."
    articles: list[dict[str, object]] = [
        {"id": "first", "title": "", "text": text, "language": "en", "date": "2020-01-01"},
        {"id": "copy", "title": "", "text": text + " Again.", "language": "en", "date": "2026-01-01"},
        {"id": "other", "title": "", "text": "Ships wait for the tide.", "language": "en"},
    ]
    index_corpus(tmp_path / "index", [write_corpus(articles)], "fake")
    with open_index(tmp_path / "index") as engine:
        hits = engine.search(SearchRequest("bread tax")).hits
        newest = engine.search(SearchRequest("bread tax", recency_weight=10, recency_half_life_days=365)).hits
    assert [hit.article.id for hit in hits] == ["first", "other"]
    assert [one.article_id for one in hits[0].also_in] == ["copy"]
    assert newest[0].article.id == "copy"


def test_nothing_found_has_no_variety(engine: Engine) -> None:
    assert engine.search(SearchRequest("bread tax", diversity=0.5, min_relevance=1)).hits == []

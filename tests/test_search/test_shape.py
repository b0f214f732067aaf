"""The shape of the results: recency, near copies, variety, groups, the same story elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.search.candidates import Candidates
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.index import Clauses
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.query.understanding import Understood
from paraglot.search.ranking.article_score import add_article_score
from paraglot.search.ranking.pins import pin, pinned_rows
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.shape import (
    collapse_near_copies,
    diversify,
    group,
    mmr_order,
    near_another,
    recency,
    same_story,
)
from paraglot.search.ranking.translations import raise_translations
from paraglot.search.types import SearchRequest


def unit(*numbers: float) -> np.ndarray:
    vector = np.array(numbers, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def test_recency_halves_with_every_half_life() -> None:
    # Of today, one half-life old, of the future (as of today), and without a date.
    days = [datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 1, 30, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    dates = np.array([*(day.timestamp() for day in days), np.nan])
    assert recency(dates, date(2026, 3, 1), 30.0).tolist() == [1.0, 0.5, 1.0, 0.0]


COUNCIL = [
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


def question(**fields: object) -> Question:
    understood = Understood("", {}, frozenset(), KeywordQuery(()), Clauses(), None, ())
    return Question(SearchRequest("bread", **fields), understood)  # type: ignore[arg-type]


def test_near_copies_are_one() -> None:
    texts = {2: " ".join(COUNCIL[1:]), 1: " ".join(COUNCIL), 3: " ".join(COUNCIL[::-1]), 4: "ships"}
    vectors = [unit(1, 0.01 * row) for row in texts]
    ranking = Candidates.of(list(texts), scores=[3.0, 2.5, 2.0, 1.0], texts=list(texts.values()), vectors=vectors)
    assert near_another(ranking.with_columns(texts=[None] * 4)).tolist() == [True] * 4
    found = collapse_near_copies(question(), ranking)
    assert (found.ranking, found.near_copies.tolist()) == ([(2, 3.0), (3, 2.0), (4, 1.0)], [[1], None, None])
    # What lies apart is not even compared; without vectors nothing is.
    apart = Candidates.of([1, 4], texts=["ships", "ships"], vectors=[unit(1, 0), unit(0, 1)])
    assert near_another(apart).tolist() == [False, False]
    three = Candidates.of([1, 2, 4], vectors=[unit(1, 0), unit(0, 1), unit(0.9, 0.1)])
    assert near_another(three).tolist() == [True, False, True]
    assert len(collapse_near_copies(question(), apart)) == 2
    assert len(collapse_near_copies(question(), ranking.with_columns(vectors=[None] * 4))) == 4


def test_variety_takes_the_unlike_before_the_second_best() -> None:
    scores, vectors = np.array([1.0, 0.9, 0.5]), np.stack([unit(1, 0), unit(1, 0.05), unit(0, 1)])
    assert mmr_order(scores, vectors, 0.5).tolist() == [0, 2, 1]
    assert mmr_order(scores, vectors, 0.0).tolist() == [0, 1, 2]
    ranking = Candidates.of([1, 2, 3], scores=scores, vectors=list(vectors))
    assert diversify(question(diversity=0.5), ranking).ranking == [(1, 1.0), (3, 0.5), (2, 0.9)]
    assert diversify(question(diversity=0.5), Candidates.of([])).ranking == []


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12), st.floats(0, 1))
def test_variety_loses_nothing(scores: list[float], diversity: float) -> None:
    ordered = np.array(sorted(scores, reverse=True))
    vectors = np.stack([unit(np.cos(place), np.sin(place)) for place in range(len(scores))])
    assert sorted(mmr_order(ordered, vectors, diversity).tolist()) == list(range(len(scores)))


def test_an_article_speaks_for_its_paragraphs() -> None:
    ranking = Candidates.of([7, 3, 4, 5], scores=[2.0, 1.1, 0.9, 0.8], articles=["a", "b", "c", "a"])
    # (0.8 + 2.0 / 2) / 1.5 = 1.2: above a paragraph that is the only one of its article, and keeps its score.
    assert add_article_score(question(), ranking).ranking == [(7, 2.0), (5, 1.2), (3, 1.1), (4, 0.9)]
    assert len(add_article_score(question(), Candidates.of([]))) == 0


def test_what_says_the_same_in_another_language_rises_half_way_to_the_first() -> None:
    # Cosines with the first: 0.8 in its own language, 0.6 (half of the way from 0.5 to 0.7), 0.8, 0.
    vectors = [unit(1, 0), unit(0.8, 0.6), unit(0.6, 0.8), unit(0.8, 0.6), unit(0, 1)]
    by = {"scores": [4.0, 3.0, 2.0, 1.0, 0.5], "languages": ["fr", "fr", "de", "zh", "de"], "vectors": vectors}
    ranking = Candidates.of([1, 2, 3, 4, 5], **by, relevance=[0.9, 0.9, 0.2, 0.2, 0.1])
    # 2 + 0.5 x 0.5 x (4 - 2) = 2.5, and 1 + 0.5 x (4 - 1) = 2.5; of equal ones the lower row comes first.
    raised = raise_translations(question(), ranking)
    assert raised.ranking == [(1, 4.0), (2, 3.0), (3, 2.5), (4, 2.5), (5, 0.5)]
    assert raised.relevance.tolist() == [0.9, 0.9, 0.2, 0.2, 0.1]
    # Nothing follows a first hit that is no answer, and nothing is told without vectors.
    unsure = ranking.with_columns(relevance=np.full(5, 0.4))
    assert raise_translations(question(), unsure).ranking == ranking.ranking
    assert raise_translations(question(), ranking.with_columns(vectors=[None] * 5)).ranking == ranking.ranking
    assert len(raise_translations(question(), Candidates.of([]))) == 0


def test_groups_keep_the_order_of_their_best() -> None:
    ranking = Candidates.of([1, 2, 3, 4], articles=["b", "a", "b", "a"])
    assert group(ranking, by_article=True) == [[0, 2], [1, 3]]
    assert group(ranking, by_article=False) == [[0], [1], [2], [3]]


def test_the_same_story_is_in_another_language_and_near() -> None:
    vectors = [unit(1, 0), unit(1, 0.1), unit(1, 0.3), unit(1, 0.2), unit(0, 1)]
    found = Candidates.of([1, 2, 3, 4, 5], vectors=vectors, languages=["fr", "fr", "de", "de", "zh"])
    assert same_story([1, 5], found) == {1: [4], 5: []}
    assert same_story([], Candidates.of([])) == {}


def test_what_is_pinned_comes_first_and_keeps_its_score() -> None:
    hits = Candidates.of([1, 2, 3], scores=[3.0, 2.0, 1.0], near_copies=[None, None, [7]])
    pinned = pin(hits, Candidates.of([9, 3], relevance=[0.1, 0.9]))
    assert pinned.ranking == [(9, 0.0), (3, 1.0), (1, 3.0), (2, 2.0)]
    assert pinned.pinned.tolist() == [True, True, False, False]
    assert pinned.near_copies.tolist() == [None, [7], None, None]
    # Of an article's rows the best that was found, of none found the first; none twice.
    assert pinned_rows([[8, 3, 2], [6, 5], [], [2]], hits) == [2, 6]


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

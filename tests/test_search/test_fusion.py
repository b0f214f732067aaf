"""Fusion: its arithmetic, and the law of rankings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.ranking.fusion import (
    FEEDBACK,
    SOFT_WEIGHT,
    best,
    crossed,
    fed_back,
    fuse,
    fuse_ranks,
    in_order,
    soften,
    within_articles,
    within_languages,
)
from paraglot.search.seams import Candidate, Ranking

numbers = st.floats(-1, 1).map(lambda number: round(number, 3))
candidates = st.lists(
    st.builds(
        Candidate, st.integers(1, 50), numbers, numbers.map(abs), numbers.map(abs), st.sampled_from(["en", "de"])
    ),
    unique_by=lambda one: one.row,
    max_size=30,
)


def candidate(
    row: int, semantic: float | None, keyword: float = 0.0, coverage: float = 0.0, language: str = "en"
) -> Candidate:
    return Candidate(row, semantic, keyword, coverage, language)


def test_the_arithmetic() -> None:
    # Semantic: mean 0.4, deviation sqrt(0.08 / 3) = 0.163299. Keyword: mean 3, deviation sqrt(54 / 3) = 4.242641, so
    # half covered 0.707107, not covered 0, half covered -0.353553, and their mean in English, 0.117851, counts from 0:
    # less what lies between it and the mean of all, which is the same, nothing is taken away.
    found = fuse([candidate(7, 0.2, 9.0, 0.5), candidate(3, 0.6), candidate(5, 0.4, 0.0, 0.5)])
    assert found == [
        (3, pytest.approx(0.2 / 0.163299, abs=1e-5)),
        (7, pytest.approx(-0.2 / 0.163299 + 2 * 0.5 * 6 / 4.242641, abs=1e-5)),
        (5, pytest.approx(2 * 0.5 * -3 / 4.242641, abs=1e-5)),
    ]


def test_a_language_is_compared_with_itself() -> None:
    # Means (4 + 6 + 3 · 4) / 5 = 4.4 in English and (2 + 3 · 4) / 4 = 3.5 in German, 4 over all.
    values = np.array([4.0, 6.0, 2.0])
    assert within_languages(values, ["en", "en", "de"]) == pytest.approx([3.6, 5.6, 2.5])
    # English: squares 1 + 1 + 3 · 8/3 = 10 over 5, deviation sqrt(2); German: 3 · 8/3 = 8 over 4, sqrt(2).
    expected = [4 - 0.4 / 2**0.5, 4 + 1.6 / 2**0.5, 4 - 1.5 / 2**0.5]
    assert within_languages(values, ["en", "en", "de"], deviations=True) == pytest.approx(expected)


def test_words_that_cover_nothing_change_nothing() -> None:
    rows = [candidate(row, score, 10.0 * row) for row, score in ((4, 0.1), (2, 0.9), (9, 0.5))]
    assert [row for row, _ in fuse(rows)] == [2, 9, 4]


def test_one_leg_alone_keeps_its_order() -> None:
    by_word = [candidate(row, 0.3, score, 1.0) for row, score in ((4, 1.0), (2, 9.0), (9, 5.0))]
    assert [row for row, _ in fuse(by_word)] == [2, 9, 4]
    assert fuse([candidate(5, 0.3, 2.0, 1.0)]) == [(5, 0.0)]
    assert fuse([]) == []


def test_the_ratio_goes_from_one_leg_to_the_other() -> None:
    rows = [candidate(1, 0.9, 1.0, 1.0), candidate(2, 0.5, 2.0, 1.0), candidate(3, 0.1, 9.0, 1.0)]
    assert [row for row, _ in fuse(rows, 1.0)] == [1, 2, 3]
    assert [row for row, _ in fuse(rows, 0.0)] == [3, 2, 1]


def test_reciprocal_ranks() -> None:
    rows = [candidate(1, 0.9), candidate(2, 0.5, 2.0), candidate(3, 0.1, 9.0)]
    assert fuse_ranks(rows) == [
        (3, round(1 / 63 + 1 / 61, 6)),
        (2, round(1 / 62 + 1 / 62, 6)),
        (1, round(1 / 61, 6)),
    ]


def test_what_the_encoder_cannot_read_is_left_to_the_words() -> None:
    read = [candidate(1, 0.9), candidate(2, 0.5)]
    scores = dict(fuse([*read, candidate(3, None)]))
    assert scores == dict(fuse(read)) | {3: 0.0}  # neither near nor far
    assert fuse([*read, candidate(3, None, 5.0, 1.0)])[0][0] == 3
    assert [row for row, score in fuse_ranks([*read, candidate(3, None)]) if score == 0] == [3]


def test_a_soft_match_moves_the_first_and_nothing_else() -> None:
    ranking = [(7, 2.0), (3, 1.9), (5, 0.5), (4, 0.4)]
    # Two English scores 0.1 and 0.3: one deviation below and above their mean.
    assert soften(ranking, [0.1, 0.3], ["en", "en"]) == [
        (3, pytest.approx(1.9 + SOFT_WEIGHT)),
        (7, pytest.approx(2.0 - SOFT_WEIGHT)),
        (5, pytest.approx(0.5 - (SOFT_WEIGHT - 0.1))),
        (4, pytest.approx(0.4 - (SOFT_WEIGHT - 0.1))),
    ]
    assert soften([], [], []) == []


def test_what_is_shared_is_compared_with_rows_of_the_same_kind() -> None:
    ranking = [(7, 2.0), (3, 1.9), (5, 1.8), (4, 0.5)]
    moved = dict(crossed(ranking, [9.0, 9.0, 0.0, 1.0], ["own", "own", "other", "other"]))
    assert moved[4] - moved[5] > 0.5 - 1.8
    assert moved[7] - moved[3] == pytest.approx(0.1)
    assert crossed(ranking, [0.0] * 4, ["own"] * 4) == ranking
    assert crossed([], [], []) == []


def test_an_article_vouches_for_its_paragraphs() -> None:
    ranking = [(7, 2.0), (3, 1.1), (4, 0.9), (5, 0.8)]
    # (0.8 + 2.0 / 2) / 1.5 = 1.2: above a paragraph that is the only one of its article, and keeps its score.
    assert within_articles(ranking, ["a", "b", "c", "a"]) == [(7, 2.0), (5, 1.2), (3, 1.1), (4, 0.9)]
    assert within_articles([], []) == []


def test_what_is_near_the_first_hit_rises_as_far_as_that_is_trusted() -> None:
    ranking = [(7, 2.0), (3, 1.0), (5, 0.9)]
    # Nearness 1, 0 and 0.5: one and a quarter deviations, sqrt(1.5), above and below their mean.
    assert fed_back(ranking, [1.0, 0.0, 0.5], trust=1.0) == [
        (7, pytest.approx(2.0 + FEEDBACK * 1.5**0.5, abs=1e-6)),
        (5, 0.9),
        (3, pytest.approx(1.0 - FEEDBACK * 1.5**0.5, abs=1e-6)),
    ]
    assert fed_back(ranking, [1.0, 0.0, 0.5], trust=0.0) == ranking


@given(candidates.filter(bool), st.data())
def test_the_first_hit_stays_the_first(rows: list[Candidate], data: st.DataObject) -> None:
    ranking = fuse(rows)
    articles = data.draw(st.lists(st.sampled_from("ab"), min_size=len(ranking), max_size=len(ranking)))
    vouched = within_articles(ranking, articles)
    assert (vouched[0], sorted(row for row, _ in vouched)) == (ranking[0], sorted(row for row, _ in ranking))
    near = [1.0, *data.draw(st.lists(st.floats(-1, 1), min_size=len(ranking) - 1, max_size=len(ranking) - 1))]
    assert fed_back(ranking, near, data.draw(st.floats(0, 1)))[0][0] == ranking[0][0]


def test_a_tie_goes_to_the_lower_row() -> None:
    twins = [candidate(5, 0.9, 3.0, 0.7), candidate(2, 0.9, 3.0, 0.7), candidate(1, 0.1)]
    assert [row for row, _ in fuse(twins)] == [2, 5, 1]


@given(candidates)
def test_the_law(rows: list[Candidate]) -> None:
    fused = fuse(rows)
    assert sorted(row for row, _ in fused) == sorted(one.row for one in rows)
    assert fused == in_order(fused)
    assert dict(fuse(rows[::-1])) == pytest.approx(dict(fused), abs=1e-4)


def test_best_asks_on_until_it_has_all_ties() -> None:
    everything = [(9, 3.0), (8, 2.0), (7, 2.0), (2, 2.0), (1, 1.0)]
    asked = []

    def search(limit: int) -> Ranking:
        asked.append(limit)
        return everything[:limit]

    assert best(search, 2) == [(9, 3.0), (2, 2.0)]
    assert asked == [3, 6]

"""Fusion: its arithmetic, and the law of rankings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import KEYWORD_WEIGHT, best, fuse, in_order
from search.seams import Candidate, Ranking

numbers = st.floats(-1, 1).map(lambda number: round(number, 3))
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 50), numbers, numbers.map(abs), numbers.map(abs)),
    unique_by=lambda one: one.row,
    max_size=30,
)


def test_the_arithmetic() -> None:
    # Means 0.4 and 3; deviations sqrt(0.08 / 3) = 0.163299 and sqrt(54 / 3) = 4.242641.
    found = fuse([Candidate(7, 0.2, 9.0, 0.5), Candidate(3, 0.6, 0.0, 0.0), Candidate(5, 0.4, 0.0, 0.5)])
    assert found == [
        (3, pytest.approx(0.2 / 0.163299, abs=1e-5)),
        (7, pytest.approx(-0.2 / 0.163299 + KEYWORD_WEIGHT * 0.5 * 6 / 4.242641, abs=1e-5)),
        (5, pytest.approx(KEYWORD_WEIGHT * 0.5 * -3 / 4.242641, abs=1e-5)),
    ]


def test_words_that_cover_nothing_change_nothing() -> None:
    rows = [Candidate(row, score, 10.0 * row, 0.0) for row, score in ((4, 0.1), (2, 0.9), (9, 0.5))]
    assert [row for row, _ in fuse(rows)] == [2, 9, 4]


def test_one_leg_alone_keeps_its_order() -> None:
    by_word = [Candidate(row, 0.3, score, 1.0) for row, score in ((4, 1.0), (2, 9.0), (9, 5.0))]
    assert [row for row, _ in fuse(by_word)] == [2, 9, 4]
    assert fuse([Candidate(5, 0.3, 2.0, 1.0)]) == [(5, 0.0)]
    assert fuse([]) == []


def test_a_tie_goes_to_the_lower_row() -> None:
    twins = [Candidate(5, 0.9, 3.0, 0.7), Candidate(2, 0.9, 3.0, 0.7), Candidate(1, 0.1, 0.0, 0.0)]
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

"""Reciprocal rank fusion: the paper's formula, and the law of rankings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import best, in_order, reciprocal_rank_fusion
from search.seams import Ranking

rankings = st.lists(st.integers(1, 50), unique=True, max_size=30).map(
    lambda rows: [(row, float(len(rows) - place)) for place, row in enumerate(rows)]
)


def test_the_arithmetic() -> None:
    fused = reciprocal_rank_fusion([[(7, 12.0), (3, 9.0), (9, 1.0)], [(3, 0.9), (8, 0.5)]])
    assert fused == [
        (3, pytest.approx(1 / 62 + 1 / 61)),
        (7, pytest.approx(1 / 61)),
        (8, pytest.approx(1 / 62)),
        (9, pytest.approx(1 / 63)),
    ]


def test_a_tie_goes_to_the_lower_row() -> None:
    assert [row for row, _ in reciprocal_rank_fusion([[(5, 1.0)], [(2, 1.0)]])] == [2, 5]


@given(st.lists(rankings, max_size=3))
def test_the_law(legs: list[Ranking]) -> None:
    fused = reciprocal_rank_fusion(legs)
    rows = [row for row, _ in fused]
    assert sorted(rows) == sorted({row for leg in legs for row, _ in leg})
    assert fused == in_order(fused)
    for row, score in fused:
        places = [[own for own, _ in leg].index(row) + 1 for leg in legs if row in dict(leg)]
        assert score == pytest.approx(sum(1 / (60 + place) for place in places))


@given(rankings)
def test_one_leg_keeps_its_order(leg: Ranking) -> None:
    assert [row for row, _ in reciprocal_rank_fusion([leg])] == [row for row, _ in leg]


def test_best_asks_on_until_it_has_all_ties() -> None:
    everything = [(9, 3.0), (8, 2.0), (7, 2.0), (2, 2.0), (1, 1.0)]
    asked = []

    def search(limit: int) -> Ranking:
        asked.append(limit)
        return everything[:limit]

    assert best(search, 2) == [(9, 3.0), (2, 2.0)]
    assert asked == [3, 6]

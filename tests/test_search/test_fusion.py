"""Fusion: its arithmetic, and the law of rankings."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.candidates import Candidates, concatenate, in_order, ranks
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.folder.dense import SPARE, with_ties
from paraglot.search.ranking.fusion import (
    SEMANTIC_RATIO,
    add_to_first,
    fused_scores,
    replace_first,
    within_languages,
    z_scores,
)
from paraglot.search.ranking.lexical_overlap import strength

Row = tuple[int, float | None, float, float, str]
"""A row, its semantic and keyword scores, its coverage, its language."""

numbers = st.floats(-1, 1).map(lambda number: round(number, 3))
tables = st.lists(
    st.tuples(st.integers(1, 50), numbers, numbers.map(abs), numbers.map(abs), st.sampled_from(["en", "de"])),
    unique_by=lambda one: one[0],
    max_size=30,
)


def row(number: int, semantic: float | None, keyword: float = 0.0, coverage: float = 0.0, language: str = "en") -> Row:
    return number, semantic, keyword, coverage, language


def table(rows: list[Row]) -> Candidates:
    return Candidates.of(
        [one[0] for one in rows],
        semantic=[np.nan if one[1] is None else one[1] for one in rows],
        keyword=[one[2] for one in rows],
        coverage=[one[3] for one in rows],
        languages=[one[4] for one in rows],
    )


def fuse(rows: list[Row], ratio: float = SEMANTIC_RATIO) -> Ranking:
    candidates = table(rows)
    return candidates.by_score(fused_scores(candidates, ratio)).ranking


def scored(*ranking: tuple[int, float]) -> Candidates:
    return Candidates.of([row for row, _ in ranking], scores=[score for _, score in ranking])


def test_the_arithmetic() -> None:
    # Semantic: mean 0.4, deviation sqrt(0.08 / 3) = 0.163299. Keyword: mean 3, deviation sqrt(54 / 3) = 4.242641, so
    # half covered 0.707107, not covered 0, half covered -0.353553, and their mean in English, 0.117851, counts from 0:
    # less what lies between it and the mean of all, which is the same, nothing is taken away.
    found = fuse([row(7, 0.2, 9.0, 0.5), row(3, 0.6), row(5, 0.4, 0.0, 0.5)])
    assert found == [
        (3, pytest.approx(0.2 / 0.163299, abs=1e-5)),
        (7, pytest.approx(-0.2 / 0.163299 + 2 * 0.5 * 6 / 4.242641, abs=1e-5)),
        (5, pytest.approx(2 * 0.5 * -3 / 4.242641, abs=1e-5)),
    ]


def test_better_vectors_count_more_beside_words() -> None:
    # The same numbers: only what meaning says is taken twice.
    found = table([row(7, 0.2, 9.0, 0.5), row(3, 0.6), row(5, 0.4, 0.0, 0.5)])
    assert fused_scores(found, semantic_weight=2.0).tolist() == [
        pytest.approx(2 * -0.2 / 0.163299 + 2 * 0.5 * 6 / 4.242641, abs=1e-5),
        pytest.approx(2 * 0.2 / 0.163299, abs=1e-5),
        pytest.approx(2 * 0.5 * -3 / 4.242641, abs=1e-5),
    ]


def test_a_language_is_compared_with_itself() -> None:
    # Means (4 + 6 + 3 · 4) / 5 = 4.4 in English and (2 + 3 · 4) / 4 = 3.5 in German, 4 over all.
    values = np.array([4.0, 6.0, 2.0])
    assert within_languages(values, ["en", "en", "de"]) == pytest.approx([3.6, 5.6, 2.5])
    # English: squares 1 + 1 + 3 · 8/3 = 10 over 5, deviation sqrt(2); German: 3 · 8/3 = 8 over 4, sqrt(2).
    expected = [4 - 0.4 / 2**0.5, 4 + 1.6 / 2**0.5, 4 - 1.5 / 2**0.5]
    assert within_languages(values, ["en", "en", "de"], deviations=True) == pytest.approx(expected)


def test_z_scores() -> None:
    assert z_scores([1.0, 3.0]).tolist() == [-1.0, 1.0]
    assert z_scores([2.0, 2.0]).tolist() == [0.0, 0.0]
    assert z_scores([]).tolist() == []


def test_words_that_cover_nothing_change_nothing() -> None:
    rows = [row(number, score, 10.0 * number) for number, score in ((4, 0.1), (2, 0.9), (9, 0.5))]
    assert [number for number, _ in fuse(rows)] == [2, 9, 4]


def test_one_leg_alone_keeps_its_order() -> None:
    by_word = [row(number, 0.3, score, 1.0) for number, score in ((4, 1.0), (2, 9.0), (9, 5.0))]
    assert [number for number, _ in fuse(by_word)] == [2, 9, 4]
    assert fuse([row(5, 0.3, 2.0, 1.0)]) == [(5, 0.0)]
    assert fuse([]) == []


def test_the_ratio_goes_from_one_leg_to_the_other() -> None:
    rows = [row(1, 0.9, 1.0, 1.0), row(2, 0.5, 2.0, 1.0), row(3, 0.1, 9.0, 1.0)]
    assert [number for number, _ in fuse(rows, 1.0)] == [1, 2, 3]
    assert [number for number, _ in fuse(rows, 0.0)] == [3, 2, 1]


def test_what_the_encoder_cannot_read_is_left_to_the_words() -> None:
    read = [row(1, 0.9), row(2, 0.5)]
    scores = dict(fuse([*read, row(3, None)]))
    assert scores == dict(fuse(read)) | {3: 0.0}  # neither near nor far
    assert fuse([*read, row(3, None, 5.0, 1.0)])[0][0] == 3


def test_further_evidence_moves_the_first_and_nothing_else() -> None:
    candidates = scored((7, 2.0), (3, 1.9), (5, 0.5), (4, 0.4))
    # Two English values 0.1 and 0.3: one deviation below and above their mean.
    assert add_to_first(candidates, np.array([0.1, 0.3]), ["en", "en"], 0.7).ranking == [
        (3, pytest.approx(1.9 + 0.7)),
        (7, pytest.approx(2.0 - 0.7)),
        (5, pytest.approx(0.5 - (0.7 - 0.1))),
        (4, pytest.approx(0.4 - (0.7 - 0.1))),
    ]
    assert add_to_first(scored(), np.zeros(0), [], 0.7).ranking == []


def test_further_evidence_is_compared_with_its_own_kind() -> None:
    candidates = scored((7, 2.0), (3, 1.9), (5, 1.8), (4, 0.5))
    moved = dict(add_to_first(candidates, np.array([9.0, 9.0, 0.0, 1.0]), [True, True, False, False], 0.5).ranking)
    assert moved[4] - moved[5] > 0.5 - 1.8
    assert moved[7] - moved[3] == pytest.approx(0.1)
    assert add_to_first(candidates, np.zeros(4), [True] * 4, 0.5).ranking == candidates.ranking


def test_what_all_share_little_of_counts_little() -> None:
    # The best three have 0.3, 0.2 and 0.1: their mean is 0.2, of 0.25 that count in full.
    assert strength(np.array([0.0, 0.3, 0.1, 0.2])) == pytest.approx(0.8)
    assert strength(np.zeros(0)) == 0.0


def test_the_first_are_replaced_and_the_others_stay_below() -> None:
    candidates = scored((7, 2.0), (3, 1.0), (5, 0.5), (6, 0.25))
    replaced = replace_first(candidates, np.array([-1.0, 1.0]))
    assert replaced.ranking == [(3, 1.0), (7, -1.0), (5, -1.5), (6, -1.75)]
    assert replace_first(candidates, np.zeros(2)).ranking[:2] == [(3, 0.0), (7, 0.0)], (
        "equals in the order of their rows"
    )
    assert replace_first(candidates, np.zeros(0)).ranking == candidates.ranking


def test_a_tie_goes_to_the_lower_row() -> None:
    twins = [row(5, 0.9, 3.0, 0.7), row(2, 0.9, 3.0, 0.7), row(1, 0.1)]
    assert [number for number, _ in fuse(twins)] == [2, 5, 1]


@given(tables)
def test_the_law(rows: list[Row]) -> None:
    fused = fuse(rows)
    assert sorted(number for number, _ in fused) == sorted(one[0] for one in rows)
    assert fused == in_order(fused)
    assert dict(fuse(rows[::-1])) == pytest.approx(dict(fused), abs=1e-4)


def test_ranks_count_from_one_and_pass_over_what_does_not_count() -> None:
    counted = np.array([True, True, False, True])
    assert ranks(np.array([0.1, 0.5, 0.9, 0.5]), np.array([1, 9, 3, 4]), counted).tolist() == [3, 2, 0, 1]


def test_a_table_keeps_its_columns_together() -> None:
    vectors = [np.ones(2, np.float32), np.ones(2, np.float32), None]
    candidates = Candidates.of([4, 2, 7], languages=["en", "de", "fr"], vectors=vectors, pinned=[True, False, False])
    ordered = candidates.by_score(np.array([0.5, 0.5, 0.9]))
    assert ordered.ranking == [(7, 0.9), (2, 0.5), (4, 0.5)]
    assert ordered.languages.tolist() == ["fr", "de", "en"]
    assert [vector is None for vector in ordered.vectors] == [True, False, False]
    again = concatenate([ordered.take(np.array([2])), ordered.take(slice(0, 1))])
    assert (again.rows.tolist(), again.pinned.tolist(), again.articles.tolist()) == ([4, 7], [True, False], [None] * 2)


def test_a_search_asks_on_until_it_has_all_ties() -> None:
    everything = [(90, 3.0), *((row, 2.0) for row in range(60, 0, -1))]
    asked = []

    def search(limit: int) -> Ranking:
        asked.append(limit)
        return everything[:limit]

    assert with_ties(partial(search), 2)[:2] == [(90, 3.0), (1, 2.0)]
    assert asked == [2 + SPARE, 2 * (2 + SPARE)]

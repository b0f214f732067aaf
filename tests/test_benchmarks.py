"""What the comparison with other engines computes by itself."""

from __future__ import annotations

import random

import pytest

from benchmarks.compare_peers import COLUMNS, ENGINES, Measured, ahead, query_of, shown, table
from benchmarks.peers.shared import fused, words


def measured(**values: float) -> Measured:
    found = Measured()
    found.add(**{**dict.fromkeys(COLUMNS, 1.0), **values})
    return found


def test_ranks_are_fused_by_their_reciprocals() -> None:
    assert fused([[1, 2], [2, 3]]) == [2, 1, 3]  # 1/62 + 1/61, 1/61, 1/62
    assert fused([list(range(20)), []]) == list(range(10))


def test_all_engines_by_hand_cut_words_alike() -> None:
    assert words("The Bread-Tax, 面包税 빵") == ["the", "bread", "tax", "面包", "包税", "빵"]


def test_a_query_is_a_few_neighbouring_words_of_its_paragraph() -> None:
    text = "The mayor of the town said that bread would cost more next year."
    for seed in range(20):
        found = query_of(random.Random(seed), text)
        assert found["text"] == text
        assert 2 <= len(found["q"].split()) <= 6
        assert found["q"] in text
    assert (
        query_of(random.Random(0), "面包税在这座城市里每年都在上涨，市长说明年还会更高。")["q"]
        in "面包税在这座城市里每年都在上涨，市长说明年还会更高。"
    )


def test_who_is_ahead_is_told_by_how_much_and_in_what() -> None:
    found = {
        "paraglot": measured(p50_ms=8.0, paragraphs_per_s=100.0),
        "sqlite": measured(p50_ms=4.0, paragraphs_per_s=99.0),
    }
    found["lancedb"] = measured(p50_ms=9.0, paragraphs_per_s=500.0)
    told = ahead(found)
    assert told[list(COLUMNS).index("p50_ms")] == f"- query p50, ms: {ENGINES['sqlite'][0]} (2.0 times)"
    assert told[list(COLUMNS).index("paragraphs_per_s")] == "- built, paragraphs/s: LanceDB (5.0 times)"
    assert told[list(COLUMNS).index("disk_mb")] == "- disk, MB: nobody"


@pytest.mark.parametrize(("value", "digits"), [(0.123, "0.12"), (12.34, "12.3"), (1234.5, "1,234")])
def test_numbers_have_three_digits_that_count(value: float, digits: str) -> None:
    assert shown(value) == digits
    assert f"| {digits} |" in table({"paraglot": measured(p50_ms=value)})

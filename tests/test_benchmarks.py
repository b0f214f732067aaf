"""What benchmarks compute by themselves."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from benchmarks.compare_peers import COLUMNS, ENGINES, Measured, ahead, query_of, shown, table
from benchmarks.encoder_quality import Judged, same_and_across
from benchmarks.peers.shared import fused, words
from benchmarks.service_load import Fresh, Load


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


def test_a_matrix_of_scores_is_judged_by_pairs_of_languages_and_in_one_pool() -> None:
    corpus = [{"id": f"{language}:p{number}", "lang": language} for language in ("de", "en") for number in range(30)]
    queries = [{"id": "de:q", "lang": "de"}, {"id": "en:q", "lang": "en"}]
    right = {(f"{asked}:q", read): f"{read}:p0" for asked in ("de", "en") for read in ("de", "en")}
    scores = np.zeros((2, 60), np.float32)
    scores[0, 0] = 1  # de: the first of its own language
    scores[0, 30 + 1 : 30 + 3], scores[0, 30] = 0.9, 0.8  # in English the third; of the pool the fourth
    scores[1, 1:21] = 0.5  # en: no German one among the ten; in the pool behind 20 others
    scores[1, 30 + 1], scores[1, 30] = 0.4, 0.3  # in English the second
    judged = Judged(corpus, queries, right)
    expected = {("de", "de"): 1, ("de", "en"): 1 / 2, ("en", "de"): 0, ("en", "en"): 1 / np.log2(3)}
    assert judged.matrix(scores) == pytest.approx(expected)
    assert same_and_across(judged.matrix(scores), ["de", "en"]) == pytest.approx(((1 + 1 / np.log2(3)) / 2, 1 / 4))
    assert judged.pool(scores) == (1 + 0) / 2


def test_no_query_of_a_load_is_asked_twice() -> None:
    queries = Fresh(["bread", "tax"])
    first, then = ([next(queries) for _ in range(2)] for _ in range(2))
    assert (sorted(first), sorted(then)) == (["bread", "tax"], ["bread 1", "tax 1"])


def test_a_load_is_told_by_its_answers_and_refusals_are_none() -> None:
    load = Load(4, 2.0, [0.01] * 99 + [0.05], Counter({200: 98, 503: 2}), 0.98)
    assert load.line() == "| 4 | 49.0 | 10 | 10 | 50 | 5.0 | 10.0 | 2 × 503 |"

"""The contract of a keyword index: what stands behind `paraglot.search.parts.protocols.Keywords`, on values.

An engine gets the rows and texts of `TEXTS`, however many commits that takes, and may have had `DROPPED` before.
"""

from __future__ import annotations

from math import isclose

from paraglot.search.candidates import in_order
from paraglot.search.encoders.protocols import Ranking
from paraglot.search.parts.protocols import Keywords
from paraglot.search.query.query_terms import KeywordQuery, QueryWord

TEXTS = {
    1: "bread tax council",
    2: "bread bread baker old town",
    3: "tax tax tax office in the old town hall",
    4: "olive harvest",
    7: "bread tax council",
    9: "面包税",
}
DROPPED = {5: "bread tax council dropped", 6: "olive dropped"}


def rows(ranking: Ranking) -> list[int]:
    """Those of a ranking, in its order."""
    return [row for row, _ in ranking]


def asked(*terms: str) -> KeywordQuery:
    """A query of plain terms."""
    return KeywordQuery.of_terms(terms)


class KeywordsContract:
    """What the keyword index of `TEXTS` says, whose terms are those of no language. Needs the fixture ``keyword``."""

    def test_finds_what_has_a_term_and_nothing_else(self, keyword: Keywords) -> None:
        assert sorted(rows(keyword.search(asked("bread"), 10))) == [1, 2, 7]
        assert rows(keyword.search(asked("olive"), 10)) == [4]
        assert rows(keyword.search(asked("面包", "包税"), 10)) == [9]
        assert keyword.search(asked("dropped"), 10) == []
        assert keyword.search(asked(), 10) == []

    def test_more_occurrences_and_more_terms_rank_higher(self, keyword: Keywords) -> None:
        assert rows(keyword.search(asked("tax"), 10))[0] == 3
        assert rows(keyword.search(asked("bread", "tax", "council"), 10))[:2] == [1, 7]

    def test_ranking_law(self, keyword: Keywords) -> None:
        ranking = keyword.search(asked("bread", "tax", "old"), 10)
        assert ranking == in_order(ranking)
        assert len(set(rows(ranking))) == len(ranking)
        assert dict(ranking)[1] == dict(ranking)[7]
        for limit in range(1, 6):
            assert keyword.search(asked("bread", "tax", "old"), limit) == ranking[:limit]

    def test_allowed_rows_alone_are_found_with_the_same_scores(self, keyword: Keywords) -> None:
        everything = dict(keyword.search(asked("bread", "tax"), 10))
        assert dict(keyword.search(asked("bread", "tax"), 10, [3, 4, 7])) == {3: everything[3], 7: everything[7]}
        assert keyword.search(asked("bread"), 10, []) == []
        assert keyword.search(asked("bread"), 10, [4, 99]) == []

    def test_scores_are_those_of_the_search(self, keyword: Keywords) -> None:
        ranking = keyword.search(asked("bread", "tax", "old"), 10)
        scores = keyword.scores(asked("bread", "tax", "old"), rows(ranking))
        assert all(isclose(again, score, abs_tol=1e-6) for again, (_, score) in zip(scores, ranking, strict=True))
        assert keyword.scores(asked("bread"), [4, 9]) == [0.0, 0.0]

    def test_coverage_is_the_share_of_the_terms_by_idf_squared(self, keyword: Keywords) -> None:
        assert keyword.coverage(asked("bread", "tax"), [1, 7]) == [1.0, 1.0]
        assert keyword.coverage(asked("bread", "tax"), [4, 99]) == [0.0, 0.0]
        assert keyword.coverage(asked(), [1]) == [0.0]
        [share] = keyword.coverage(asked("bread", "unheard"), [1])
        assert 0 < share < 0.5

    def test_what_covers_as_much_as_a_share_of_the_best(self, keyword: Keywords) -> None:
        assert keyword.covering(asked("bread", "tax"), 1.0) == [1, 7]
        assert keyword.covering(asked("bread", "tax"), 0.0) == [1, 2, 3, 7]
        assert keyword.covering(asked("bread", "tax"), 0.5, [2, 3, 4, 7]) == [2, 3, 7]
        assert keyword.covering(asked("bread", "unheard"), 0.9) == [1, 2, 7]
        assert keyword.covering(asked("unheard"), 0.0) == keyword.covering(asked(), 0.0) == []
        assert keyword.covering(asked("bread"), 0.0, []) == []

    def test_a_word_is_covered_by_any_of_its_terms(self, keyword: Keywords) -> None:
        query = KeywordQuery((QueryWord({"bread": 0.3, "unheard": 1.0}), QueryWord({"olive": 1.0})))
        assert keyword.coverage(query, [1, 4]) == keyword.coverage(asked("bread", "olive"), [1, 4])

    def test_weights_multiply(self, keyword: Keywords) -> None:
        light = KeywordQuery((QueryWord({"bread": 0.3}),))
        whole = keyword.scores(asked("bread"), [1, 2])
        lighter = zip(keyword.scores(light, [1, 2]), whole, strict=True)
        assert all(isclose(own, 0.3 * score, abs_tol=1e-5) for own, score in lighter)

    def test_what_the_index_has(self, keyword: Keywords) -> None:
        assert sorted(keyword.rows_with("town")) == [2, 3]
        assert keyword.rows_with("town", "title") == []
        assert (keyword.frequency("town"), keyword.frequency("unheard")) == (2, 0)
        assert (keyword.frequency("olive"), keyword.frequency("dropped")) == (1, 0)
        assert keyword.vocabulary("ta") == ["tax"]
        assert keyword.vocabulary("t", lambda forms: [form for form in forms if form != "the"]) == ["tax", "town"]
        assert keyword.vocabulary("dr") == []

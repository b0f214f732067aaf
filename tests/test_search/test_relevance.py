"""Relevance: its arithmetic, the sample that stands for chance, and what the engine makes of it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.candidates import Candidates
from paraglot.search.encoders.chance import Chance
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.errors import InvalidRequest
from paraglot.search.index import Clauses
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.query.understanding import Understood
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.relevance import Signals, confidence, relevance, relevances, signals
from paraglot.search.types import SearchRequest


def test_all_words_in_another_spelling_count_as_written() -> None:
    assert relevance(Signals(1.0, 0.1, None, 1.0, False)) == relevance(Signals(1.0, 0.7, None, 1.0, False)) > 0.9
    assert relevance(Signals(1.0, 0.9, None, 1.0, False)) > relevance(Signals(1.0, 0.1, None, 1.0, False))
    assert relevance(Signals(1.0, 0.1, None, 0.5, False)) < relevance(Signals(1.0, 0.7, None, 0.5, False)) < 0.5


def test_the_arithmetic() -> None:
    logistic = 1 / (1 + math.exp(-(-9.33 + 0.56 * 4 + 7.81 * 0.8 + 6.6 * 0.5)))
    assert relevance(Signals(4.0, 0.8, None, 0.5, False)) == pytest.approx(logistic, abs=1e-4)
    fewer = 1 / (1 + math.exp(7.7 - 4 * 0.7 - 9.03 / 2))
    assert relevance(Signals(4.0, None, None, 0.5, False)) == pytest.approx(fewer, abs=1e-4)
    assert relevance(Signals(None, None, None, 0.0, False)) == pytest.approx(1 / (1 + math.exp(5.86)), abs=1e-4)
    across = 1 / (1 + math.exp(-(-6.69 + 0.51 * 4 + 5.23 * 0.8 + 5.67 * 0.3)))
    assert relevance(Signals(4.0, 0.8, 0.3, 0.0, True)) == pytest.approx(across, abs=1e-4)


def test_many_at_once_are_as_each_by_itself() -> None:
    several = [
        Signals(4.0, 0.8, 0.2, 0.5, cross_language=False),
        Signals(4.0, None, 0.2, 0.5, cross_language=True),
        Signals(None, None, None, 0.25, cross_language=True),
        Signals(1.0, 0.1, 0.3, 1.0, cross_language=True),
    ]
    names = ("chance", "soft", "shared", "coverage", "semantic", "length")
    evidence = {name: np.array([getattr(one, name) for one in several], np.float64) for name in names}
    found = relevances(evidence, np.array([one.cross_language for one in several]), "fake")
    assert found.tolist() == [relevance(one) for one in several] == [0.9211, 0.6295, 0.5212, 0.9768]


def test_the_arithmetic_where_the_semantic_score_is_calibrated() -> None:
    """A question of seven words whose answer says it otherwise, and in another language."""
    hit = Signals(4.0, 0.3, 0.2, 0.25, False, 0.55, math.log(7), "builtin")
    total = -5.22 + 0.33 * 4 + 9.48 * 0.55 + 1.21 * 0.3 + 3.37 * 0.25 + 1.16 * 0.2 - 0.46 * math.log(7)
    assert relevance(hit) == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-4)
    total = -4.75 + 0.33 * 4 + 9.48 * 0.55 + 1.21 * 0.3 + 0.85 * 0.25 + 4.58 * 0.2 - 0.46 * math.log(7)
    assert relevance(hit._replace(cross_language=True)) == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-4)


def test_the_arithmetic_where_it_is_known_what_stands_around() -> None:
    hit = Signals(4.0, 0.3, 0.2, 0.25, False, 0.35, math.log(7), "builtin", 0.4, 0.5, 0.6)
    own, around = 0.3 * 4 + 1.81 * 0.35 - 0.53 * math.log(7), 8.01 * 0.4 + 2.14 * 0.5 + 1.94 * 0.6
    total = -6.18 + own + 3.21 * 0.25 + 0.22 * 0.2 + around
    assert relevance(hit) == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-4)
    total = -5.27 + own + 1.72 * 0.25 + 2.92 * 0.2 + around
    assert relevance(hit._replace(cross_language=True)) == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-4)
    unheard = hit._replace(around_soft=None)
    assert relevance(unheard) == relevance(hit._replace(around_semantic=None, around_soft=None, around_shared=None))
    assert relevance(unheard) != relevance(hit)


def test_what_is_near_to_a_name_without_having_it_hardly_answers() -> None:
    hit = Signals(4.0, 0.3, 0.2, 0.0, False, 0.35, math.log(2), "builtin", 0.4, 0.5, 0.6)
    assert relevance(hit._replace(named=1.0)) < relevance(hit)
    has = hit._replace(coverage=1.0)
    assert relevance(has._replace(named=1.0, name_coverage=1.0)) > relevance(has)


def test_only_encoders_that_it_was_fitted_with_have_a_calibrated_score() -> None:
    hits = Candidates.of([1, 2], semantic=[0.5, np.nan], chance=[3.0, 1.0], soft=[0.2, 0.1], shared=[0.1, 0.0])
    said = Understood("why do bees dance", {}, frozenset(), KeywordQuery(()), Clauses(), None, ())
    for encoder, expected in (("builtin", [0.5, None]), ("builtin-fast", [0.5, None]), ("fake", [None, None])):
        question = Question(SearchRequest("why do bees dance"), said, encoder=encoder)
        assert [one.semantic for one in signals(question, hits)] == expected
        assert {one.length for one in signals(question, hits)} == {math.log(4)}


def test_each_calibrated_encoder_has_weights_of_its_own() -> None:
    hit = Signals(4.0, 0.3, 0.2, 0.25, False, 0.55, math.log(7), "builtin-fast")
    total = -4.68 + 0.33 * 4 + 4.98 * 0.55 + 0.8 * 0.3 + 3.37 * 0.25 + 1.75 * 0.2 - 0.2 * math.log(7)
    assert relevance(hit) == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-4)
    assert relevance(hit._replace(encoder="fake")) == relevance(hit._replace(semantic=None))


@given(
    st.floats(-5, 9),
    *[st.floats(0, 1)] * 4,
    st.none() | st.tuples(*[st.floats(0, 1)] * 3),
    st.floats(0, 2),
    st.floats(0, 5),
    st.booleans(),
    st.sampled_from(["builtin", "builtin-fast", "fake"]),
)
def test_more_evidence_is_never_less_relevant(
    chance: float,
    semantic: float,
    soft: float,
    shared: float,
    coverage: float,
    around: tuple[float, float, float] | None,
    more: float,
    length: float,
    across: bool,
    encoder: str,
) -> None:
    calibrated = encoder != "fake"
    told = around or (None, None, None)
    hit = Signals(chance, soft, shared, coverage, across, semantic if calibrated else None, length, encoder, *told)
    own = relevance(hit)
    assert 0 <= own <= 1
    names = ["chance", "soft", "shared", "coverage", "name_coverage", *(["semantic"] if calibrated else [])]
    for name in [*names, *(["around_semantic", "around_soft", "around_shared"] if around else [])]:
        assert relevance(hit._replace(**{name: getattr(hit, name) + more})) >= own


def test_confidence_follows_the_best_hit() -> None:
    assert [confidence(best) for best in (0.95, 0.9, 0.7, 0.5, 0.499, None)] == [
        "high",
        "high",
        "medium",
        "low",
        "none",
        "none",
    ]


def test_chance_is_what_the_other_paragraphs_score() -> None:
    # The best tenth (0.9) is left out: mean 0.2, deviation sqrt(0.08 / 9 ...) over 0.1, 0.2, 0.3 three times each.
    # English has the same moments, so its own drawn towards all stay what they are.
    chance = Chance([0.1, 0.2, 0.3] * 3 + [0.9], ["en"] * 10)
    scores = np.full(2, 0.2 + 2 * math.sqrt(0.02 / 3))
    assert chance.deviations(scores, ["xx", "en"]) == pytest.approx([2, 2])


def deviations(chance: Chance, *languages: str) -> list[float]:
    """How far above chance a score of 0.5 lies in each language."""
    found: list[float] = chance.deviations(np.full(len(languages), 0.5), languages).tolist()
    return found


def test_of_few_paragraphs_chance_is_mostly_what_is_usual() -> None:
    """Five of one article are all about what is asked: the best is left out, the others are four of fifty."""
    few = [0.3, 0.3, 0.3, 0.3, 0.5]
    mean, deviation = (4 * 0.3 + 46 * 0.08) / 50, math.sqrt((4 * (0.1**2 / 5) + 46 * 0.043**2) / 50)
    usual = 0.08, 0.043
    assert deviations(Chance(few, ["en"] * 5, usual), "en") == pytest.approx([(0.5 - mean) / deviation])
    assert deviations(Chance([0.5], ["en"], usual), "en") > [6] > deviations(Chance([0.5], ["en"]), "en")
    many = [0.1, 0.2, 0.3] * 20
    assert deviations(Chance(many, ["en"] * 60, usual), "en") == deviations(Chance(many, ["en"] * 60), "en")


def test_a_language_that_is_nearer_by_nature_needs_more() -> None:
    scores = [0.1, 0.2, 0.3] * 20 + [0.3, 0.4, 0.5] * 20
    chance = Chance([*scores, *([0.6] * 14)], ["de"] * 60 + ["en"] * 74)
    german, unknown, english = deviations(chance, "de", "xx", "en")
    assert german > unknown > english


def test_a_language_of_which_only_the_best_are_seen_is_as_all_are() -> None:
    chance = Chance([0.1, 0.2, 0.3] * 20 + [0.9] * 4, ["de"] * 60 + ["en"] * 4)
    assert deviations(chance, "en") == deviations(chance, "xx") != deviations(chance, "de")


def test_min_relevance_leaves_out_and_changes_no_score(engine: Engine) -> None:
    everything = engine.search(SearchRequest("bread tax"))
    least = sorted(hit.relevance for hit in everything.hits)[3]
    some = engine.search(SearchRequest("bread tax", min_relevance=least))
    assert [(hit.paragraph.id, hit.score) for hit in some.hits] == [
        (hit.paragraph.id, hit.score) for hit in everything.hits if hit.relevance >= least
    ]
    assert some.estimated_total_hits == len(some.hits) < len(everything.hits)


@pytest.mark.parametrize("fields", [{"min_relevance": 1.5}, {"semantic_ratio": -0.1}])
def test_what_is_out_of_range_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SearchRequest("bread", **fields)  # type: ignore[arg-type]
    assert caught.value.field in fields


def test_the_ratio_ends_at_the_legs(engine: Engine) -> None:
    rows = {
        mode: [hit.paragraph.row for hit in engine.search(SearchRequest("bread tax", mode=mode)).hits]
        for mode in ("keyword", "semantic")
    }
    meaning = engine.search(SearchRequest("bread tax", semantic_ratio=1))
    assert [hit.paragraph.row for hit in meaning.hits] == rows["semantic"]
    words = engine.search(SearchRequest("bread tax", semantic_ratio=0))
    assert words.hits[0].paragraph.row == rows["keyword"][0]
    assert {hit.paragraph.row for hit in words.hits} == set(rows["keyword"])
    assert not engine.search(SearchRequest("zyxwvut", semantic_ratio=0)).hits


@pytest.mark.slow
def test_a_query_in_a_script_that_the_encoder_does_not_know_is_left_to_the_words(seeds_index: Path) -> None:
    with open_index(seeds_index) as engine:
        asked = engine.search(SearchRequest("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᏂᎦᏓ ᎠᏂᏴᏫᏯ ᎤᏪᏘ Xi"))
        assert asked.hits
        assert all(hit.semantic is None and hit.keyword for hit in asked.hits)
        assert asked.warnings == ["Only keywords were searched: the encoder does not know this query's script."]
        assert engine.search(SearchRequest("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ ᏂᎦᏓ Xi", mode="semantic")).hits
        assert not engine.search(SearchRequest("ᏣᎳᎩ Lukashenko Xi")).warnings


@pytest.mark.slow
def test_nonsense_is_answered_with_nothing(seeds_index: Path) -> None:
    with open_index(seeds_index) as engine:
        for text in ("qwzx vbnrt plkjh", "зщхъ йцукш ыэжд", "asdf jklö"):
            assert engine.search(SearchRequest(text)).confidence in ("none", "low")
        sure = engine.search(SearchRequest("Lukashenko Xi Jinping friendship indestructible"))
        assert sure.confidence in ("high", "medium")


def test_what_is_left_out_is_counted(engine: Engine) -> None:
    found = engine.search(SearchRequest("bread tax", limit=100))
    likely = [hit for hit in found.hits if hit.relevance >= 0.5]
    assert 0 < len(likely) < len(found.hits)
    ended = engine.search(SearchRequest("bread tax", limit=100, min_relevance=0.5))
    assert [hit.paragraph.id for hit in ended.hits] == [hit.paragraph.id for hit in likely]
    assert (found.less_likely, ended.less_likely) == (0, len(found.hits) - len(likely))


def test_answers_stand_before_all_others_each_part_in_its_order(engine: Engine) -> None:
    plain = engine.search(SearchRequest("Rat bread old", limit=100)).hits
    first = engine.search(SearchRequest("Rat bread old", limit=100, answers_first=True)).hits
    sure = [hit.relevance >= 0.5 for hit in first]
    assert sure == sorted(sure, reverse=True)
    ids = [hit.paragraph.id for hit in plain]
    ordered = sorted(plain, key=lambda hit: (hit.relevance < 0.5, ids.index(hit.paragraph.id)))
    assert [hit.paragraph.id for hit in first] == [hit.paragraph.id for hit in ordered]

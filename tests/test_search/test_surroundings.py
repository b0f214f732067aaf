"""What stands around a hit: what is read of it, its arithmetic, and who is asked for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paraglot.indexer.build import index_corpus
from paraglot.search.candidates import Candidates
from paraglot.search.encoders.pieces import Pieces, QueryPieces
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.folder.snapshot import as_folder_snapshot
from paraglot.search.index import Clauses
from paraglot.search.lexicon.lexicon import marks_from
from paraglot.search.parts.surroundings import REACH, Beside, Surroundings
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.query.understanding import Understood
from paraglot.search.ranking.log_odds import add_log_odds
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.surroundings import FIRST, add_surroundings, shared, together
from paraglot.search.types import SearchRequest


class Letters:
    """Letters as pieces, each alike itself alone."""

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        return [[9, *map(ord, text), 9] for text in texts]

    def piece_cosines(self, ids: NDArray[np.integer], others: NDArray[np.integer]) -> NDArray[np.float32]:
        return np.equal.outer(ids, others).astype(np.float32)

    def piece_weights(self, ids: NDArray[np.integer]) -> NDArray[np.float64]:
        return np.ones(len(ids))


def around(direction: float, row: int, letters: str) -> Surroundings:
    ids = np.unique([ord(letter) for letter in letters]).astype(np.int32)
    vector = np.array([direction, np.sqrt(1 - direction**2)], np.float32)
    return Surroundings(vector[None], [Beside(row, Pieces(ids, np.ones(len(ids), np.int32)), marks_from({}))])


def question(text: str) -> Question:
    said = Understood(text, {"en": 1.0}, frozenset({"en"}), KeywordQuery(()), Clauses(), None, ())
    return Question(
        SearchRequest(text), said, np.array([1, 0], np.float32), QueryPieces(Letters(), text), True, "builtin"
    )


def test_the_arithmetic() -> None:
    hits = Candidates.of([4, 5, 6], around=[around(0.6, 4, "xy"), None, around(0.8, 6, "ay")])
    found = add_surroundings(question("ab"), hits)
    assert found.around_semantic.tolist() == pytest.approx([0.6, np.nan, 0.8], nan_ok=True)
    # Of two letters one, at a cosine of 1 less the threshold of 0.3, once in a text of mean length.
    assert found.around_soft.tolist() == pytest.approx([0.0, np.nan, 0.35], nan_ok=True)
    assert found.rows.tolist() == [4, 5, 6]


def test_what_is_near_to_the_question_counts_most_of_what_stands_around() -> None:
    query, near, opposite, apart = np.eye(1, 3, dtype=np.float32)[0], [0.6, 0.8, 0], [0.6, -0.8, 0], [0, 0, 1]

    def of(*texts: list[float]) -> float:
        return together(query, np.array(texts, np.float32))

    assert of(near) == pytest.approx(0.6)
    # Of two that say different things of it both count; what says nothing of it e^12 times less.
    assert of(near, opposite) == pytest.approx(1.0)
    assert of(near, apart) == pytest.approx(0.6, abs=1e-4)
    sum_of_both = np.array([0.2, 0.6, 0]) + np.exp(-4) * np.array([0, 0, 1])
    assert of([0.2, 0.6, 0], apart) == pytest.approx(0.2 / np.linalg.norm(sum_of_both), abs=1e-4)


def test_marks_count_by_their_weights() -> None:
    query = marks_from({3: 1.0, 5: 0.5, 8: 0.5})
    texts = [marks_from(dict.fromkeys(numbers, 1.0)) for numbers in ([3], [8], [5, 9], [])]
    assert shared(query, texts, [[0, 1], [2], [3], [2, 0]]).tolist() == [0.75, 0.25, 0.0, 0.75]
    assert shared(marks_from({}), texts, [[0]]).tolist() == [0.0]


def test_without_meaning_nothing_is_compared() -> None:
    hits = Candidates.of([4], around=[around(0.6, 4, "xy")])
    said = question("ab")
    assert np.isnan(add_surroundings(Question(said.request, said.understood), hits).around_semantic).all()


def test_encoders_without_weights_for_it_are_not_asked(engine: Engine) -> None:
    response = engine.search(SearchRequest("bread tax"))
    assert response.hits
    assert "surroundings" not in response.timings_ms
    assert {own.around_semantic for _, own in engine.signals(SearchRequest("bread tax"))} == {None}


@pytest.mark.slow
def test_what_stands_beside_a_paragraph_is_read_with_it(seeds_index: Path) -> None:
    with open_index(seeds_index) as engine, engine.snapshot() as served:
        snapshot = as_folder_snapshot(served)
        rows = max((snapshot.find([one.id])[0] for one in snapshot.articles(snapshot.select())), key=len)
        assert len(rows) > REACH + 1
        first, last = snapshot.around([rows[0], rows[-1]])
        assert first is not None
        assert last is not None
        beside = rows[: REACH + 1]
        pieces = snapshot.pieces_of(engine.encoder(), beside)  # type: ignore[arg-type]
        assert [one.row for one in first.paragraphs] == beside
        assert [one.pieces.ids.tolist() for one in first.paragraphs] == [own.ids.tolist() for own in pieces]
        assert [one.pieces.counts.tolist() for one in first.paragraphs] == [own.counts.tolist() for own in pieces]
        marks = snapshot.marks_of(beside)
        assert [one.marks.numbers.tolist() for one in first.paragraphs] == [own.numbers.tolist() for own in marks]
        np.testing.assert_allclose(first.vectors, list(snapshot.dense.vectors(beside)))
        assert [one.row for one in last.paragraphs] == rows[-REACH - 1 :]


@pytest.mark.slow
def test_relevance_hears_of_the_first_candidates(tmp_path: Path) -> None:
    texts = ["Bakers protest.", *(f"House {number} has a garden." for number in range(2 * FIRST)), "The oven is cold."]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps({"id": "street", "title": "Bread", "paragraphs": texts}), "utf-8")
    index_corpus(tmp_path / "index", [corpus], "builtin")
    with open_index(tmp_path / "index") as engine:
        found = [own for _, own in engine.signals(SearchRequest("bakers who protest"))]
        assert [own.around_semantic is not None for own in found] == [True] * FIRST + [False] * (len(found) - FIRST)
        assert len(found) > FIRST
        assert found[0].around_soft is not None


def among(*rows: int) -> Surroundings:
    return Surroundings(np.zeros((len(rows), 2), np.float32), [around(0.6, row, "xy").paragraphs[0] for row in rows])


def test_the_odds_to_answer_count_for_the_order_of_the_first() -> None:
    asked = question("ab")
    by = {"scores": [2.0, 1.0, 0.5], "around_semantic": [0.1, 0.4, 0.3], "around": [among(4, 7)] * 3}
    hits = Candidates.of([4, 5, 6], **by, relevance=[0.2, 0.8, 0.5])
    # Half of ln 4 = 1.386294 down and up; one that is as likely as not stays.
    assert add_log_odds(asked, hits).ranking == [(5, 1.693147), (4, 1.306853), (6, 0.5)]
    # With the vectors of the fast encoder in full.
    assert add_log_odds(replace(asked, encoder="builtin-fast"), hits).ranking == [
        (5, 2.386294),
        (4, 0.613706),
        (6, 0.5),
    ]
    sure = hits.with_columns(relevance=np.array([1.0, 0.0, 0.5]))  # half of ln 9999 is the most
    assert add_log_odds(asked, sure).ranking == [(4, 6.60512), (6, 0.5), (5, -3.60512)]


def test_the_odds_count_as_far_as_paragraphs_stand_among_others() -> None:
    asked = question("ab")
    by = {"scores": [2.0, 1.0], "relevance": [0.2, 0.8], "around_semantic": [0.1, 0.4]}
    half = Candidates.of([4, 5], **by, around=[among(4), among(5, 6)])
    assert add_log_odds(asked, half).ranking == [(4, 1.653426), (5, 1.346574)]
    alone = Candidates.of([4, 5], **by, around=[among(4), among(5)])
    untold = Candidates.of([4, 5], **by, around=[None, among(5, 6)])
    for hits in (alone, untold, Candidates.of([])):
        assert add_log_odds(asked, hits).ranking == hits.ranking


def test_the_order_beyond_the_first_stays() -> None:
    count = FIRST + 2
    relevance, surrounded = np.full(count, 0.5), np.full(count, np.nan)
    relevance[FIRST - 1], relevance[FIRST] = 1 / (1 + np.exp(2.0)), 0.99
    surrounded[:FIRST] = 0.2
    by = {"around_semantic": surrounded, "around": [*[among(1, 2)] * FIRST, None, None]}
    hits = Candidates.of(range(count), scores=np.arange(count, 0.0, -1.0), relevance=relevance, **by)
    found = add_log_odds(question("ab"), hits)
    assert found.rows.tolist() == list(range(count))
    assert found.scores[-3:].tolist() == [2.0, 1.0, 0.0]  # the last of the first is one lower, and what follows with it

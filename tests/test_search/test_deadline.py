"""What a query may cost: how much of it is read, and that work ends when its time is up."""

from __future__ import annotations

import contextvars
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from paraglot.search.answer.highlights import matches_in
from paraglot.search.answer.similar_types import SimilarRequest
from paraglot.search.deadline import Deadline, check, until
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import OutOfTime
from paraglot.search.index import Clauses
from paraglot.search.query.bounds import LONGEST_WORD, MOST_TERMS, bounded
from paraglot.search.query.grammar import parse
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.text.analysis import words
from paraglot.search.types import Paragraph, SearchRequest

LIGATURE = "\ufdfa"
"""One character that is 18 in its usual form, three spaces among them."""


@pytest.mark.parametrize(
    ("query", "read", "warnings"),
    [
        ("bread tax", "bread tax", 0),
        (LIGATURE * 14, LIGATURE * 14, 0),
        ("word " * MOST_TERMS, "word " * MOST_TERMS, 0),
        ("a " * (MOST_TERMS + 1), ("a " * MOST_TERMS).strip(), 1),
        ("人" * 10_000, "人" * (MOST_TERMS + 1), 1),
        ("ก" * 10_000, "ก" * (MOST_TERMS + 2), 1),
        ("ab " * (MOST_TERMS - 1) + "人人人", "ab " * (MOST_TERMS - 1) + "人人", 1),
        ("x" * 300 + " bread " + "x" * 280, "x" * 255 + " bread " + "x" * 255, 1),
        (LIGATURE * 400, LIGATURE * 14, 1),
        (LIGATURE * 10_000, LIGATURE * 14, 2),
        ("ﬃ" * 10_000, "ﬃ" * 85, 2),
    ],
)
def test_a_query_is_read_as_far_as_it_is_bounded(query: str, read: str, warnings: int) -> None:
    """Groups of two and of three characters overlap, so that a run has as many of them less one or two."""
    found, told = bounded(query)
    assert (found, len(told)) == (read, warnings)
    assert sum(len(word.terms) for word in words(found)) <= MOST_TERMS
    assert max(len(token.term) for word in words(found) for token in word.terms) <= LONGEST_WORD


def test_the_answer_says_what_of_its_query_was_not_read(engine: Engine) -> None:
    asked = SearchRequest("bread tax " + "z" * 400)
    assert engine.search(asked).warnings == ["Of words of more than 255 characters the first 255 were read."]
    similar = engine.similar(SimilarRequest(text="a " * 5_000))
    assert similar.warnings == ["The query is too long to be read whole: its first 3,999 of 10,000 characters were."]


def paragraph(text: str) -> Paragraph:
    return Paragraph(1, "a~1", "a", 0, text, "en", "", 0, len(text))


def test_a_query_is_taken_apart_once_for_all_hits(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    original = KeywordQuery.terms.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(KeywordQuery, "terms", property(lambda self: taken.append(1) or original(self)))
    query = KeywordQuery.of_terms(["tax", "bread butter", "bread beer", "en:counc"])
    texts = ["The council's tax on bread", "bread and butter", "beer", "nothing"]
    found = list(matches_in(query, map(paragraph, texts)))
    assert [[token.term for token in own] for own in found] == [["tax"], ["bread", "butter"], [], []]
    assert len(taken) <= 2, "whatever the number of hits"


def test_a_phrase_reads_each_paragraph_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.snapshot() as snapshot:
        read: list[int] = []
        original = snapshot.store.texts
        monkeypatch.setattr(snapshot.store, "texts", lambda rows: read.extend(rows) or original(rows))
        parsed = parse('"the bread tax" "bread tax" "council raised" -"old town" "raised the"')
        selected = snapshot.select(clauses=Clauses(parsed.plain, parsed.required, parsed.excluded, {"en": 1.0}))
        assert [one.text for one, _ in snapshot.paragraphs(list(selected.rows or ()))] == [
            "The council raised the bread tax."
        ]
        assert len(read) == len(set(read))


def test_work_ends_in_the_thread_that_does_it_when_another_says_so() -> None:
    deadline, begun, ended = Deadline(monotonic() + 3600), threading.Event(), threading.Event()

    def work() -> None:
        try:
            while True:
                check()
                begun.set()
        except OutOfTime:
            ended.set()

    with until(deadline):
        context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(work,))
    thread.start()
    assert begun.wait(30)
    assert not ended.is_set()
    deadline.stop()
    thread.join(30)
    assert ended.is_set()


def test_an_inner_deadline_does_not_outlast_the_outer() -> None:
    with until(Deadline(0)), until(Deadline(monotonic() + 3600)), pytest.raises(OutOfTime):
        check()
    check()


ASKED: list[SearchRequest | SimilarRequest] = [
    SearchRequest("bread tax", mode="keyword"),
    SearchRequest("bread tax", mode="semantic"),
    SearchRequest("bread tax"),
    SearchRequest('"bread tax" coun* -beer', filter="language = en", facets=("source",), context=2),
    SimilarRequest(text="bread"),
]


@pytest.mark.parametrize("request_", ASKED, ids=repr)
def test_no_answer_outlasts_its_deadline(engine: Engine, request_: SearchRequest | SimilarRequest) -> None:
    ask: Any = engine.search if isinstance(request_, SearchRequest) else engine.similar
    with until(Deadline(0)), pytest.raises(OutOfTime):
        ask(request_)
    assert ask(request_).hits, "the index is as good as before"


class SlowEncoder(FakeEncoder):
    """Takes, by the clock of deadlines, an hour for a query."""

    def __init__(self, clock: list[float]) -> None:
        self.clock = clock

    def encode_query(self, queries: Any) -> Vectors:
        self.clock[0] += 3600
        return super().encode_query(queries)


@pytest.mark.parametrize(("cut", "left_out"), [(True, "search by meaning"), (False, "the lexicon")])
def test_what_takes_too_long_is_left_out(
    small_index: Path, monkeypatch: pytest.MonkeyPatch, cut: bool, left_out: str
) -> None:
    """``cut``: the time is up within the semantic leg, else just after it, which then counts."""
    clock = [0.0]
    monkeypatch.setattr("paraglot.search.deadline.time.monotonic", lambda: clock[0])
    with Engine(small_index, SlowEncoder(clock)) as engine:
        engine.timeout_s = 10
        if cut:
            monkeypatch.setattr("paraglot.search.folder.dense.FaissIndex.search", lambda *_: check())
        response = engine.search(SearchRequest("bread tax"))
        by_word = engine.search(SearchRequest("bread tax", mode="keyword"))
    assert response.warnings == [f"The time was up: {left_out} was left out."]
    found = [hit.paragraph.id for hit in response.hits]
    words_alone = [hit.paragraph.id for hit in by_word.hits]
    assert found == words_alone if cut else set(words_alone) < set(found)
    assert (response.hits[0].semantic is None) == cut

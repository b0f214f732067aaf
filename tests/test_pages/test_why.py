"""Why a hit is there, in one line, and what is wrong, both in the language of the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from paraglot.api.http.fields.faults import FaultModel, ProblemModel
from paraglot.api.pages.problem_text import problem_text
from paraglot.api.pages.show import others
from paraglot.api.pages.why import in_other_words, sentence
from paraglot.search.answer.pieces import words_of
from paraglot.search.types import Alignment, AlsoIn, ArticleHead, Citation, Highlight, Hit, LegEvidence, Paragraph

TEXT = "Xi sprach von Freundschaft mit Belarus."
QUERY = "Xi amitié Belarus"


def hit(text: str = TEXT, language: str = "de", **changes: Any) -> Hit:
    paragraph = Paragraph(0, "a~1", "a", 0, text, language, "", 0, len(text))
    head = ArticleHead("a", "A", None, language, None, None)
    made = Hit(paragraph, head, 1.0, 0.9, None, LegEvidence(1, 0.5), Citation(None, text, "A", None, None, language))
    return replace(made, **changes)


def plain(told_why: str) -> str:
    return told_why.replace("\u2068", "").replace("\u2069", "")


def test_what_has_the_word_does_not_say_it_in_other_words() -> None:
    found = hit(
        "Corals starve.", "en", highlights=[Highlight(0, 6, "keyword")], alignments=[Alignment(0, 5, 0, 6, 0.9)]
    )
    assert plain(sentence(found, "coral reef", {"en": 1.0}, "en")) == "has Corals"


def test_what_is_the_same_word_or_was_found_means_nothing_else() -> None:
    aligned = [Alignment(0, 2, 0, 2, 1.0), Alignment(3, 9, 14, 26, 0.8), Alignment(10, 17, 31, 38, 0.9)]
    found = hit(highlights=[Highlight(31, 38, "keyword")], alignments=aligned)
    assert in_other_words(found, QUERY) == [("amitié", "Freundschaft", 0.8)]
    assert in_other_words(found, "XI amitié Belarus") == [("amitié", "Freundschaft", 0.8)]


def test_it_names_the_words_those_that_mean_the_same_and_the_language() -> None:
    found = hit(
        highlights=[Highlight(0, 2, "keyword"), Highlight(31, 38, "keyword"), Highlight(0, 39, "semantic")],
        alignments=[Alignment(0, 2, 0, 2, 0.99), Alignment(3, 9, 14, 26, 0.8)],
    )
    assert plain(sentence(found, QUERY, {"fr": 0.9, "de": 0.1}, "en")) == (
        "has Xi, Belarus · says in other words amitié ↔ Freundschaft · says something alike in another language: German"
    )
    assert plain(sentence(found, QUERY, {"de": 1.0}, "de")) == (
        "enthält Xi, Belarus · sagt es mit anderen Worten: amitié ↔ Freundschaft"
    )


def test_a_hit_by_meaning_alone_says_so_and_one_that_hardly_answers_does_not() -> None:
    assert sentence(hit(), QUERY, {"de": 1.0}, "en") == "says something alike"
    assert sentence(hit(relevance=0.1), QUERY, {"fr": 1.0}, "en") == ""


def test_where_words_are_not_divided_what_touches_is_one() -> None:
    found = hit("サンゴ礁を守る", "ja", highlights=[Highlight(0, 2, "keyword"), Highlight(1, 4, "keyword")])
    assert words_of(found) == ["サンゴ礁"]
    again = hit("Reef and reef", "en", highlights=[Highlight(0, 4, "keyword"), Highlight(9, 13, "keyword")])
    assert words_of(again) == ["Reef"]


@pytest.mark.parametrize(
    ("code", "pointer", "said"),
    [
        ("overloaded", None, "Im Augenblick wird zu viel gesucht. Versuchen Sie es gleich noch einmal."),
        ("index_damaged", None, "Die Artikel lassen sich zurzeit nicht durchsuchen."),
        ("invalid_request", "/offset", "Diese Seite mit Treffern gibt es nicht."),
        ("invalid_request", "/filter", "Der Dienst kann das Feld „Filter“ dieser Suche nicht lesen."),
        ("invalid_request", "/until", "Der Dienst kann das Feld „Bis“ dieser Suche nicht lesen."),
        ("invalid_request", "/dates", "„Von“ liegt nach „Bis“: Kein Tag liegt dazwischen."),
        ("invalid_request", "/colour", "Der Dienst kann das Feld „colour“ dieser Suche nicht lesen."),
    ],
)
def test_what_is_wrong_is_told_in_the_readers_language(code: str, pointer: str | None, said: str) -> None:
    faults = [FaultModel(pointer=pointer, detail="x")] if pointer else []
    problem = ProblemModel(type="", title="", status=400, detail="x", code=code, errors=faults)
    assert problem_text(problem, "de").startswith(said)


def test_copies_that_look_the_same_are_told_once() -> None:
    copies = [AlsoIn("b~1", "b", "A", "de"), AlsoIn("c~1", "c", "B", "fr"), AlsoIn("d~1", "d", "B", "fr")]
    nameless = [AlsoIn("e~1", "e", "", "de"), AlsoIn("f~1", "f", "", "de")]
    assert [one.id for one in others(hit(also_in=[*copies, *nameless]))] == ["c~1", "e~1", "f~1"]

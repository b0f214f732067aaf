"""Suggestions: what counts as a phrase, how typing finds it, and that nothing shows of what a caller cannot see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidRequest
from paraglot.search.suggest import book as book_module
from paraglot.search.suggest import index as index_module
from paraglot.search.suggest.book import PhraseBook
from paraglot.search.suggest.index import Entry, SuggestionIndex
from paraglot.search.suggest.phrases import phrases
from paraglot.search.suggest.suggest import typed_form, within
from paraglot.search.suggest.types import Suggestion, SuggestRequest

Write = Callable[[list[dict[str, object]]], Path]


def found(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in phrases(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "The council met Ursula von der Leyen.", ["Ursula", "Leyen", "Ursula von der Leyen"]),
        ("en", "Bakers protest. NATO does not. \"The European Union\" is", ["NATO", "European Union"]),
        ("en", "the Bank of England on Windows 11", ["Bank", "England", "Bank of England", "Windows 11", "Windows"]),
        ("en", "In 2014 it was", []),
        ("de", "Der Rat hat die Steuer", ["Rat", "Steuer"]),
        ("ru", "сказал президент Владимир Путин", ["Владимир Путин"]),
        ("ar", "رئيس الوزراء في المملكة", ["رئيس الوزراء", "رئيس الوزراء في المملكة", "الوزراء في المملكة"]),
        ("zh", "面包税。市议会的人", ["面包税", "市议会"]),
        ("zh", "提高了北京大学堂", ["提高", "北京", "京大", "大学", "学堂"]),
        ("ja", "このテストは", ["テスト"]),
        ("th", "ประเทศไทย กรุงเทพ", ["ประเทศไทย", "กรุงเทพ"]),
        ("ar", "ا" * 100_000, []),
        ("th", "ก" * 100_000, []),
        ("en", "Alpha Beta Gamma Delta Epsilon Zeta Eta", []),
    ],
)  # fmt: skip
def test_candidates(language: str, text: str, expected: list[str]) -> None:
    assert found(text, language) == expected


ARTICLES: list[dict[str, object]] = [
    {"id": "a", "title": "Élections à Paris", "language": "fr", "source": "open",
     "paragraphs": ["Le maire de Strasbourg parle.", "Elle aime Strasbourg et Nancy.", "On va à Nancy."]},
    {"id": "b", "title": "Council news", "language": "en", "source": "open",
     "paragraphs": ["They love the Old Town.", "We saw the Old Town and the old Strasbourg.", "He left Strasbourg."]},
    {"id": "c", "title": "Council news", "language": "en", "source": "secret",
     "paragraphs": ["About Project Falcon.", "All of Project Falcon and STRASBOURG.", "In STRASBOURG.", "To STRASBOURG."]},
]  # fmt: skip


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Engine]:
    import json

    folder = tmp_path_factory.mktemp("towns")
    (folder / "c.jsonl").write_text("".join(json.dumps(one) + "\n" for one in ARTICLES))
    index_corpus(folder / "index", [folder / "c.jsonl"], "fake")
    with Engine(folder / "index") as engine:
        yield engine


def texts(engine: Engine, q: str, forced: str | None = None, **fields: object) -> list[str]:
    return [one.text for one in engine.suggest(SuggestRequest(q, **fields), forced).suggestions]  # type: ignore[arg-type]


def test_titles_and_phrases_with_their_counts(towns: Engine) -> None:
    assert towns.suggest(SuggestRequest("old")).suggestions == [Suggestion("Old Town", "phrase", "en", 2, None)]
    [title] = towns.suggest(SuggestRequest("elec")).suggestions
    assert title == Suggestion("Élections à Paris", "title", "fr", 3, "a")
    [shared] = towns.suggest(SuggestRequest("coun")).suggestions
    assert shared == Suggestion("Council news", "title", "en", 7, None), "two articles have it"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ÉLECT", ["Élections à Paris"]),
        ("elections a p", ["Élections à Paris"]),
        ("paris", ["Élections à Paris"]),
        ("paris ", ["Élections à Paris"]),
        ("par ", []),
        ("aris", []),
        ("elecsions", ["Élections à Paris"]),
        ("elcetions a pa", ["Élections à Paris"]),
        ("xlections", []),
        ("nancy", ["Nancy"]),
        ("the old", []),
        ("...", []),
        ("strasbuorg", ["STRASBOURG"]),
    ],
)
def test_typing(towns: Engine, typed: str, expected: list[str]) -> None:
    assert texts(towns, typed) == expected


def test_what_begins_so_comes_before_what_has_it_within_then_by_count(towns: Engine) -> None:
    assert texts(towns, "n") == ["Nancy", "Council news"]
    assert texts(towns, "p") == ["Project Falcon", "Élections à Paris"]
    assert texts(towns, "n", limit=1) == ["Nancy"]


def test_one_text_in_two_languages_is_suggested_once(towns: Engine) -> None:
    assert [(one.language, one.count) for one in towns.suggest(SuggestRequest("strasb")).suggestions] == [("en", 5)]
    assert texts(towns, "strasb", languages=("fr",)) == ["Strasbourg"]
    assert texts(towns, "old", languages=("fr", "de")) == []


def test_a_forced_filter_hides_phrases_spellings_counts_and_articles(towns: Engine) -> None:
    forced = "source = open"
    assert texts(towns, "project") == ["Project Falcon"]
    assert texts(towns, "project", forced) == texts(towns, "projekt falcon", forced) == []
    assert texts(towns, "strasb") == ["STRASBOURG"], "most write it so"
    assert texts(towns, "strasb", forced) == ["Strasbourg"]
    [title] = towns.suggest(SuggestRequest("council"), forced).suggestions
    assert (title.count, title.article_id) == (3, "b")


def test_suggestions_follow_the_commits(tmp_path: Path, write_corpus: Write) -> None:
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus(ARTICLES)], "fake")
    with Engine(folder) as engine:
        assert texts(engine, "old") == ["Old Town"]
        delete_articles(folder, ["b"])
        engine.refresh()
        late = engine.suggest(SuggestRequest("old"), patient=False)
        assert late.suggestions == [], "what was removed is not suggested, however late the rest is"
        new = {
            "id": "d",
            "title": "Fair",
            "language": "en",
            "paragraphs": ["We saw the Old Town.", "You saw the Old Town."],
        }
        index_corpus(folder, [write_corpus([new])])
        engine.refresh()
        answer = engine.suggest(SuggestRequest("old"))
        assert (answer.complete, answer.generation) == (True, 3)
        assert [one.count for one in answer.suggestions] == [2]


def test_an_index_made_anew_in_the_same_place_has_no_suggestions_of_the_old(
    tmp_path: Path, write_corpus: Write
) -> None:
    import shutil

    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus(ARTICLES)], "fake")
    with Engine(folder) as engine:
        assert texts(engine, "council") == ["Council news"]
        shutil.rmtree(folder)
        index_corpus(folder, [write_corpus([{"id": "z", "title": "Zebras", "language": "en", "text": "Run."}])], "fake")
        engine.refresh()
        assert texts(engine, "council") == []
        assert texts(engine, "z") == ["Zebras"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"q": " "}, "q"),
        ({"q": "x" * 10_001}, "q"),
        ({"q": "\ud800"}, "q"),
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "limit": 51}, "limit"),
        ({"q": "x", "languages": ("german!",)}, "languages"),
    ],
)
def test_requests_validate_themselves(fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SuggestRequest(**fields)  # type: ignore[arg-type]
    assert caught.value.field == field


class Texts:
    """Rows with a title, a text and a language, as a store tells them."""

    def __init__(self, rows: dict[int, tuple[str, str, str]]) -> None:
        self._rows = rows

    def checksums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        pairs = np.array([(row, hash(own)) for row, own in sorted(self._rows.items())], np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def languages(self, rows: Sequence[int]) -> list[str]:
        return [self._rows[row][2] for row in rows]

    def texts(self, rows: Sequence[int]) -> Iterable[tuple[int, tuple[str, str]]]:
        return [(row, self._rows[row][:2]) for row in rows]


WORDS = st.sampled_from(
    ["Anna", "ANNA", "Änna", "Bern", "Berna", "Bank", "of", "the", "meets", "Annabel", "面包税", "."]
)
PARAGRAPHS = st.lists(
    st.tuples(
        st.sampled_from(["Anna", "Bern news", "面包", ""]),
        st.lists(WORDS, min_size=1, max_size=8).map(" ".join),
        st.sampled_from(["en", "de"]),
    ),
    max_size=10,
)
TYPED = st.sampled_from(
    ["a", "an", "anna", "ann ", "b", "bern", "ben", "brena", "annabal", "面", "bank of", "bank of ana"]
)


def book(rows: dict[int, tuple[str, str, str]]) -> SuggestionIndex:
    made = PhraseBook().update(Texts(rows))  # type: ignore[arg-type]
    assert made is not None
    return made


def told(index: SuggestionIndex, rows: Iterable[int], typed: str) -> list[tuple[object, ...]]:
    found = within(index, index.visible(BitMap(rows)), SuggestRequest(typed, limit=3))
    return [(one.key, one.text, one.kind, one.language, one.count, one.rows.tolist()) for one in found]


def test_a_title_spelled_between_two_spellings_of_a_phrase_is_counted_by_itself() -> None:
    one, two = np.array([1, 2], np.uint32), np.array([3, 4], np.uint32)
    spelled = [Entry("ANNA", "phrase", "en", one), Entry("Änna", "phrase", "en", two)]
    index = SuggestionIndex([*spelled, Entry("Anna", "title", "en", np.array([0], np.uint32))])
    assert told(index, range(5), "anna") == [("anna ", "ANNA", "phrase", "en", 4, [1, 2])]
    assert told(index, [0, 1], "anna") == [("anna ", "Anna", "title", "en", 1, [0])]


@given(PARAGRAPHS, st.sets(st.integers(0, 9)), TYPED)
def test_who_sees_a_part_is_told_what_an_index_of_that_part_would_tell(
    paragraphs: list[tuple[str, str, str]], chosen: set[int], typed: str
) -> None:
    rows = dict(enumerate(paragraphs))
    seen = {row: own for row, own in rows.items() if row in chosen}
    assert told(book(rows), seen, typed) == told(book(seen), seen, typed)


@pytest.mark.parametrize("share", [0.0, 1000.0])
@given(st.lists(st.tuples(PARAGRAPHS, st.sets(st.integers(0, 30))), min_size=2, max_size=4), TYPED, st.data())
def test_keeping_up_gives_what_making_anew_gives(
    share: float, commits: list[tuple[list[tuple[str, str, str]], set[int]]], typed: str, data: st.DataObject
) -> None:
    """Whether what changed is kept apart or all is sorted anew: to the letter, for whoever sees a part of it."""
    kept_up, rows = PhraseBook(), {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(book_module, "CHANGED_SHARE", share)
        for added, kept in commits:
            start = 1 + max(rows, default=-1)
            rows = {row: own for row, own in rows.items() if row in kept} | dict(enumerate(added, start=start))
            updated = kept_up.update(Texts(rows))  # type: ignore[arg-type]
    assert updated is not None
    seen = data.draw(st.sets(st.sampled_from(sorted(rows)))) if rows else set()
    anew = book(rows)
    assert len(updated) == len(anew)
    for visible in (rows.keys(), seen):
        assert told(updated, visible, typed) == told(anew, visible, typed)


def test_a_commit_costs_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {row: (f"Title {row // 4}", f"They met Anna Bern{row % 90} in Town{row % 90}.", "en") for row in range(400)}
    kept_up = PhraseBook()
    kept_up.update(Texts(rows))  # type: ignore[arg-type]
    sorted_: list[int] = []
    real = index_module.Layer.__init__
    monkeypatch.setattr(
        index_module.Layer, "__init__", lambda self, some: sorted_.append(len(some)) or real(self, some)
    )
    updated = kept_up.update(Texts(rows | {400: ("Fair", "They met Anna Bern7 twice.", "en")}))  # type: ignore[arg-type]
    assert sorted_ == [2]  # the new title, and Anna Bern7
    assert updated is not None
    assert told(updated, range(401), "anna bern7")[0][4] == 6


def test_the_end_of_what_was_typed() -> None:
    assert [typed_form(one) for one in ("Büch", "Büch ", "büch,", "a-b", " ", "面包", "né́")] == [
        "buch", "buch ", "buch ", "a b", "", "面包", "ne",
    ]  # fmt: skip

"""The grammar of queries, what it demands of both legs, and words that were mistyped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.query.grammar import Clause, ParsedQuery, parse
from paraglot.search.query.understanding import ONLY_EXCLUDES
from paraglot.search.types import Mode, SearchRequest, SearchResponse


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bread tax", ParsedQuery("bread tax")),
        ('"bread tax"', ParsedQuery("bread tax", ((Clause("bread tax", "phrase"),),))),
        ("bread -tax", ParsedQuery("bread", (), (Clause("tax", "word"),))),
        ('bread -"old town"', ParsedQuery("bread", (), (Clause("old town", "phrase"),))),
        ("title:bread tax", ParsedQuery("bread tax", ((Clause("bread", "word", "title"),),))),
        ('text:"old town"', ParsedQuery("old town", ((Clause("old town", "phrase", "text"),),))),
        ("tax source:Gazette", ParsedQuery("tax", ((Clause("Gazette", "word", "source"),),))),
        ("bak* tax", ParsedQuery("bak tax", (), (), ("bak",))),
        ("bread OR tax", ParsedQuery("bread tax", alternatives=(("bread", "tax"),))),
        (
            '"bread tax" OR "old town" OR rat',
            ParsedQuery(
                "bread tax old town rat",
                ((Clause("bread tax", "phrase"), Clause("old town", "phrase"), Clause("rat", "word")),),
                alternatives=(("bread tax", "old town", "rat"),),
            ),
        ),
        # Not the grammar: words.
        ("-tax", ParsedQuery("-tax", only_excludes=True)),
        ('the "bread tax', ParsedQuery('the "bread tax')),
        ("OR bread", ParsedQuery("OR bread")),
        ("bread OR OR tax", ParsedQuery("bread OR OR tax")),
        ("e-mail at 10:30, -5 degrees - cold", ParsedQuery("e-mail at 10:30, -5 degrees - cold")),
        ("b* title: **", ParsedQuery("b* title: **")),
        ('""', ParsedQuery('""')),
        (" ".join(["word"] * 40) + " -x OR y", ParsedQuery(" ".join(["word"] * 40) + " -x OR y")),
        ("bread -5G -2024 -x", ParsedQuery("bread", (), tuple(Clause(one, "word") for one in ("5G", "2024", "x")))),
        ("-273 °C, -300 degrees", ParsedQuery("-273 °C, -300 degrees")),
    ],
)
def test_parse(query: str, expected: ParsedQuery) -> None:
    assert parse(query) == expected


PHRASE = Clause("old town", "phrase")


@pytest.mark.parametrize(
    "marks",
    ['""', "“”", "„“", "„”", "””", "«»", "»«", "‹›", "›‹", "「」", "『』", "｢｣", "＂＂", "״״", "‘’", "‚‘", "''", '“"'],
)
def test_every_pair_of_quotation_marks_makes_a_phrase(marks: str) -> None:
    quoted = f"{marks[0]}old town{marks[1]}"
    for query in (quoted, f"{quoted},", f"({quoted})", f"{quoted}?!", f"¿{quoted}…"):
        assert parse(query) == ParsedQuery("old town", ((PHRASE,),)), query
    assert parse(f"who walled the {quoted}?").required == ((PHRASE,),)
    assert parse(f"bread -{quoted}, tax").excluded == (PHRASE,)
    for dash in "-−－‐‑‒–":
        assert parse(f"bread {dash}{quoted}").excluded == (PHRASE,), dash
    assert parse(f"bread – {quoted}").required == ((PHRASE,),)
    assert parse(f"title:{quoted}").required == ((Clause("old town", "phrase", "title"),),)
    spaced = f"{marks[0]} old town {marks[1]}"
    assert parse(spaced).required == ((PHRASE,),)
    many = " ".join(["word"] * 40)
    assert parse(f"{many} {quoted} {many}").required == ((PHRASE,),)


@pytest.mark.parametrize(
    ("query", "phrases"),
    [
        ("フェリーの「冬の時刻表」とは", ["冬の時刻表"]),
        ('フェリーの"冬の時刻表"とは', ["冬の時刻表"]),
        ('צה"ל "לוח הזמנים"', ["לוח הזמנים"]),
        ('"צה"ל הודיע" אתמול', ['צה"ל הודיע']),
        ('5" pipe "a b"', ["a b"]),
        ("rock 'n' roll in the boys' club", []),
        ("'tis the season of the boys' club", []),
        ("don’t ’do it’ o’clock", ["do it"]),
        ("L’eau et l’air", []),
        ("«зимнее расписание» „новый паром“", ["зимнее расписание", "новый паром"]),
        ('"hi" and "ho', []),
    ],
)
def test_marks_inside_words_quote_nothing(query: str, phrases: list[str]) -> None:
    assert [clause.text for group in parse(query).required for clause in group] == phrases


def test_what_is_excluded_may_stand_in_parentheses() -> None:
    parsed = parse("ferry (-bread) [-2024]")
    assert (parsed.plain, [clause.text for clause in parsed.excluded]) == ("ferry", ["bread)", "2024]"])
    assert not parse("minus (-5) and f(-x)").excluded


PIECES = st.sampled_from(
    [
        "“",
        "”",
        "„",
        "«",
        "»",
        "’",
        '"',
        "-",
        "OR",
        "title:",
        "text:",
        "source:",
        "*",
        " ",
        "税",
        "bread",
        "x",
        "'",
        "(",
        ":",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_nothing_is_an_error(query: str) -> None:
    parsed = parse(query)
    assert parsed == parse(query)
    if parsed.required or parsed.excluded:
        assert any(character.isalnum() for character in parsed.plain)


TIMETABLES: list[dict[str, object]] = [
    {"id": "exact", "language": "en", "title": "", "text": "The council froze the winter timetable for the ferry line."},
    {"id": "scattered", "language": "en", "title": "", "text": "A timetable came into force in winter, it said of the ferry."},
    {"id": "exact-de", "language": "de", "title": "", "text": "Der Rat hat den neuen Fahrplan der Fähre eingefroren."},
    {"id": "scattered-de", "language": "de", "title": "", "text": "Der Fahrplan ist alt, die Fähre neuen Baus."},
    {"id": "exact-ru", "language": "ru", "title": "", "text": "Совет острова заморозил зимнее расписание парома."},
    {"id": "scattered-ru", "language": "ru", "title": "", "text": "Расписание парома старое, а зимнее ещё не готово."},
    {"id": "exact-ja", "language": "ja", "title": "", "text": "島の議会は火曜日、フェリーの冬の時刻表を凍結した。"},
    {"id": "scattered-ja", "language": "ja", "title": "", "text": "新しい時刻表は冬に発効し、フェリーについて議会は黙っている。"},
]  # fmt: skip


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_a_quoted_phrase_is_a_demand_in_whichever_marks(tmp_path: Path, mode: Mode) -> None:
    queries = {
        "exact": ['"winter timetable"', "“winter timetable”", '"winter timetable",', 'who froze the "winter timetable"?',
                  '("winter timetable")', "«winter timetable»."],
        "exact-de": ["„neuen Fahrplan“", "»neuen Fahrplan«", "‚neuen Fahrplan‘"],
        "exact-ru": ["«зимнее расписание»", "“зимнее расписание”!"],
        "exact-ja": ["「冬の時刻表」", "＂冬の時刻表＂", "フェリーの「冬の時刻表」とは"],
    }  # fmt: skip
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps(one) + "\n" for one in TIMETABLES), "utf-8")
    index_corpus(tmp_path / "index", [corpus], "fake")
    with Engine(tmp_path / "index") as engine:

        def found(query: str) -> list[str]:
            return [hit.article.id for hit in engine.search(SearchRequest(query, mode=mode)).hits]

        for article, asked in queries.items():
            for query in asked:
                assert found(query) == [article], query
        for left_out in ('-"winter timetable"', '-"winter timetable",', "-“winter timetable”", "-„winter timetable“"):
            names = found(f"ferry {left_out}")
            assert "exact" not in names
            assert "scattered" in names


ARTICLES: list[dict[str, object]] = [
    {"id": "tax", "title": "The tax on bread", "language": "en", "source": "Gazette",
     "text": "The council raised the bread tax.\n\nBakers in the old town protested loudly."},
    {"id": "town", "title": "Old walls", "language": "en", "source": "Evening Post",
     "text": "The town is old, its bread is not.\n\nA tax on bread was raised by the council."},
    {"id": "税", "title": "面包税", "language": "zh", "text": "市议会提高了面包税。\n\n老城的面包师抗议。"},
]  # fmt: skip


@pytest.fixture(scope="module")
def grammar_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("grammar")
    corpus = folder / "corpus.jsonl"
    corpus.write_text("".join(json.dumps(one) + "\n" for one in ARTICLES), "utf-8")
    index_corpus(folder / "index", [corpus], "fake")
    with Engine(folder / "index") as engine:
        yield engine


@pytest.mark.parametrize("mode", ["keyword", "hybrid", "semantic"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"bread tax"', {"tax#0"}),
        ('"Old Town"', {"tax#1"}),
        ('"old town" OR "raised by"', {"tax#1", "town#1"}),
        ("bread -council", {"tax#1", "town#0", "税#0", "税#1"}),
        ("bread -wall", {"tax#0", "tax#1", "税#0", "税#1"}),
        ('tax -"tax on bread"', {"town#0", "税#0", "税#1"}),
        ("title:walls bread", {"town#0", "town#1"}),
        ("title:wall bread", {"town#0", "town#1"}),
        ("text:taxes bread", {"tax#0", "town#1"}),
        ("bread source:gazette", {"tax#0", "tax#1"}),
        ('bread source:"evening post"', {"town#0", "town#1"}),
        ('"面包税"', {"税#0", "税#1"}),
        ("text:面包税", {"税#0"}),
        ('"bread tax" -council', set()),
        ('"never heard of"', set()),
    ],
)
def test_demands_hold_for_every_leg(grammar_engine: Engine, query: str, found: set[str], mode: Mode) -> None:
    response = grammar_engine.search(SearchRequest(query, mode=mode))
    names = {f"{hit.article.id}#{hit.paragraph.position}" for hit in response.hits}
    if mode == "keyword":  # which finds by word alone
        assert names <= found
    else:
        assert names == found


@pytest.mark.parametrize("mode", ["keyword", "hybrid", "semantic"])
def test_what_a_query_does_not_say_is_told(grammar_engine: Engine, mode: Mode) -> None:
    def asked(query: str, **fields: Any) -> SearchResponse:
        return grammar_engine.search(SearchRequest(query, mode=mode, **fields))

    assert asked("-tax").warnings == [ONLY_EXCLUDES]
    assert asked("bread", languages=("en-US", "en")).warnings == [
        "No paragraph is in 'en-US'; a shorter tag takes in its varieties."
    ]
    for query in ('" … ?!', "🍞", "👩🏽‍🍳 🇫🇷", "→ + €"):
        nothing = asked(query)
        assert (nothing.hits, nothing.confidence) == ([], "none")
        looked_for = mode == "keyword" or (mode == "hybrid" and query[0] in "🍞👩")  # pictures are words
        assert nothing.warnings == (
            [] if looked_for else ["The query is nothing but signs: there is nothing to look for."]
        )


def test_a_prefix_finds_what_begins_so(grammar_engine: Engine) -> None:
    response = grammar_engine.search(SearchRequest("bak*", mode="keyword"))
    [hit] = response.hits
    assert [hit.paragraph.text[one.start : one.end] for one in hit.highlights] == ["Bakers"]


def test_the_words_highlighted_are_those_of_the_stem(grammar_engine: Engine) -> None:
    hit = grammar_engine.search(SearchRequest("baker towns", mode="keyword")).hits[0]
    assert [hit.paragraph.text[one.start : one.end] for one in hit.highlights] == ["Bakers", "town"]
    assert list(hit.matched_terms) == ["baker", "town"]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("the coucnil", "the council"),
        ("tix bread", None),  # three letters are too few
        ("protetsed Bakers", "protested Bakers"),
        ("tax bxyd", None),
        ("council", None),
        ("die Steuern wurden erhöht", None),  # all unknown: another language
        ("面色税", None),
    ],
)
def test_mistyped_words_are_mended(grammar_engine: Engine, query: str, meant: str | None) -> None:
    response = grammar_engine.search(SearchRequest(query, mode="keyword"))
    assert response.did_you_mean == meant
    if meant:
        assert response.hits


def test_query_language_settles_the_language(grammar_engine: Engine) -> None:
    response = grammar_engine.search(SearchRequest("bread", query_language="de-AT"))
    assert response.languages == {"de": 1.0}
    assert list(response.tokens) == ["bread", "de:bread", "de:~bread"]


def test_long_queries_work(grammar_engine: Engine) -> None:
    text = "The council raised the bread tax. Bakers in the old town protested loudly. " * 60
    assert grammar_engine.search(SearchRequest(text, mode="keyword")).hits


@given(st.one_of(st.text(min_size=1), st.lists(PIECES, min_size=1).map("".join)))
def test_any_query_is_answered(grammar_engine: Engine, query: str) -> None:
    if query.strip() and not any(0xD800 <= ord(character) <= 0xDFFF for character in query):
        response = grammar_engine.search(SearchRequest(query, mode="keyword"))
        for hit in response.hits:
            assert all(0 <= one.start < one.end <= len(hit.paragraph.text) for one in hit.highlights)


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_a_question_that_quotes_what_nobody_says_so_is_read_as_words(engine: Engine, mode: Mode) -> None:
    asked = engine.search(SearchRequest('who raised "tax bread old"', mode=mode))
    assert asked.hits[0].article.id == "tax"
    assert any('"tax bread old" as written' in warning for warning in asked.warnings)
    assert engine.search(SearchRequest('"tax bread old"', mode=mode)).hits == []
    assert engine.search(SearchRequest('bread -tax "tax bread old"', mode=mode)).warnings

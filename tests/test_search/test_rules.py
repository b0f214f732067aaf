"""The rules of an index: what its file may say, synonyms in the keyword leg, pinned results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.restore import restore
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidSettings
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.memory.keywords import MemoryKeywords, ParagraphTerms
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.query.rules.file import RulesFile
from paraglot.search.query.rules.rules import Pin, Rules, Synonyms, as_tables, as_toml, parse_rules, read_rules
from paraglot.search.query.understanding import FAULTY_RULES
from paraglot.search.types import Mode, SearchRequest, SearchResponse, SynonymMatch
from tests.conftest import ARTICLES

GOOD = """
[[synonyms]]
words = ["ev", "electric car"]
language = "en"

[[synonyms]]
from = ["Bombay"]
to = ["Mumbai"]

[[pins]]
query = "opening hours"
ids = ["visit"]

[[pins]]
queries = ["tickets", "prices"]
match = "contains"
ids = ["b", "a~1"]
languages = ["en", "de"]
"""
PARSED = Rules(
    (Synonyms(("ev", "electric car"), ("ev", "electric car"), "en"), Synonyms(("Bombay",), ("Mumbai",))),
    (Pin(("opening hours",), ("visit",)), Pin(("tickets", "prices"), ("b", "a~1"), "contains", ("en", "de"))),
)


def test_the_file_and_back() -> None:
    assert parse_rules(GOOD.encode(), "rules.toml") == PARSED
    assert parse_rules(as_toml(PARSED), "rules.toml") == PARSED
    assert read_rules(as_tables(PARSED)) == PARSED
    assert parse_rules(b"", "rules.toml") == Rules()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[pins]\n", "rules.toml: not TOML: .*line 1"),
        ("pin = []", "rules.toml: there is no 'pin'; known are synonyms and pins"),
        ("pins = 3", "rules.toml: pins must be tables, each under"),
        ("\n[[synonyms]]\nwords = ['a', 'b']\n\n[[synonyms]]\nwords = ['a']", r"line 5: synonyms\[1\]: words must have 2"),
        ("[[synonyms]]\nwords = ['a', 'b']\nto = ['c']", r"line 1: synonyms\[0\]: give either words, or from and to"),
        ("[[synonyms]]\nfrom = ['a']", r"synonyms\[0\]: to must be a list of texts"),
        ("[[synonyms]]\nlanguage = 'en'", r"synonyms\[0\]: give either words"),
        ("[[synonyms]]\nwords = ['a', '!']", "words: '!' has no word in it"),
        ("[[synonyms]]\nwords = ['a', 3]", "words must be a list of texts"),
        ("[[synonyms]]\nwords = ['a', 'b']\nlanguage = 'german!'", "language: 'german!' is not a language tag"),
        ("[[synonyms]]\nword = ['a', 'b']", "there is no key 'word'; known are words, from, to, language"),
        ("# first\n[[pins]]\nids = ['a']", r"line 2: pins\[0\]: give either query or queries"),
        ("[[pins]]\nquery = ['x']\nids = ['a']", "query must be a text"),
        ("[[pins]]\nquery = 'x'", "ids must be a list of texts"),
        ("[[pins]]\nquery = 'x'\nids = ['']", "ids: '' has no word in it"),
        ("[[pins]]\nquery = 'x'\nids = ['a']\nmatch = 'regex'", "match must be exact or contains, not 'regex'"),
        ("[[pins]]\nquery = 'x'\nids = ['a']\nlanguages = [3]", "languages must be a list of texts"),
        (f"[[pins]]\nquery = '{'x' * 1001}'\nids = ['a']", "longer than 1000 characters"),
        ("#" * 1_000_001, "longer than 1,000,000 bytes"),
        ("pins = [{query = 'x', ids = []}]", r"rules.toml: pins\[0\]: ids must have 1 to 100 entries, not 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(content: str, message: str) -> None:
    with pytest.raises(InvalidSettings, match=message):
        parse_rules(content.encode(), "rules.toml")


def test_what_is_not_utf_8() -> None:
    with pytest.raises(InvalidSettings, match=r"rules.toml: not UTF-8 \(byte 2\)"):
        parse_rules(b"# \xff", "rules.toml")


TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(lambda one: one + "a"), min_size=2, max_size=3
)


@given(TEXTS, TEXTS)
def test_any_text_survives_the_file(first: list[str], second: list[str]) -> None:
    rules = Rules((Synonyms(tuple(first), tuple(second)),), (Pin(tuple(first), tuple(second), "contains"),))
    read = parse_rules(as_toml(rules), "rules.toml")
    assert read.pins == rules.pins
    assert [(one.sources, one.targets) for one in read.synonyms] == [(tuple(first), tuple(second))]


def rule(folder: Path, content: str) -> None:
    IndexLayout(folder).rules.write_text(content, "utf-8")


def names(response: SearchResponse) -> list[str]:
    return [f"{hit.article.id}#{hit.paragraph.position}" for hit in response.hits]


def search(
    engine: Engine, q: str, mode: Mode = "keyword", forced: str | None = None, **fields: object
) -> SearchResponse:
    return engine.search(SearchRequest(q, mode=mode, **fields), forced)  # type: ignore[arg-type]


def test_synonyms_both_ways_and_one_way(engine: Engine, small_index: Path) -> None:
    assert names(search(engine, "loaf")) == []
    rule(small_index, '[[synonyms]]\nwords = ["loaf", "bread"]')
    found = search(engine, "loaf")
    assert set(names(found)) == {"tax#0", "tax#1", "steuer#2"}
    assert found.synonyms == [SynonymMatch("loaf", "bread")]
    best = next(hit for hit in found.hits if hit.article.id == "tax" and hit.paragraph.position == 0)
    assert best.synonyms == [SynonymMatch("loaf", "bread")]
    assert [best.paragraph.text[one.start : one.end] for one in best.highlights] == ["bread"]
    rule(small_index, '[[synonyms]]\nfrom = ["bread"]\nto = ["council"]')
    assert search(engine, "loaf").synonyms == []
    assert search(engine, "bread").synonyms == [SynonymMatch("bread", "council")]
    assert search(engine, "council").synonyms == []


def test_synonyms_of_several_words(engine: Engine, small_index: Path) -> None:
    rule(
        small_index,
        '[[synonyms]]\nwords = ["medina", "old town"]\n[[synonyms]]\nfrom = ["baked goods"]\nto = ["bread"]',
    )
    assert names(search(engine, "Medina")) == ["tax#1"], "all of the words, and only where they are"
    whole = search(engine, "baked good")
    assert whole.synonyms == [SynonymMatch("baked good", "bread")], "by stems, too"
    assert "steuer#2" in names(whole)
    assert search(engine, "goods").synonyms == []


def test_a_synonym_covers_the_word_that_was_written(engine: Engine, small_index: Path) -> None:
    asked = search(engine, "loaf council", mode="hybrid")
    rule(small_index, '[[synonyms]]\nwords = ["loaf", "bread"]')
    better = search(engine, "loaf council", mode="hybrid")
    first = {name: hit.relevance for name, hit in zip(names(asked), asked.hits, strict=True)}
    then = {name: hit.relevance for name, hit in zip(names(better), better.hits, strict=True)}
    assert names(better)[0] == "tax#0"
    assert then["tax#0"] > first["tax#0"]


def test_a_language_of_synonyms(engine: Engine, small_index: Path) -> None:
    rule(small_index, '[[synonyms]]\nwords = ["Rat", "council"]\nlanguage = "de"')
    assert search(engine, "Rat", query_language="de").synonyms == [SynonymMatch("Rat", "council")]
    assert search(engine, "rat", query_language="en").synonyms == []


def test_synonyms_where_no_spaces_divide_words(engine: Engine, small_index: Path) -> None:
    rule(small_index, '[[synonyms]]\nfrom = ["吐司"]\nto = ["面包"]')
    assert set(names(search(engine, "吃吐司税"))) == {"税#0", "税#1"}


def test_several_terms_as_one_score_as_the_least_of_them(engine: Engine) -> None:
    query = KeywordQuery.of_terms(["old town", "bread protested"])
    with engine.snapshot() as snapshot:
        rows = snapshot.store.rows()
        keyword = snapshot.keyword
        assert [row for row, _ in keyword.search(KeywordQuery.of_terms(["old town"]), 9)] == [rows[1]]
        least = min(keyword.scores(KeywordQuery.of_terms([one]), [rows[1]])[0] for one in ("old", "town"))
        assert keyword.scores(KeywordQuery.of_terms(["old town"]), [rows[1]])[0] == pytest.approx(least)
        assert keyword.coverage(query, [rows[0]]) == [0.0]
        assert keyword.rows_with("old nowhere") == []
    fake = MemoryKeywords({1: ParagraphTerms("und", Counter("abb")), 2: ParagraphTerms("und", Counter("a"))})
    assert fake.rows_with("a b") == [1]
    assert fake.scores(KeywordQuery.of_terms(["a b"]), [1, 2]) == [
        0.830189,
        0.0,
    ]  # 2.2 / (1 + 1.2 · (0.25 + 0.75 · 3 / 2))


PINS = '[[pins]]\nqueries = ["BREAD!"]\nids = ["税", "tax", "nobody"]\n[[pins]]\nquery = "tax"\nmatch = "contains"\nids = ["steuer"]'


@pytest.mark.parametrize("mode", ["keyword", "semantic", "hybrid"])
def test_pinned_results_come_first_once(engine: Engine, small_index: Path, mode: Mode) -> None:
    before = names(search(engine, "bread", mode))
    rule(small_index, PINS)
    found = search(engine, "bread", mode)
    assert [hit.article.id for hit in found.hits if hit.pinned] == ["税", "tax"]
    assert [hit.pinned for hit in found.hits[:3]] == [True, True, False]
    assert set(names(found)) >= set(before)
    assert found.estimated_total_hits == len(found.hits) == len(set(names(found)))
    pages = [names(search(engine, "bread", mode, limit=1, offset=at)) for at in range(len(found.hits))]
    assert [name for page in pages for name in page] == names(found)


def test_exact_is_the_whole_query_and_contains_any_of_it(engine: Engine, small_index: Path) -> None:
    rule(small_index, PINS)
    assert names(search(engine, "the tax!"))[0] == "steuer#0"
    assert not search(engine, "taxes").hits[0].pinned
    assert not search(engine, "bread old").hits[0].pinned


def test_a_filter_keeps_pinned_results_out(engine: Engine, small_index: Path) -> None:
    rule(small_index, PINS)
    for scope in ({"filter": "language = de"}, {"languages": ("de",)}, {"forced": "language = de"}):
        found = search(engine, "bread", **scope)  # type: ignore[arg-type]
        assert names(found) == ["steuer#2"]
        assert not found.hits[0].pinned
    assert [hit.article.id for hit in search(engine, "bread -面包").hits if hit.pinned] == ["tax"]


def test_pinned_results_in_groups_sorted_and_counted(engine: Engine, small_index: Path) -> None:
    rule(small_index, '[[pins]]\nquery = "bread"\nids = ["steuer"]\n[[pins]]\nquery = "bread"\nids = ["税"]')
    grouped = search(engine, "bread", group_by="article", facets=("language",))
    assert [(hit.article.id, hit.pinned) for hit in grouped.hits] == [("steuer", True), ("税", True), ("tax", False)]
    assert grouped.facets["language"].counts == {"de": 1, "en": 1, "zh-TW": 1}
    assert search(engine, "bread", sort="date:desc").hits[0].article.id == "steuer"
    with engine.snapshot() as snapshot:
        second = snapshot.store.article("tax")[1][1].id
    rule(small_index, f'[[pins]]\nquery = "bread"\nids = ["{second}"]\nlanguages = ["en"]')
    assert names(search(engine, "bread", query_language="en"))[0] == "tax#1"
    assert names(search(engine, "bread", query_language="de"))[0] != "tax#1"


def test_a_pinned_paragraph_that_changed_is_its_successor(
    engine: Engine, small_index: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    with engine.snapshot() as snapshot:
        pinned = snapshot.store.article("tax")[1][1].id
    rule(small_index, f'[[pins]]\nquery = "bread"\nids = ["{pinned}"]')
    changed = ARTICLES[0] | {"text": "The council raised the bread tax.\n\nBakers in the old town protested softly."}
    index_corpus(small_index, [write_corpus([changed])])
    engine.refresh()
    [first, *_] = search(engine, "bread").hits
    assert (first.paragraph.text, first.pinned) == ("Bakers in the old town protested softly.", True)


def test_a_faulty_file_leaves_the_rules_as_they_were_and_says_so(engine: Engine, small_index: Path) -> None:
    rule(small_index, PINS)
    good = engine.rules.now().version
    assert search(engine, "bread").warnings == []
    rule(small_index, "[[pins]]\n")
    broken = search(engine, "bread")
    assert broken.warnings == [FAULTY_RULES]
    assert broken.hits[0].pinned
    assert engine.rules.now().fault == "rules.toml: line 1: pins[0]: give either query or queries."
    assert engine.rules.now().version != good
    IndexLayout(small_index).rules.unlink()
    assert not search(engine, "bread").hits[0].pinned


def test_rules_are_replaced_and_backed_up(engine: Engine, small_index: Path, tmp_path: Path) -> None:
    engine.rules.replace(PARSED)
    assert engine.rules.now().rules == PARSED
    assert [path.name for path in small_index.glob("rules*")] == ["rules.toml"]
    with pytest.raises(InvalidSettings, match="longer than"):
        engine.rules.replace(Rules((Synonyms(("a" * 1001, "b"), ("c",)),)))
    back_up(small_index, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "other")
    assert RulesFile(IndexLayout(tmp_path / "other").rules).now().rules == PARSED


def test_a_pinned_answer_is_as_sure_as_any(engine: Engine, small_index: Path) -> None:
    sure = search(engine, "Brotsteuer erhöht", limit=1)
    assert sure.confidence != "none"
    rule(small_index, f'[[pins]]\nquery = "Brotsteuer erhöht"\nids = ["{sure.hits[0].paragraph.id}"]')
    pinned = search(engine, "Brotsteuer erhöht", limit=1)
    assert (pinned.hits[0].pinned, pinned.confidence) == (True, sure.confidence)

"""The filter grammar, and which rows a filter lets through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.engine.engine import Engine
from paraglot.search.errors import InvalidRequest
from paraglot.search.query.filters import (
    MAX_DEPTH,
    MAX_FILTER_CHARACTERS,
    And,
    Condition,
    Not,
    Or,
    Value,
    conditions,
    parse_filter,
)
from paraglot.search.text.dates import read_period
from paraglot.search.types import SearchRequest
from tests.conftest import index_of

ARTICLES = [
    {"id": "a", "text": "One bread.", "language": "en", "date": "2023-12-31", "source": "Gazette", "stars": 3,
     "tags": ["food", "news"], "open": True, "author": {"name": "Ann"}},
    {"id": "b", "text": "Two bread.", "language": "de", "date": "2024", "source": "Bote", "stars": 4.5,
     "tags": ["opinion"], "open": False},
    {"id": "c", "text": "Three bread.", "language": "zh-TW", "date": "2024-01-15T10:00:00+02:00", "source": "Gazette",
     "stars": "4.5", "tags": "food"},
    {"id": "d", "text": "Four bread.", "language": "en", "published": "2024-03-01", "note": "2024 was \"good\""},
]  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("filters")
    with Engine(index_of(folder, ARTICLES)) as engine:
        yield engine


def test_values_are_composed_and_not_made_compatible() -> None:
    assert parse_filter("town = Ko" + chr(0x308) + "ln") == parse_filter("town = K\u00f6ln")
    for one, other in (("\uff34\uff4f\uff4b\uff59\uff4f", "Tokyo"), ("a\u00b2", "a2")):
        assert parse_filter(f"town = {one}") != parse_filter(f"town = {other}")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("language = en", "ad"),
        ("language = ZH", "c"),
        ("language != en", "bc"),
        ("source = Gazette", "ac"),
        ("source = gazette", ""),
        ("source IN [Gazette, 'Bote']", "abc"),
        ("source NOT IN [Gazette]", "bd"),
        ("source exists", "abc"),
        ("source NOT EXISTS", "d"),
        ("tags = food", "ac"),
        ("NOT tags = opinion", "acd"),
        ("tags != news", "bcd"),
        ("stars = 4.5", "bc"),  # the number of b, the text of c
        ("stars = '4.5'", "c"),
        ("stars > 3", "b"),
        ("stars >= 3", "ab"),
        ("stars < 4.5", "a"),
        ("stars <= 4.5", "ab"),
        ("open = true", "a"),
        ("open = false", "b"),
        ("open = 1", ""),
        ("author.name = Ann", "a"),
        ("date = 2024", "bcd"),
        ("date >= 2024-01-01", "bcd"),
        ("date > 2024-01-01", "cd"),
        ("date <= 2023", "a"),
        ("date < 2023-12-31", ""),
        ("date > 2023-12", "bcd"),
        ("date = 2024-01-15T08:00:00Z", "c"),
        ("date >= 2024-01-15T08:00:01", "d"),
        ("published >= 2024-02", "d"),  # the date of d, by its own name, too
        ("note = 2024", ""),
        (r'note = "2024 was \"good\""', "d"),
        ("id = b OR id = c AND stars > 4", "b"),
        ("(id = b OR id = c) AND NOT stars > 4", "c"),
        ("nobody = 1", ""),
        ("language = de AND date >= 2024-01-01 AND source IN [Bote, b] AND NOT tags = food", "b"),
    ],
)
def test_what_a_filter_lets_through(opened: Engine, text: str, ids: str) -> None:
    response = opened.search(SearchRequest("bread", filter=text, mode="keyword"))
    assert sorted(hit.article.id for hit in response.hits) == list(ids)


def test_trees() -> None:
    assert parse_filter("a=1 or not (b in [x,'y z'] and c exists)") == Or(
        (
            Condition("a", "=", (Value("1", 1.0, period=read_period("1")),)),
            Not(And((Condition("b", "IN", (Value("x"), Value("y z"))), Condition("c", "EXISTS")))),
        )
    )
    assert [one.name for one in conditions(parse_filter("a=1 OR NOT (b=2 AND c=3)"))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("language", "at the end: expected =, !="),
        ("language =", "at the end: expected a value"),
        ("= de", "at character 1, '=': expected the name of an attribute"),
        ("a = 'x' b", "at character 9, 'b': expected AND, OR or the end."),
        (
            "a = The Gazette",
            """'Gazette': expected AND, OR or the end, or quotes around a value of several words, such as "The Gazette".""",
        ),
        (
            "a IN [b, Le Monde]",
            """'Monde': expected ',' or ']', or quotes around a value of several words, such as "Le Monde".""",
        ),
        ("(a = 1", "at the end: expected AND, OR or ')'"),
        ("a IN b", "at character 6, 'b': expected '[' and a list"),
        ("a IN [b", "at the end: expected ',' or ']'"),
        ("a IN []", "at character 7, ']': expected a value"),
        ("a NOT b", "at character 7, 'b': expected IN or EXISTS"),
        ("a > red", "at character 5, 'red': expected a number or a date after >"),
        ("a = 'b", """at character 5, "'": expected a closing quote"""),
        ("a ! b", "at character 3, '!': expected a name, a value or an operator"),
        ("a = 1 AND date >= 2025 AND date <= 2024-12-31", "No date lies between 2025 and 2024-12-31: the first is not"),
        ("NOT (date > 2024 AND date < 2024)", "No date lies between 2024 and 2024"),
        ("(" * 30 + "a = 1" + ")" * 30, f"nests deeper than {MAX_DEPTH} levels"),
        ("NOT " * 30 + "a = 1", f"nests deeper than {MAX_DEPTH} levels"),
        ("a = " + "1" * MAX_FILTER_CHARACTERS, "longer than 4,000 characters"),
    ],
)
def test_errors_name_the_place_and_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        SearchRequest("x", filter=text)
    assert caught.value.field == "filter"
    assert said in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "date >= 2024 AND date <= 2024",
        "date >= 2024-05-31 AND date < 2024-06-01",
        "date >= 2025 OR date <= 2024",
        "seen >= 5 AND seen <= 3",  # of several values each may do for one
    ],
)
def test_spans_that_something_lies_in(text: str) -> None:
    assert SearchRequest("x", filter=text)


@given(st.text(alphabet="ab=!<>()[],'\"\\ 12-ANDORNOTIN.", max_size=60))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    tree = None
    with suppress(InvalidRequest):  # and nothing else
        tree = parse_filter(text)
    assert tree is None or list(conditions(tree))


def test_unknown_attributes_are_named(opened: Engine) -> None:
    response = opened.search(SearchRequest("bread", filter="sorce = Gazette", facets=("colour",)))
    assert response.hits == []
    assert response.warnings == [
        "No article has the attribute 'sorce'. Did you mean 'source'?",
        "No article has the attribute 'colour'.",
    ]


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "yesterday", "", "0000", "20240"])
def test_no_dates(text: str) -> None:
    assert read_period(text) is None


def test_the_last_year_has_no_end() -> None:
    assert read_period("9999") is not None
    assert read_period("9999-12-31") is not None

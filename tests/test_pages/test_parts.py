"""What the search page is made of: its address, its filters, the pieces of a text, its words."""

from __future__ import annotations

import doctest
import re
from importlib import import_module

import pytest
from babel import Locale
from starlette.datastructures import QueryParams

from paraglot.api.pages.filters import MOST_CHOICES, filters
from paraglot.api.pages.form import PageForm
from paraglot.api.pages.texts import FOLDER, RIGHT_TO_LEFT, all_texts, choose
from paraglot.search.answer.pieces import Piece, pieces
from paraglot.search.errors import InvalidRequest
from paraglot.search.query.filters import parse_filter
from paraglot.search.types import MODES, Alignment, Facet, Highlight


@pytest.mark.parametrize(
    "name",
    [
        "paraglot.api.pages.brand",
        "paraglot.api.pages.form",
        "paraglot.api.pages.filters",
        "paraglot.search.answer.pieces",
        "paraglot.api.pages.texts",
        "paraglot.api.pages.timeline",
        "paraglot.api.pages.problem_text",
        "paraglot.api.pages.read",
    ],
)
def test_examples_hold(name: str) -> None:
    failed, tried = doctest.testmod(import_module(name))
    assert (failed, tried > 0) == (0, True)


def test_an_address_and_what_it_asks_for_are_the_same() -> None:
    asked = PageForm(
        q="pain & ü", mode="keyword", languages=("fr", "zh-TW"), sources=('"a\\"',), since="2024", page="3", ui="ar"
    )
    address = asked.address(page="3")
    assert PageForm.of(QueryParams(address.removeprefix("?"))) == asked
    assert PageForm.of(QueryParams("q=a&q=b&utm_source=x&languages=de&languages=de&page=")) == PageForm(
        q="b", languages=("de",)
    )


def test_the_request_is_that_of_the_search_endpoint() -> None:
    request = PageForm(q="pain", page="3", sources=("a", 'b "c" \\'), article="x").request()
    assert (request.limit, request.offset, request.group_by, request.context) == (10, 20, "article", 1)
    assert parse_filter(request.filter)
    with pytest.raises(InvalidRequest, match="page must be a whole number from 1, not '0'"):
        PageForm(q="pain", page="0").request()
    with pytest.raises(InvalidRequest, match="limit must be from 1 to 100, not 101"):
        PageForm(q="pain", limit="101").request()
    with pytest.raises(InvalidRequest, match="mode must be one of"):
        PageForm(q="pain", mode="magic").request()


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [("31.5.", "", "since"), ("2024", "soon", "until"), ("2024-06", "2024-05-31", "dates")],
)
def test_a_wrong_date_goes_by_the_name_that_the_page_has_for_it(since: str, until: str, field: str) -> None:
    for asks in (PageForm.request, PageForm.listing):
        with pytest.raises(InvalidRequest) as caught:
            asks(PageForm(q="pain", since=since, until=until))
        assert caught.value.field == field


def test_an_attribute_that_is_filtered_by_is_counted_without_its_filter() -> None:
    wider = PageForm(q="pain", languages=("de",), years=("2024",), page="4").wider()
    assert {name: (one.languages, one.filter, one.facets, one.offset) for name, one in wider.items()} == {
        "language": ((), 'date IN ["2024"]', ("language",), 1),
        "date": (("de",), "", ("date",), 1),
    }
    assert PageForm(q="pain", since="2024").wider() == {}


def test_chosen_values_are_offered_even_where_nothing_has_them() -> None:
    groups = filters(PageForm(languages=("de",)), {"language": Facet({"fr": 2}, 0)}, "en")
    assert [(one.value, one.label, one.count, one.chosen) for one in groups[0].choices] == [
        ("fr", "French", 2, False),
        ("de", "German", 0, True),
    ]
    assert [group.name for group in groups] == ["languages", "sources", "years"]


def test_of_many_values_all_are_offered_whatever_their_names() -> None:
    tags = ["ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "ja"]
    [languages, *_] = filters(PageForm(), {"language": Facet(dict.fromkeys(tags, 1), 0)}, "en")
    assert len(languages.choices) == MOST_CHOICES
    assert [one.value for one in languages.folded] == ["fr", "ja"]
    [languages, *_] = filters(PageForm(languages=("ja",)), {"language": Facet(dict.fromkeys(tags, 1), 0)}, "en")
    assert {one.value for one in (*languages.choices, *languages.folded)} == set(tags)
    assert [one.value for one in languages.choices if one.chosen] == ["ja"]


def test_pieces_are_all_of_the_text_each_with_its_marks() -> None:
    text = "𝄞 Der Rat erhöht die Steuer."
    cut = pieces(
        text,
        [Highlight(2, 28, "semantic"), Highlight(21, 27, "keyword")],
        [Alignment(0, 3, 21, 27, 0.9)],
        "tax rise",
    )
    assert "".join(one.text for one in cut) == text
    assert cut == [
        Piece("𝄞 "),
        Piece("Der Rat erhöht die ", semantic=True),
        Piece("Steuer", keyword=True, semantic=True, asked="tax"),
        Piece(".", semantic=True),
    ]
    assert pieces("", []) == []


def bidirectional(tag: str) -> bool:
    """Whether the language is written from the right, by the CLDR."""
    return Locale(tag).text_direction == "rtl"


def test_every_language_says_everything() -> None:
    texts = all_texts()
    assert len(texts) >= 30
    assert {tag.partition("-")[0] for tag in texts} >= {*"ar de en es fa fr he hi it ja ko nl pl pt ru th zh".split()}  # noqa: SIM905
    assert set(RIGHT_TO_LEFT) <= set(texts)
    assert len({own["name"] for own in texts.values()}) == len(texts)
    for tag, own in texts.items():
        assert list(own) == list(texts["en"]), tag
        for name, text in own.items():
            assert text.strip(), (tag, name)
            assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", texts["en"][name]), (tag, name)
            assert tag == "en" or len(text) < 20 or text != texts["en"][name], f"{name} is English in {tag}"
            assert bidirectional(tag) == (tag in RIGHT_TO_LEFT)
            assert not hasattr(dict, name), "a template would take the method for the text"


def test_every_text_is_shown_somewhere() -> None:
    folder = FOLDER.parent
    sources = "".join(path.read_text("utf-8") for path in [*folder.glob("templates/*"), *folder.glob("*.py")])
    named = {*re.findall(r"\bt\.(\w+)", sources), *re.findall(r'"(\w+)"', sources)}
    groups = {"name", "languages", "sources", "years", *MODES}  # by variables
    assert set(all_texts()["en"]) <= named | groups


def test_the_language_of_the_page() -> None:
    assert choose("", "") == "en"
    assert choose("de", "fr") == "de"
    assert choose("xx", "xx;q=1, es-MX;q=0.7, ja;q=0.9") == "ja"
    assert choose("", "fr;q=0, de;q=0.1") == "de"
    assert choose("", "garbage;;, ;q=, zh-Hant-TW") == "zh"

"""Citations: which words are quoted, and addresses that lead to them."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paraglot.search.answer.citations import LONGEST_EXACT, cite, text_url
from paraglot.search.engine.engine import Engine
from paraglot.search.types import ArticleHead, Highlight, Paragraph, SearchRequest

TEXT = "The council met. It raised the bread tax, at last. Bakers of the old town protested."


def paragraph(text: str) -> Paragraph:
    return Paragraph(1, "a~0", "a", 0, text, "en", "", 0, len(text))


def head(url: str | None) -> ArticleHead:
    return ArticleHead("a", "Bread", url, "en", "2024-05-31", "Gazette")


def test_the_best_sentence_is_quoted_then_the_one_with_most_matches_then_all() -> None:
    best = Highlight(17, 50, "semantic")
    words = [Highlight(4, 11, "keyword"), Highlight(31, 36, "keyword"), Highlight(37, 40, "keyword")]
    quoted = cite(paragraph(TEXT), head("https://example.org/1"), [*words, best])
    assert quoted.quote == "It raised the bread tax, at last."
    assert quoted.url == "https://example.org/1#:~:text=It%20raised%20the%20bread%20tax%2C%20at%20last."
    assert (quoted.title, quoted.source, quoted.date, quoted.language) == ("Bread", "Gazette", "2024-05-31", "en")
    # "The council met." is too short to stand alone, so it is one with the next.
    assert cite(paragraph(TEXT), head(None), words).quote == "The council met. It raised the bread tax, at last."
    assert cite(paragraph(TEXT), head(None), words).url is None
    assert cite(paragraph(TEXT), head(None)).quote == TEXT


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/", "https://a.example/#:~:text=x"),
        ("HTTP://a.example/?q=1#part", "HTTP://a.example/?q=1#part:~:text=x"),
        ("https://a.example/#:~:text=y", "https://a.example/#:~:text=y&text=x"),
        ("https://a.example/#", "https://a.example/#:~:text=x"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("/relative", None),
    ],
)
def test_addresses(url: str, expected: str | None) -> None:
    assert text_url(url, "x") == expected


def test_what_a_directive_means_by_signs_is_encoded() -> None:
    assert text_url("https://a.example", "a-b, c & d%#+ü") == (
        "https://a.example#:~:text=a%2Db%2C%20c%20%26%20d%25%23%2B%C3%BC"
    )


def test_of_a_long_quote_both_ends_are_looked_for() -> None:
    long = "The council of the old town, after a long night, raised the tax on bread, and the bakers of the whole town went home."
    assert text_url("https://a.example", long) == (
        "https://a.example#:~:text=The%20council%20of%20the%20old%20town%2C%20after,bakers%20of%20the%20whole%20town%20went%20home."
    )


def test_unspaced_scripts_are_cut_at_punctuation_alone() -> None:
    phrase = "市议会在漫长的夜晚之后终于提高了面包税并且宣布了新的规定给全城的面包师们"
    long = "，".join([phrase] * 3) + "。"
    assert len(long) > LONGEST_EXACT
    directive = text_url("https://a.example", long)
    assert directive is not None
    assert unquote(directive.partition("text=")[2]).split(",") == [phrase, phrase + "。"]
    assert (text_url("https://a.example", phrase * 3) or "").count(",") == 0


@pytest.mark.parametrize(
    ("quote", "directives"),
    [
        ("Kyoto | 1.4 million | 827 km²", ["Kyoto,-1.4 million", "Kyoto-,1.4 million,827 km²", "Kyoto | 1.4 million | 827 km²"]),
        ("Kyoto | | 827\nOsaka | 2.7 | 223", ["Kyoto,-827", "Kyoto-,827,223"]),
        ("- Mend the weir\n- Oil the gate", ["Mend the weir,-Oil the gate", "Mend the weir-,Oil the gate"]),
        ("- Mend the weir", ["Mend the weir"]),
        (" | ", ["|"]),
    ],
)  # fmt: skip
def test_rows_cells_and_items_are_looked_for_as_they_stand_on_the_page(quote: str, directives: list[str]) -> None:
    _, _, found = (text_url("https://a.example", quote.strip()) or "").partition("#:~:")
    assert [unquote(one.removeprefix("text=")) for one in found.split("&")] == directives


@settings(max_examples=40)
@given(st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool))
def test_the_ends_are_those_of_the_quote(quote: str) -> None:
    _, _, directive = (text_url("https://a.example", quote) or "").partition("#:~:text=")
    assert not set(directive) & set("-& ")
    first, *last = (unquote(part) for part in directive.split(","))
    assert quote.startswith(first)
    assert quote.endswith(last[0] if last else first)
    assert last or first == quote
    assert len(first) + len("".join(last)) <= len(quote)


def test_hits_bring_their_citation_and_neighbours(engine: Engine) -> None:
    [best, *_] = engine.search(SearchRequest("Steuer erhöht", languages=("de",), context=1)).hits
    assert best.citation.quote == "Der Rat hat die Steuer erhöht."
    assert best.context is not None
    assert [one.text for one in best.context.before] == []
    assert [one.text for one in best.context.after] == ["Die Bäcker der Altstadt protestierten laut."]
    [middle] = engine.search(SearchRequest("Bäcker", mode="keyword", context=3)).hits
    assert middle.context is not None
    assert [one.position for one in (*middle.context.before, *middle.context.after)] == [0, 2]
    assert engine.search(SearchRequest("Bäcker", mode="keyword")).hits[0].context is None

"""Plain text to paragraphs: separators, sub-headings, furniture, sources, and what is too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.indexer.corpus.paragraphs import Block, clean, given_paragraphs, split_long, split_paragraphs, take_source
from paraglot.indexer.corpus.phrases import READ_ALSO_PHRASES, SOURCE_WORDS
from paraglot.search.text.sentences import width

LONG = "A sentence that is long enough to be a paragraph of its own and not the heading of what follows it. " * 2


def texts(body: str) -> list[str]:
    return [block.text for block in split_paragraphs(body)]


def test_blank_lines_divide() -> None:
    assert texts("One is here.\nstill one.\n\n \nTwo is here.") == ["One is here. still one.", "Two is here."]


def test_without_blank_lines_line_breaks_divide() -> None:
    assert texts("One is here.\nTwo is here.\nThree is here.") == ["One is here.", "Two is here.", "Three is here."]


def test_a_short_line_without_closing_punctuation_heads_the_next_paragraph() -> None:
    blocks = split_paragraphs("One is here.\n\nWhat « came » next\n\n« Two is here. »\n\nThree is here.")
    assert [(block.heading, block.text) for block in blocks] == [
        ("", "One is here."),
        ("What « came » next", "« Two is here. »"),
        ("", "Three is here."),
    ]


def test_a_heading_directly_on_its_paragraph() -> None:
    [first, second] = split_paragraphs(f"One is here.\n\nWhat came next\n{LONG}")
    assert (second.heading, second.text) == ("What came next", LONG.strip())
    assert first.heading == ""


def test_the_first_line_of_a_hard_wrapped_paragraph_is_no_heading() -> None:
    assert texts("One is here.\n\nThe council met on Monday and\nspoke of the bread tax that bakers\nfear.") == [
        "One is here.",
        "The council met on Monday and spoke of the bread tax that bakers fear.",
    ]


def test_short_last_lines_and_list_items_are_text() -> None:
    assert texts("One is here.\n\n- apples\n\n- pears\n\nThe end") == ["One is here.", "- apples", "- pears", "The end"]


@pytest.mark.parametrize(
    ("language", "phrase"), [(language, phrase) for language, row in READ_ALSO_PHRASES.items() for phrase in row]
)
def test_read_also_lines_are_dropped(language: str, phrase: str) -> None:
    assert texts(f"One is here.\n\n{phrase}: Another story\n\nTwo is here.") == ["One is here.", "Two is here."]
    assert texts(f"One is here.\n\n→ {phrase} Another story\n\nTwo is here.") == ["One is here.", "Two is here."]


def test_a_sentence_that_begins_like_a_link_stays() -> None:
    sentence = "Read more books than you lend, the librarian said."
    assert texts(f"One is here.\n\n{sentence}\n\nTwo is here.") == ["One is here.", sentence, "Two is here."]


@pytest.mark.parametrize(
    ("language", "word"), [(language, word) for language, row in SOURCE_WORDS.items() for word in row]
)
def test_a_closing_source_line_is_metadata(language: str, word: str) -> None:
    assert take_source(f"One is here.\n\n{word}: Agency, own report\n") == ("One is here.", "Agency, own report")
    assert take_source(f"One is here.\n{word.upper()} ： Agency") == ("One is here.", "Agency")


def test_a_source_before_a_link_is_found_and_others_are_left() -> None:
    assert take_source("One.\n\nSource: AFP\n\nRead also: Two") == ("One.", "AFP")
    assert take_source("Source: a river\n\nOne is here.") == ("Source: a river\n\nOne is here.", None)


def test_given_paragraphs_are_left_as_they_are() -> None:
    assert [block.text for block in given_paragraphs("Read also: me\n\nshort\n\nline\nline")] == [
        "Read also: me",
        "short",
        "line line",
    ]


def test_long_paragraphs_are_cut_at_sentence_ends() -> None:
    text = "One two three. Four five! Six seven eight? Nine."
    pieces = split_long(Block(text, 0, len(text), "Head"), text, lambda piece: len(piece) <= 26)
    assert [piece.text for piece in pieces] == ["One two three. Four five!", "Six seven eight? Nine."]
    assert {piece.heading for piece in pieces} == {"Head"}


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("今天天气很好。我们去公园吧！真的吗？", 8, ["今天天气很好。", "我们去公园吧！", "真的吗？"]),
        ("He said „Stop.” Then he left.", 16, ["He said „Stop.”", "Then he left."]),
        ("one two three four", 9, ["one two", "three", "four"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("abe\u0301f", 3, ["ab", "e\u0301f"]),
    ],
)
def test_where_cuts_fall(text: str, limit: int, expected: list[str]) -> None:
    pieces = split_long(Block(text, 0, len(text)), text, lambda piece: len(piece) <= limit)
    assert [piece.text for piece in pieces] == expected


prose = st.text(st.sampled_from("ab é.。!? \n\u0301今ก") | st.characters(exclude_categories=["Cs"]), max_size=300)


@given(prose)
def test_offsets_mark_what_a_paragraph_was_made_from(raw: str) -> None:
    text = clean(raw)
    end = 0
    for block in split_paragraphs(text):
        assert block.text == re.sub(r"\s+", " ", text[block.start : block.end]).strip()
        assert block.text
        assert end <= block.start < block.end
        end = block.end


@given(prose, st.integers(1, 40))
def test_splitting_loses_nothing_and_fits(raw: str, limit: int) -> None:
    text = re.sub(r"\s+", " ", clean(raw)).strip()
    pieces = split_long(Block(text, 0, len(text)), text, lambda piece: len(piece) <= limit)
    assert "".join("".join(piece.text.split()) for piece in pieces) == "".join(text.split())
    assert all(len(piece.text) <= limit for piece in pieces)
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)


def test_wide_characters_count_twice() -> None:
    assert (width("abc"), width("今天"), width("né")) == (3, 4, 2)


def test_a_word_that_a_soft_hyphen_divides_at_a_line_end_is_whole() -> None:
    assert clean("im kom\u00ad\r\n  menden Jahr\nder Bürger\u00ad\nmeister\n\nDas Rat\u00adhaus") == (
        "im kommenden\nJahr\nder Bürgermeister\n\n\nDas Rathaus"
    )

"""Sentence spans: what ends a sentence in many scripts, and what holds for any text."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paraglot.search.text.sentences import LONGEST_PHRASE, MOST, SHORTEST, split_sentences, width

LONG = "a long enough sentence stands here"


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        [
            "The council raised the tax.",
            "Did the bakers protest?",
            "They did, every one of them!",
            "And then they all went home…",
        ],
        ["“We will not pay this tax.”", "(Nobody has paid it yet.)", "Der „alte“ Bäcker sagte: „Nein, niemals.“"],
        ["رفع المجلس ضريبة الخبز.", "هل احتج الخبازون في المدينة؟", "نعم احتجوا بصوت عال."],
        ["کونسل نے روٹی پر ٹیکس بڑھا دیا۔", "کیا نانبائیوں نے احتجاج کیا؟"],
        ["परिषद ने रोटी पर कर बढ़ा दिया।", "क्या बेकरों ने विरोध किया?"],
        ["Խորհուրդը բարձրացրեց հացի հարկը։", "Հացթուխները բողոքեցին։"],
        ["ምክር ቤቱ የዳቦ ግብርን ከፍ አደረገ።", "ዳቦ ጋጋሪዎቹ ይህን ተቃወሙ ብለዋል።"],
        ["Ο δήμος αύξησε τον φόρο.", "Γιατί διαμαρτύρονται οι φουρνάρηδες;"],
    ],
)
def test_marks_of_many_scripts(sentences: list[str]) -> None:
    assert parts(" ".join(sentences)) == sentences


def test_without_spaces() -> None:
    sentences = [
        "市议会提高了面包税。",
        "他说：“老城的面包师都在抗议！”",
        "这究竟是为什么呢？！",
        "パンの税金が上がりました。",
    ]
    assert parts("".join(sentences)) == sentences
    assert parts("他们昨天真的都走了吗?没有人知道这一件事。") == ["他们昨天真的都走了吗?", "没有人知道这一件事。"]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Li and Prof. Roy met J. R. R. Tolkien in the U.S. Congress",
        "It costs 3.50 euros, z.B. am 3. Mai oder im 19. Jahrhundert",
        "Ludwig XIV. Of France was born at St. Germain, see pp. 12 ff",
        "He said “stop!” and went on... as if nothing had been said",
        "В 1990 г. население города составляло 5 млн. человек",
        "Das kostet ca. 5 Mio. Euro bzw. etwas mehr",
    ],
)
def test_a_point_that_ends_nothing(text: str) -> None:
    assert parts(f"{text}. {LONG.capitalize()}.") == [f"{text}.", f"{LONG.capitalize()}."]


def test_short_sentences_join_the_next_and_the_last_the_one_before() -> None:
    assert parts("Yes. We were there for days. No.") == ["Yes. We were there for days. No."]
    assert parts("Why? Because the council said so. Nobody believed a word. No.") == [
        "Why? Because the council said so.",
        "Nobody believed a word. No.",
    ]
    assert parts("No.") == ["No."]


def test_phrases_where_a_script_has_no_mark() -> None:
    text = "วอร์ซอว์คือเมืองที่มีวัฒนธรรมหลากหลายมาตลอด " * 6
    found = parts(text)
    assert len(found) == 3
    assert all(len(part) <= LONGEST_PHRASE for part in found)
    assert len(parts(LONG + " " + LONG + " " + LONG + " " + LONG)) == 1


def test_at_most_so_many() -> None:
    text = " ".join([f"{LONG.capitalize()}."] * (2 * MOST + 1))
    found = parts(text)
    assert len(found) == 22
    assert found[0] == " ".join([f"{LONG.capitalize()}."] * 3)


ALPHABET = list('aB1. ?!…\n\t"”»。！？』।۔ไทย漢字É\u0301\u200b\x07\x1c\ud800') + ["Dr.", " word word", "สวัสดี "]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(ALPHABET), max_size=150).map("".join))
def test_spans_hold_all_but_spaces_in_order(text: str) -> None:
    spans = split_sentences(text)
    assert len(spans) <= MOST
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    outside = set(range(len(text))) - {place for start, end in spans for place in range(start, end)}
    assert all(text[place].isspace() for place in outside)
    assert all(not text[start].isspace() and not text[end - 1].isspace() for start, end in spans)
    if len(spans) > 1:
        assert all(width(text[start:end]) >= SHORTEST for start, end in spans)


RUNS = [". ", "… ", "A. ", "? a", "。!", '."', "Chapter . . . . . 12\n", "Chapter ..........12 "]
"""Over and over: dotted leaders, lost punctuation, marks that end nothing."""

SPLIT_RUNS = f"""
from paraglot.search.text.sentences import split_sentences
for run in {RUNS!r}:
    split_sentences(run * (100_000 // len(run)))
for mark in ".!”":
    split_sentences("." + mark * 100_000 + "a")
"""


@pytest.mark.slow
def test_runs_of_marks_take_linear_time() -> None:
    """Seconds, all together; what looks from each mark to the next letter takes many minutes for the first alone."""
    subprocess.run([sys.executable, "-c", SPLIT_RUNS], cwd=Path(__file__).parents[2], check=True, timeout=100)


def test_a_run_of_marks_ends_one_sentence_or_none() -> None:
    assert parts(f"{LONG}... {LONG.capitalize()}?!?! {LONG.capitalize()}.") == [
        f"{LONG}...",
        f"{LONG.capitalize()}?!?!",
        f"{LONG.capitalize()}.",
    ]
    assert parts(f"{LONG}...{LONG} and . . . {LONG}") == [f"{LONG}...{LONG} and . . . {LONG}"]
    assert parts("真的吗？！。!. 他走了。没人知道他为什么离开这里。") == [
        "真的吗？！。!. 他走了。",
        "没人知道他为什么离开这里。",
    ]

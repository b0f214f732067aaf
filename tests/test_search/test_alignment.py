"""Aligned words: the hand-made pairs, scripts without spaces, and what comes with a hit."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.alignment import judge
from paraglot import Article, MemoryIndex
from paraglot.search.answer.alignment import Aligner
from paraglot.search.answer.unspaced import unspaced_words
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.engine.engine import open_index
from paraglot.search.types import SearchRequest


@pytest.fixture(scope="module")
def aligner() -> Aligner:
    encoder = BuiltinEncoder()
    return Aligner(encoder, encoder)


def shown(query: str, text: str, aligner: Aligner) -> list[tuple[str, str]]:
    [found] = aligner.align(query, [text])
    return [(query[one.query_start : one.query_end], text[one.start : one.end]) for one in found]


def test_the_hand_made_pairs() -> None:
    outcomes = list(judge())
    right, wrong, missed = (sum(len(getattr(one, name)) for one in outcomes) for name in ("right", "wrong", "missed"))
    assert right + missed >= 100
    assert len({one.languages for one in outcomes}) >= 10
    assert right / (right + wrong) >= 0.9
    assert right / (right + missed) >= 0.75


def test_words_in_another_language(aligner: Aligner) -> None:
    found = shown("Steuer auf Brot", "The council raised the tax on bread last week.", aligner)
    assert found == [("Steuer", "tax"), ("Brot", "bread")]


def test_pairs_of_characters_are_joined_and_words_that_tell_nothing_left_out(aligner: Aligner) -> None:
    assert ("president", "总统") in shown("the president", "总统昨天访问了一所学校。", aligner)
    assert shown("the of a", "der die das", aligner) == []
    assert shown("", "tax", aligner) == []
    assert aligner.align("tax", []) == []


@pytest.mark.parametrize(
    ("query", "text", "languages", "left_out"),
    [
        ("Was sagte Xi über die Freundschaft?", "Xi avait parlé entre eux d'une amitié solide.", ["de", "fr"], ("avait", "entre")),
        ("how do I make a key", "Where the service needs keys, one is produced.", ["en", "en"], ("Where",)),
        ("waarom is de dokter duur", "Perché il medico costa tanto?", ["nl", "it-IT"], ("Perché",)),
        ("サンゴと病院", "On dit que les coraux ont un hôpital.", ["ja", "fr"], ("On", "ont")),
    ],
)  # fmt: skip
def test_stop_words_stand_for_nothing(
    query: str, text: str, languages: list[str], left_out: tuple[str, ...], aligner: Aligner
) -> None:
    [found] = aligner.align(query, [text], languages)
    told = {text[one.start : one.end] for one in found}
    assert told.isdisjoint(left_out)
    assert told, "words with a meaning are there still"


def test_syllables_are_no_words(aligner: Aligner) -> None:
    found = shown("서울의 달은 를 와 밝다", "그 는 어 달이 サ ン 밝은 밤", aligner)
    assert all(len(asked) > 1 or len(told) > 1 for asked, told in found), found
    assert not any(told in "サン" for _, told in found)


@pytest.mark.parametrize(
    ("query", "text", "languages", "expected"),
    [
        ("เจ้าของบ้านปล่อยให้เช่า", "The owner let the house.", ["th", "en"], {("เจ้าของ", "owner"), ("บ้าน", "house"), ("ปล่อย", "let")}),
        ("flooded rivers and coral", "น้ำท่วมแม่น้ำและปะการังเสียหาย", ["en", "th"], {("flooded", "น้ำท่วม"), ("rivers", "แม่น้ำ"), ("coral", "ปะการัง")}),
        ("เรือขนคาร์บอน", "船运碳", ["th", "zh"], {("เรือ", "船"), ("คาร์บอน", "碳")}),
    ],
)  # fmt: skip
def test_where_no_spaces_divide_words_no_alignment_crosses_their_borders(
    query: str, text: str, languages: list[str], expected: set[tuple[str, str]], aligner: Aligner
) -> None:
    [found] = aligner.align(query, [text], languages)
    assert {(query[one.query_start : one.query_end], text[one.start : one.end]) for one in found} == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ผู้ว่าฯ ช่วยให้ชาวบ้านที่น้ำท่วม (ปะการัง)", "ช่วยให้ ชาวบ้าน น้ำท่วม ปะการัง"),
        ("ປະຊາຊົນລາວເລືອກຕັ້ງ 2024", "ປະຊາຊົນ ລາວ ເລືອກ ຕັ້ງ"),
        ("ရွေးကောက်ပွဲကျင်းပသည်", "ရွေးကောက်ပွဲ ကျင်းပ သည်"),
        ("नमस्ते दुनिया, hello 世界", ""),
    ],
)
def test_words_of_scripts_without_spaces(text: str, words: str) -> None:
    found = list(unspaced_words(text))
    assert [text[token.start : token.end] for token in found] == [token.term for token in found] == words.split()


def test_names_of_different_things_are_not_each_other_s(aligner: Aligner) -> None:
    query, text = "Freundschaft mit Belarus", "Une amitié, dit-on à Minsk, solide."
    [found] = aligner.align(query, [text], ["de", "fr"])
    assert [text[one.start : one.end] for one in found] == ["amitié"]
    [found] = aligner.align(query, ["La amistad con Bielorrusia es sólida."], ["de", "es"])
    assert [query[one.query_start : one.query_end] for one in found] == ["Freundschaft", "Belarus"]


@pytest.mark.slow
def test_the_whole_paragraph_is_looked_at_of_a_long_one_its_best_sentence() -> None:
    far = "The doctor works at the hospital. " + "The council met again on a cold day. " * 5 + "Friendship never ends."
    index = MemoryIndex("builtin-fast")
    index.put(Article("short", "A day", far, language="en"))
    index.put(Article("long", "Days", "A quiet morning passed by. " * 80 + far, language="en"))
    with open_index(index) as engine:
        hits = engine.search(SearchRequest("Arzt und Freundschaft", explain=True, group_by="article")).hits
    told = {hit.article.id: {hit.paragraph.text[one.start : one.end] for one in hit.alignments} for hit in hits}
    assert told["short"] == {"doctor", "Friendship"}
    assert len(told["long"]) == 1


@pytest.mark.slow
def test_hits_carry_them_in_characters_of_the_whole_text(seeds_index: Path) -> None:
    query = "Was sagte Xi über die Freundschaft mit Belarus?"
    with open_index(seeds_index) as engine:
        hits = engine.search(SearchRequest(query, explain=True)).hits
        silent = engine.search(SearchRequest(query)).hits
    words = {
        (query[one.query_start : one.query_end], hit.paragraph.text[one.start : one.end].lower())
        for hit in hits
        for one in hit.alignments
    }
    assert {told for asked, told in words if asked == "Freundschaft"} & {"amitié", "amistad", "友谊", "友情"}
    assert all(hit.alignments == () for hit in silent)

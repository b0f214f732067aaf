"""The lexicon: what words of different languages share, on files small enough to redo by hand and on those shipped."""

from __future__ import annotations

import hashlib
import json
import lzma
import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.lexicon import LEXICON_FOLDER
from paraglot.search.lexicon.lexicon import (
    LEXICON_VERSION,
    LONGEST,
    ONE_CHARACTER,
    SOUND_WEIGHT,
    SOUNDS,
    Lexicon,
    marks_from,
    open_lexicon,
)
from paraglot.search.lexicon.sounds import sound
from paraglot.search.query.spelling import is_right
from paraglot.search.ranking.lexical_overlap import lexical_overlap
from paraglot.search.text.analysis import words
from training.lexicon import add_aligned, collected, english_stem, english_surfaces, forms, numbered, write
from training.names import counted
from training.names import write as write_names

ENTRIES = (
    ("en", "to bake", "de", "backen"),
    ("de", "Häuser", "en", "house"),
    ("en", "house", "de", "Haus"),
    ("en", "building", "de", "Haus"),
    ("en", "hotel", "de", "Hotel"),
    ("en", "the moon", "zh", "月亮"),
    ("en", "month", "zh", "月"),
    ("en", "economy", "vi", "kinh tế"),
    ("en", "bread", "uk", "хліб"),
    ("en", "a loaf of bread", "uk", "буханка"),
    ("en", "and", "fr", "et"),
)
FILES = ("words.bin", "concepts.bin", "counts.bin", "english.txt.z", "trigrams.bin", "config.json")
NAMES = {"en": "Moscow", "ru": "Москва", "de": ["Moskau"], "_source": "nothing"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with lzma.open(tmp_path / "wiktionary.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines("\t".join(entry) + "\n" for entry in ENTRIES)
    with lzma.open(tmp_path / "cldr_names.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(NAMES) + "\n")
    return tmp_path


@pytest.fixture
def small(data: Path) -> tuple[Lexicon, dict[str, int]]:
    """A lexicon of the entries above, and its concepts' numbers."""
    meanings = collected(data)
    write(meanings, english_surfaces(data), data / "made")
    return Lexicon(data / "made"), numbered(meanings)


def marks(lexicon: Lexicon, text: str, *languages: str, telling: bool = False) -> dict[int, float]:
    found = lexicon.marks(text, *languages, telling=telling)
    assert np.all(np.diff(found.numbers) > 0)
    return dict(zip(found.numbers.tolist(), found.weights.tolist(), strict=True))


def concepts(lexicon: Lexicon, text: str, language: str) -> dict[int, float]:
    return {mark: round(weight, 3) for mark, weight in marks(lexicon, text, language).items() if mark < SOUNDS}


def test_another_lexicon_needs_another_version() -> None:
    """Indexes keep marks by the version: what changes them must change it, here and in `LEXICON_VERSION`."""
    content = b"".join((LEXICON_FOLDER / name).read_bytes() for name in FILES)
    assert (LEXICON_VERSION, hashlib.sha256(content).hexdigest()[:16]) == ("2", "5beb40113e584cf3")


def test_words_have_the_concepts_of_their_translations(small: tuple[Lexicon, dict[str, int]]) -> None:
    lexicon, number = small
    assert concepts(lexicon, "Sie backen", "de-AT") == {number["en:bake"]: 1.0}
    assert concepts(lexicon, "Haus", "de") == {number["en:hous"]: 0.707, number["en:build"]: 0.707}
    assert concepts(lexicon, "houses in Moscow", "en") == {number["en:hous"]: 1.0, number["en:moscow"]: 1.0}
    assert concepts(lexicon, "Москвы", "ru") == {number["en:moscow"]: 1.0}
    assert concepts(lexicon, "хлібом", "uk") == {}  # Ukrainian stems are five letters: neither the word nor those
    assert concepts(lexicon, "хліб", "uk") == {number["en:bread"]: 1.0}
    # Written as in English, more than one English word, and a stop word: none of them is in it.
    assert not {"en:hotel", "en:loaf", "en:and"} & number.keys()


def test_a_gloss_is_a_text_word_by_word_in_english(small: tuple[Lexicon, dict[str, int]]) -> None:
    lexicon, _ = small
    assert lexicon.gloss("Häuser backen Lukaschenko", "de") == {
        "house": 0.5,
        "building": 0.5,
        "bake": 1.0,
        "Lukaschenko": 1.0,
    }
    assert lexicon.gloss("Лукашенко, хліб і хліб", "uk") == {"Lukashenko": 1.0, "bread": 2.0}
    assert lexicon.gloss("nền kinh tế", "vi") == {"nen": 1.0, "economy": 1.0}
    assert lexicon.gloss("看三月", "zh-TW") == {"month": ONE_CHARACTER}
    assert lexicon.gloss("Haus", "sw") == lexicon.gloss("12", "de") == lexicon.gloss("", "de") == {}


def test_sentences_are_counted_beside_dictionaries(data: Path) -> None:
    meanings = collected(data)
    add_aligned(
        meanings, {"de": {"de:haus": {"en:home": 3.5, "en:hous": 2.0, "en:haus": 9.0}, "de:neu": {"en:new": 1.0}}}
    )
    assert dict(meanings["de"]["de:haus"]) == {"en:hous": 4.0, "en:build": 1.0, "en:home": 3.5}
    write(meanings, {}, data / "again")
    number = numbered(meanings)
    assert concepts(Lexicon(data / "again"), "Haus", "de").keys() == {
        number[f"en:{one}"] for one in ("hous", "home", "build")
    }
    assert Lexicon(data / "again").gloss("neu", "de") == {"new": 1.0}


def test_without_spaces_the_longest_word_counts(small: tuple[Lexicon, dict[str, int]]) -> None:
    lexicon, number = small
    assert concepts(lexicon, "看月亮", "zh-TW") == {number["en:moon"]: 1.0}
    assert concepts(lexicon, "三月", "zh") == {number["en:month"]: ONE_CHARACTER}


def test_neighbours_that_are_one_word(small: tuple[Lexicon, dict[str, int]]) -> None:
    lexicon, number = small
    assert concepts(lexicon, "nền kinh tế này", "vi") == {number["en:economi"]: 1.0}


def test_a_language_that_it_does_not_have_is_known_by_sound(small: tuple[Lexicon, dict[str, int]]) -> None:
    lexicon, _ = small
    assert "sw" not in lexicon.languages
    assert list(marks(lexicon, "Lukashenko", "sw").values()) == [pytest.approx(math.sqrt(SOUND_WEIGHT * 5))]
    assert marks(lexicon, "", "sw") == marks(lexicon, "12, 34!", "zh") == {}


def test_a_query_is_read_without_common_words() -> None:
    lexicon = open_lexicon()
    assert marks(lexicon, "because of the bread", "en", telling=True) == marks(lexicon, "bread", "en")
    assert marks(lexicon, "the well known bread", "en", telling=True) == marks(lexicon, "bread", "en")
    assert marks(lexicon, "вообще говорит хлеб", "ru", telling=True) == marks(lexicon, "хлеб", "ru")


def test_a_gloss_is_made_without_common_words() -> None:
    lexicon = open_lexicon()
    assert lexicon.gloss("вообще говорит хлеб", "ru") == lexicon.gloss("хлеб", "ru") != {}
    assert lexicon.gloss("besonders bekannt Brot", "de") == lexicon.gloss("Brot", "de") != {}


@pytest.mark.parametrize(("text", "tag"), [("well known made the", "en"), ("вообще говорит не", "ru")])
def test_common_words_and_function_words_are_known(text: str, tag: str) -> None:
    lexicon = open_lexicon()
    assert all(lexicon.knows(word, tag) and is_right(word, {}) for word in words(text))


@given(st.lists(st.sampled_from(["北京", "市长", "税", "面包", "X", "、"]), max_size=12).map("".join))
def test_of_a_run_the_longest_words_are_found(run: str) -> None:
    lexicon, expected, start = open_lexicon(), [], 0
    while start < len(run):
        sizes = [size for size in range(1, LONGEST + 1) if lexicon.has(run[start : start + size], "zh")]
        sizes = [size for size in sizes if start + size <= len(run)]
        expected += [(start, max(sizes))] if sizes else []
        start += max(sizes, default=1)
    assert lexicon.parts(run, "zh") == expected


@given(st.text(max_size=60), st.sampled_from(["en", "zh", "vi", "he", "th", "uk", "und", "ja"]))
def test_any_text_has_marks(text: str, language: str) -> None:
    found = marks(open_lexicon(), text, language)
    assert all(mark > 0 and 0 < weight < 5 for mark, weight in found.items())


SAME = {
    "ru": "вода",
    "de": "Wasser",
    "zh": "水",
    "ja": "水",
    "ko": "물",
    "el": "νερό",
    "vi": "nước",
    "fi": "vesi",
    "ar": "ماء",
}


def test_the_shipped_one_joins_languages() -> None:
    lexicon = open_lexicon()
    assert len(lexicon.languages) >= 36
    for (one, first), (other, second) in combinations(SAME.items(), 2):
        assert marks(lexicon, first, one).keys() & marks(lexicon, second, other).keys(), (one, other)


NAMES_BY_SCRIPT = (
    ("Lukashenko", "Лукашенко", "Λουκασένκο", "لوكاشينكو", "卢卡申科", "루카셴코", "लुकाशेंको", "ルカシェンコ", "לוקשנקו"),
    ("Istanbul", "Стамбул", "Κωνσταντινούπολη"),
    ("Obama", "Обама", "Ομπάμα", "أوباما", "オバマ"),
)


def test_a_name_sounds_alike_in_every_script() -> None:
    assert {sound(name) for name in NAMES_BY_SCRIPT[0]} == {"LKSNK"}
    assert [sound(name) for name in NAMES_BY_SCRIPT[1]] == ["STNPL", "STNPL", "KNSTNPL"]
    assert {sound(name) for name in NAMES_BY_SCRIPT[2]} == {"PN"}
    assert [sound(name) for name in ("Aue", "", "7", "Xi", "Philipp", "Schröder")] == ["", "", "", "KS", "FLP", "SLTL"]


def test_forms_and_stems_of_a_dictionary() -> None:
    assert forms("Haus und Hof", "de") == forms("2000", "de") == []
    assert forms("Häuser", "de") == ["de:haus"]
    assert forms("хлібом", "uk") == ["хлібом", "uk:хлібо"]
    assert forms("九" * (LONGEST + 1), "zh") == []
    assert [english_stem(text) for text in ("to bake", "houses", "the", "ice cream", "")] == [
        "en:bake",
        "en:hous",
        None,
        None,
        None,
    ]


def test_what_is_rare_among_the_candidates_counts_more() -> None:
    common, rare = 1, 2
    asked = {common: 1.0, rare: 1.0}
    told = [{common: 1.0}, {common: 1.0}, {common: 1.0, rare: 0.5}, {9: 1.0}]
    idf = {common: math.log(1 + 97.5 / 3.5), rare: math.log(1 + 99.5 / 1.5)}  # as though they were a hundred
    whole = sum(idf.values())  # more than one word that no candidate has
    assert whole > math.log(1 + 100.5 / 0.5)
    expected = [idf[common] / whole, idf[common] / whole, (idf[common] + 0.5 * idf[rare]) / whole, 0.0]
    texts = [marks_from(own) for own in told]
    assert lexical_overlap(marks_from(asked), texts).tolist() == pytest.approx(expected)
    assert lexical_overlap(marks_from({}), texts).tolist() == [0.0] * 4
    assert lexical_overlap(marks_from(asked), []).tolist() == []


def test_names_are_told_by_their_capitals(data: Path) -> None:
    """Moscow has one in a dictionary, and *bread* none; *baker* is a title, and small in a sentence."""
    meanings = collected(data)
    write(meanings, english_surfaces(data), data / "made")
    for name, row in (("wikidict_titles", {"en": "Loaf", "uk": "буханка"}), ("tico19", {"en": "They ate a loaf."})):
        with lzma.open(data / f"{name}.jsonl.xz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    found = counted(data)
    assert [found.is_name(english_stem(word) or "") for word in ("Moscow", "bread", "loaf")] == [True, False, False]
    assert write_names(found, data / "made") == 1
    english = Lexicon(data / "made").english
    bits = (data / "made" / "names.bin").read_bytes()
    assert [word for place, word in enumerate(english) if bits[place >> 3] >> (place & 7) & 1] == ["moscow"]


def test_a_word_that_the_only_candidate_has_is_no_less_telling() -> None:
    asked = marks_from({1: 1.0, 2: 1.0})
    [alone] = lexical_overlap(asked, [marks_from({1: 1.0})])
    among_many = lexical_overlap(asked, [marks_from({1: 1.0}), *[marks_from({9: 1.0})] * 99])
    assert alone == among_many[0] == pytest.approx(math.log(1 + 99.5 / 1.5) / math.log((1 + 99.5 / 1.5) * 202))
    of_all_its_words = lexical_overlap(asked, [marks_from({1: 1.0, 2: 1.0})])
    assert of_all_its_words.tolist() == pytest.approx([1.0])

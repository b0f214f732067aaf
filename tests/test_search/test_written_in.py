"""The language of a text by its trigrams: texts of the seeds, and what no alphabet tells."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.errors import EncoderMissing
from paraglot.search.lexicon import LEXICON_FOLDER, lexicon
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.lexicon.written_in import TRIGRAMS, trigrams, written_in
from paraglot.search.text.languages import LANGUAGES
from tests.test_search.test_encoders_agreement import SENTENCES

written = import_module("paraglot.search.lexicon.written_in")

NEIGHBOURS = {
    "uk": "Пекарі знову підняли ціну на хліб, а мешканці міста протестують.",
    "be": "Пекары зноў паднялі цану на хлеб, а жыхары горада пратэстуюць.",
    "bg": "Пекарите отново повишиха цената на хляба, а хората протестират.",
    "cs": "Pekaři znovu zvýšili cenu chleba a obyvatelé města protestují.",
    "fa": "نانوایان دوباره قیمت نان را بالا بردند و مردم شهر اعتراض می‌کنند.",
    "sv": "Bagarna höjde priset på bröd igen och stadens invånare protesterar.",
    "vi": "Giá bánh mì lại tăng và người dân thành phố phản đối.",
    "el": "Η τιμή του ψωμιού αυξήθηκε πάλι.",
    "hi": "रोटी की कीमत फिर बढ़ गई है।",
    "he": "מחיר הלחם עלה שוב.",
}


@pytest.mark.parametrize("tag", SENTENCES)
def test_sentences_of_the_sixteen_languages(tag: str) -> None:
    told = [written_in(sentence) for sentence in SENTENCES[tag].split("|")[:9]]
    assert told.count(tag.partition("-")[0]) >= 8, told


@pytest.mark.parametrize("tag", NEIGHBOURS)
def test_neighbours_are_told_apart(tag: str) -> None:
    assert written_in(NEIGHBOURS[tag]) == tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [("", None), ("12 / 7!", None), ("Xi Jinping 说中国是朋友", "zh"), ("パンの値段", "ja"), ("빵값", "ko")],
)
def test_scripts_that_tell_alone_and_nothing_to_tell(text: str, tag: str | None) -> None:
    assert written_in(text) == tag


@pytest.mark.parametrize(
    ("word", "tag"),
    [("बरसात", "hi"), ("έμεινε", "el"), ("שלום", "he"), ("გამარჯობა", None), ("ᏣᎳᎩ", None), ("😀", None)],
)
def test_the_script_tells_where_one_language_is_written_so(word: str, tag: str | None) -> None:
    assert written_in(word) == tag


@pytest.mark.parametrize(
    ("word", "script"), [("chef", "Latn"), ("COVID-19", "Latn"), ("uhlí", "Latn"), ("دشمن", "Arab")]
)
def test_a_word_is_told_a_language_of_its_script(word: str, script: str) -> None:
    told = written_in(word)
    assert told
    assert script in LANGUAGES[told].scripts


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["counts.bin", "words.bin", "concepts.bin", "english.txt.z", "trigrams.bin", "config.json"]
)
@pytest.mark.parametrize("cut", [None, 0, 101])
def test_files_that_are_missing_or_damaged_are_named(
    name: str, cut: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(LEXICON_FOLDER, folder)
    if cut is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes((folder / name).read_bytes()[:cut])
    for module in (lexicon, written):
        monkeypatch.setattr(module, "LEXICON_FOLDER", folder)
    lexicon.open_lexicon.cache_clear()
    written._weights.cache_clear()
    try:
        with pytest.raises(EncoderMissing, match=r"The lexicon cannot be read from .*data"):
            BuiltinEncoder()
    finally:
        lexicon.open_lexicon.cache_clear()
        written._weights.cache_clear()


@given(st.text(max_size=500))
def test_any_text_is_in_a_language_of_the_lexicon_or_none(text: str) -> None:
    assert written_in(text) in {*open_lexicon().languages, None}
    found = trigrams(text)
    assert len(found) == len(text.lower())
    assert np.all((found >= 0) & (found < TRIGRAMS))

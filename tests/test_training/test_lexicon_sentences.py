"""What sentences teach the lexicon: translations by IBM's model 1, and the trigrams of languages."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.tokenizer import Tokenizer
from paraglot.search.lexicon.written_in import TRIGRAMS, trigrams
from training.alignments import aligned, english_stems, sentence_forms, translations
from training.trigrams import weights

PAIRS = (
    ("the red house", "das rote Haus"),
    ("a red car", "ein rotes Auto"),
    ("a house burns", "ein Haus brennt"),
    ("the car drives", "das Auto fährt"),
)


def test_words_find_their_translations_among_sentences() -> None:
    found = translations([(german.split(), english.split()) for english, german in PAIRS * 2])
    best = {form: max(own, key=lambda stem: own[stem]) for form, own in found.items()}
    assert {form: best[form] for form in ("Haus", "Auto", "das", "ein")} == {
        "Haus": "house",
        "Auto": "car",
        "das": "the",
        "ein": "a",
    }
    assert 2.5 < found["Haus"]["house"] < 4  # it is in four sentences, whose house comes from it or from nothing
    assert translations([]) == translations([([], ["house"])]) == {}


def test_a_folder_of_sentences(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "tatoeba.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"en\t{english}\tde\t{german}\n" for english, german in PAIRS)
        file.write("de\tHaus\tfr\tmaison\n")
    with lzma.open(tmp_path / "wiktionary.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("en\tcat\tde\tKatze\n")
    found = aligned(tmp_path)
    assert found.keys() == {"de"}
    assert max(found["de"]["de:haus"], key=lambda stem: found["de"]["de:haus"][stem]) == "en:hous"
    assert "de:katz" not in found["de"]


def test_forms_and_stems_of_sentences() -> None:
    tokenizer = Tokenizer(MODEL_FOLDER).compiled()
    assert sentence_forms("Das Haus und die Häuser", "de", tokenizer) == ["de:haus"]
    assert sentence_forms("nền kinh tế", "vi", tokenizer) == ["nen", "vi:nen_kinh", "kinh", "vi:kinh_te", "te"]
    assert sentence_forms("面包的 rose 12", "zh", tokenizer) == ["面包", "包的"]
    assert sentence_forms("ราคาขนม rose", "th", tokenizer) == ["ราคา", "ขนม"]
    assert english_stems("The houses of the old house, burning") == ["en:hous", "en:old", "en:burn"]


def test_trigrams_tell_the_languages_of_a_folder(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "tatoeba.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"en\t{english}\tde\t{german}\n" for english, german in PAIRS)
    tags, found = weights(tmp_path)
    assert (tags, found.shape, int(np.abs(found).max())) == (["de", "en"], (TRIGRAMS, 2), 127)
    for text, tag in (("the house", "en"), ("das Haus", "de")):
        assert tags[int(found[trigrams(text)].sum(axis=0, dtype=np.int64).argmax())] == tag

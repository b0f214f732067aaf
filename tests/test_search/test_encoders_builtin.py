"""The built-in encoder: its values, its tokenizer against SentencePiece, its table and its folder."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paraglot.search.contracts.encoders import EncoderContract, SentenceEncoderContract
from paraglot.search.encoders.builtin import MODEL_FOLDER, gloss
from paraglot.search.encoders.builtin.cores import cores, on_all_cores
from paraglot.search.encoders.builtin.encoder import STRETCH_TOKENS, BuiltinEncoder
from paraglot.search.encoders.builtin.gloss import Glosses, glossed_language
from paraglot.search.encoders.builtin.table import WORD_MAP
from paraglot.search.encoders.builtin.tokenizer import PieceTable, Tokenizer
from paraglot.search.errors import EncoderMissing
from paraglot.search.lexicon.lexicon import LEXICON_VERSION, open_lexicon
from training import double_array
from training.languages import COVERED

TEXTS = [
    "Xi Jinping called the friendship with Belarus indestructible.",
    "Xi Jinping a qualifié d'indestructible l'amitié avec le Bélarus.",
    "习近平称中国与白俄罗斯的友谊牢不可破。",
    "Der Bäcker an der Ecke verkauft warmes Brot.",
]
COSINES = [1.0, 0.77659, 0.64886, 0.0626]
"""Of the first text with each, as the reference package computes them; 4 bits a number come near."""

FIRST = [-0.063546, -0.081599, -0.078746, 0.059683]


@pytest.fixture(scope="module")
def encoder() -> BuiltinEncoder:
    return BuiltinEncoder()


@pytest.fixture(scope="module")
def sentences(encoder: BuiltinEncoder) -> BuiltinEncoder:
    return encoder


class TestContract(EncoderContract, SentenceEncoderContract):
    """Paragraphs and sentences alike."""


@pytest.fixture(scope="module")
def plain() -> BuiltinEncoder:
    return BuiltinEncoder(gloss=False)


def test_values(plain: BuiltinEncoder) -> None:
    vectors = plain.encode_paragraphs(TEXTS)
    near = vectors @ vectors.T
    np.testing.assert_allclose(near[0], COSINES, atol=0.02)
    np.testing.assert_allclose(vectors[0, :4], FIRST, atol=0.01)


GREEK, ENGLISH = "Οι φούρναροι αύξησαν πάλι την τιμή του ψωμιού.", "Bakers have raised the price of bread again."


def test_a_gloss_draws_a_text_towards_what_its_words_mean(encoder: BuiltinEncoder, plain: BuiltinEncoder) -> None:
    """The vector is that of the text and 0.6 of that of its English words, each read by itself, at unit length."""
    words = open_lexicon().gloss(GREEK, "el")
    assert {"price", "bread"} <= words.keys()
    glosses = Glosses(plain._read_words, 1280)
    sums = glosses.sums([words])
    expected = plain.encode_query([GREEK])[0] + 0.6 * plain._network.heads(*sums)[0]
    expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(encoder.encode_query([GREEK])[0], expected, atol=1e-5)
    near, before = (one.encode_query([GREEK])[0] @ one.encode_query([ENGLISH])[0] for one in (encoder, plain))
    assert near > before + 0.05


@pytest.mark.parametrize("text", [ENGLISH, "gift", "bank account", "the pain", "ราคาขนมปังสูงขึ้น", "12 / 7", ""])
def test_what_needs_no_gloss_is_read_once(encoder: BuiltinEncoder, plain: BuiltinEncoder, text: str) -> None:
    np.testing.assert_array_equal(encoder.encode_query([text]), plain.encode_query([text]))


@pytest.mark.parametrize(("text", "tag"), [("Bäckerei", "de"), ("ψωμί", "el"), ("bank of zo", "nl")])
def test_short_texts_that_english_does_not_have_are_glossed(text: str, tag: str) -> None:
    assert glossed_language(text) == tag


def test_glosses_are_sums_of_words_that_are_read_once() -> None:
    read: list[list[str]] = []

    def lengths(words: Sequence[str]) -> tuple[NDArray[np.float32], list[int]]:
        read.append(list(words))
        return np.array([[len(word), 1] for word in words], np.float32), [len(word) for word in words]

    glosses = Glosses(lengths, 2)
    sums = glosses.sums([{"ab": 0.5, "abcd": 2.0}, {}, {"ab": 1.0}])
    assert sums.features.tolist() == [[9.0, 2.5], [0.0, 0.0], [2.0, 1.0]]
    assert sums.pieces.tolist() == [9.0, 0.0, 2.0]
    assert glosses.sums([{"abcd": 1.0, "a": 1.0}]).features.tolist() == [[5.0, 2.0]]
    assert read == [["ab", "abcd"], ["a"]]
    assert glosses.sums([{}]).features.tolist() == [[0.0, 0.0]]


def test_words_that_were_not_asked_for_the_longest_go_and_keep_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gloss, "KEPT_WORDS", 2)
    read: list[list[str]] = []

    def lengths(words: Sequence[str]) -> tuple[NDArray[np.float32], list[int]]:
        read.append(list(words))
        return np.array([[len(word), 1] for word in words], np.float32), [len(word) for word in words]

    glosses = Glosses(lengths, 2)
    for words in (["a", "bb"], ["a"], ["ccc"], ["a"], ["bb"]):
        sums = glosses.sums([dict.fromkeys(words, 1.0)])
        assert sums.features.tolist() == [[sum(map(len, words)), len(words)]]
    assert read == [["a", "bb"], ["ccc"], ["bb"]]
    kept = glosses._kept.find("a")
    assert kept is not None
    assert kept[0].base is None


def test_the_fingerprint_tells_whether_there_is_a_gloss(encoder: BuiltinEncoder, plain: BuiltinEncoder) -> None:
    assert encoder.spec.fingerprint == f"{plain.spec.fingerprint} lexicon {LEXICON_VERSION}"


def test_spec(encoder: BuiltinEncoder) -> None:
    spec = encoder.spec
    assert (spec.name, spec.dimension, spec.max_tokens) == ("builtin-fast", 512, None)
    assert spec.languages == COVERED
    assert len(spec.languages) == 37
    assert spec.query_prefix == spec.paragraph_prefix == ""


def test_files_are_those_of_the_config() -> None:
    config = json.loads((MODEL_FOLDER / "config.json").read_text("utf-8"))
    found = {name: hashlib.sha256((MODEL_FOLDER / name).read_bytes()).hexdigest() for name in config["files"]}
    assert found == config["files"]
    formats = {"network": config["network"], "codebook": config["codebook"]}
    del found[WORD_MAP]  # the fingerprint tells what vectors depend on
    assert hashlib.sha256(json.dumps([found, formats]).encode()).hexdigest() == config["fingerprint"]
    assert sum(file.stat().st_size for file in MODEL_FOLDER.iterdir()) < 80_000_000


def test_long_text_in_stretches_equals_the_whole(encoder: BuiltinEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(TEXTS) * 80
    assert encoder.count_tokens(text) > 2 * STRETCH_TOKENS
    stretched = encoder.encode_paragraphs([text, TEXTS[3]])
    monkeypatch.setattr("paraglot.search.encoders.builtin.encoder.STRETCH_TOKENS", 100_000)
    whole = encoder.encode_paragraphs([text, TEXTS[3]])
    np.testing.assert_allclose(stretched, whole, atol=1e-5)


def test_sentences_across_stretches(encoder: BuiltinEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(TEXTS[:2]) * 3
    spans = [(0, 61), (62, 130), (130, len(text))]
    whole = encoder.encode_sentences([text], [""], [spans])
    for stretch in (1, 7, 16):  # some stretch begins exactly where a sentence does
        monkeypatch.setattr("paraglot.search.encoders.builtin.encoder.STRETCH_TOKENS", stretch)
        paragraph, [parts] = encoder.encode_sentences([text], [""], [spans])
        np.testing.assert_allclose(paragraph, whole[0], atol=1e-5)
        np.testing.assert_allclose(parts, whole[1][0], atol=1e-5)


def test_a_sentence_in_its_paragraph_is_near_to_itself_alone(encoder: BuiltinEncoder) -> None:
    spans = [(0, len(TEXTS[0])), (len(TEXTS[0]) + 1, len(TEXTS[0]) + 1 + len(TEXTS[3]))]
    _, [parts] = encoder.encode_sentences([f"{TEXTS[0]} {TEXTS[3]}"], [""], [spans])
    alone = encoder.encode_paragraphs([TEXTS[0], TEXTS[3]])
    assert (parts * alone).sum(axis=1).min() > 0.8
    assert abs(parts[0] @ alone[1]) < 0.2


def test_a_sentence_of_which_no_piece_is_left_has_a_vector(encoder: BuiltinEncoder) -> None:
    text = "One. \x07\x07 Two."
    _, [parts] = encoder.encode_sentences([text], [""], [[(0, 4), (5, 7), (8, 12)]])
    np.testing.assert_allclose(np.linalg.norm(parts, axis=1), 1, atol=1e-5)


def test_pieces_with_ends_have_the_ids_of_the_plain_ones() -> None:
    tokenizer = Tokenizer(MODEL_FOLDER)
    tokenizer.compiled()
    texts = [*TEXTS, *strange_texts()]
    found = tokenizer.encode_with_ends(texts)
    assert [ids for ids, _ in found] == tokenizer.encode(texts)
    assert all(len(ends) == len(ids) - 2 and ends == sorted(ends) for ids, ends in found)
    assert tokenizer.encode_with_ends(["ＡＢ 面包"])[0][1] == [2, 3, 4, 5]


def test_where_no_spaces_divide_pieces_end_where_sentencepiece_says() -> None:
    tokenizer, quick = Tokenizer(MODEL_FOLDER), PieceTable(MODEL_FOLDER)
    thai = "ผู้ว่าราชการจังหวัดช่วยให้ชาวบ้านที่น้ำท่วมได้รับความช่วยเหลือ"
    for text in (thai, "ປະຊາຊົນລາວ", "ការបោះឆ្នោត", "ရွေးကောက်ပွဲ", "政府は税金を引き上げた", "ＡＢ"):
        [(_, ends)] = tokenizer.encode_with_ends([text])
        assert [0, *quick.ends(text)][-len(ends) :] == ends, text
    cut = [thai[start:end] for start, end in pairwise([0, *quick.ends(thai)])]
    assert {"ช่วยให้", "น้ำท่วม"} <= set(cut)


def test_many_texts_keep_their_order(encoder: BuiltinEncoder) -> None:
    texts = [" ".join(TEXTS[: 1 + n % 4]) + f" {n}" for n in range(150)]
    done: list[int] = []
    together = encoder.encode_paragraphs(texts, done.append)
    assert sum(done) == 150
    assert len(done) > 1
    for row in (0, 1, 77, 149):
        np.testing.assert_allclose(together[row], encoder.encode_query([texts[row]])[0], atol=1e-5)


def test_from_several_threads(encoder: BuiltinEncoder) -> None:
    expected = encoder.encode_query(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode_query([text])[0], TEXTS * 20))
    np.testing.assert_allclose(found, np.tile(expected, (20, 1)), atol=1e-5)


def test_all_cores_gives_results_in_order_and_passes_errors_on() -> None:
    assert list(on_all_cores(lambda n: n * 2, [3, 1, 2])) == [6, 2, 4]
    assert list(on_all_cores(lambda n: n * 2, [])) == []
    assert cores() >= 1
    with pytest.raises(ZeroDivisionError):
        list(on_all_cores(lambda n: 1 // n, [1, 0, 1]))


def test_table_rows(encoder: BuiltinEncoder) -> None:
    ids = encoder.token_ids(["bread tax"])[0]
    assert (ids[0], ids[-1]) == (1, 2)
    rows = encoder.table_rows(ids)
    assert rows.dtype == np.float32
    assert rows.shape == (len(ids), 512)
    np.testing.assert_array_equal(encoder.table_rows(ids[::-1]), rows[::-1])
    scales = np.fromfile(MODEL_FOLDER / "token_scales.bin", "<f2").astype(np.float32)[ids]
    codebook = np.array(json.loads((MODEL_FOLDER / "config.json").read_text("utf-8"))["codebook"], np.float32)
    assert np.isin(rows, codebook * scales[:, None]).all()
    with pytest.raises(IndexError):
        encoder.table_rows([10**6])


def test_unknown_share(encoder: BuiltinEncoder) -> None:
    """ "a" is known; a run of Cherokee letters is one unknown piece after the "▁" of its word."""
    np.testing.assert_allclose(encoder.unknown_share(["a", "", "ᏣᎳᎩ", "a ᏣᎳᎩ"]), [0, 0, 1 / 2, 1 / 3])


def test_words_of_one_meaning_are_near_in_the_table(encoder: BuiltinEncoder) -> None:
    tax, steuer, cat = (
        encoder.table_rows(encoder.token_ids([word])[0][1:-1]).mean(axis=0) for word in ("tax", "Steuer", "cat")
    )
    tax, steuer, cat = (vector / np.linalg.norm(vector) for vector in (tax, steuer, cat))
    assert tax @ steuer > tax @ cat + 0.1


def strange_texts() -> list[str]:
    """Texts of random characters: of every block, of look-alikes, spaces, controls and joined marks."""
    random.seed(7)
    pool = (
        "  \t\n\u3000\u00a0▁abcé\u0301ÅﬁⅣ½①ＡＢｱﾞ"
        "한국가각ไทยกำ中文字体ـــ\u0651\u0650\u200b\u200d\ufeff\x00\x07\U0001f469\U00010400ß'\"„—123,.%"
    )
    wide = [chr(random.randrange(1, 0xD800)) for _ in range(4_000)] + [
        chr(random.randrange(0x10000, 0x30000)) for _ in range(200)
    ]
    texts = ["".join(random.choices(pool, k=random.randrange(1, 60))) for _ in range(600)]
    texts += ["".join(random.choices(wide, k=random.randrange(1, 40))) for _ in range(300)]
    return [*texts, "extra_token_id_1 and extra_token_id_2", "ｅｘｔｒａ_token_id_3", "▁", "  ▁ ", "a▁b ▁", "\x00"]


def test_quick_tokenizer_gives_the_ids_of_sentencepiece() -> None:
    compiled = Tokenizer(MODEL_FOLDER).compiled()
    quick = PieceTable(MODEL_FOLDER)
    texts = [*TEXTS, *strange_texts()]
    different = [
        text for text in texts if (found := quick.encode(text.encode())) is not None and found != compiled.encode(text)
    ]
    assert different == []
    assert quick.encode(b"extra_token_id_1") is None


@pytest.mark.slow
def test_one_question_does_not_load_the_library() -> None:
    script = (
        "import sys; from paraglot.search.encoders.builtin.encoder import BuiltinEncoder; e = BuiltinEncoder();"
        "a = e.encode_query(['Was sagte Xi?']); print('sentencepiece' in sys.modules);"
        "b = e.encode_query(['Was sagte Xi?', 'x ' * 20000]); print('sentencepiece' in sys.modules);"
        "print(abs(a[0] - b[0]).max() < 1e-5)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]


def test_reserved_words_go_to_the_library() -> None:
    reserved = BuiltinEncoder().token_ids(["see extra_token_id_2 there"])[0]
    assert 4 in reserved


def test_double_array_holds_its_keys_and_no_others() -> None:
    from paraglot.search.encoders.builtin.double_array import DoubleArray

    random.seed(3)
    keys = {bytes(random.choices(b"ab\xe2\x96c", k=random.randrange(1, 7))): n for n in range(2_000)}
    trie = DoubleArray(memoryview(double_array.build(keys)).cast("I"))
    for _ in range(2_000):
        text = bytes(random.choices(b"ab\xe2\x96cd\x00", k=10))
        expected = [(end, keys[text[:end]]) for end in range(1, 11) if text[:end] in keys]
        assert list(trie.prefixes(text, 0)) == expected
    with pytest.raises(ValueError, match="empty"):
        double_array.build({b"": 1})


def test_missing_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="Install paraglot again"):
        BuiltinEncoder(tmp_path)

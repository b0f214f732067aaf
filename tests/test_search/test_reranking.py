"""Rerankers: what they do to a ranking, what their failure leaves, and the real loading of a cross-encoder."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from paraglot.indexer.build import index_corpus
from paraglot.search.contracts import hold
from paraglot.search.contracts.encoders import RerankerContract
from paraglot.search.encoders.fake_reranker import FakeReranker
from paraglot.search.encoders.load import load_reranker
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import EncoderMissing
from paraglot.search.ranking.reranking import RERANKED
from paraglot.search.types import LegEvidence, SearchRequest, SearchResponse

needs_torch = pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="sentence-transformers is missing")
VOCABULARY = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "tax",
    "on",
    "bread",
    "council",
    "penguin",
    "##s",
    ".",
]


class ByLength:
    """The longer, the better; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append((query, len(texts)))
        return np.array([len(text) for text in texts], np.float32)


class Broken:
    """Raises, or gives what is no score."""

    def __init__(self, given: list[float] | None = None) -> None:
        self._given = given

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._given is None:
            raise RuntimeError("out of memory\nat line 7")
        return np.array(self._given, np.float32)


def rows(response: SearchResponse) -> list[int]:
    return [hit.paragraph.row for hit in response.hits]


def test_the_fake_keeps_the_law() -> None:
    hold(RerankerContract(), reranker=FakeReranker())
    assert FakeReranker().scores("Bread tax", ["the TAX on bread", "bread", "Brot"]).tolist() == [1.0, 0.5, 0.0]


def test_hits_in_the_order_of_the_reranker(small_index: Path) -> None:
    reranker = ByLength()
    with Engine(small_index) as engine, Engine(small_index, reranker=reranker) as second:
        before = engine.search(SearchRequest('"bread" tax'))
        after = second.search(SearchRequest('"bread" tax'))
        assert second.rank(SearchRequest('"bread" tax'))[0][0] == after.hits[0].paragraph.row
    assert len(before.hits) == 3
    assert set(rows(before)) == set(rows(after))
    lengths = [len(hit.paragraph.text) for hit in after.hits]
    assert lengths == sorted(lengths, reverse=True)
    assert [hit.rerank for hit in after.hits] == [LegEvidence(rank, lengths[rank - 1]) for rank in (1, 2, 3)]
    expected = (np.array(lengths) - np.mean(lengths)) / np.std(lengths)
    assert [hit.score for hit in after.hits] == pytest.approx(expected, abs=1e-6)
    assert {hit.paragraph.row: hit.relevance for hit in after.hits} == {
        hit.paragraph.row: hit.relevance for hit in before.hits
    }
    assert all(hit.rerank is None for hit in before.hits)
    assert ("rerank" in before.timings_ms, "rerank" in after.timings_ms) == (False, True)
    assert reranker.asked[0] == ("bread tax", 3), "the query without operators"


def test_one_leg_alone_is_not_reranked(small_index: Path) -> None:
    reranker = ByLength()
    with Engine(small_index, reranker=reranker) as engine:
        for mode in ("keyword", "semantic"):
            response = engine.search(SearchRequest("bread tax", mode=mode))
            assert response.hits
            assert "rerank" not in response.timings_ms
        assert engine.search(SearchRequest("bread tax", languages=("fr",))).hits == []
    assert reranker.asked == []


def test_only_the_first_are_read(tmp_path: Path, write_corpus: Callable[[list[dict[str, object]]], Path]) -> None:
    texts = ["Bread tax " + " ".join(f"word{place * 50 + more}" for more in range(place + 3)) for place in range(40)]
    folder, reranker = tmp_path / "index", ByLength()
    articles = [{"id": f"a{place}", "text": text, "language": "en"} for place, text in enumerate(texts)]
    index_corpus(folder, [write_corpus(articles)], "fake")
    request = SearchRequest("bread tax", limit=100)
    with Engine(folder) as engine, Engine(folder, reranker=reranker) as second:
        before, after = engine.search(request), second.search(request)
    assert RERANKED == 30
    assert reranker.asked == [("bread tax", 30)]
    assert set(rows(after)[:30]) == set(rows(before)[:30])
    assert rows(after)[30:] == rows(before)[30:] != []
    scores = [hit.score for hit in after.hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.rerank is None for hit in after.hits] == [False] * 30 + [True] * (len(before.hits) - 30)


@pytest.mark.parametrize(
    ("reranker", "reason"),
    [
        (Broken(), "out of memory"),
        (Broken([1.0]), "it gave no number for some of the texts"),
        (Broken([float("nan")] * 7), "it gave no number for some of the texts"),
    ],
)
def test_a_failure_leaves_the_ranking(small_index: Path, reranker: Broken, reason: str) -> None:
    with Engine(small_index) as engine, Engine(small_index, reranker=reranker) as second:
        before, after = engine.search(SearchRequest("bread tax")), second.search(SearchRequest("bread tax"))
    assert after.warnings == [f"The hits are as they were before the reranker, which failed: {reason}"]
    assert [replace(hit, rerank=None) for hit in after.hits] == list(before.hits)
    assert len(after.hits) == 7


def test_when_the_time_is_up_it_is_left_out(small_index: Path) -> None:
    reranker = ByLength()
    with Engine(small_index, reranker=reranker) as engine:
        engine.timeout_s = 0
        response = engine.search(SearchRequest("bread tax"))
    assert response.warnings[-1] == "The time was up: the reranker was left out."
    assert response.hits
    assert reranker.asked == []


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """Makes a BERT of two layers with random weights: of a class of transformers, with so many labels."""
    transformers, torch = pytest.importorskip("transformers"), pytest.importorskip("torch")

    def make(kind: str = "BertForSequenceClassification", labels: int = 1) -> Path:
        folder = tmp_path_factory.mktemp("model")
        (folder / "vocab.txt").write_text("\n".join(VOCABULARY))
        transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
        config = transformers.BertConfig(
            vocab_size=len(VOCABULARY), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=64, num_labels=labels, initializer_range=0.5,
        )  # fmt: skip
        torch.manual_seed(7)
        getattr(transformers, kind)(config).save_pretrained(folder, safe_serialization=True)
        return folder

    return make


@pytest.mark.slow
@needs_torch
def test_a_cross_encoder_from_a_folder(tiny: Callable[..., Path], small_index: Path) -> None:
    import torch
    import transformers

    folder = tiny()
    reranker = load_reranker(str(folder))
    assert reranker is not None
    contract = RerankerContract()
    contract.distinct = False  # its weights are random
    hold(contract, reranker=reranker)
    texts = ["the tax on bread .", "penguins", "the council " * 100]
    model = transformers.BertForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.BertTokenizer.from_pretrained(folder)
    with torch.no_grad():
        read = [tokenizer("bread tax", text, return_tensors="pt", truncation=True, max_length=64) for text in texts]
        expected = [float(model(**one).logits[0, 0]) for one in read]
    found = reranker.scores("bread tax", texts)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert len(set(np.round(found, 3))) == 3
    with Engine(small_index, reranker=reranker) as engine:
        response = engine.search(SearchRequest("the tax on bread"))
    own = reranker.scores("the tax on bread", [hit.paragraph.text for hit in response.hits])
    assert [hit.rerank.score for hit in response.hits if hit.rerank] == pytest.approx(
        sorted(own, reverse=True), abs=1e-5
    )
    assert response.warnings == []


@pytest.mark.slow
@needs_torch
def test_a_saved_cross_encoder(tiny: Callable[..., Path], tmp_path: Path) -> None:
    """As sentence-transformers saves one itself, with the list of its modules."""
    from sentence_transformers import CrossEncoder

    folder = tiny()
    CrossEncoder(str(folder)).save(str(tmp_path / "saved"))
    first, again = load_reranker(str(folder)), load_reranker(str(tmp_path / "saved"))
    assert first is not None
    assert again is not None
    np.testing.assert_allclose(again.scores("bread", ["the tax"]), first.scores("bread", ["the tax"]), atol=1e-6)


@pytest.mark.slow
@needs_torch
def test_what_is_no_reranker_is_refused(tiny: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match="is no cross-encoder") as caught:
        load_reranker(str(tiny("BertModel")))
    assert "--reranker" in caught.value.remedy
    with pytest.raises(EncoderMissing, match="gives 3 numbers"):
        load_reranker(str(tiny(labels=3)))
    folder = tiny()
    for place, content in (("modules.json", []), ("config_sentence_transformers.json", {"model_type": "Other"})):
        (folder / place).write_text(json.dumps(content))
    with pytest.raises(EncoderMissing, match="is no cross-encoder"):
        load_reranker(str(folder))
    foreign = tiny()
    config = json.loads((foreign / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Config"}}
    (foreign / "config.json").write_text(json.dumps(config))
    (foreign / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Config: pass\n")
    with pytest.raises(EncoderMissing, match="cannot be loaded"):
        load_reranker(str(foreign))
    assert not (tmp_path / "ran").exists()
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderMissing, match="pickled"):
        load_reranker(str(folder))


@pytest.mark.slow
@needs_torch
def test_not_here_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(
        EncoderMissing, match="The model cross-encoder/nobody-has-this is not on this machine"
    ) as caught:
        load_reranker("nobody-has-this")
    assert caught.value.remedy.startswith("Give --reranker the path of a local folder")


def test_missing_package_says_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderMissing, match=r"pip install 'paraglot\[transformers\]'"):
        load_reranker("cross-encoder/any")
    assert load_reranker(None) is None

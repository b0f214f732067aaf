"""What is exported is what was made: a small model of random weights, read again by the encoder."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from sentencepiece import SentencePieceTrainer

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from training.export import export, made_rows

LINES = [f"the {a} {b} near the water" for a in ("old", "new", "red", "big") for b in ("house", "boat", "bird", "tree")]


@pytest.fixture(scope="module")
def small() -> tuple[np.ndarray, dict[str, np.ndarray], bytes]:
    written = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 5), model_writer=written, vocab_size=24, model_type="unigram", minloglevel=2
    )
    rng = np.random.default_rng(0)
    shapes = json.loads((MODEL_FOLDER / "config.json").read_text("utf-8"))["network"]
    network = {name: rng.normal(0, 0.05, shape).astype(np.float32) for name, shape in shapes.items()}
    return rng.normal(0, 0.3, (24, 512)).astype(np.float32), network, written.getvalue()


@pytest.mark.slow
def test_an_exported_model_encodes_with_the_weights_it_was_given(small: tuple, tmp_path: Path) -> None:
    import torch

    from training.network import TorchNetwork

    rows, network, tokenizer = small
    export(tmp_path, rows, network, tokenizer, ["en", "el"])
    kept = made_rows(tmp_path)
    error = ((kept - rows) ** 2).sum() / (rows**2).sum()
    assert 0.005 < error < 0.012  # 16 numbers for a normal distribution leave 0.0095 (Max 1960)
    encoder = BuiltinEncoder(tmp_path)
    assert encoder.spec.languages == ("en", "el")
    ids = encoder.token_ids(LINES[:3])
    tokens = torch.from_numpy(kept[np.concatenate(ids)])
    vectors = TorchNetwork(network).encode(tokens, [len(one) for one in ids]).numpy()
    np.testing.assert_allclose(encoder.encode_paragraphs(LINES[:3]), vectors, atol=2e-3)  # float16 weights


def test_export_is_the_same_every_time_and_refuses_what_does_not_fit(small: tuple, tmp_path: Path) -> None:
    rows, network, tokenizer = small
    for name in ("one", "two"):
        export(tmp_path / name, rows, network, tokenizer, ["en"])
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    with pytest.raises(ValueError, match="24 pieces have 23 rows"):
        export(tmp_path, rows[:23], network, tokenizer, ["en"])
    with pytest.raises(ValueError, match="project holds a number that is not finite"):
        export(tmp_path, rows, {**network, "project": network["project"] * 1e9}, tokenizer, ["en"])

"""The built-in encoder's network: convolutions by windows and by tiles, weights of 16 and 32 bits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.builtin.network import from_float16
from paraglot.search.encoders.builtin.winograd import MANY, TILE, Convolution, transforms
from paraglot.search.errors import EncoderMissing
from training.export import pack_arrays

CONFIG = json.loads((MODEL_FOLDER / "config.json").read_text("utf-8"))
SEEDS = Path(__file__).parent.parent.parent / "seeds"


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers, np.float32)[:, None]


def test_convolution_by_hand() -> None:
    """1 · x + 10 · next, less 40, nothing below 0."""
    convolution = Convolution(column(1, 10), column(-40)[0])
    x = column(1, 2, 3, 4, 5, 6, 7)
    np.testing.assert_array_equal(convolution(x, TILE), column(0, 0, 3, 14, 25, 36))
    np.testing.assert_allclose(np.maximum(convolution._tiles(x, TILE), 0), column(0, 0, 3, 14, 25, 36), atol=1e-4)


@pytest.mark.parametrize("tokens", [2, 3, 5])
def test_transforms_give_the_correlation(tokens: int) -> None:
    before, of_weights, after = transforms(tokens)
    assert len(of_weights) == tokens + 5 == len(before) == len(before.T) == len(after.T)
    x, w = np.arange(TILE + tokens - 1) ** 2.0, np.arange(1.0, tokens + 1)
    expected = [sum(w[k] * x[i + k] for k in range(tokens)) for i in range(TILE)]
    np.testing.assert_allclose(after @ ((before @ x) * (of_weights @ w)), expected, rtol=1e-9)


@pytest.mark.parametrize("tokens", [2, 3, 5])
def test_tiles_give_what_windows_give(tokens: int) -> None:
    random = np.random.default_rng(tokens)
    weights = (random.normal(size=(tokens * 64, 64)) / np.sqrt(tokens * 64)).astype(np.float32)
    convolution = Convolution(weights, random.normal(size=64).astype(np.float32))
    apart = random.normal(size=(MANY + tokens - 1, 3 * 64)).astype(np.float32)[:, 64:128]
    tiles, windows = convolution._tiles(apart, MANY), convolution._windows(apart, MANY)
    assert windows.std() > 1
    np.testing.assert_allclose(tiles, windows, atol=5e-5)
    np.testing.assert_array_equal(convolution(apart, MANY), np.maximum(tiles, 0))
    few = MANY - TILE
    np.testing.assert_array_equal(convolution(apart, few), np.maximum(convolution._windows(apart, few), 0))


@pytest.mark.slow
def test_bulk_gives_the_vectors_of_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every language of the seeds, whole articles: the two ways through the convolutions agree to rounding."""
    texts = [
        next(iter(sorted(folder.iterdir()))).read_text("utf-8") for folder in sorted(SEEDS.iterdir()) if folder.is_dir()
    ]
    assert len(texts) > 15
    encoder = BuiltinEncoder()
    bulk = encoder.encode_paragraphs(texts)
    monkeypatch.setattr("paraglot.search.encoders.builtin.winograd.MANY", 10**9)
    np.testing.assert_allclose(bulk, encoder.encode_paragraphs(texts), atol=1e-5)


def test_16_bits_to_32_is_exact() -> None:
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)]
    assert len(finite) == 2**16 - 2**11
    found = from_float16(finite)
    np.testing.assert_array_equal(found, finite.astype(np.float32))
    np.testing.assert_array_equal(np.signbit(found), np.signbit(finite))


def test_network_is_written_in_16_bits_and_refused_where_they_do_not_do() -> None:
    assert np.frombuffer(pack_arrays({"a": np.array([0.5]), "b": np.array([-2.0, 3.0])}), "<f2").tolist() == [
        0.5,
        -2,
        3,
    ]
    with pytest.raises(ValueError, match="all holds a number that is not finite in float16"):
        pack_arrays({"all": np.array([70_000.0])})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"network": {"project": [512, 99_999]}}, "cannot reshape"),
        ({"codebook": [0.5]}, "1 numbers instead of 16"),
    ],
)
def test_unknown_format_is_refused(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    for file in MODEL_FOLDER.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text(json.dumps(CONFIG | change), "utf-8")
    with pytest.raises(EncoderMissing, match=problem):
        BuiltinEncoder(tmp_path)

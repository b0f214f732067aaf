"""Write the folder of the built-in encoder. What the files hold: `training/README.md`."""

from __future__ import annotations

import hashlib
import json
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.table import TokenTable
from training import base, double_array, sentencepiece_model
from training.token_table import pack_rows_4bit

FOLDER = Path(__file__).parent.parent / "search" / "encoders" / "builtin" / "model"
MODEL_VERSION = 4


def export(
    folder: Path, rows: NDArray[np.float32], network: base.Arrays, tokenizer: bytes, languages: Sequence[str]
) -> None:
    """Write the data files and ``config.json``, the same bytes for the same weights. Hand-written files there stay.

    Raises `ValueError` when the vocabulary and the table differ in length.
    """
    pieces = sentencepiece_model.pieces(tokenizer)
    if len(pieces) != len(rows):
        raise ValueError(f"{len(pieces)} pieces have {len(rows)} rows")
    packed, scales, codebook = pack_rows_4bit(rows)
    files = {
        "network.bin": pack_arrays(network),
        "token_rows.bin": packed.tobytes(),
        "token_scales.bin": scales.astype("<f2").tobytes(),
        **piece_files(tokenizer, pieces),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    formats = {
        "network": {name: list(value.shape) for name, value in network.items()},
        "codebook": codebook.tolist(),
    }
    config = describe(files, formats, len(rows), languages)
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def made_rows(folder: Path) -> NDArray[np.float32]:
    """The token table of a made model, ``float32[pieces, 512]``."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    table = TokenTable(folder, config["codebook"])
    return table.rows(np.arange(len(table)))


def read_network(folder: Path) -> base.Arrays:
    """The network of a made model, ``float32``, by name."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    numbers = np.fromfile(folder / "network.bin", "<f2").astype(np.float32)
    ends = np.cumsum([int(np.prod(shape)) for shape in config["network"].values()])
    parts = np.split(numbers, ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(config["network"].items(), parts, strict=True)}


def pack_arrays(arrays: base.Arrays) -> bytes:
    """The numbers of ``arrays`` one after the other as ``float16``.

    Raises `ValueError` for one that is not finite or too large.
    """
    limit = np.finfo(np.float16).max
    for name, value in arrays.items():
        if not (np.abs(value) <= limit).all():
            raise ValueError(f"{name} holds a number that is not finite in float16")
    return b"".join(np.ascontiguousarray(value, "<f2").tobytes() for value in arrays.values())


def piece_files(model: bytes, pieces: list[sentencepiece_model.Piece], unknown: int = 0) -> dict[str, bytes]:
    """The tokenizer: SentencePiece's own model, and its pieces, scores and normalizer in a form that can be mapped.

    ``unknown`` is the id of an unknown character.
    """
    normal = {p.text.encode(): i for i, p in enumerate(pieces) if p.kind == sentencepiece_model.NORMAL}
    scores = array("f", [piece.score for piece in pieces])
    scores[unknown] = min(scores[number] for number in normal.values()) - 10.0  # as in SentencePiece
    return {
        "sentencepiece.model.z": zlib.compress(model, 9),
        "pieces.trie": double_array.build(normal),
        "pieces.scores": scores.tobytes(),
        "normalizer.bin": sentencepiece_model.charsmap(model),
    }


def describe(files: dict[str, bytes], formats: dict[str, Any], rows: int, languages: Sequence[str]) -> dict[str, Any]:
    """What ``config.json`` says; ``fingerprint`` changes with anything that a vector depends on."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return {
        "name": "builtin-fast",
        "version": MODEL_VERSION,
        "dimension": 512,
        "languages": list(languages),
        "fingerprint": hashlib.sha256(json.dumps([sums, formats]).encode()).hexdigest(),
        "base": {"name": "universal-sentence-encoder-multilingual", "version": 3, **base.WHEEL.told},
        "pieces": rows,
        "files": sums,
        **formats,
    }

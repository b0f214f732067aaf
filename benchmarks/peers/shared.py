"""What every engine by hand has in common: how texts are cut into words, and how two rankings become one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

CANDIDATES, RANK_CONSTANT, LIMIT = 50, 60, 10
"""Rows asked of each side, the constant of reciprocal rank fusion, and hits: the same for all."""

_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]+|\w+")
_UNSPACED = re.compile(r"[぀-ヿ㐀-鿿가-힯฀-๿]")


def words(text: str) -> list[str]:
    """Words in lower case; of runs without spaces each two neighbours."""
    found: list[str] = []
    for run in _WORD.findall(text.lower()):
        pairs = len(run) > 1 and _UNSPACED.match(run)
        found += [run[at : at + 2] for at in range(len(run) - 1)] if pairs else [run]
    return found


def fused(rankings: Iterable[Sequence[int]]) -> list[int]:
    """The first rows by reciprocal ranks."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (RANK_CONSTANT + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))[:LIMIT]


def paragraphs(corpus: Path) -> Iterator[tuple[int, dict[str, Any], str]]:
    """(row, article, text) of each paragraph; rows count from 0."""
    row = 0
    with corpus.open(encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            for text in article["paragraphs"]:
                yield row, article, text
                row += 1


class Faiss:
    """An exact search, written to one file and read back: the other half of engines by hand."""

    def __init__(self, path: Path) -> None:
        self._path, self._faiss = path, import_module("faiss")
        self._faiss.omp_set_num_threads(1)
        self._index: Any = None

    def build(self, vectors: Path) -> None:
        """Write the index of all vectors."""
        every = np.load(vectors, mmap_mode="r")
        index = self._faiss.IndexFlatIP(every.shape[1])
        index.add(np.ascontiguousarray(every))
        self._faiss.write_index(index, str(self._path))

    def nearest(self, vector: Any) -> list[int]:
        """The rows that are nearest."""
        if self._index is None:
            self._index = self._faiss.read_index(str(self._path))
        found: list[int] = self._index.search(vector[np.newaxis], CANDIDATES)[1][0].tolist()
        return found

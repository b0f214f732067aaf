"""Texts through the deep network: the states of their tokens, summed. Start at `DeepReader`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin.cores import on_all_cores
from paraglot.search.encoders.builtin.tokenizer import PieceTable, Special, Tokenizer
from paraglot.search.encoders.deep import DEEP_FOLDER
from paraglot.search.encoders.deep.network import DeepNetwork
from paraglot.search.encoders.deep.table import WIDTH, DeepTable
from paraglot.search.encoders.protocols import Vectors, unit

QUERY_PREFIX, PARAGRAPH_PREFIX = "query: ", "passage: "
"""What the model was taught to read before a query and before a paragraph."""

SPECIAL = Special(unknown=3, begin=0, end=2, reserved=None)
"""Those of XLM-R's vocabulary."""

Sums: TypeAlias = NDArray[np.float32]
"""``float32[n, 384]``: states summed over tokens."""


@cache
def vocabulary() -> PieceTable:
    """XLM-R's pieces by themselves: made of texts in a hundred languages, they tell how words are mostly written."""
    return PieceTable(DEEP_FOLDER, SPECIAL)


class DeepReader:
    """Tokenizer, table and network of a folder. Safe to use from several threads.

    A text of more tokens than the model has positions for goes through in windows, each by itself. Raises `OSError` or
    `ValueError` where the folder does not hold them.
    """

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer(folder, SPECIAL)
        self._table = DeepTable(folder)
        self._network = DeepNetwork(folder)
        self._window = len(self._table.positions) - 2

    def vectors(self, texts: Sequence[str], prefix: str, progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, 384]``, unit rows: the mean over the tokens of each text after ``prefix``."""
        ids = self.tokenizer.encode([prefix + text for text in texts])
        return unit(self.sums(ids, [[0, len(own)] for own in ids], progress))

    def sums(
        self, ids: Sequence[list[int]], cuts: Sequence[Sequence[int]], progress: Callable[[int], None] | None
    ) -> Sums:
        """The states of each text summed between its neighbouring cuts, the first 0, the last its end."""
        parts: list[Sums] = [np.empty((0, WIDTH), np.float32)] * len(ids)

        def encode(text: int) -> int:
            parts[text] = np.add.reduceat(self._states(ids[text]), _starts(cuts[text]), axis=0)
            parts[text][_empty(cuts[text])] = 0
            return 1

        for done in on_all_cores(encode, range(len(ids))):
            if progress is not None:
                progress(done)
        return np.concatenate(parts) if parts else np.empty((0, WIDTH), np.float32)

    def _states(self, ids: list[int]) -> NDArray[np.float32]:
        """``float32[tokens, 384]`` of all tokens; those around the inner windows of a long text are left out."""
        if len(ids) <= self._window + 2:
            return self._network.states(self._table.embedded(np.array(ids, np.int64)))
        inner = ids[1:-1]
        windows = [inner[first : first + self._window] for first in range(0, len(inner), self._window)]
        found = [
            self._network.states(self._table.embedded(np.array([SPECIAL.begin, *own, SPECIAL.end], np.int64)))
            for own in windows
        ]
        return np.concatenate([found[0][:1], *(states[1:-1] for states in found), found[-1][-1:]])


def _starts(cuts: Sequence[int]) -> NDArray[np.int64]:
    """Where the parts of a text begin. `numpy.add.reduceat` wants none beyond the last token."""
    return np.minimum(np.asarray(cuts[:-1], np.int64), cuts[-1] - 1)


def _empty(cuts: Sequence[int]) -> NDArray[np.bool_]:
    """Which parts have no token: a sentence of nothing but controls."""
    return np.diff(np.asarray(cuts, np.int64)) <= 0

"""The forward pass of `paraglot.search.encoders.builtin.network` once more, in torch, so that gradients reach the token
vectors.

Same weights, same layout: all texts of a batch in one matrix, `GAP` zero rows apart. A test holds both to the same
vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import layer_norm, normalize, pad

from paraglot.search.encoders.builtin.network import GAP, GROUP, WINDOWS

EPSILON = 1e-12


class TorchNetwork:
    """The weights as tensors, by the names that `training.base` gives them."""

    def __init__(self, arrays: Mapping[str, NDArray[np.float32]]) -> None:
        self.weights = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}

    def encode(self, rows: torch.Tensor, lengths: Sequence[int], which: torch.Tensor | None = None) -> torch.Tensor:
        """``float32[len(lengths), 512]``, unit rows.

        ``rows`` is ``float32[n, 512]``, ``which`` is ``int64[sum(lengths)]``: the row of each token, text after text;
        without it, ``rows`` has one for each token.
        """
        places, total = _places(lengths)
        x = self._projected(rows)
        if which is not None:
            rows, x = rows[which], x[which]
        tokens = torch.zeros(total, rows.shape[1]).index_copy(0, places, rows)
        x = torch.zeros(total, x.shape[1]).index_copy(0, places, x)
        features = self._features(tokens, x, _mask(places, total))
        texts = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
        sums = torch.zeros(len(lengths), features.shape[1]).index_add(0, texts, features[places - GAP])
        return self._head(sums, torch.tensor(lengths, dtype=torch.float32)[:, None])

    def _projected(self, rows: torch.Tensor) -> torch.Tensor:
        w = self.weights
        x = torch.addmm(w["project_bias"], rows, w["project"])
        return layer_norm(x, x.shape[1:], w["gain"], w["shift"], EPSILON)

    def _features(self, tokens: torch.Tensor, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The normalized features of every row but the ``GAP`` first and last; ``x`` is what `_projected` gives."""
        w = self.weights
        inner = slice(GAP, len(tokens) - GAP)
        groups = [tokens[inner]]
        for group, (width, before) in enumerate(WINDOWS):
            hidden = x[:, group * GROUP : (group + 1) * GROUP]
            change = torch.relu(self._window(hidden, width, before, 1))
            hidden = pad(change + hidden[inner], (0, 0, GAP, GAP)) * mask
            groups.append(torch.relu(self._window(hidden, width, before, 2)) + hidden[inner])
        joined = torch.cat(groups, 1)
        return layer_norm(joined, joined.shape[1:], w["pool_gain"], w["pool_shift"], EPSILON)

    def _window(self, x: torch.Tensor, width: int, before: int, layer: int) -> torch.Tensor:
        rows = len(x) - 2 * GAP
        start = GAP - before
        total = self.weights[f"window{width}_{layer}_bias"]
        for i, part in enumerate(self.weights[f"window{width}_{layer}"].split(GROUP)):
            total = torch.addmm(total, x[start + i : start + i + rows], part)
        return total

    def _head(self, sums: torch.Tensor, count: torch.Tensor) -> torch.Tensor:
        w = self.weights
        mean = (sums @ w["pool"] + count * w["pool_bias"]) / torch.sqrt(count)
        first = torch.relu(mean @ w["d0"])
        second = torch.relu(mean @ w["p1"] + first @ w["d1"])
        third = torch.relu(second @ w["d2"])
        return normalize(torch.tanh(second @ w["p3"] + third @ w["d3"]), dim=1)


def _places(lengths: Sequence[int]) -> tuple[torch.Tensor, int]:
    """The row of every token in the joint matrix, and how many rows that has."""
    spans = []
    at = GAP
    for length in lengths:
        spans.append(np.arange(at, at + length))
        at += length + GAP
    return torch.from_numpy(np.concatenate(spans)), at


def _mask(places: torch.Tensor, total: int) -> torch.Tensor:
    mask = torch.zeros(total, 1)
    mask[places] = 1
    return mask

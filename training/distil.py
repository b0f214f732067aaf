"""Teach the added pieces: a text in an added language shall get the vector of its translation in a base language.

The network and the base's rows stay as they are; gradients reach only the added rows. The loss of a batch is the
symmetric cross-entropy of its texts against its targets (scale 20) plus ten times the mean of 1 - cosine; the rows move
by Adagrad with one step size per row. Reimers and Gurevych 2020 ("Making Monolingual Sentence Embeddings Multilingual
using Knowledge Distillation") taught whole networks so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from training.network import TorchNetwork

Vectors = NDArray[np.float32]

SCALE = 20.0
PULL = 10.0
RATE = 0.3
WARM_UP = 50
SHARES = (0.25, 0.30, 0.30, 0.15)
"""How often a batch is drawn from each class of lengths."""

EDGES = (6, 14, 30)
TEXTS = (512, 384, 256, 128)
LONGEST = (8, 16, 32, 96)


@dataclass(slots=True)
class Lessons:
    """What is taught: ids of each text (without begin and end), number of its target, and how often it is drawn."""

    ids: Sequence[NDArray[np.int32]]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]


class Distillation:
    """The added rows while they learn; `save` and `load` keep them between rounds."""

    def __init__(self, network: TorchNetwork, base: Vectors, added: Vectors, seed: int = 0) -> None:
        self._network = network
        self._base = base
        self.added = added
        self._squares = np.full((len(added), 1), 1e-6, np.float32)
        self._seed = seed
        self.step = 0

    def save(self, file: Path) -> None:
        """Write the state, whole or not at all."""
        draft = file.with_suffix(".draft.npz")
        np.savez(draft, added=self.added, squares=self._squares, step=self.step)
        draft.replace(file)

    def load(self, file: Path) -> None:
        """Go on where `save` left."""
        with np.load(file) as state:
            self.added, self._squares = state["added"], state["squares"]
            self.step = int(state["step"])

    def train(
        self, lessons: Lessons, targets: NDArray[np.float16], steps: int, on_step: Callable[[int, float], bool]
    ) -> None:
        """Go on until ``steps`` steps are done in all, or ``on_step(step, loss)``, called after each, says no."""
        kinds = classes(lessons)
        while self.step < steps:
            rng = np.random.default_rng([self._seed, self.step])
            rate = RATE * min(1.0, (self.step + 1) / WARM_UP) * (1 - 0.97 * self.step / steps)
            kind = rng.choice(len(kinds), p=SHARES)
            texts = draw(rng, *kinds[kind], lessons.target, TEXTS[kind])
            ids = [lessons.ids[text][: LONGEST[kind]] for text in texts]
            loss = self._learn(ids, targets[lessons.target[texts]].astype(np.float32), rate)
            self.step += 1
            if not on_step(self.step, loss):
                break

    def _learn(self, ids: Sequence[NDArray[np.int32]], targets: Vectors, rate: float) -> float:
        flat = np.concatenate([np.concatenate([[1], one, [2]]) for one in ids])
        new = flat >= len(self._base)
        rows = np.empty((len(flat), self._base.shape[1]), np.float32)
        rows[~new] = self._base[flat[~new]]
        own, place = np.unique(flat[new] - len(self._base), return_inverse=True)
        rows[new] = self.added[own[place]]
        tokens = torch.from_numpy(rows).requires_grad_()
        vectors = self._network.encode(tokens, [len(one) + 2 for one in ids])
        loss = loss_to_targets(vectors, torch.from_numpy(targets))
        (gradient,) = torch.autograd.grad(loss, tokens)
        sums = torch.zeros(len(own), rows.shape[1]).index_add(
            0, torch.from_numpy(place), gradient[torch.from_numpy(new)]
        )
        self._move(own, sums.numpy() * np.float32(len(ids) / 100), np.float32(rate))
        return float(loss.detach())

    def _move(self, own: NDArray[np.int64], gradient: Vectors, rate: np.float32) -> None:
        self._squares[own] += np.mean(gradient * gradient, axis=1, keepdims=True)
        self.added[own] -= rate * gradient / np.sqrt(self._squares[own])


def crossed(alike: torch.Tensor) -> torch.Tensor:
    """The symmetric cross-entropy of a square of similarities: what belongs together lies on the diagonal."""
    right = torch.diagonal
    return -(right(torch.log_softmax(alike, 1)).mean() + right(torch.log_softmax(alike, 0)).mean()) / 2


def loss_to_targets(vectors: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """`crossed`, and `PULL` times how far each vector is from its own target."""
    return crossed(SCALE * vectors @ targets.T) + PULL * (1 - (vectors * targets).sum(1)).mean()


def classes(lessons: Lessons) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """For each class of lengths the texts in it and their cumulated chances."""
    lengths = np.array([len(one) for one in lessons.ids])
    found = []
    for kind in range(len(SHARES)):
        inside = np.flatnonzero((np.digitize(lengths, EDGES) == kind) & (lessons.weight > 0) & (lengths > 0))
        chances = np.cumsum(lessons.weight[inside])
        found.append((inside, chances / chances[-1]))
    return found


def draw(
    rng: np.random.Generator,
    texts: NDArray[np.int64],
    chances: NDArray[np.float64],
    target: NDArray[np.int64],
    count: int,
) -> NDArray[np.int64]:
    """About ``count`` texts by their chances, no two with the same target: they would be each other's wrong answer."""
    drawn = texts[np.searchsorted(chances, rng.random(count))]
    _, first = np.unique(target[drawn], return_index=True)
    return drawn[np.sort(first)]

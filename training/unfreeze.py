"""Teach the whole model, network and table: to place translations together, and a query by its paragraph.

Each step is a batch of one task. `translation` goes on with the lessons of the distillation: the base's vectors are the
targets, of texts in its own languages too, so that nothing is forgotten. `retrieval` is the symmetric cross-entropy
between queries and paragraphs of one batch, both as the model places them. The network moves by Adam, the table by
Adagrad with one step size per row. In the end the network goes only half the way (`halfway`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from training.base import Arrays, centred
from training.distil import LONGEST, SCALE, SHARES, TEXTS, WARM_UP, Lessons, classes, crossed, draw, loss_to_targets
from training.network import TorchNetwork
from training.retrieval import Asked

NETWORK_RATE = 2e-4
TABLE_RATE = 0.12
SQUARES = 8e-6
"""What a row is taken to have moved before: about what the distillation leaves in the middle."""

QUERIES = 44
LEAST_RATE = 0.03


class Batch(NamedTuple):
    """Texts, as ids without begin and end, and what their vectors cost."""

    ids: Sequence[Sequence[int] | NDArray[np.int32]]
    loss: Callable[[torch.Tensor], torch.Tensor]
    size: int
    """Terms of the mean that the loss is: a row moves by their sum."""


Task = Callable[[np.random.Generator], Batch]


class Asking(Protocol):
    """`Questions` or `Clozes`."""

    def draw(self, rng: np.random.Generator, count: int) -> Asked:
        """At most ``count`` queries with their paragraphs."""


def halfway(before: Arrays, after: Arrays) -> Arrays:
    """The mean of a network before and after its learning, matrix by matrix.

    Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022: the mean keeps what the network could before
    and has most of what it learned.

    >>> halfway({"w": np.array([0.0, 2.0])}, {"w": np.array([1.0, 2.0])})
    {'w': array([0.5, 2. ])}
    """
    return {name: (before[name] + after[name]) / 2 for name in before}


def translation(lessons: Lessons, targets: NDArray[np.float16]) -> Task:
    """A batch of texts of one class of lengths, each with its target."""
    kinds = classes(lessons)

    def batch(rng: np.random.Generator) -> Batch:
        kind = rng.choice(len(kinds), p=SHARES)
        texts = draw(rng, *kinds[kind], lessons.target, TEXTS[kind])
        wanted = torch.from_numpy(targets[lessons.target[texts]].astype(np.float32))
        ids = [lessons.ids[text][: LONGEST[kind]] for text in texts]
        return Batch(ids, lambda vectors: loss_to_targets(vectors, wanted), len(texts))

    return batch


def retrieval(source: Asking) -> Task:
    """A batch of queries with the paragraphs that answer them."""

    def batch(rng: np.random.Generator) -> Batch:
        queries, paragraphs = source.draw(rng, QUERIES)
        count = len(queries)
        return Batch(queries + paragraphs, lambda vectors: crossed(SCALE * vectors[:count] @ vectors[count:].T), count)

    return batch


@dataclass(slots=True)
class Share:
    """A task and how often it comes."""

    task: Task
    chance: float


class Unfreezing:
    """Network and table while they learn; `save` and `load` keep them between runs."""

    def __init__(self, network: Arrays, rows: NDArray[np.float32], seed: int = 0) -> None:
        """Takes over ``rows``, which change."""
        self._network = TorchNetwork(network)
        for weight in self._network.weights.values():
            weight.requires_grad_()
        self._adam = torch.optim.Adam(self._network.weights.values(), NETWORK_RATE, (0.9, 0.99))
        self._rows = torch.from_numpy(rows)
        self._squares = torch.full((len(rows), 1), SQUARES)
        self._seed = seed
        self.step = 0

    @property
    def rows(self) -> NDArray[np.float32]:
        """The token table as it is now."""
        table: NDArray[np.float32] = self._rows.numpy()
        return table

    @property
    def network(self) -> Arrays:
        """The matrices as they are now, by name, as the encoder needs them."""
        return centred({name: weight.detach().numpy() for name, weight in self._network.weights.items()})

    def save(self, file: Path) -> None:
        """Write the state, whole or not at all."""
        draft = file.with_suffix(".draft")
        state = {
            "rows": self._rows,
            "squares": self._squares,
            "network": {name: weight.detach() for name, weight in self._network.weights.items()},
            "adam": self._adam.state_dict(),
            "step": self.step,
        }
        torch.save(state, draft)
        draft.replace(file)

    def load(self, file: Path) -> None:
        """Go on where `save` left."""
        state = torch.load(file, weights_only=True)
        self._rows, self._squares, self.step = state["rows"], state["squares"], state["step"]
        with torch.no_grad():
            for name, weight in self._network.weights.items():
                weight.copy_(state["network"][name])
        self._adam.load_state_dict(state["adam"])

    def train(self, shares: Mapping[str, Share], steps: int, on_step: Callable[[int, str, float], bool]) -> None:
        """Go on until ``steps`` steps are done in all, or ``on_step(step, task, loss)``, called after each, says no."""
        names = list(shares)
        chances = np.array([shares[name].chance for name in names])
        while self.step < steps:
            rng = np.random.default_rng([self._seed, self.step])
            name = names[rng.choice(len(names), p=chances / chances.sum())]
            rate = min(1.0, (self.step + 1) / WARM_UP) * (1 - (1 - LEAST_RATE) * self.step / steps)
            loss = self._learn(shares[name].task(rng), rate)
            self.step += 1
            if not on_step(self.step, name, loss):
                break

    def _learn(self, batch: Batch, rate: float) -> float:
        flat = torch.from_numpy(np.concatenate([np.concatenate([[1], one, [2]]) for one in batch.ids]).astype(np.int64))
        pieces, place = torch.unique(flat, return_inverse=True)
        own = self._rows[pieces].requires_grad_()
        loss = batch.loss(self._network.encode(own, [len(one) + 2 for one in batch.ids], place))
        self._adam.zero_grad()
        loss.backward()
        for group in self._adam.param_groups:
            group["lr"] = NETWORK_RATE * rate
        self._adam.step()
        assert own.grad is not None
        self._move(pieces, own.grad * (batch.size / 100), TABLE_RATE * rate)
        return float(loss.detach())

    def _move(self, pieces: torch.Tensor, gradient: torch.Tensor, rate: float) -> None:
        self._squares[pieces] += gradient.square().mean(1, keepdim=True)
        self._rows[pieces] -= rate * gradient / self._squares[pieces].sqrt()

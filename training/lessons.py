"""From pairs of texts to what the distillation draws from: ids, targets, chances; and what is held out to watch it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from training.data import Pair, source
from training.distil import Lessons
from training.languages import ADDED, BASE

REPLAY = "replay"
REPLAYED = 0.33
"""The share of the lessons that replays texts in base languages."""

OF_BASE = 0.5
"""A base language weighs so much of an added one."""

HELD_OUT = 200
BALANCE = 0.4
"""A language's share of the lessons is its share of the data to the power of 1 less this."""


def joint_targets(
    pairs: Sequence[Pair], teachers: NDArray[np.float16]
) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    """The number of each pair's target, and the targets, ``float16[n, 512]``: the mean of its teachers' vectors."""
    numbers: dict[tuple[int, ...], int] = {}
    target = np.array([numbers.setdefault(pair.teachers, len(numbers)) for pair in pairs])
    targets = np.empty((len(numbers), teachers.shape[1]), np.float16)
    for texts, number in numbers.items():
        mean = teachers[list(texts)].astype(np.float32).sum(axis=0)
        targets[number] = mean / np.linalg.norm(mean)
    return target, targets


def held_out(pairs: Sequence[Pair], target: NDArray[np.int64], seed: int) -> dict[str, NDArray[np.int64]]:
    """Per language up to `HELD_OUT` pairs of different targets: everyday sentences, or lessons where there are none."""
    rng = np.random.default_rng(seed)
    found = {}
    for language in ADDED:
        own = [i for i, pair in enumerate(pairs) if pair.language == language and len(pair.text) > 12]
        chosen = (
            [i for i in own if pairs[i].source == "tatoeba"] or [i for i in own if pairs[i].source == "ms_iot"] or own
        )
        _, first = np.unique(target[chosen], return_index=True)
        found[language] = np.array(chosen)[rng.permutation(first)[:HELD_OUT]]
    return found


def make_lessons(
    pairs: Sequence[Pair],
    target: NDArray[np.int64],
    held: dict[str, NDArray[np.int64]],
    tokenizer: SentencePieceProcessor,
) -> Lessons:
    """All pairs but those that share a target with a held out one, weighted by source and evened out by language."""
    ids = [np.array(one, np.int32) for one in tokenizer.encode([pair.text for pair in pairs], num_threads=2)]
    weight = np.array([source(pair.source).weight for pair in pairs])
    weight[np.isin(target, target[np.concatenate(list(held.values()))])] = 0
    languages = np.array([pair.language for pair in pairs])
    for language in (*ADDED, *BASE):
        own = languages == language
        if total := weight[own].sum():
            weight[own] *= total**-BALANCE * (OF_BASE if language in BASE else 1)
    again = languages == REPLAY
    if again.any():
        weight[again] *= REPLAYED / (1 - REPLAYED) * weight[~again].sum() / weight[again].sum()
    return Lessons(ids, target, weight)

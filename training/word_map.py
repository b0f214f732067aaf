"""Learn the word map: ``python -m training.word_map DATA [--folder MODEL]``, from translations to ``word_map.bin``.

The soft match asks of each piece of a query for the nearest piece of a paragraph, in the token table. The table was
learned for sums of pieces, not for pieces by themselves: a linear map makes those that translate each other nearer.
Symmetric cross-entropy over a batch of translations (or of queries and paragraphs of manuals), where two texts are as
alike as the soft match says, without its saturation (the late interaction of Khattab and Zaharia, "ColBERT", SIGIR
2020, over vectors without context). Only the map moves, by Adam; it starts from the rows' first principal directions.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor
from torch.nn.functional import cross_entropy, normalize

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.builtin.table import WORD_MAP
from paraglot.search.encoders.builtin.tokenizer import Tokenizer
from training.data import read_corpus, source
from training.export import made_rows
from training.languages import COVERED
from training.retrieval import Clozes
from training.unfreeze import Asking

Ids: TypeAlias = NDArray[np.int32]

DIMENSION = 128
STEPS, WARM_UP = 2_000, 50
RATE, LEAST_RATE = 1e-3, 0.05
SCALE = 14.0
THRESHOLD = 0.1
"""Less alike counts nothing while it learns; the soft match's own threshold is higher."""

LENGTHS = ((1, 5, 0.2, 512), (6, 12, 0.35, 320), (13, 24, 0.3, 192), (25, 48, 0.15, 96))
"""Classes of pairs by the pieces of the longer text: least, most, share of the steps, pairs of a batch."""

CLOZE_SHARE, CLOZES = 0.25, 48
MOST_OF_BASE = 60_000
"""Texts of each base language that are read of a source."""


class Drawing(Protocol):
    """`Pairs`."""

    def draw(self, rng: np.random.Generator) -> tuple[list[Ids], list[Ids]]:
        """Texts and their translations, distinct ids, none of them empty."""


class Pairs:
    """Translations, as ids, drawn by the weights of their sources, languages evened out."""

    def __init__(self, folder: Path, tokenizer: SentencePieceProcessor, seed: int) -> None:
        corpus = read_corpus(folder, seed, MOST_OF_BASE)
        pairs = [pair for pair in corpus.pairs if pair.language in COVERED]
        self._texts: list[list[int]] = tokenizer.encode([pair.text for pair in pairs], num_threads=2)
        self._teachers: list[list[int]] = tokenizer.encode(corpus.teacher_texts, num_threads=2)
        self._teacher = np.array([pair.teachers[0] for pair in pairs], np.int64)
        own = np.array([len(ids) for ids in self._texts])
        longer = np.maximum(own, np.array([len(ids) for ids in self._teachers])[self._teacher])
        weights = np.array([source(pair.source).weight for pair in pairs]) * np.sqrt(np.minimum(own, 40))
        _, language = np.unique([pair.language for pair in pairs], return_inverse=True)
        weights /= np.sqrt(np.bincount(language, weights)[language])
        self._classes = [np.flatnonzero((longer >= least) & (longer <= most)) for least, most, *_ in LENGTHS]
        self._drawn = [np.cumsum(weights[members]) for members in self._classes]

    def draw(self, rng: np.random.Generator) -> tuple[list[Ids], list[Ids]]:
        """Texts and their translations, of one class of lengths, each translation once."""
        kind = int(rng.choice(len(LENGTHS), p=[share for _, _, share, _ in LENGTHS]))
        drawn = self._drawn[kind]
        places = np.searchsorted(drawn, rng.random(LENGTHS[kind][3]) * drawn[-1])
        chosen = np.unique(self._classes[kind][places])
        teachers, first = np.unique(self._teacher[chosen], return_index=True)
        one = [_distinct(self._texts[number]) for number in chosen[first]]
        other = [_distinct(self._teachers[number]) for number in teachers]
        kept = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if len(a) and len(b)]
        sides = [one[place] for place in kept], [other[place] for place in kept]
        return sides if rng.random() < 0.5 else sides[::-1]


def alikeness(rows: torch.Tensor, weights: torch.Tensor, asked: Sequence[Ids], told: Sequence[Ids]) -> torch.Tensor:
    """``float32[asked, told]``: the soft match of each with each; ids are places in ``rows``, unit vectors."""
    longest = max(map(len, told))
    places = torch.zeros(len(told), longest, dtype=torch.long)
    beyond = torch.full((len(told), longest), -2.0)
    for number, ids in enumerate(told):
        places[number, : len(ids)] = torch.from_numpy(ids.astype(np.int64))
        beyond[number, : len(ids)] = 0
    pieces = torch.from_numpy(np.concatenate(asked).astype(np.int64))
    of_text = torch.from_numpy(np.repeat(np.arange(len(asked)), [len(ids) for ids in asked]))
    cosines = (rows[pieces] @ rows[places.ravel()].T).view(len(pieces), len(told), longest) + beyond
    nearest = (cosines.amax(2) - THRESHOLD).clamp(min=0)
    weight = weights[pieces]
    sums = torch.zeros(len(asked), len(told)).index_add(0, of_text, nearest * weight[:, None])
    return sums / torch.zeros(len(asked)).index_add(0, of_text, weight)[:, None]


def learn(rows: torch.Tensor, weights: torch.Tensor, pairs: Drawing, clozes: Asking, seed: int) -> NDArray[np.float32]:
    """The map, ``float32[512, DIMENSION]``, of unit ``rows``."""
    torch.manual_seed(seed)
    some = rows[torch.randperm(len(rows))[:40_000]]
    directions = torch.linalg.eigh(some.T @ some)[1].flip(1)[:, :DIMENSION]
    turning = directions.contiguous().requires_grad_()
    adam = torch.optim.Adam([turning], RATE)
    rng = np.random.default_rng(seed)
    mean = 0.0
    for step in range(STEPS):
        if rng.random() < CLOZE_SHARE:
            asked, told = (list(map(_distinct, side)) for side in clozes.draw(rng, CLOZES))
        else:
            asked, told = pairs.draw(rng)
        used, places = np.unique(np.concatenate(asked + told), return_inverse=True)
        own = np.split(places.astype(np.int32), np.cumsum([len(ids) for ids in asked + told])[:-1])
        turned = normalize(rows[torch.from_numpy(used.astype(np.int64))] @ turning, dim=1)
        found = SCALE * alikeness(turned, weights[used], own[: len(asked)], own[len(asked) :])
        right = torch.arange(len(asked))
        loss = (cross_entropy(found, right) + cross_entropy(found.T, right)) / 2
        adam.zero_grad()
        loss.backward()
        adam.param_groups[0]["lr"] = RATE * min(1, (step + 1) / WARM_UP) * (1 - (1 - LEAST_RATE) * step / STEPS)
        adam.step()
        mean = 0.98 * mean + 0.02 * float(loss.detach())
        if step % 200 == 199:
            print(f"step {step + 1}, loss {mean:.3f}", file=sys.stderr, flush=True)
    learned: NDArray[np.float32] = turning.detach().numpy()
    return learned


def write(folder: Path, turning: NDArray[np.float32]) -> None:
    """Write the map, and its checksum into ``config.json``; the fingerprint stays, as vectors do not depend on it."""
    content = turning.astype("<f2").tobytes()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["files"] = dict(sorted({**config["files"], WORD_MAP: hashlib.sha256(content).hexdigest()}.items()))
    (folder / WORD_MAP).write_bytes(content)
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _distinct(ids: Sequence[int]) -> Ids:
    return np.unique(np.asarray(ids, np.int32))


def main() -> None:
    """Read, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--folder", type=Path, default=MODEL_FOLDER)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    table = made_rows(arguments.folder)
    weights = BuiltinEncoder(arguments.folder).piece_weights(np.arange(len(table)))
    tokenizer = Tokenizer(arguments.folder).compiled()
    pairs = Pairs(arguments.data, tokenizer, arguments.seed)
    clozes = Clozes(arguments.data, tokenizer)
    rows = normalize(torch.from_numpy(table), dim=1)
    relative = torch.from_numpy((weights / weights.mean()).astype(np.float32))
    write(arguments.folder, learn(rows, relative, pairs, clozes, arguments.seed))


if __name__ == "__main__":
    main()

"""From data to weights: ``python -m training.make DATA``.

Each stage leaves its result in the cache folder and is skipped when it is there, so a run that was stopped goes on
where it was; the two that learn go on from their last saved states. Delete a file to have its stage, and remove those
after it, run again. A further round (``--again``) unfreezes the model in the folder once more.

    *.whl          the published base
    joint.model    the vocabulary: the base's pieces and the added ones
    teachers.npy   what the texts in base languages mean
    replay.npy     what the texts to be replayed mean
    start.npy      first vectors of the added pieces
    state.npz      the added pieces as taught so far, the network frozen
    unfrozen*.pt   all of the model as taught so far; of a further round, named after the model that it started from
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor

from paraglot.search.encoders.builtin.tokenizer import Tokenizer
from training import sentencepiece_model
from training.base import Arrays, Base, read_base
from training.data import Corpus, Pair, read_corpus, source, with_lower_case
from training.distil import Distillation, Lessons
from training.export import FOLDER, export, made_rows, read_network
from training.languages import ADDED, COVERED
from training.lessons import REPLAY, held_out, joint_targets, make_lessons
from training.network import TorchNetwork
from training.pieces import added_pieces, texts_by_language
from training.replay import replayed_texts
from training.retrieval import Clozes, Questions
from training.start import first_vectors
from training.teachers import text_vectors
from training.unfreeze import Share, Unfreezing, halfway, retrieval, translation

MOST_ADDED = 100_000
"""With 4 bits a number the whole folder then stays under 80 MB."""

PAIRS_TO_START = 45_000
"""Of each language, for the regression: more do not fit into memory."""

STEPS = 9_000
UNFROZEN_STEPS = 3_000
SAVE_EVERY = 250

SHARES = {"translation": 0.6, "question": 0.15, "cloze": 0.25}
"""How often a step of the unfrozen model is of each task."""


class Making:
    """The stages, in order, over one cache folder."""

    def __init__(self, data: Path, cache: Path, seed: int = 0, goes_on: Path | None = None) -> None:
        """``goes_on`` is the folder of a made model that is taken up instead of the base."""
        self._data = data
        self._cache = cache
        self._goes_on = goes_on
        self._seed = seed

    @cached_property
    def base(self) -> Base:
        """The published base."""
        return read_base(self._cache)

    @cached_property
    def corpus(self) -> Corpus:
        """All pairs of the data."""
        corpus = read_corpus(self._data, self._seed)
        _say(f"{len(corpus.pairs)} pairs, {len(corpus.teacher_texts)} texts in base languages")
        return corpus

    @cached_property
    def network(self) -> TorchNetwork:
        """The base's network."""
        return TorchNetwork(self.base.network)

    @cached_property
    def tokenizer(self) -> SentencePieceProcessor:
        """The joint vocabulary."""
        if self._goes_on:
            return Tokenizer(self._goes_on).compiled()
        file = self._cache / "joint.model"
        if not file.exists():
            own = {piece.text for piece in sentencepiece_model.pieces(self.base.tokenizer)}
            added = added_pieces(texts_by_language(self._prose()), own, MOST_ADDED, seed=self._seed)
            file.write_bytes(sentencepiece_model.extended(self.base.tokenizer, added))
            _say(f"{len(added)} added pieces")
        return SentencePieceProcessor(model_file=str(file))

    @cached_property
    def teachers(self) -> NDArray[np.float16]:
        """The vector of every text in a base language."""
        file = self._cache / "teachers.npy"
        if not file.exists():
            ids = self._base_tokenizer().encode(self.corpus.teacher_texts, num_threads=2)
            _save(file, text_vectors(self.network, self.base.rows, ids))
            _say("teachers encoded")
        vectors: NDArray[np.float16] = np.load(file)
        return vectors

    @cached_property
    def replay(self) -> tuple[list[str], NDArray[np.float16]]:
        """Texts in base languages that the joint vocabulary cuts otherwise, and their vectors."""
        texts = replayed_texts(self._data, self.tokenizer, len(self.base.rows), self._seed)
        file = self._cache / "replay.npy"
        if not file.exists():
            _save(file, text_vectors(self.network, self.base.rows, self._base_tokenizer().encode(texts, num_threads=2)))
            _say(f"{len(texts)} texts to replay")
        return texts, np.load(file)

    @cached_property
    def start(self) -> NDArray[np.float32]:
        """The added pieces before they learn."""
        file = self._cache / "start.npy"
        if not file.exists():
            chosen = self._pairs_to_start()
            texts = self.tokenizer.encode([self.corpus.pairs[i].text for i in chosen], num_threads=2)
            teachers = [self.corpus.teacher_texts[self.corpus.pairs[i].teachers[0]] for i in chosen]
            translations = self._base_tokenizer().encode(teachers, num_threads=2)
            added = self.tokenizer.get_piece_size() - len(self.base.rows)
            _save(file, first_vectors(texts, translations, self.base.rows, added))
            _say("first vectors found")
        vectors: NDArray[np.float32] = np.load(file)
        return vectors

    def distil(self, steps: int, seconds: float) -> Distillation:
        """The added pieces after ``steps`` steps in all, or as far as ``seconds`` go."""
        teaching = Distillation(self.network, self.base.rows, self.start.copy(), self._seed)
        state = self._cache / "state.npz"
        if state.exists():
            teaching.load(state)
        if teaching.step < steps:
            watch = _Watch(teaching, state, seconds)
            teaching.train(*self.lessons, steps, lambda step, loss: watch(step, "distillation", loss))
            teaching.save(state)
        return teaching

    @cached_property
    def lessons(self) -> tuple[Lessons, NDArray[np.float16]]:
        """Translations and replayed texts, and their targets."""
        again, vectors = self.replay
        first = len(self.teachers)
        replayed = [Pair(REPLAY, text, (first + number,), REPLAY) for number, text in enumerate(again)]
        pairs = [*with_lower_case(self.corpus.pairs, self._seed), *replayed]
        target, targets = joint_targets(pairs, np.concatenate([self.teachers, vectors]))
        held = held_out(self.corpus.pairs, target, self._seed)
        return make_lessons(pairs, target, held, self.tokenizer), targets

    def unfreeze(self, rows: NDArray[np.float32], network: Arrays, steps: int, seconds: float) -> Unfreezing:
        """The whole model after ``steps`` steps in all, or as far as ``seconds`` go."""
        learning = Unfreezing(network, rows, self._seed)
        state = self._cache / f"unfrozen{_fingerprint(self._goes_on)}.pt"
        if state.exists():
            learning.load(state)
        if learning.step < steps:
            tasks = {
                "translation": translation(*self.lessons),
                "question": retrieval(Questions(self._data, self.tokenizer)),
                "cloze": retrieval(Clozes(self._data, self.tokenizer)),
            }
            shares = {name: Share(task, SHARES[name]) for name, task in tasks.items()}
            learning.train(shares, steps, _Watch(learning, state, seconds))
            learning.save(state)
        return learning

    def _base_tokenizer(self) -> SentencePieceProcessor:
        return SentencePieceProcessor(model_proto=self.base.tokenizer)

    def _prose(self) -> list[tuple[str, str]]:
        return [
            (pair.language, pair.text)
            for pair in self.corpus.pairs
            if pair.language in ADDED and pair.source != "cldr_names"
        ]

    def _pairs_to_start(self) -> list[int]:
        rng = np.random.default_rng(self._seed)
        chosen: list[int] = []
        for language in ADDED:
            own = [i for i, pair in enumerate(self.corpus.pairs) if pair.language == language]
            own = [
                i for i in own if self.corpus.pairs[i].source != "cldr_names" and len(self.corpus.pairs[i].text) < 400
            ]
            weight = np.array([source(self.corpus.pairs[i].source).weight for i in own])
            if len(own) > PAIRS_TO_START:
                own = rng.choice(own, PAIRS_TO_START, replace=False, p=weight / weight.sum()).tolist()
            chosen.extend(own)
        return chosen


class _Watch:
    """Says how the learning goes, saves it now and then, and ends it when its time is over."""

    def __init__(self, teaching: Distillation | Unfreezing, state: Path, seconds: float) -> None:
        self._teaching = teaching
        self._state = state
        self._end = time.monotonic() + seconds
        self._losses: dict[str, float] = {}

    def __call__(self, step: int, task: str, loss: float) -> bool:
        self._losses[task] = 0.98 * self._losses.get(task, loss) + 0.02 * loss
        if step % SAVE_EVERY == 0:
            self._teaching.save(self._state)
            _say(f"step {step}, loss " + ", ".join(f"{name} {mean:.3f}" for name, mean in self._losses.items()))
        return time.monotonic() < self._end


def _save(file: Path, vectors: NDArray[np.float16] | NDArray[np.float32]) -> None:
    draft = file.with_suffix(".draft.npy")
    np.save(draft, vectors)
    draft.replace(file)


def _fingerprint(folder: Path | None) -> str:
    """What tells the states of one round from those of another: the model that it started from."""
    if folder is None:
        return ""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return f"-{config['fingerprint'][:12]}"


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> None:
    """Read the command line and make the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("training/cache"))
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the encoder is written")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps with the network frozen")
    parser.add_argument("--unfrozen-steps", type=int, default=UNFROZEN_STEPS, help="steps of the whole model")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end what learns after so long")
    parser.add_argument("--again", action="store_true", help="a further round: start from the weights in the folder")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    goes_on = arguments.folder if arguments.again else None
    making = Making(arguments.data, arguments.cache, arguments.seed, goes_on)
    if goes_on:
        rows, network = made_rows(goes_on), read_network(goes_on)
    else:
        taught = making.distil(arguments.steps, arguments.seconds)
        rows, network = np.concatenate([making.base.rows, taught.added]), making.base.network
    learned = making.unfreeze(rows, network, arguments.unfrozen_steps, arguments.seconds)
    network = halfway(network, learned.network)
    export(arguments.folder, learned.rows, network, making.tokenizer.serialized_model_proto(), COVERED)


if __name__ == "__main__":
    main()

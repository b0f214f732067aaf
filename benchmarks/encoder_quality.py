"""What the built-in encoder is worth by itself, without an index: XQuAD and Tatoeba.

    python benchmarks/encoder_quality.py EVALUATION [--model builtin-fast] [--folder MODEL] [--every N] [--sentences N]
        [--json FILE]

``EVALUATION`` holds ``xquad/`` (BEIR layout, ``.xz``) and ``tatoeba/tatoeba.tsv.xz``. XQuAD: nDCG@10 of the paragraph
that answers a question, over the questions of odd articles (five paragraphs an article; even ones are for tuning, see
``--tuning``) against the 240 paragraphs of a language, for every pair of languages. Tatoeba: the share of sentences
whose nearest English sentence, of the same language's list, is their translation; all 112 languages, of each list all
or so many, evenly spread, against all that are English.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.deep.joined import JoinedEncoder
from paraglot.search.text.sentences import split_sentences

sys.path.insert(0, str(Path(__file__).parent.parent))  # where training is
from training.languages import BASE

Ours: TypeAlias = BuiltinEncoder | JoinedEncoder
Matrix: TypeAlias = dict[tuple[str, str], float]

TARGETS = (
    *("deu", "fra", "spa", "ita", "por", "nld", "pol", "ces", "rus", "ukr", "bel", "tur", "ara", "pes", "hin"),
    *("cmn", "jpn", "kor", "vie", "ind", "ell", "swe", "dan", "fin", "hun", "ron", "bul", "tha", "heb"),
)
"""The 29 languages whose mean is published for other models, as Tatoeba calls them."""

FIRST = 20
"""Paragraphs of the one pool that are looked at."""


@dataclass(frozen=True)
class Judged:
    """XQuAD's paragraphs and some of its questions. ``right``: (question, language) → the paragraph that answers."""

    corpus: list[dict[str, Any]]
    queries: list[dict[str, Any]]
    right: dict[tuple[str, str], str]

    @cached_property
    def columns(self) -> dict[str, NDArray[np.int64]]:
        """Where the paragraphs of each language are."""
        return _places(one["lang"] for one in self.corpus)

    @cached_property
    def answers(self) -> dict[str, NDArray[np.int64]]:
        """By language, where the right paragraph of each question is."""
        place = {one["id"]: column for column, one in enumerate(self.corpus)}
        return {
            language: np.array([place[self.right[one["id"], language]] for one in self.queries])
            for language in self.columns
        }

    def matrix(self, scores: NDArray[np.float32]) -> Matrix:
        """nDCG@10 by ``float32[queries, corpus]``: (question's, paragraphs' language) → mean."""
        lines = _places(one["lang"] for one in self.queries)
        found: Matrix = {}
        for read, columns in self.columns.items():
            own = np.take_along_axis(scores, self.answers[read][:, np.newaxis], axis=1)
            rank = 1 + (scores[:, columns] > own).sum(axis=1)
            gained = np.where(rank <= 10, 1 / np.log2(rank + 1), 0)
            found |= {(asked, read): float(gained[own_lines].mean()) for asked, own_lines in lines.items()}
        return found

    def pool(self, scores: NDArray[np.float32]) -> float:
        """Of a question's translations in one pool of all languages, the share that the first `FIRST` have."""
        first = np.argsort(-scores, axis=1)[:, :FIRST]
        own = np.stack([*self.answers.values()], axis=1)
        return float((own[:, :, np.newaxis] == first[:, np.newaxis, :]).any(axis=2).mean())


def read_xquad(folder: Path, every: int, parity: int | None = None) -> Judged:
    """All paragraphs, and every Nth question; with ``parity`` of those on even (0) or odd (1) articles alone."""
    corpus, queries = list(read_lines(folder / "corpus.jsonl.xz")), list(read_lines(folder / "queries.jsonl.xz"))
    right: dict[tuple[str, str], str] = {}
    for query, paragraph, _ in read_rows(folder / "qrels.tsv.xz", header=True):
        right[query, paragraph.split(":")[0]] = paragraph
    if parity is not None:
        queries = [one for one in queries if _article(right[one["id"], one["lang"]]) % 2 == parity]
    keys = {*sorted({one["id"].partition(":")[2] for one in queries})[::every]}
    return Judged(corpus, [one for one in queries if one["id"].partition(":")[2] in keys], right)


def same_and_across(matrix: Matrix, languages: Collection[str]) -> tuple[float, float]:
    """The means over the pairs of one language and over those of two."""
    same = [matrix[one, one] for one in languages]
    return float(np.mean(same)), float(np.mean([matrix[pair] for pair in permutations(languages, 2)]))


def xquad(encoder: Ours, judged: Judged) -> tuple[Matrix, Matrix, tuple[float, float]]:
    """The matrix by paragraph vector, and by the sum of it and the best sentence's; and the pool by both."""
    texts = [one["text"] for one in judged.corpus]
    asked_vectors = encoder.encode_query([one["text"] for one in judged.queries])
    vectors, sentences = encoder.encode_sentences(texts, [""] * len(texts), [split_sentences(text) for text in texts])
    by_paragraph = asked_vectors @ vectors.T
    starts = np.cumsum([0, *(len(own) for own in sentences)])[:-1]
    both = by_paragraph + np.maximum.reduceat(asked_vectors @ np.concatenate(sentences).T, starts, axis=1)
    return judged.matrix(by_paragraph), judged.matrix(both), (judged.pool(by_paragraph), judged.pool(both))


def tatoeba(encoder: Ours, file: Path, most: int) -> dict[str, float]:
    """Accuracy per language, sentence to English; ``most`` sentences of each."""
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, sentence, translation in read_rows(file):
        pairs[name].append((sentence, translation))
    found = {}
    for language in sorted(pairs):
        sentences, english = zip(*pairs[language], strict=True)
        asked = range(0, len(sentences), -(-len(sentences) // most))
        vectors = encoder.encode_query([sentences[place] for place in asked])
        nearest = (vectors @ encoder.encode_query(english).T).argmax(axis=1)
        found[language] = float((nearest == np.array(asked)).mean())
    return found


def summary(matrices: tuple[Matrix, Matrix], pools: tuple[float, float], bitext: Mapping[str, float]) -> str:
    """The results as Markdown; the matrix is that of the paragraph vector."""
    lines = []
    for name, matrix, pool in zip(("paragraph", "paragraph + best sentence"), matrices, pools, strict=True):
        languages = sorted({asked for asked, _ in matrix})
        for label, own in (("all", languages), ("the base's", [one for one in languages if one in BASE])):
            same, across = same_and_across(matrix, own)
            lines.append(f"XQuAD nDCG@10, {name}, {label} {len(own)}: same language {same:.3f}, across {across:.3f}")
        lines.append(f"one pool, {name}: {pool:.3f} of the translations among the first {FIRST}")
    lines += ["", "| question \\ paragraph | " + " | ".join(languages) + " |", "|---|" + "---|" * len(languages)]
    for asked in languages:
        lines.append(f"| {asked} | " + " | ".join(f"{matrices[0][asked, read]:.3f}" for read in languages) + " |")
    lines += ["", f"Tatoeba, mean of the {len(TARGETS)}: {np.mean([bitext[one] for one in TARGETS]):.3f}"]
    lines += [f"of all {len(bitext)}: {np.mean([*bitext.values()]):.3f}", ""]
    return "\n".join([*lines, ", ".join(f"{name} {value:.3f}" for name, value in bitext.items())])


def _article(paragraph: str) -> int:
    return int(paragraph.rpartition("p")[2]) // 5


def _places(languages: Iterator[str]) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, language in enumerate(languages):
        found[language].append(place)
    return {language: np.array(places) for language, places in found.items()}


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of JSON of an ``.xz``."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_rows(file: Path, header: bool = False) -> Iterator[list[str]]:
    """The lines of an ``.xz`` as fields between tabs, without the ``header``."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        if header:
            next(lines)
        yield from (line.rstrip("\n").split("\t") for line in lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--model", choices=["builtin", "builtin-fast"], default="builtin")
    parser.add_argument("--folder", type=Path, default=MODEL_FOLDER, help="of builtin-fast")
    parser.add_argument("--every", type=int, default=1, help="every Nth question of XQuAD")
    parser.add_argument("--sentences", type=int, default=1_000, help="so many of each of Tatoeba's lists at most")
    parser.add_argument("--tuning", action="store_true", help="questions of even articles instead")
    parser.add_argument("--json", type=Path, help="write the numbers here too")
    arguments = parser.parse_args()
    encoder = JoinedEncoder() if arguments.model == "builtin" else BuiltinEncoder(arguments.folder)
    judged = read_xquad(arguments.evaluation / "xquad", arguments.every, parity=0 if arguments.tuning else 1)
    by_paragraph, by_both, pools = xquad(encoder, judged)
    bitext = tatoeba(encoder, arguments.evaluation / "tatoeba" / "tatoeba.tsv.xz", arguments.sentences)
    print(summary((by_paragraph, by_both), pools, bitext))
    if arguments.json:
        xquads = [{f"{asked}-{read}": value for (asked, read), value in one.items()} for one in (by_paragraph, by_both)]
        numbers = {"paragraph": xquads[0], "with_best_sentence": xquads[1], "tatoeba": bitext}
        arguments.json.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Lessons in retrieval: queries and the paragraphs that answer them.

Two kinds. `Questions` are read from ``qa_*.tsv.xz`` (``language, question, language, paragraph``). `Clozes` are made of
manuals and lessons whose rows come in the order of their documents, each in many languages (``*.jsonl.xz``): some
neighbouring rows are a paragraph, one of them in another language is the query, mostly left out of the paragraph (the
inverse cloze task of Lee et al. 2019, "Latent Retrieval for Weakly Supervised Open Domain Question Answering").
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sentencepiece import SentencePieceProcessor

from training.data import rows

Ids = list[int]
Row = dict[str, str]

DOCUMENTS = {
    "ms_iot": 3.0,
    "tico19": 3.0,
    "debian_handbook": 2.0,
    "mozilla_www": 2.0,
    "opensource_guide": 2.0,
    "libreoffice_help": 2.0,
    "gnome_help": 1.0,
    "ms_security": 1.0,
    "tensorflow_docs": 1.0,
    "ms_edgeai": 1.0,
    "ms_azd": 0.5,
}
"""Sources whose rows come in the order of their documents; a window is drawn by weight · √rows."""

QUERY_TOKENS, PARAGRAPH_TOKENS = 64, 260

NEIGHBOURS = 40
FROM_A_PLACE = 6
"""So many questions are drawn from a stretch of the file: their paragraphs are of one article, the harder to tell."""

CHARACTERS = (150, 900)
MOST_ROWS = 14
LEAST_QUERY = 20
LEAST_LANGUAGES = 3
LEAST_ROWS = 0.6
"""A window is a paragraph in the languages that have this share of its rows."""

ENGLISH_QUERY = 0.2
ENGLISH_PARAGRAPH = 0.11
SAME_LANGUAGE = 0.25
KEPT = 0.4
LOWERED = 0.3
MOST_DROPPED = 0.4


class Asked(NamedTuple):
    """Ids of queries and of the paragraphs that answer them, row for row, without begin and end."""

    queries: list[Ids]
    paragraphs: list[Ids]


class Questions:
    """Questions and their paragraphs."""

    def __init__(self, folder: Path, tokenizer: SentencePieceProcessor) -> None:
        asked: list[str] = []
        numbers: dict[str, int] = {}
        answers: list[int] = []
        for path in sorted(folder.glob("qa_*.tsv.xz")):
            for question, paragraph in read_questions(path):
                asked.append(question)
                answers.append(numbers.setdefault(paragraph, len(numbers)))
        self._queries: list[Ids] = tokenizer.encode(asked)
        self._paragraphs: list[Ids] = tokenizer.encode(list(numbers), num_threads=2)
        self._answers = np.array(answers, np.int64)

    def __len__(self) -> int:
        return len(self._queries)

    def draw(self, rng: np.random.Generator, count: int) -> Asked:
        """At most ``count`` questions of as many paragraphs."""
        places = rng.integers(len(self), size=(-(-count // FROM_A_PLACE), 1))
        near = places + rng.integers(-NEIGHBOURS, NEIGHBOURS, (len(places), FROM_A_PLACE))
        chosen = np.clip(near.ravel(), 0, len(self) - 1)
        _, first = np.unique(self._answers[chosen], return_index=True)
        chosen = chosen[np.sort(first)][:count]
        return Asked(
            [self._queries[number][:QUERY_TOKENS] for number in chosen],
            [self._paragraphs[self._answers[number]][:PARAGRAPH_TOKENS] for number in chosen],
        )


class Clozes:
    """Rows of documents that ask for the rows around them."""

    def __init__(self, folder: Path, tokenizer: SentencePieceProcessor) -> None:
        files = [path for path in sorted(folder.glob("*.jsonl.xz")) if path.name.split(".")[0] in DOCUMENTS]
        self._documents = [[row for row in rows(path) if "en" in row] for path in files]
        weights = [
            DOCUMENTS[path.name.split(".")[0]] * np.sqrt(len(document))
            for path, document in zip(files, self._documents, strict=True)
        ]
        self._chances = np.array(weights) / sum(weights)
        self._tokenizer = tokenizer

    def __len__(self) -> int:
        return sum(map(len, self._documents))

    def draw(self, rng: np.random.Generator, count: int) -> Asked:
        """``count`` queries that are different rows; in some batches they miss some of their pieces, as titles do."""
        found: dict[tuple[int, int], tuple[str, str]] = {}
        while len(found) < count:
            document = int(rng.choice(len(self._documents), p=self._chances))
            asked = self._window(rng, self._documents[document])
            if asked:
                found.setdefault((document, asked[0]), asked[1:])
        queries, paragraphs = (self._tokenizer.encode(list(texts)) for texts in zip(*found.values(), strict=True))
        dropped = max(0.0, rng.uniform(-MOST_DROPPED, MOST_DROPPED))
        kept = [[piece for piece in ids if rng.random() >= dropped] or ids for ids in queries]
        return Asked([ids[:QUERY_TOKENS] for ids in kept], [ids[:PARAGRAPH_TOKENS] for ids in paragraphs])

    def _window(self, rng: np.random.Generator, document: Sequence[Row]) -> tuple[int, str, str] | None:
        """The number of a row, its text in one language, and the rows around it in another; not everywhere are some."""
        start = int(rng.integers(len(document)))
        end, size, wanted = start, 0, int(rng.integers(*CHARACTERS))
        while end < min(len(document), start + MOST_ROWS) and size < wanted:
            size += len(document[end]["en"])
            end += 1
        candidates = [number for number in range(start, end) if len(document[number]["en"]) > LEAST_QUERY]
        if end - start < 2 or not candidates:
            return None
        asked = candidates[int(rng.integers(len(candidates)))]
        around = [number for number in range(start, end) if number != asked]
        spoken = list(document[asked])
        counts = {
            language: sum(language in document[number] for number in around)
            for language in _languages(document, around)
        }
        written = [language for language, count in counts.items() if count >= LEAST_ROWS * len(around)]
        if len(spoken) < LEAST_LANGUAGES or not written:
            return None
        query_language = "en" if rng.random() < ENGLISH_QUERY else _one(rng, spoken)
        language = _one(rng, written)
        if rng.random() < SAME_LANGUAGE and query_language in written:
            language = query_language
        elif rng.random() < ENGLISH_PARAGRAPH:
            language = "en"
        read = range(start, end) if rng.random() < KEPT else around
        paragraph = " ".join(document[number][language] for number in read if language in document[number])
        query = document[asked][query_language]
        return asked, query.lower() if rng.random() < LOWERED else query, paragraph


def read_questions(path: Path) -> Iterator[tuple[str, str]]:
    """The questions of one file, each with its paragraph, whole."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            _, question, _, paragraph = line.rstrip("\n").split("\t")
            yield question.strip(" -"), paragraph


def _languages(document: Sequence[Row], numbers: Sequence[int]) -> list[str]:
    """The languages of some rows, in order of appearance."""
    return list(dict.fromkeys(language for number in numbers for language in document[number]))


def _one(rng: np.random.Generator, choices: Sequence[str]) -> str:
    return choices[int(rng.integers(len(choices)))]

"""An encoder measured by itself: for how many sentences is the translation the nearest of all translations?

Artetxe and Schwenk, "Massively Multilingual Sentence Embeddings for Zero-Shot Cross-Lingual Transfer and Beyond", TACL
2019, measure this over Tatoeba's sentences.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from paraglot.api.evaluation.judged import read_lines
from paraglot.api.evaluation.run import Run
from paraglot.indexer.build import Progress
from paraglot.search.encoders.protocols import Encoder, Vectors
from paraglot.search.errors import ParaglotError

MEASURE = "accuracy"
MODE = "nearest"
COLUMN = "translation"

_ENCODED_AT_ONCE = 256
_COMPARED_AT_ONCE = 1_024


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation; ``id`` is the number of its line."""

    id: str
    sentence: str
    translation: str


Bitext: TypeAlias = Mapping[str, Sequence[Pair]]
"""Language → its pairs."""


def read_bitext(path: Path) -> dict[str, list[Pair]]:
    """The pairs by language, in the order of the file: lines of language, sentence, translation with tabs between.

    Languages are sorted by name, which may be any text. Raises `ParaglotError` with the place of what is wrong.
    """
    pairs: dict[str, list[Pair]] = {}
    for place, line in read_lines(path):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 3 or not all(cells):
            raise ParaglotError(f"{place}: not language, sentence and translation with tabs between.")
        pairs.setdefault(cells[0], []).append(Pair(str(place.line), cells[1], cells[2]))
    if not pairs:
        raise ParaglotError(f"{path}: the file is empty.")
    return {language: pairs[language] for language in sorted(pairs)}


def only(pairs: Bitext, languages: Collection[str]) -> Bitext:
    """The pairs of ``languages`` alone. Raises `ParaglotError` for one that has none."""
    for language in languages:
        if language not in pairs:
            raise ParaglotError(f"There is no pair in the language {language!r}.", f"There are: {', '.join(pairs)}.")
    return {language: pairs[language] for language in pairs if language in languages}


def sample(pairs: Bitext, count: int, seed: int) -> Bitext:
    """At most ``count`` pairs of each language, drawn by ``seed``; each is searched for among those."""
    drawn = {}
    for language, sentences in pairs.items():
        indexes = np.sort(np.random.default_rng(seed).permutation(len(sentences))[:count])
        drawn[language] = [sentences[place] for place in indexes]
    return drawn


def measure_bitext(pairs: Bitext, encoder: Encoder, progress: Progress | None = None) -> Run:
    """1 for every sentence whose nearest translation, by cosine among its language's, is its own; else 0.

    Both sides are encoded as queries, because neither answers the other. Of translations that are the same text any
    is right.
    """
    show = progress or (lambda *_: None)
    texts = list(
        dict.fromkeys(
            text
            for sentences in pairs.values()
            for sentence in sentences
            for text in (sentence.sentence, sentence.translation)
        )
    )
    vectors = _encode(texts, encoder, show)
    row = {text: place for place, text in enumerate(texts)}
    values = {}
    for language, sentences in pairs.items():
        targets = list(dict.fromkeys(sentence.translation for sentence in sentences))
        place = {target: number for number, target in enumerate(targets)}
        nearest = _nearest(
            vectors[[row[sentence.sentence] for sentence in sentences]], vectors[[row[target] for target in targets]]
        )
        right = nearest == np.array([place[sentence.translation] for sentence in sentences])
        values[language] = right.astype(np.float64).reshape(-1, 1, 1, 1)
    ids = {language: tuple(sentence.id for sentence in sentences) for language, sentences in pairs.items()}
    settings = {"model": encoder.spec.name, "matrix": False}
    return Run(settings, (MODE,), (MEASURE,), (COLUMN,), ids, values)


def _encode(texts: Sequence[str], encoder: Encoder, show: Progress) -> Vectors:
    vectors = np.empty((len(texts), encoder.spec.dimension), np.float32)
    for start in range(0, len(texts), _ENCODED_AT_ONCE):
        batch = texts[start : start + _ENCODED_AT_ONCE]
        vectors[start : start + len(batch)] = encoder.encode_query(batch)
        show("encode", start + len(batch), len(texts))
    return vectors


def _nearest(sources: Vectors, targets: Vectors) -> NDArray[np.int64]:
    """``int64[n]``: the place of the target with the highest cosine, the first of equals."""
    starts = range(0, len(sources), _COMPARED_AT_ONCE)
    return np.concatenate([(sources[start : start + _COMPARED_AT_ONCE] @ targets.T).argmax(axis=1) for start in starts])

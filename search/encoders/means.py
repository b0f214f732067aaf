"""What a vector says of its language alone, taken away: the mean vector of the language, or of the likely ones.

Vectors of multilingual-e5-small lie by language first: whatever is asked, texts in the query's own language are
nearest. Less the mean of their language they lie by what they say (docs/decisions/0064-the-deep-encoder.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.deep.scripts import script_of
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.types import EncoderSpec

LANGUAGE_MEANS = "language_means.bin"

MARK = " less means "
"""What stands in a fingerprint before that of the means."""


TEMPERATURE, SHRINKAGE = 2.0, 0.3
"""What the likelihoods are flattened by, and how much of the covariance is that of a sphere."""


@dataclass(frozen=True, slots=True)
class Means:
    """Per language: the direction and bias of its likelihood, the means of paragraphs and of queries (each
    ``float32[languages, dim]``, biases ``float32[languages]``), and its scripts with spaces between.
    """

    languages: tuple[str, ...]
    directions: NDArray[np.float32]
    biases: NDArray[np.float32]
    of_paragraphs: NDArray[np.float32]
    of_queries: NDArray[np.float32]
    scripts: Mapping[str, str]

    @classmethod
    def read(
        cls, packed: bytes, languages: Sequence[str], biases: Sequence[float], scripts: Mapping[str, str]
    ) -> Means:
        """Means as `packed` wrote them. Raises `ValueError` where they are of other languages."""
        stored = np.frombuffer(packed, np.dtype("<f2")).astype(np.float32)
        directions, of_paragraphs, of_queries = stored.reshape(3, len(languages), -1)
        if len(biases) != len(languages) or not set(languages) <= set(scripts):
            raise ValueError(f"{len(languages)} languages have {len(biases)} biases and {len(scripts)} scripts")
        return cls(tuple(languages), directions, np.array(biases, np.float32), of_paragraphs, of_queries, scripts)

    def packed(self) -> bytes:
        """Directions and means as ``float16[3, languages, dim]``, low byte first."""
        return np.stack([self.directions, self.of_paragraphs, self.of_queries]).astype("<f2").tobytes()


def discriminants(
    means: NDArray[np.float32], spread: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The direction and the bias of each language's likelihood: linear discriminant analysis with one covariance for
    all languages (Hastie et al. 2009, section 4.3).

    ``means``: ``float32[languages, dim]``; ``spread``: ``float32[n, dim]``, texts less the mean of their language.
    """
    covariance = np.cov(spread.astype(np.float64).T)
    sphere = np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    directions = np.linalg.solve((1 - SHRINKAGE) * covariance + SHRINKAGE * sphere, means.astype(np.float64).T).T
    biases = -(directions * means).sum(axis=1) / 2
    return (directions / TEMPERATURE).astype(np.float32), (biases / TEMPERATURE).astype(np.float32)


def scripts_of(texts: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The scripts in which a tenth and more of the texts of each language are written, by name, with spaces between."""
    found = {}
    for language, own in texts.items():
        written = Counter(map(script_of, own))
        found[language] = " ".join(
            sorted(script for script, count in written.items() if script and count * 10 >= written.total())
        )
    return found


def packed_means(means: Means) -> bytes:
    """As `read_means` reads them: a line of JSON, and `Means.packed`."""
    biases = [float(bias) for bias in means.biases]
    head = {"languages": means.languages, "biases": biases, "scripts": dict(means.scripts)}
    return json.dumps(head, sort_keys=True).encode() + b"\n" + means.packed()


def read_means(packed: bytes) -> Means:
    """Means out of a file. Raises `ValueError`, `KeyError` or `TypeError` where it holds none."""
    head, _, rest = packed.partition(b"\n")
    fields = json.loads(head)
    return Means.read(rest, fields["languages"], fields["biases"], fields["scripts"])


def is_centred(spec: EncoderSpec) -> bool:
    """Whether an index was made with means of its own."""
    return MARK in spec.fingerprint


def uncentred(spec: EncoderSpec) -> EncoderSpec:
    """The encoder that a `paraglot.search.encoders.centred.CentredEncoder` of this spec rests on."""
    return replace(spec, fingerprint=spec.fingerprint.partition(MARK)[0])


class LanguageMeans:
    """The means of languages, and how the vector itself tells which language it is in.

    The likelihood of a language is that of linear discriminant analysis: normal distributions around the means, of one
    shape for all. So a vector between two languages gets something of each one's mean, and none is asked for its tag.
    Only languages that are written in the text's script come into question, where there are any.
    """

    def __init__(self, means: Means, share: float, fast: Collection[str] = ()) -> None:
        """``share`` is how much of a mean is taken away; ``fast`` are the languages that the fast encoder reads."""
        self.means = means
        self._share = np.float32(share)
        self._fast = np.array([language in fast for language in means.languages], np.float32)
        own = [set(means.scripts[language].split()) for language in means.languages]
        self._others: dict[str | None, NDArray[np.bool_]] = {
            script: np.array([script not in some for some in own]) for script in sorted(set().union(*own))
        }

    def likelihoods(self, vectors: Vectors, texts: Sequence[str]) -> NDArray[np.float32]:
        """``float32[n, languages]``, rows that sum to one: how likely each of ``texts``, with its vector, is in each
        language.
        """
        logits = vectors @ self.means.directions.T + self.means.biases
        for row, text in enumerate(texts):
            others = self._others.get(script_of(text))
            if others is not None:
                logits[row, others] = -np.inf
        likely: NDArray[np.float32] = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return likely

    def of_queries(self, likely: NDArray[np.float32]) -> Vectors:
        """The mean to be taken from the vector of each query, by its `likelihoods`."""
        means: Vectors = self._share * (likely @ self.means.of_queries)
        return means

    def of_paragraphs(self, likely: NDArray[np.float32]) -> Vectors:
        """The mean to be taken from the vector of each paragraph, by its `likelihoods`."""
        means: Vectors = self._share * (likely @ self.means.of_paragraphs)
        return means

    def read_by_fast(self, likely: NDArray[np.float32]) -> NDArray[np.float32]:
        """``float32[n]``: how likely each text is in a language that the fast encoder reads."""
        known: NDArray[np.float32] = likely @ self._fast
        return known

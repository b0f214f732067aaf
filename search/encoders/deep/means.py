"""What a vector says of its language alone, taken away: the mean vector of the language, or of the likely ones.

Vectors of multilingual-e5-small lie by language first: whatever is asked, texts in the query's own language are
nearest. Less the mean of their language they lie by what they say (docs/decisions/0064-the-deep-encoder.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.deep.scripts import script_of
from paraglot.search.encoders.protocols import Vectors

LANGUAGE_MEANS = "language_means.bin"


class LanguageMeans:
    """The means of languages, and how the vector itself tells which language it is in.

    The likelihood of a language is that of linear discriminant analysis: normal distributions around the means, of one
    shape for all. So a vector between two languages gets something of each one's mean, and none is asked for its tag.
    Only languages that are written in the text's script come into question, where there are any.
    """

    def __init__(
        self,
        folder: Path,
        languages: Sequence[str],
        biases: Sequence[float],
        scripts: Mapping[str, str],
        share: float,
        fast: Collection[str],
    ) -> None:
        """``biases`` belong to the likelihoods of ``languages``; ``scripts`` has those of each, with spaces between;
        ``share`` is how much of a mean is taken away; ``fast`` are the languages that the fast encoder reads.

        Raises `ValueError` where the file holds other languages.
        """
        stored = np.fromfile(folder / LANGUAGE_MEANS, np.dtype("<f2")).astype(np.float32)
        self._directions, self._of_paragraphs, self._of_queries = stored.reshape(3, len(languages), -1)
        self._biases = np.array(biases, np.float32)
        if len(self._biases) != len(languages):
            raise ValueError(f"{len(languages)} languages have {len(self._biases)} biases")
        self.languages = tuple(languages)
        self._share = np.float32(share)
        self._fast = np.array([language in fast for language in languages], np.float32)
        self._others: dict[str | None, NDArray[np.bool_]] = {}
        for script in sorted({one for own in scripts.values() for one in own.split()}):
            self._others[script] = np.array([script not in scripts[language].split() for language in languages])

    def likelihoods(self, vectors: Vectors, texts: Sequence[str]) -> NDArray[np.float32]:
        """``float32[n, languages]``, rows that sum to one: how likely each of ``texts``, with its vector, is in each
        language.
        """
        logits = vectors @ self._directions.T + self._biases
        for row, text in enumerate(texts):
            others = self._others.get(script_of(text))
            if others is not None:
                logits[row, others] = -np.inf
        likely: NDArray[np.float32] = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return likely

    def of_queries(self, likely: NDArray[np.float32]) -> Vectors:
        """The mean to be taken from the vector of each query, by its `likelihoods`."""
        means: Vectors = self._share * (likely @ self._of_queries)
        return means

    def of_paragraphs(self, likely: NDArray[np.float32]) -> Vectors:
        """The mean to be taken from the vector of each paragraph, by its `likelihoods`."""
        means: Vectors = self._share * (likely @ self._of_paragraphs)
        return means

    def read_by_fast(self, likely: NDArray[np.float32]) -> NDArray[np.float32]:
        """``float32[n]``: how likely each text is in a language that the fast encoder reads."""
        known: NDArray[np.float32] = likely @ self._fast
        return known

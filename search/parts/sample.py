"""A sample of a generation's paragraphs that stands for chance: every query is compared with them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.chance import SENTENCE_SHARE, USUAL, Chance, Numbered
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.parts.sentence_records import Records, directions


class Sample:
    """Some paragraphs of one generation, none a copy, read once: every query is compared with them.

    ``languages`` are theirs, in the order of `scores`.
    """

    def __init__(self, languages: list[str], paragraphs: Vectors, records: Sequence[Records] = ()) -> None:
        """``paragraphs``: ``float32[n, dim]``; ``records``: the sentences of each (none: they are not kept)."""
        self.languages, self._paragraphs = Numbered.of(languages), paragraphs
        counts = np.array([len(sentences) for sentences in records], np.int64)
        self._with = np.flatnonzero(counts)
        self._firsts = np.cumsum(counts[self._with]) - counts[self._with]
        self._sentences = directions(np.concatenate(records)) if len(self._with) else None

    def scores(self, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        """``float64[n]``, the semantic score of each paragraph with a query's vector (``float32[dim]``)."""
        if not len(self._paragraphs):
            return np.zeros(0)
        scores = (self._paragraphs @ vector).astype(np.float64)
        if self._sentences is not None:
            best = np.maximum.reduceat(self._sentences @ vector, self._firsts)
            scores[self._with] += SENTENCE_SHARE * (best - scores[self._with])
        return scores

    def chance(self, vector: NDArray[np.float32], encoder: str) -> Chance:
        """What chance gives a query's vector, made by the encoder of a name."""
        return Chance(self.scores(vector), self.languages, USUAL.get(encoder))

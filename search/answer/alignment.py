"""Which word of a query stands for which word of a text, in any two languages: the explanation of a hit by meaning.

A word's vector is what the encoder makes of it as a text of its own; a word counts where its most telling piece is rare
enough (`TokenEncoder.piece_weights`), which leaves out articles and pronouns in every language. A query's word is
aligned with the nearest word of the text, if they are alike enough and no other word of the query is nearer to it.
In scripts without spaces the words are overlapping pairs of characters; neighbours aligned with one word are joined.
benchmarks/alignment.py measures it. (By the token table alone, the soft match's own nearest pieces, a third was found.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.deadline import check
from paraglot.search.seams import Encoder, TokenEncoder
from paraglot.search.text.analysis import Token, analyze
from paraglot.search.types import Alignment

ALIKE = 0.6
"""The least cosine of two words that are aligned."""

TELLING = 70.0
"""The least weight of a word's most telling piece."""

_KEPT_WORDS, _TOGETHER = 20_000, 128
"""Words whose vectors are kept, and words that are encoded together."""


class Aligner:
    """Aligns by one encoder, and keeps the vectors of words that it met. Safe to share between threads."""

    def __init__(self, encoder: Encoder, pieces: TokenEncoder) -> None:
        self.pieces = pieces
        self._encoder = encoder
        self._vectors: dict[str, NDArray[np.float32] | None] = {}

    def align(self, query: str, texts: Sequence[str]) -> list[list[Alignment]]:
        """The aligned words of ``query`` with each text, in the order of the query; each of them at most once."""
        tokens = [analyze(text) for text in (query, *texts)]
        words = [
            [text[token.start : token.end] for token in own] for text, own in zip((query, *texts), tokens, strict=True)
        ]
        vectors = self._of({word for own in words for word in own})
        telling = {word: vector for word, vector in vectors.items() if vector is not None}
        place = {word: at for at, word in enumerate(telling)}
        asked, *told = [
            [(token, place[word]) for token, word in zip(own, each, strict=True) if word in place]
            for own, each in zip(tokens, words, strict=True)
        ]
        if not asked:
            return [[] for _ in texts]
        every = np.stack(list(telling.values()))
        cosines = every[[at for _, at in asked]] @ every.T
        return [
            _aligned([token for token, _ in asked], [token for token, _ in own], cosines[:, [at for _, at in own]])
            for own in told
        ]

    def _of(self, words: set[str]) -> dict[str, NDArray[np.float32] | None]:
        """The unit vector of each word; None where it tells nothing."""
        known = self._vectors
        found = {word: known[word] for word in words if word in known}
        missing = sorted(words - found.keys())
        weights = self._weights(missing)
        telling = [word for word, weight in zip(missing, weights, strict=True) if weight >= TELLING]
        fresh: dict[str, NDArray[np.float32] | None] = dict.fromkeys(missing)
        for first in range(0, len(telling), _TOGETHER):
            check()
            batch = telling[first : first + _TOGETHER]
            fresh.update(zip(batch, self._encoder.encode_query(batch), strict=True))
        if len(known) + len(fresh) > _KEPT_WORDS:
            known = self._vectors = {}
        known.update(fresh)
        return found | fresh

    def _weights(self, words: Sequence[str]) -> list[float]:
        ids = [own[1:-1] for own in self.pieces.token_ids(words)]
        return [float(self.pieces.piece_weights(np.array(own)).max()) if own else 0.0 for own in ids]


def _aligned(asked: Sequence[Token], told: Sequence[Token], cosines: NDArray[np.float32]) -> list[Alignment]:
    """For each word of the query its nearest, where it is nearest to that one, too; neighbours joined.

    ``cosines``: ``float32[asked, told]``.
    """
    if not told:
        return []
    rivals = cosines.max(axis=0)
    found: list[Alignment] = []
    for word, own in zip(asked, cosines, strict=True):
        at = int(own.argmax())
        if own[at] < ALIKE or own[at] < rivals[at] - 1e-6:
            continue
        token = told[at]
        one = Alignment(word.start, word.end, token.start, token.end, round(float(own[at]), 4))
        if found and _touch(found[-1], one):
            one = _joined(found.pop(), one)
        found.append(one)
    return found


def _touch(last: Alignment, one: Alignment) -> bool:
    """Whether two overlapping pairs of characters are aligned with one stretch of the text."""
    return one.query_start < last.query_end and one.start <= last.end and last.start <= one.end


def _joined(last: Alignment, one: Alignment) -> Alignment:
    start, end = min(last.start, one.start), max(last.end, one.end)
    return Alignment(last.query_start, one.query_end, start, end, max(last.similarity, one.similarity))

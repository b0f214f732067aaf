"""Soft BM25: every piece of a query against the nearest piece of a paragraph, in the encoder's own token table.

    soft(q, p) = Σ_t w(t) · max_u max(cos(t, u) − θ, 0) · sat(u)  /  Σ_t w(t)

t runs over the distinct pieces of the query, u over those of the paragraph; sat is BM25's saturation of u's count with
k1 = 1.2 and b = 0.75 (Robertson and Zaragoza, 2009), lengths relative to the mean of the candidates. Words of different
languages lie near each other in the table, so this matches across languages too. The weight w is the square of the
piece's log-probability in the encoder's vocabulary, which stands for its rarity: measured as good as the corpus's own
idf, and the same in every index. See docs/decisions/0013-soft-match.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paraglot.search.seams import Encoder, HasPieces, PieceEncoder, TokenEncoder

THRESHOLD = 0.3
"""θ: pieces that are less alike than this have nothing to do with each other."""

_K1, _B = 1.2, 0.75


class Pieces(NamedTuple):
    """The distinct pieces of a text, ``int32[n]``, and how often each occurs, ``int32[n]``."""

    ids: NDArray[np.int32]
    counts: NDArray[np.int32]


def piece_encoder(encoder: Encoder | None) -> PieceEncoder | None:
    """What the pieces of an encoder's texts are compared by; None where it has none."""
    if isinstance(encoder, TokenEncoder):
        return encoder
    return encoder.pieces if isinstance(encoder, HasPieces) else None


def pieces_of(encoder: PieceEncoder, texts: Sequence[str]) -> list[Pieces]:
    """The pieces of each text, without its begin and end."""
    found = (np.unique(np.asarray(ids[1:-1], np.int32), return_counts=True) for ids in encoder.token_ids(texts))
    return [Pieces(ids, counts.astype(np.int32)) for ids, counts in found]


def soft_scores(encoder: PieceEncoder, query: str, texts: Sequence[Pieces]) -> NDArray[np.float64]:
    """``float64[n]``: the soft match of ``query`` with each text, from 0 (nothing alike) to about 1.8."""
    asked = pieces_of(encoder, [query])[0].ids
    scores = np.zeros(len(texts))
    held = [place for place, own in enumerate(texts) if len(own.ids)]
    if not len(asked) or not held:
        return scores
    told = [texts[place] for place in held]
    pieces, places = np.unique(np.concatenate([own.ids for own in told]), return_inverse=True)
    cosines = encoder.piece_cosines(asked, pieces)
    firsts = np.cumsum([0, *(len(own.ids) for own in told[:-1])])
    matches = np.maximum(cosines - THRESHOLD, 0)[:, places] * _saturation([own.counts for own in told])
    weights = encoder.piece_weights(asked)
    nearest = np.maximum.reduceat(matches, firsts, axis=1)
    scores[held] = weights @ nearest / max(float(weights.sum()), 1e-9)
    return scores


def _saturation(counts: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
    lengths = np.array([own.sum() for own in counts], np.float64)
    relative = np.repeat(1 - _B + _B * lengths / lengths.mean(), [len(own) for own in counts])
    times = np.concatenate(counts)
    return (times * (_K1 + 1) / (times + _K1 * relative)).astype(np.float32)

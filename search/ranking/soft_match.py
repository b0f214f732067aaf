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

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Floats
from paraglot.search.encoders.pieces import Pieces, distinct, pieces_of
from paraglot.search.encoders.protocols import PieceEncoder
from paraglot.search.parts.bm25 import share
from paraglot.search.ranking.fusion import add_to_first, moments
from paraglot.search.ranking.question import Question

WEIGHT = 0.7
"""What a standard deviation of the soft match counts beside one of the semantic score."""

THRESHOLD = 0.3
"""θ: pieces that are less alike than this have nothing to do with each other."""


def soft_match(question: Question, candidates: Candidates) -> Candidates:
    """The first candidates with their soft match added.

    It is compared within each language: a language's own words are always nearer to the query. By a transformer's
    input embeddings only paragraphs in the query's languages are compared, and relevance does not hear of it: what they
    say across languages, and what their numbers mean, differs from model to model.
    """
    if question.pieces is None:
        return candidates
    first = slice(0, question.compared)
    languages = candidates.languages[first]
    compared = question.speaks(languages) | question.cross_lingual
    soft = np.zeros(len(languages))
    soft[compared] = soft_scores(
        question.pieces,
        question.understood.calm,
        candidates.pieces[first][compared].tolist(),
        candidates.shares[first][compared],
    )
    if question.cross_lingual:
        column = candidates.soft.copy()
        column[: len(soft)] = soft
        candidates = candidates.with_columns(soft=column)
    if question.request.semantic_ratio == 0:
        return candidates
    return add_to_first(candidates, soft, languages.tolist(), WEIGHT)


def soft_scores(encoder: PieceEncoder, query: str, texts: Sequence[Pieces], shares: Floats | None = None) -> Floats:
    """``float64[n]``: the soft match of ``query`` with each text, from 0 (nothing alike) to about 1.8.

    By ``shares`` (`Candidates.shares`) copies count as one in the mean of the lengths.
    """
    query_pieces = pieces_of(encoder, [query])[0].ids
    scores = np.zeros(len(texts))
    places = [place for place, pieces in enumerate(texts) if len(pieces.ids)]
    if not len(query_pieces) or not places:
        return scores
    documents = [texts[place] for place in places]
    every, which = distinct(np.concatenate([pieces.ids for pieces in documents]))
    cosines = encoder.piece_cosines(query_pieces, every)
    firsts = np.cumsum([0, *(len(pieces.ids) for pieces in documents[:-1])])
    counted = np.ones(len(documents)) if shares is None else shares[places]
    saturation = _saturation([pieces.counts for pieces in documents], counted)
    matches = np.maximum(cosines - THRESHOLD, 0).take(which, axis=1) * saturation
    weights = encoder.piece_weights(query_pieces)
    nearest = np.maximum.reduceat(matches, firsts, axis=1)
    scores[places] = weights @ nearest / max(float(weights.sum()), 1e-9)
    return scores


def _saturation(counts: Sequence[NDArray[np.int32]], shares: Floats) -> NDArray[np.float32]:
    every, sizes = np.concatenate(counts), [len(of_text) for of_text in counts]
    lengths = np.add.reduceat(every, np.cumsum([0, *sizes[:-1]])).astype(np.float64)
    return share(every, np.repeat(lengths, sizes), moments(lengths, shares)[0]).astype(np.float32)

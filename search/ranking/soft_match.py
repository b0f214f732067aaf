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
from paraglot.search.encoders.pieces import Pieces, QueryPieces, distinct
from paraglot.search.parts.bm25 import share
from paraglot.search.parts.ranges import sums_of_groups
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


def soft_scores(
    query: QueryPieces,
    texts: Sequence[Pieces],
    shares: Floats | None = None,
    groups: Sequence[Sequence[int]] | None = None,
) -> Floats:
    """``float64[n]``: the soft match of a query with each text, from 0 (nothing alike) to about 1.8.

    ``groups``: with several texts as with one, for each group of them, given by their places. By ``shares``
    (`Candidates.shares`) copies count as one in the mean of the lengths.
    """
    if not len(query.ids) or not any(len(pieces.ids) for pieces in texts):
        return np.zeros(len(texts) if groups is None else len(groups))
    counts, near = _matching(query, texts)
    lengths = np.array([pieces.counts.sum() for pieces in texts], np.float64)
    if groups is not None:
        counts, lengths = sums_of_groups(counts, groups), sums_of_groups(lengths, groups)
    there = lengths > 0
    mean = moments(lengths[there], np.ones(there.sum()) if shares is None else shares[there])[0]
    text, piece = np.nonzero(counts)
    saturation = share(counts[text, piece], lengths[text], mean).astype(np.float32)
    firsts = np.flatnonzero(np.diff(text, prepend=-1))
    nearest = np.zeros((len(query.ids), len(counts)), np.float32)
    if len(firsts):
        nearest[:, text[firsts]] = np.maximum.reduceat(near.take(piece, axis=1) * saturation, firsts, axis=1)
    scores: Floats = query.weights @ nearest / max(float(query.weights.sum()), 1e-9)
    return scores


def _matching(query: QueryPieces, texts: Sequence[Pieces]) -> tuple[Floats, NDArray[np.float32]]:
    """Of the m pieces that match any of the query's: ``float64[texts, m]``, how often each text has each, and
    ``float32[n, m]``, how well they match. Of all others, which are most, no more is asked.
    """
    every, which = distinct(np.concatenate([pieces.ids for pieces in texts]))
    near = np.maximum(query.cosines(every) - THRESHOLD, 0)
    matching = near.any(axis=0)
    number = int(np.count_nonzero(matching))
    entries = matching[which]
    text = np.repeat(np.arange(len(texts)), [len(pieces.ids) for pieces in texts])[entries]
    piece = (np.cumsum(matching) - 1)[which[entries]]
    counts = np.concatenate([pieces.counts for pieces in texts])[entries]
    table = np.bincount(text * number + piece, counts, len(texts) * number).astype(np.float64)
    return table.reshape(len(texts), number), near[:, matching]

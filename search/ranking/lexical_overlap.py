"""What a query and a paragraph share across languages: concepts and sounds of words, by the lexicon.

    overlap(q, p) = Σ_m w(q, m) · w(p, m) · idf(m)  /  Σ_m w(q, m)² · idf(m),   idf(m) = ln(1 + (n - df + ½) / (df + ½))

m runs over the marks of the query (`paraglot.search.lexicon`), df counts those of the n candidates that have it:
BM25's idf, over the candidates. n is 100 at least, as though there were others that have nothing: of a few candidates
all may have a word, and it is no less telling for that. The whole of a query is at least one word that none of them
has: particles alone share little. It finds what no vector tells apart: the name, the rare word. See
docs/decisions/0021-lexicon.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from paraglot.search.candidates import Candidates, Floats
from paraglot.search.lexicon.lexicon import Marks, open_lexicon
from paraglot.search.query.understanding import Understood
from paraglot.search.ranking.fusion import add_to_first
from paraglot.search.ranking.question import COMPARED, Question

WEIGHT = 0.5
"""What a standard deviation of the overlap counts beside one of the semantic score."""

ENOUGH, BEST = 0.25, 3
"""The mean overlap of the three candidates that have most, from which on it counts in full: below, much is chance."""


def add_lexical_overlap(question: Question, candidates: Candidates) -> Candidates:
    """The first candidates with what they share with the query by the lexicon added, in whichever language.

    Those in the query's languages are compared with each other, for they share all of its words, and the others with
    each other, for they share only what both languages' dictionaries have.
    """
    first = slice(0, question.compared)
    query = query_marks(question.understood)
    overlap = lexical_overlap(query, candidates.marks[first].tolist(), candidates.shares[first])
    shared = candidates.shared.copy()
    shared[: len(overlap)] = overlap
    candidates = candidates.with_columns(shared=shared)
    if question.request.semantic_ratio in (0, 1):
        return candidates
    return add_to_first(
        candidates, overlap, question.speaks(candidates.languages[first]).tolist(), WEIGHT * strength(overlap)
    )


def strength(overlap: Floats) -> float:
    """How much the overlap counts: less where even the candidates that have most have little.

    >>> strength(np.array([0.0, 0.6])), strength(np.array([0.0, 0.1]))
    (1.0, 0.2)
    """
    best = np.sort(overlap)[-BEST:]
    return min(1.0, float(best.mean()) / ENOUGH) if len(best) else 0.0


def query_marks(understood: Understood) -> Marks:
    """What a query says by the lexicon, in each language that it may be in."""
    return _marks(understood.plain, *sorted(understood.spoken))


@lru_cache(16)
def _marks(plain: str, *languages: str) -> Marks:
    """Two stages of a query ask for them."""
    return open_lexicon().marks(plain, *languages, telling=True)


def lexical_overlap(query: Marks, documents: Sequence[Marks], shares: Floats | None = None) -> Floats:
    """``float64[n]``: how much of a query each document has, 0 to about 1. By ``shares`` copies count as one.

    >>> from paraglot.search.lexicon.lexicon import marks_from
    >>> bread, tax = marks_from({1: 1.0, 5: 1.0}), marks_from({6: 1.0})
    >>> lexical_overlap(marks_from({1: 1.0, 2: 1.0}), [bread, tax]).round(3).tolist()
    [0.442, 0.0]
    >>> lexical_overlap(marks_from({1: 0.5}), [bread, tax]).round(3).tolist()  # 0.5 · ln 67.3 / ln 202
    [0.397, 0.0]
    """
    if not documents or not len(query.numbers):
        return np.zeros(len(documents))
    shares = np.ones(len(documents)) if shares is None else shares
    count = max(float(shares.sum()), COMPARED)
    numbers = np.concatenate([marks.numbers for marks in documents])
    document = np.repeat(np.arange(len(documents)), [len(marks.numbers) for marks in documents])
    mark = np.minimum(np.searchsorted(query.numbers, numbers), len(query.numbers) - 1)
    matches = query.numbers[mark] == numbers
    mark, document = mark[matches], document[matches]
    df = np.bincount(mark, shares[document], minlength=len(query.numbers))
    idf = np.log1p((count - df + 0.5) / (df + 0.5))
    added = query.weights[mark] * np.concatenate([marks.weights for marks in documents])[matches] * idf[mark]
    whole = float(np.square(query.weights) @ idf)
    scores = np.bincount(document, added, minlength=len(documents)).astype(np.float64)
    return scores / max(whole, float(np.log1p((count + 0.5) / 0.5)))

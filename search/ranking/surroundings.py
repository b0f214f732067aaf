"""What stands around a candidate in its article tells what it is about: relevance hears of it, and by it the order.

A paragraph of an article says *they* and *the project*, and what they are was said three paragraphs before. What only
happens to be near to a question stands among paragraphs about something else. Those around it count the more, the
nearer they are to the question. See docs/decisions/0119-surroundings.md and 0145-near-surroundings.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paraglot.search.candidates import Candidates, Floats
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.parts.ranges import sums_of_groups
from paraglot.search.parts.surroundings import Surroundings
from paraglot.search.ranking.lexical_overlap import query_marks
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.soft_match import soft_scores

FIRST = 30
"""Candidates whose surroundings are read: what stands further down is hardly ever an answer."""


SHARPNESS = 20
"""A paragraph of the surroundings counts e^(20 d) times as much as one whose cosine with the query is less by d."""


def add_surroundings(question: Question, candidates: Candidates) -> Candidates:
    """The candidates with what the surroundings of the first ones have of the query."""
    places = [place for place, own in enumerate(candidates.around[:FIRST]) if own is not None]
    if question.vector is None or question.pieces is None or not places:
        return candidates
    around: list[Surroundings] = candidates.around[places].tolist()
    texts = {
        own.row: own for surroundings in around for own in surroundings.paragraphs
    }  # a paragraph stands around several
    numbers = {row: number for number, row in enumerate(texts)}
    groups = [[numbers[own.row] for own in surroundings.paragraphs] for surroundings in around]
    found = {
        "around_semantic": np.array([together(question.vector, own.vectors) for own in around], np.float64),
        "around_soft": soft_scores(question.pieces, [own.pieces for own in texts.values()], groups=groups),
        "around_shared": shared(query_marks(question.understood), [own.marks for own in texts.values()], groups),
    }
    columns = {name: getattr(candidates, name).copy() for name in found}
    for name, values in found.items():
        columns[name][places] = values
    return candidates.with_columns(**columns)


def together(query: NDArray[np.float32], texts: NDArray[np.float32]) -> float:
    """The cosine of a query's vector and that of some texts together, the nearer ones counting more; all are unit.

    >>> round(together(np.array([1, 0], np.float32), np.array([[0.6, 0.8], [0.6, -0.8], [0, 1]], np.float32)), 4)
    1.0
    """
    cosines = texts @ query
    direction = np.exp(SHARPNESS * (cosines - cosines.max())) @ texts
    return float(direction @ query / np.sqrt(direction @ direction))


def shared(query: Marks, texts: Sequence[Marks], groups: Sequence[Sequence[int]]) -> Floats:
    """``float64[n]``: the share that each group of texts has of a query's marks, by their weights; 0 where the query
    has none.
    """
    if not len(query.numbers):
        return np.zeros(len(groups))
    numbers = np.concatenate([own.numbers for own in texts])
    mark = np.minimum(np.searchsorted(query.numbers, numbers), len(query.numbers) - 1)
    matches = query.numbers[mark] == numbers
    text = np.repeat(np.arange(len(texts)), [len(own.numbers) for own in texts])
    has = np.zeros((len(texts), len(query.numbers)))
    has[text[matches], mark[matches]] = 1.0
    whole = max(float(query.weights.sum()), 1e-9)
    return np.array([query.weights[own > 0].sum() / whole for own in sums_of_groups(has, groups)], np.float64)

"""Relevance: how sure it is that a hit answers the query, 0 to 1, the same for every query, language and corpus.

A score orders the hits of one query and means nothing beyond it. Relevance compares a hit with what chance gives: the
semantic scores of the same query with paragraphs drawn from the whole index (`paraglot.search.encoders.chance`). A
logistic function joins that with the soft match, the coverage and, in another language, what the lexicon finds shared.
Its weights are fitted once, for all indexes, by benchmarks/relevance.py: questions whose article is in the corpus
against the same questions without it. No labels are needed where an index is made. See
docs/decisions/0014-relevance.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, TypeAlias

from paraglot.search.candidates import Candidates, Floats
from paraglot.search.encoders.load import BUILTIN, FAST
from paraglot.search.ranking.question import Question
from paraglot.search.text.analysis import words
from paraglot.search.types import ANSWER_RELEVANCE, Confidence

CONFIDENT: tuple[tuple[float, Confidence], ...] = ((0.9, "high"), (0.7, "medium"), (ANSWER_RELEVANCE, "low"))
"""The least relevance of the best hit for each confidence; below all of them it is "none"."""


class Signals(NamedTuple):
    """What relevance is made of, for one hit; None where there is no such evidence.

    ``chance``: the semantic score in standard deviations above what chance gives; ``semantic``: that score itself, of
    an encoder whose scores mean the same in every index; ``soft``: the soft match; ``shared``: what it has of the query
    by the lexicon; ``coverage`` as `KeywordIndex.coverage`; ``across``: the hit is in none of the query's languages, so
    that words can hardly be shared and their lack says nothing; ``length``: the logarithm of the number of words of the
    query: the more there are, the more is near to it by chance; ``encoder``: the name of the one that scored.
    """

    chance: float | None
    soft: float | None
    shared: float | None
    coverage: float
    across: bool
    semantic: float | None = None
    length: float = 0.0
    encoder: str = ""


Kinds: TypeAlias = tuple[tuple[tuple[str, ...], tuple[float, ...]], ...]
"""Which signals, and the weights of the logistic function: a constant, then one for each of them."""

CALIBRATED = ("chance", "semantic", "soft", "coverage", "shared", "length")
"""The signals of an encoder whose semantic scores mean the same in every index."""

CALIBRATED_WEIGHTS: Mapping[str, Mapping[bool, tuple[float, ...]]] = {
    BUILTIN: {
        False: (-5.95, 0.38, 9.73, 1.31, 4.03, 1.76, -0.78),
        True: (-5.22, 0.38, 9.73, 1.31, 2.95, 6.56, -0.78),
    },
    FAST: {
        False: (-5.47, 0.33, 6.64, 1.59, 3.65, 2.16, -0.57),
        True: (-5.22, 0.33, 6.64, 1.59, 3.52, 6.26, -0.57),
    },
}
"""By the encoder's name and `Signals.across`."""

KINDS: Mapping[bool, Kinds] = {
    False: (
        (("chance", "soft", "coverage"), (-9.33, 0.56, 7.81, 6.6)),
        (("chance", "coverage"), (-7.7, 0.7, 9.03)),
        (("coverage",), (-5.86, 10.47)),
    ),
    True: (
        (("chance", "soft", "shared", "coverage"), (-6.69, 0.51, 5.23, 5.67, 4.56)),
        (("chance", "coverage"), (-5.29, 0.62, 6.68)),
        (("coverage",), (-1.9, 7.94)),
    ),
}
"""By `Signals.across`; the first kind whose signals are there counts, after those of an encoder that is calibrated."""

WRITTEN_ALIKE = 0.7
"""The soft match of a query with a paragraph that has all its words as they are written: 1 - `soft_match.THRESHOLD`.

What has them in another spelling (*covid19*, *हिंदी*, *1,250,000*, *Blutorangen*) counts no less: the soft match reads
letters, the coverage knows what they stand for. With half of the words there is no such floor.
"""


def add_relevance(question: Question, candidates: Candidates) -> Candidates:
    """The candidates with their relevance; their order stays."""
    known = cache(relevance)  # by keyword alone many thousands have few different ones
    return candidates.with_columns(relevance=[known(evidence) for evidence in signals(question, candidates)])


def signals(question: Question, candidates: Candidates) -> list[Signals]:
    """What the relevance of each candidate is made of. Of words that only sound alike it does not hear."""
    chance, soft, shared = map(_known, (candidates.chance, candidates.soft, candidates.shared))
    nothing: list[float | None] = [None] * len(candidates)
    semantic = _known(candidates.semantic) if question.encoder in CALIBRATED_WEIGHTS else nothing
    across = (~question.speaks(candidates.languages)).tolist()
    length = math.log(max(sum(len(word.terms) for word in words(question.understood.plain)), 1))
    coverage, count = candidates.coverage_by_letters.tolist(), len(candidates)
    lengths, encoders = [length] * count, [question.encoder] * count
    columns = zip(chance, soft, shared, coverage, across, semantic, lengths, encoders, strict=True)
    return [Signals(*values) for values in columns]


def _known(column: Floats) -> list[float | None]:
    """Values, None for NaN."""
    return [None if value != value else value for value in column.tolist()]


def relevance(signals: Signals) -> float:
    """0 to 1, by all the signals that are there.

    >>> relevance(Signals(None, None, None, 1.0, across=False))
    0.9901
    >>> relevance(Signals(2.0, 0.1, None, 1.0, across=False)) == relevance(Signals(2.0, 0.7, None, 1.0, across=False))
    True
    """
    signals = as_written(signals)
    calibrated = CALIBRATED_WEIGHTS.get(signals.encoder)
    kinds = ((CALIBRATED, calibrated[signals.across]), *KINDS[signals.across]) if calibrated else KINDS[signals.across]
    for names, (constant, *weights) in kinds:
        values = [getattr(signals, name) for name in names]
        if None not in values:
            total = constant + sum(weight * value for weight, value in zip(weights, values, strict=True))
            return round(1 / (1 + math.exp(-max(min(total, 50.0), -50.0))), 4)
    raise AssertionError("coverage is always there")


def as_written(signals: Signals) -> Signals:
    """The same with the soft match that it would have if all that covers the query were written as the query is."""
    if signals.soft is None:
        return signals
    return signals._replace(soft=max(signals.soft, WRITTEN_ALIKE * (2 * signals.coverage - 1)))


def confidence(best: float | None) -> Confidence:
    """What to say of an answer by the relevance of its most relevant hit (None: there is no hit).

    >>> confidence(0.93), confidence(0.2), confidence(None)
    ('high', 'none', 'none')
    """
    return next((name for least, name in CONFIDENT if best is not None and best >= least), "none")

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
from typing import Any, NamedTuple, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

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
    by the lexicon; ``coverage`` as `KeywordIndex.coverage`; ``cross_language``: the hit is in none of the query's
    languages, so that words can hardly be shared and their lack says nothing; ``length``: the logarithm of the number
    of words of the query: the more there are, the more is near to it by chance; ``named``: 1 where some of them are
    looked for by their sound, as names are, and ``name_coverage``, the coverage where that is so: what is near to a
    name without having it hardly answers; ``encoder``: the name of the one that scored; ``around_…``: what the
    paragraphs around it in its article, itself included, have of the query (`paraglot.search.ranking.surroundings`).
    """

    chance: float | None
    soft: float | None
    shared: float | None
    coverage: float
    cross_language: bool
    semantic: float | None = None
    length: float = 0.0
    encoder: str = ""
    around_semantic: float | None = None
    around_soft: float | None = None
    around_shared: float | None = None
    named: float = 0.0
    name_coverage: float = 0.0


Kinds: TypeAlias = tuple[tuple[tuple[str, ...], tuple[float, ...]], ...]
"""Which signals, and the weights of the logistic function: a constant, then one for each of them."""

CALIBRATED = ("chance", "semantic", "soft", "coverage", "shared", "length", "named", "name_coverage")
"""The signals of an encoder whose semantic scores mean the same in every index."""

CALIBRATED_WEIGHTS: Mapping[str, Mapping[bool, tuple[float, ...]]] = {
    BUILTIN: {
        False: (-5.22, 0.33, 9.48, 1.21, 3.37, 1.16, -0.46, -0.44, 0.9),
        True: (-4.75, 0.33, 9.48, 1.21, 0.85, 4.58, -0.46, -0.44, 0.9),
    },
    FAST: {
        False: (-4.68, 0.33, 4.98, 0.8, 3.37, 1.75, -0.2, -0.57, 1.24),
        True: (-4.39, 0.33, 4.98, 0.8, 1.46, 3.84, -0.2, -0.57, 1.24),
    },
}
"""By the encoder's name and `Signals.cross_language`."""

AROUND = (*CALIBRATED, "around_semantic", "around_soft", "around_shared")
"""The signals of such an encoder where it is known what stands around a hit."""

AROUND_WEIGHTS: Mapping[str, Mapping[bool, tuple[float, ...]]] = {
    BUILTIN: {
        False: (-6.18, 0.3, 1.81, 0.0, 3.21, 0.22, -0.53, -0.25, 1.11, 8.01, 2.14, 1.94),
        True: (-5.27, 0.3, 1.81, 0.0, 1.72, 2.92, -0.53, -0.25, 1.11, 8.01, 2.14, 1.94),
    },
    FAST: {
        False: (-5.77, 0.26, 0.0, 0.0, 3.05, 0.19, -0.33, -0.49, 1.84, 7.59, 2.21, 1.99),
        True: (-4.97, 0.26, 0.0, 0.0, 1.93, 2.08, -0.33, -0.49, 1.84, 7.59, 2.21, 1.99),
    },
}
"""By the encoder's name and `Signals.cross_language`, for `AROUND`."""

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
"""By `Signals.cross_language`, of any encoder; the first kind whose signals are there counts."""

WRITTEN_ALIKE = 0.7
"""The soft match of a query with a paragraph that has all its words as they are written: 1 - `soft_match.THRESHOLD`.

What has them in another spelling (*covid19*, *हिंदी*, *1,250,000*, *Blutorangen*) counts no less: the soft match reads
letters, the coverage knows what they stand for. With half of the words there is no such floor.
"""


def add_relevance(question: Question, candidates: Candidates) -> Candidates:
    """The candidates with their relevance; their order stays."""
    cross_language = ~question.speaks(candidates.languages)
    evidence = _evidence(question, candidates)
    return candidates.with_columns(relevance=relevances(evidence, cross_language, question.encoder))


def signals(question: Question, candidates: Candidates) -> list[Signals]:
    """What the relevance of each candidate is made of. Of words that sound alike it hears where they are one name."""
    columns = {name: _known(column) for name, column in _evidence(question, candidates).items()}
    cross_language = (~question.speaks(candidates.languages)).tolist()
    every = zip(cross_language, *columns.values(), strict=True)
    return [
        Signals(cross_language=in_other_language, encoder=question.encoder, **dict(zip(columns, values, strict=True)))
        for in_other_language, *values in every
    ]


def _evidence(question: Question, candidates: Candidates) -> dict[str, Floats]:
    """The signals of all candidates by their names; NaN where there is no such evidence."""
    asked, count = sum(len(word.terms) for word in words(question.understood.plain)), len(candidates)
    named = float(bool(question.understood.words.names))
    return {
        "around_semantic": candidates.around_semantic,
        "around_soft": candidates.around_soft,
        "around_shared": candidates.around_shared,
        "chance": candidates.chance,
        "soft": candidates.soft,
        "shared": _shared(question, candidates),
        "coverage": candidates.coverage_by_names,
        "semantic": candidates.semantic if question.encoder in CALIBRATED_WEIGHTS else np.full(count, np.nan),
        "length": np.full(count, math.log(max(asked, 1))),
        "named": np.full(count, named),
        "name_coverage": named * candidates.coverage_by_names,
    }


def _shared(question: Question, candidates: Candidates) -> Floats:
    """What they have of the query by the lexicon; of a query that is a name, in another language no less than by that.

    The lexicon lacks most names, and hears one in Han characters not at all.
    """
    if not question.understood.words.names:
        return candidates.shared
    by_name = np.maximum(candidates.shared, candidates.coverage_by_names)
    return np.where(question.speaks(candidates.languages), candidates.shared, by_name)


def _known(column: Floats) -> list[Any]:
    """Values, None for NaN."""
    return [None if value != value else value for value in column.tolist()]


def relevances(evidence: Mapping[str, Floats], cross_language: NDArray[np.bool_], encoder: str) -> Floats:
    """``float64[n]``: 0 to 1, for each by all the signals that are there; ``cross_language`` as in `Signals`."""
    evidence = {**evidence, "soft": np.maximum(evidence["soft"], _least_soft(evidence["coverage"]))}
    logits = np.full(len(cross_language), np.nan)
    for side, kinds in KINDS.items():
        fitted = ((AROUND, AROUND_WEIGHTS), (CALIBRATED, CALIBRATED_WEIGHTS))
        of_encoder = [(names, weights[encoder][side]) for names, weights in fitted if encoder in weights]
        for names, (constant, *weights) in (*of_encoder, *kinds):
            missing = np.isnan(logits) & (cross_language == side)
            if missing.any():  # a sum is NaN where one of its signals is
                of_kind = constant + sum(weight * evidence[name] for name, weight in zip(names, weights, strict=True))
                logits = np.where(missing, of_kind, logits)
    probabilities: Floats = np.round(1 / (1 + np.exp(-np.clip(logits, -50.0, 50.0))), 4)
    return probabilities


def relevance(signals: Signals) -> float:
    """0 to 1, by all the signals that are there.

    >>> relevance(Signals(None, None, None, 1.0, cross_language=False))
    0.9901
    >>> signals = Signals(2.0, 0.1, None, 1.0, cross_language=False)
    >>> relevance(signals) == relevance(signals._replace(semantic=0.7))
    True
    """
    evidence = {name: np.array([getattr(signals, name)], np.float64) for name in AROUND}
    return float(relevances(evidence, np.array([signals.cross_language]), signals.encoder)[0])


def as_written(signals: Signals) -> Signals:
    """The same with the soft match that it would have if all that covers the query were written as the query is."""
    if signals.soft is None:
        return signals
    return signals._replace(soft=max(signals.soft, _least_soft(signals.coverage)))


@overload
def _least_soft(coverage: float) -> float: ...
@overload
def _least_soft(coverage: Floats) -> Floats: ...
def _least_soft(coverage: Any) -> Any:
    """The soft match of what covers a query so far, were it written as the query is."""
    return WRITTEN_ALIKE * (2 * coverage - 1)


def confidence(best: float | None) -> Confidence:
    """What to say of an answer by the relevance of its most relevant hit (None: there is no hit).

    >>> confidence(0.93), confidence(0.2), confidence(None)
    ('high', 'none', 'none')
    """
    return next((name for least, name in CONFIDENT if best is not None and best >= least), "none")

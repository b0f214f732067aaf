"""What is hardly an answer gives way: the logarithm of a hit's odds to answer counts for its place.

A paragraph may be nearest to a question and stand in an article about something else. Relevance hears what stands
around it, the score does not. See docs/decisions/0146-odds-count-for-the-order.md and 0145-near-surroundings.md.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from paraglot.search.candidates import Candidates
from paraglot.search.encoders.load import BUILTIN, FAST
from paraglot.search.ranking.fusion import replace_first
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.surroundings import FIRST

WEIGHT: Mapping[str, float] = {BUILTIN: 0.5, FAST: 1.0}
"""What one in the logarithm of the odds counts, by encoder, where all stand among other paragraphs: the more, the less
its vectors tell by themselves."""

LEAST = 1e-4
"""The least relevance that is told from nothing, and as far from 1 the most."""


def add_log_odds(question: Question, candidates: Candidates) -> Candidates:
    """The first candidates by their scores and how likely they are to answer, the more of them stand among others in
    their articles; where it is not known what stands around each, as they are.
    """
    first = slice(0, FIRST)
    around = candidates.around[first].tolist()
    if any(own is None for own in around) or np.isnan(candidates.around_semantic[first]).any():
        return candidates
    weight = WEIGHT[question.encoder] * float(np.mean([len(own.paragraphs) > 1 for own in around])) if around else 0.0
    relevance = np.clip(candidates.relevance[first], LEAST, 1 - LEAST)
    log_odds = np.log(relevance / (1 - relevance))
    return replace_first(candidates, candidates.scores[first] + weight * log_odds)

"""The same in other languages as the first hit rises towards it.

Pseudo-relevance feedback over languages alone: two paragraphs that tell the same lie far nearer each other, in whatever
languages, than a short question lies to either, and what only shares the question's language comes between them. See
docs/decisions/0136-translations-of-the-first-hit.md.
"""

from __future__ import annotations

import numpy as np

from paraglot.search.candidates import Candidates
from paraglot.search.parts.copies import stacked
from paraglot.search.ranking.fusion import replace_first
from paraglot.search.ranking.question import Question

FIRST = 50
"""Hits that may rise."""

UNRELATED, THE_SAME = 0.5, 0.7
"""Cosines between two languages: up to the lower a paragraph does not rise, from the upper on it does wholly."""

WEIGHT = 0.5
"""The share of its distance to the first hit that what says the same rises."""

SURE = 0.5
"""The least relevance of a first hit that others follow."""


def raise_translations(_: Question, candidates: Candidates) -> Candidates:
    """The candidates, those in other languages that say what the first one says nearer to it; none rises above it."""
    count = min(FIRST, len(candidates))
    vectors = candidates.vectors[:count].tolist()
    if count < 2 or candidates.relevance[0] < SURE or any(vector is None for vector in vectors):
        return candidates
    unit = stacked(vectors)
    cosines = (unit @ unit[0]).astype(np.float64)
    same = np.clip((cosines - UNRELATED) / (THE_SAME - UNRELATED), 0.0, 1.0)
    same[candidates.languages[:count] == candidates.languages[0]] = 0.0
    scores = candidates.scores[:count]
    return replace_first(candidates, scores + WEIGHT * same * (scores[0] - scores))

"""An article about what was asked for speaks for its paragraphs: each is drawn towards the best one of its article.

Bendersky and Kurland, "Utilizing Passage-Based Language Models for Document Retrieval", ECIR 2008, join the scores of
articles and their parts likewise, to rank the articles. See docs/decisions/0050-feedback-goes.md.
"""

from __future__ import annotations

import numpy as np

from paraglot.search.candidates import Candidates
from paraglot.search.encoders.chance import Numbered
from paraglot.search.ranking.question import Question

WEIGHT = 0.5
"""What the best paragraph of an article counts beside each of its paragraphs."""


def add_article_score(_: Question, candidates: Candidates) -> Candidates:
    """The candidates with the score of the best of their article added; that one keeps its own."""
    distinct, articles = Numbered.of(candidates.articles)
    best = np.full(len(distinct), -np.inf)
    np.maximum.at(best, articles, candidates.scores)
    return candidates.by_score((candidates.scores + WEIGHT * best[articles]) / (1 + WEIGHT))

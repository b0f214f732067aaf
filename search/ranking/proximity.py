"""Words side by side before the same words scattered: of two paragraphs about a *new market* the one that has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from paraglot.search.candidates import Candidates
from paraglot.search.query.query_terms import KeywordQuery, QueryWord
from paraglot.search.ranking.question import Question
from paraglot.search.text.analysis import Token
from paraglot.search.text.finding import find_terms

READ = 20
"""Of the first so many candidates the text is looked at."""

MOST_WORDS = 12
"""Of a longer query the first ones."""

WEIGHT = 0.2
"""What a paragraph with all words side by side gains, as a share of the first row's score."""

BESIDE, NEAR = 1, 6
"""Characters between two words: a space; and a short word, as in *mano de obra*."""

APART, BACKWARDS = 0.6, 0.5
"""What words count that are `NEAR`, and words side by side in the other order."""


def add_proximity(question: Question, candidates: Candidates) -> Candidates:
    """The candidates with those of the first raised that have the query's words side by side."""
    pairs = word_pairs(question.understood.words)
    if not pairs or not len(candidates) or candidates.scores[0] <= 0:
        return candidates
    terms = question.understood.words.parts  # more than the pairs, but what highlights are made of, too
    first = zip(candidates.texts[:READ], candidates.languages[:READ], candidates.coverage[:READ].tolist(), strict=True)
    near = [
        proximity(pairs, find_terms(text, language, terms)) if covered else 0.0 for text, language, covered in first
    ]
    scores = candidates.scores.copy()
    scores[: len(near)] += WEIGHT * candidates.scores[0] * np.array(near)
    return candidates.by_score(scores)


def word_pairs(words: KeywordQuery) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Of each two neighbouring words of a query the terms; and those of the two that a word may be written as."""
    first = words.words[:MOST_WORDS]
    pairs = [(_whole(word), _whole(following)) for word, following in pairwise(first)]
    for word in first:
        apart = [term.split(" ") for term in word.terms if " " in term]
        pairs += [(_whole(word) | {first}, _whole(word) | {second}) for first, second, *_ in apart]
    return pairs


def _whole(word: QueryWord) -> frozenset[str]:
    return frozenset(term for term in word.terms if " " not in term)


def proximity(pairs: Sequence[tuple[frozenset[str], frozenset[str]]], tokens: Sequence[Token]) -> float:
    """How near the two of each pair come, 0 to 1 in the mean. One term that stands for both is nearest.

    >>> pair = frozenset({"job"}), frozenset({"search"})
    >>> proximity([pair], [Token("job", 0, 3), Token("search", 4, 10)])
    1.0
    >>> proximity([pair], [Token("search", 0, 6), Token("job", 7, 10)])
    0.5
    >>> proximity([pair], [Token("job", 0, 3), Token("search", 40, 46)])
    0.0
    """
    return sum(max(_nearness(pair, tokens), default=0.0) for pair in pairs) / len(pairs) if tokens else 0.0


def _nearness(pair: tuple[frozenset[str], frozenset[str]], tokens: Sequence[Token]) -> list[float]:
    first, second = pair
    nearness: list[float] = []
    ends = [-NEAR - 1, -NEAR - 1]
    for term, start, end in tokens:
        if term in first and term in second:
            nearness.append(1.0)
        elif term in second:
            gap = start - ends[0]
            nearness.append(1.0 if 0 <= gap <= BESIDE else APART if 0 <= gap <= NEAR else 0.0)
            ends[1] = end
        elif term in first:
            nearness.append(BACKWARDS if 0 <= start - ends[1] <= BESIDE else 0.0)
            ends[0] = end
    return nearness

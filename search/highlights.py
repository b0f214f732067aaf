"""Where a hit's text shows why it was found: words of the query, and the sentence nearest to it."""

from __future__ import annotations

from collections.abc import Sequence

from search.analysis import Token, at_graphemes, find
from search.query import KeywordQuery
from search.seams import BestSentence
from search.types import Highlight, Paragraph


def matches_of(words: KeywordQuery, paragraph: Paragraph) -> list[Token]:
    """The words of a paragraph that the query looks for, by where they begin."""
    text = paragraph.text
    tokens = find(text, paragraph.language, {part for term in words.terms for part in term.split(" ")})
    there = {token.term for token in tokens}
    wanted = {part for term in words.terms for part in term.split(" ") if there.issuperset(term.split(" "))}
    return at_graphemes(text, [token for token in tokens if token.term in wanted])


def highlights(matches: Sequence[Token], sentence: BestSentence | None) -> list[Highlight]:
    """The matches, overlapping pairs of characters as one, and the best sentence; by where they begin."""
    spans: list[Highlight] = []
    for token in matches:
        if spans and token.start < spans[-1].end:
            spans[-1] = Highlight(spans[-1].start, max(spans[-1].end, token.end), "keyword")
        else:
            spans.append(Highlight(token.start, token.end, "keyword"))
    if sentence:
        spans.append(Highlight(sentence.start, sentence.end, "semantic"))
    return sorted(spans, key=lambda span: (span.start, -span.end))

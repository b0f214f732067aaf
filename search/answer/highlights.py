"""Where a hit's text shows why it was found: words of the query, and the sentence nearest to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from paraglot.search.deadline import check
from paraglot.search.query.query_terms import KeywordQuery
from paraglot.search.text.analysis import Token, widened_to_graphemes
from paraglot.search.text.finding import find_terms
from paraglot.search.text.sentences import Span
from paraglot.search.types import Highlight, Paragraph


def matches_in(words: KeywordQuery, paragraphs: Iterable[Paragraph | None]) -> Iterator[list[Token]]:
    """The words of each paragraph that the query looks for, by where they begin; of None, which has none, none.

    The query is taken apart once for all of them: it may be wider than they are.
    """
    terms = {frozenset(term.split(" ")) for term in words.terms}
    parts = words.parts
    alone = {part for term in terms if len(term) == 1 for part in term}
    several = [term for term in terms if len(term) > 1]
    for paragraph in paragraphs:
        check()
        if paragraph is None:
            yield []
            continue
        tokens = find_terms(paragraph.text, paragraph.language, parts)
        there = {token.term for token in tokens}
        wanted = (there & alone).union(*(term for term in several if term <= there))
        yield widened_to_graphemes(paragraph.text, [token for token in tokens if token.term in wanted])


def highlights(matches: Sequence[Token], sentence: Span | None) -> list[Highlight]:
    """The matches, overlapping pairs of characters as one, and the best sentence; by where they begin."""
    spans: list[Highlight] = []
    for token in matches:
        if spans and token.start < spans[-1].end:
            spans[-1] = Highlight(spans[-1].start, max(spans[-1].end, token.end), "keyword")
        else:
            spans.append(Highlight(token.start, token.end, "keyword"))
    if sentence:
        spans.append(Highlight(*sentence, "semantic"))
    return sorted(spans, key=lambda span: (span.start, -span.end))

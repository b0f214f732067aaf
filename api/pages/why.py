"""Why a hit is there, in one plain sentence: what it has of the query, and what it says in its own words."""

from __future__ import annotations

from collections.abc import Mapping

from paraglot.api.language_names import name_in
from paraglot.api.pages.texts import all_texts
from paraglot.search.answer.pieces import words_of
from paraglot.search.text.languages import primary
from paraglot.search.types import ANSWER_RELEVANCE, Hit

MOST_WORDS, MOST_PAIRS = 4, 3
ISOLATED = "\u2068{}\u2069"
"""A word between marks that keep its direction from turning what stands around it (Unicode UAX #9)."""


def sentence(hit: Hit, query: str, languages: Mapping[str, float], ui: str) -> str:
    """One sentence in the language ``ui``; "" where there is nothing to say. ``languages``: what the query may be in,
    the likeliest first.
    """
    texts = all_texts()[ui]
    parts = []
    if words := words_of(hit)[:MOST_WORDS]:
        parts.append(texts["why_words"].format(words=", ".join(map(ISOLATED.format, words))))
    if pairs := in_other_words(hit, query)[:MOST_PAIRS]:
        shown = [f"{ISOLATED.format(query_word)} ↔ {ISOLATED.format(text_word)}" for query_word, text_word, _ in pairs]
        parts.append(texts["why_pairs"].format(pairs=", ".join(shown)))
    if hit.semantic and hit.relevance >= ANSWER_RELEVANCE:
        query_language = primary(next(iter(languages), hit.paragraph.language))
        if query_language != primary(hit.paragraph.language):
            parts.append(texts["why_across"].format(language=name_in(hit.paragraph.language, ui)))
        elif not parts:
            parts.append(texts["why_near"])
    return " · ".join(parts)


def in_other_words(hit: Hit, query: str) -> list[tuple[str, str, float]]:
    """Words of the query, what stands for each and how near it is, where it is written otherwise, the surest first.

    Not what the query's words were found in: that has them, in another form.
    """
    spans = [(highlight.start, highlight.end) for highlight in hit.highlights if highlight.kind == "keyword"]
    pairs = []
    for alignment in sorted(hit.alignments, key=lambda alignment: -alignment.similarity):
        query_word, text_word = (
            query[alignment.query_start : alignment.query_end],
            hit.paragraph.text[alignment.start : alignment.end],
        )
        if query_word.casefold() != text_word.casefold() and not any(
            alignment.start < end and start < alignment.end for start, end in spans
        ):
            pairs.append((query_word, text_word, alignment.similarity))
    return pairs

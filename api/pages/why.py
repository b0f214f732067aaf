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
        told = [f"{ISOLATED.format(asked)} ↔ {ISOLATED.format(said)}" for asked, said, _ in pairs]
        parts.append(texts["why_pairs"].format(pairs=", ".join(told)))
    if hit.semantic and hit.relevance >= ANSWER_RELEVANCE:
        own = primary(next(iter(languages), hit.paragraph.language))
        if own != primary(hit.paragraph.language):
            parts.append(texts["why_across"].format(language=name_in(hit.paragraph.language, ui)))
        elif not parts:
            parts.append(texts["why_near"])
    return " · ".join(parts)


def in_other_words(hit: Hit, query: str) -> list[tuple[str, str, float]]:
    """Words of the query, what stands for each and how near it is, where it is written otherwise, the surest first.

    Not what the query's words were found in: that has them, in another form.
    """
    found = [(one.start, one.end) for one in hit.highlights if one.kind == "keyword"]
    told = []
    for one in sorted(hit.alignments, key=lambda one: -one.similarity):
        asked, said = query[one.query_start : one.query_end], hit.paragraph.text[one.start : one.end]
        if asked.casefold() != said.casefold() and not any(one.start < end and start < one.end for start, end in found):
            told.append((asked, said, one.similarity))
    return told

"""The same story in other languages, of a whole article."""

from __future__ import annotations

from collections.abc import Sequence

from paraglot.search.index import Snapshot
from paraglot.search.ranking.shape import SAME_STORY
from paraglot.search.types import AlsoIn, ArticleHead, Paragraph

FIRST = 4
"""Paragraphs of an article that are compared: what it is about is said at its beginning."""

NEIGHBOURS = 50


def same_story(snapshot: Snapshot, paragraphs: Sequence[Paragraph]) -> list[AlsoIn]:
    """Where other languages tell what an article of these paragraphs tells: the nearest article of each language."""
    cosines: dict[int, float] = {}
    within = snapshot.select()
    for vector in snapshot.vectors([paragraph.row for paragraph in paragraphs[:FIRST]]):
        if vector is not None:
            for row, cosine in snapshot.by_vector(vector, NEIGHBOURS, within):
                cosines[row] = max(cosines.get(row, 0.0), round(cosine, 6))
    near = sorted((row for row in cosines if cosines[row] >= SAME_STORY), key=lambda row: (-cosines[row], row))
    languages = {paragraph.language for paragraph in paragraphs}
    first: dict[str, tuple[Paragraph, ArticleHead]] = {}
    for paragraph, head in snapshot.paragraphs(near):
        if paragraph.language not in languages:
            first.setdefault(paragraph.language, (paragraph, head))
    return [AlsoIn(paragraph.id, head.id, head.title, paragraph.language) for paragraph, head in first.values()]

"""The seam under the ranking: what an index must be able to say, each once a query and in batch.

An index is a place; it gives a `Snapshot` of one generation, and what stands above asks that and nothing else: it knows
no file, no engine and no database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

LikeKind: TypeAlias = Literal["prefix", "near", "beside", "written"]


class Like(NamedTuple):
    """Words of the index that are asked for, folded as surface forms are.

    ``prefix``: those that begin with ``text``, those first that the most paragraphs have in their text.
    ``near``: those within ``edits`` (optimal string alignment: a letter more, less or another, two neighbours swapped)
    that begin with the same letter, and those of ``others`` that there are; by edits, then by paragraphs.
    ``beside``: ``text`` itself, several words with spaces between, where a paragraph has them side by side.
    ``written``: how paragraphs write the word ``text``, with accents and capitals; ``paragraphs`` counts how often.
    """

    kind: LikeKind
    text: str
    limit: int
    edits: int = 0
    others: tuple[str, ...] = ()


class WordForm(NamedTuple):
    """A word of the index: how many paragraphs have it, and (of one that is ``near``) in which languages some are.

    ``languages`` are primary tags.
    """

    form: str
    paragraphs: int
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """How many paragraphs have each of some terms in their text, and in their title. Both have all that was asked."""

    text: Mapping[str, int] = field(default_factory=dict)
    title: Mapping[str, int] = field(default_factory=dict)

    def __or__(self, other: TermStatistics) -> TermStatistics:
        return TermStatistics({**self.text, **other.text}, {**self.title, **other.title})


class Snapshot(Protocol):
    """One generation, or the part of it that a caller may see. Every statistic is of its own paragraphs alone."""

    def terms(self, terms: Sequence[str]) -> TermStatistics:
        """How many paragraphs have each of ``terms``; 0 for one that none has."""
        ...

    def words_like(self, asked: Sequence[Like]) -> list[list[WordForm]]:
        """For each that is asked the words that some paragraph has, best first, at most its limit."""
        ...

"""What the rules of a query ask of an index, in few batches.

A rule is a pure function of `Known` terms. It is run with what is known; what it asked beyond is looked up all at once,
and it is run again, until it asks nothing new. So no rule has to say beforehand which terms it may come to need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from paraglot.search.index import Like, Snapshot, TermStatistics, WordForm

_T = TypeVar("_T")


class Known:
    """How many paragraphs have a term, as far as it was looked up; what was not is noted, and taken for none."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics
        self.missing: dict[str, None] = {}

    def frequency(self, term: str) -> int:
        """How many paragraphs have a term in their text."""
        count = self._statistics.text.get(term)
        if count is None:
            self.missing[term] = None
        return count or 0

    def has(self, term: str) -> bool:
        """Whether any paragraph has a term, in its text or its title."""
        return bool(self.frequency(term) or self._statistics.title.get(term))


class Lookup:
    """What one query asks of one snapshot, each thing once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._statistics = TermStatistics()

    def settled(self, rule: Callable[[Known], _T]) -> _T:
        """What a rule says once all is known that it asks."""
        while True:
            known = Known(self._statistics)
            result = rule(known)
            if not known.missing:
                return result
            self._statistics |= self._snapshot.terms(list(known.missing))

    def words_like(self, asked: Sequence[Like]) -> list[list[WordForm]]:
        """For each that is asked the words of the index."""
        return self._snapshot.words_like(asked) if asked else []

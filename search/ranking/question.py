"""What a query asks, as far as the ranking needs to know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from paraglot.search.encoders.pieces import QueryPieces
from paraglot.search.encoders.protocols import Reranker
from paraglot.search.query.understanding import Understood
from paraglot.search.text.languages import primary
from paraglot.search.types import SearchRequest

COMPARED = 100
"""Candidates, the best of both legs together, that are compared with the query word by word."""


@dataclass(frozen=True, slots=True)
class Question:
    """A request, what it was understood as, and by what it is compared with paragraphs.

    ``vector``: ``float32[dim]``, unit; None where meaning was not searched. ``pieces``: the query's, where the encoder
    has any, and ``cross_lingual``, whether they mean the same in every language. ``encoder`` is its name.
    """

    request: SearchRequest
    understood: Understood
    vector: NDArray[np.float32] | None = None
    pieces: QueryPieces | None = None
    cross_lingual: bool = False
    encoder: str = ""
    reranker: Reranker | None = None
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def by_both_legs(self) -> bool:
        """Whether words and meaning were both searched."""
        return self.request.mode == "hybrid" and self.vector is not None

    @property
    def weighs_both_legs(self) -> bool:
        """Whether words and meaning were both searched, and both count."""
        return self.by_both_legs and self.request.semantic_ratio not in (0, 1)

    @property
    def by_date(self) -> bool:
        """Whether hits are put in the order of their dates, so that all that matches counts."""
        return self.request.sort != "relevance"

    @property
    def compared(self) -> int | None:
        """The candidates that are compared word by word; None: all."""
        return None if self.by_date else COMPARED

    def speaks(self, languages: Sequence[str] | NDArray[np.object_]) -> NDArray[np.bool_]:
        """``bool[n]``: whether each is one of the query's languages."""
        spoken = {language: primary(language) in self.understood.spoken for language in set(languages)}
        return np.array([spoken[language] for language in languages], np.bool_)

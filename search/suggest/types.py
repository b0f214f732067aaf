"""What is asked for while a query is typed, and what is suggested. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from paraglot.search.errors import InvalidRequest
from paraglot.search.types import check_scope, check_text

Kind: TypeAlias = Literal["title", "phrase"]

MAX_SUGGESTIONS = 50


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """What was typed; its last word may be unfinished. Raises `InvalidRequest`."""

    q: str
    languages: tuple[str, ...] = ()
    limit: int = 8

    def __post_init__(self) -> None:
        check_text("q", self.q, "query")
        if not 1 <= self.limit <= MAX_SUGGESTIONS:
            raise InvalidRequest("limit", f"limit must be from 1 to {MAX_SUGGESTIONS}, not {self.limit}.")
        check_scope("", self.languages)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to search for. ``count`` paragraphs have it; ``article_id``: of the one article with this title."""

    text: str
    kind: Kind
    language: str
    count: int
    article_id: str | None


@dataclass(frozen=True, slots=True)
class SuggestResponse:
    """Suggestions, best first. Not ``complete``: they lack what the latest commits added."""

    request: SuggestRequest
    suggestions: Sequence[Suggestion]
    complete: bool
    took_ms: float
    generation: int

"""What is asked for while a query is typed, and what is suggested. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from paraglot.search.types import LANGUAGES, MAX_QUERY_CHARACTERS, check_scope, check_text
from paraglot.search.types.options import Option, check_bounds

Kind: TypeAlias = Literal["title", "phrase"]

MAX_SUGGESTIONS = 50


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """What was typed; its last word may be unfinished. Raises `InvalidRequest`."""

    q: Annotated[
        str,
        Option(
            "What was typed so far; its last word may be unfinished.",
            maximum_length=MAX_QUERY_CHARACTERS,
            empty=False,
            example="klimaw",
        ),
    ]
    languages: Annotated[tuple[str, ...], LANGUAGES] = ()
    limit: Annotated[int, Option("Suggestions at most.", minimum=1, maximum=MAX_SUGGESTIONS)] = 8

    def __post_init__(self) -> None:
        check_text("q", self.q, "query")
        check_bounds(self)
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

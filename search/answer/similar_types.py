"""What is asked for the like of a paragraph or a text, and the answer. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paraglot.search.errors import InvalidRequest
from paraglot.search.types import Hit, check_context, check_page, check_scope, check_text


@dataclass(frozen=True, slots=True)
class SimilarRequest:
    """What to find the like of, either the paragraph ``id`` or a ``text``, and among which paragraphs.

    Raises `InvalidRequest` with the name of the offending field.
    """

    id: str | None = None
    text: str | None = None
    limit: int = 10
    offset: int = 0
    languages: tuple[str, ...] = ()
    filter: str = ""
    context: int = 0

    def __post_init__(self) -> None:
        if (self.id is None) == (self.text is None):
            raise InvalidRequest("id", "Give either the id of a paragraph or a text.")
        for name, value in (("id", self.id), ("text", self.text)):
            if value is not None:
                check_text(name, value)
        check_page(self.limit, self.offset)
        check_context(self.context)
        check_scope(self.filter, self.languages)


@dataclass(frozen=True, slots=True)
class SimilarResponse:
    """The answer. ``estimated_total_hits`` counts the neighbours in the fixed window that pages are cut from."""

    hits: Sequence[Hit]
    request: SimilarRequest
    estimated_total_hits: int
    took_ms: float
    warnings: Sequence[str]
    generation: int

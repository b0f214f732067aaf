"""What is asked for the like of a paragraph or a text, and the answer. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from paraglot.search.errors import InvalidRequest
from paraglot.search.types import (
    CONTEXT,
    FILTER,
    LANGUAGES,
    LIMIT,
    MAX_DIMENSION,
    MAX_QUERY_CHARACTERS,
    OFFSET,
    Hit,
    check_scope,
    check_text,
    checked_vector,
)
from paraglot.search.types.options import Option, check_bounds


@dataclass(frozen=True, slots=True)
class SimilarRequest:
    """What to find the like of, one of the paragraph ``id``, a ``text`` and a ``vector``, and among which paragraphs.

    Raises `InvalidRequest` with the name of the offending field.
    """

    id: Annotated[str | None, Option("A paragraph's id, as a hit gives it. Its own article is left out.")] = None
    text: Annotated[
        str | None,
        Option(
            "A text instead of an id.",
            maximum_length=MAX_QUERY_CHARACTERS,
            example="The council raised the tax on bread.",
        ),
    ] = None
    vector: Annotated[
        tuple[float, ...],
        Option(
            "A vector instead of both, by the model that made those of the index.",
            maximum_length=MAX_DIMENSION,
        ),
    ] = ()
    limit: Annotated[int, LIMIT] = 10
    offset: Annotated[int, OFFSET] = 0
    languages: Annotated[tuple[str, ...], LANGUAGES] = ()
    filter: Annotated[str, FILTER] = ""
    context: Annotated[int, CONTEXT] = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "vector", checked_vector(self.vector))
        if [self.id is not None, self.text is not None, bool(self.vector)].count(True) != 1:
            raise InvalidRequest("id", "Give one of the id of a paragraph, a text and a vector.")
        for name, value in (("id", self.id), ("text", self.text)):
            if value is not None:
                check_text(name, value)
        check_bounds(self)
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

"""What is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn, TypeAlias

from paraglot.search.types.hit import IS_NO_LIST, OF_RESPONSES, Facet, Hit, SynonymMatch, nothing_called
from paraglot.search.types.request import SearchRequest

Confidence: TypeAlias = Literal["high", "medium", "low", "none"]
CONFIDENCES: tuple[Confidence, ...] = ("none", "low", "medium", "high")


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """The answer. ``estimated_total_hits`` counts the candidates of the fixed window; times in milliseconds.

    ``languages`` are those that the query may be in, each with its probability, likeliest first; ``tokens`` the terms
    that the keyword leg looked for, stems marked with their language; ``did_you_mean`` the query with the words of the
    corpus in place of words that it does not have and that were likely mistyped; ``less_likely`` counts the paragraphs
    found that the request's ``min_relevance`` left out.
    """

    hits: Sequence[Hit]
    request: SearchRequest
    languages: Mapping[str, float]
    tokens: Sequence[str]
    did_you_mean: str | None
    estimated_total_hits: int
    took_ms: float
    timings_ms: Mapping[str, float]
    confidence: Confidence
    warnings: Sequence[str]
    generation: int
    synonyms: Sequence[SynonymMatch] = ()
    facets: Mapping[str, Facet] = field(default_factory=dict)
    less_likely: int = 0

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            raise nothing_called(name, self, OF_RESPONSES)

        def __iter__(self) -> NoReturn:
            raise TypeError(IS_NO_LIST)

        def __getitem__(self, place: object) -> NoReturn:
            raise TypeError(IS_NO_LIST)

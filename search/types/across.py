"""What is answered from several indexes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from paraglot.search.types.hit import Facet, Hit
from paraglot.search.types.response import Confidence


@dataclass(frozen=True, slots=True)
class CollectionHit:
    """A hit, and the collection that it is of."""

    collection: str
    hit: Hit


@dataclass(frozen=True, slots=True)
class AcrossResponse:
    """The hits of several collections in one order. ``generations`` has the commit of each that answered.

    ``estimated_total_hits``, ``less_likely`` and ``facets`` are summed; ``warnings`` begin with the collection's name.
    """

    hits: Sequence[CollectionHit]
    estimated_total_hits: int
    took_ms: float
    confidence: Confidence
    warnings: Sequence[str]
    generations: Mapping[str, int]
    facets: Mapping[str, Facet] = field(default_factory=dict)
    less_likely: int = 0

"""Counting the values of attributes over all candidates, whatever the page, so that facets agree with the hits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from paraglot.search.parts.protocols import Scalar, Valued
from paraglot.search.types import Facet


def count_facets(attributes: Valued, names: Sequence[str], rows: Sequence[int]) -> dict[str, Facet]:
    """How often each value of the attributes ``names`` occurs among ``rows``."""
    return {name: _facet(attributes.values(name, rows)) for name in dict.fromkeys(names)}


def _facet(values: Sequence[Sequence[Scalar]]) -> Facet:
    counts: Counter[str] = Counter()
    for of_row in values:
        counts.update({_name(value) for value in of_row})
    in_order = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return Facet(dict(in_order), sum(not of_row for of_row in values))


def _name(value: Scalar) -> str:
    """A value as JSON writes it, a text without quotes; whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

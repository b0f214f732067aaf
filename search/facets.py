"""What is done with the candidates as a whole: counting the values of attributes, and sorting by date.

Both see every candidate of the fixed window, whatever the page; so facets agree with the hits, and pages never overlap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from search.attributes import Attributes, Scalar
from search.seams import Ranking
from search.types import Facet, Sort


def count_facets(attributes: Attributes, names: Sequence[str], rows: Sequence[int]) -> dict[str, Facet]:
    """How often each value of the attributes ``names`` occurs among ``rows``."""
    return {name: _facet(attributes.values(name, rows)) for name in dict.fromkeys(names)}


def in_date_order(attributes: Attributes, groups: list[Ranking], sort: Sort) -> list[Ranking]:
    """The groups by the date of their first rows, if asked for. Of the same date the better first; the undated last."""
    if sort == "relevance":
        return groups
    sign = -1 if sort == "date:desc" else 1
    dates = attributes.dates([group[0][0] for group in groups])
    keyed = [((date is None, sign * (date or 0)), group) for date, group in zip(dates, groups, strict=True)]
    return [group for _, group in sorted(keyed, key=lambda one: one[0])]


def _facet(values: Sequence[Sequence[Scalar]]) -> Facet:
    counts: Counter[str] = Counter()
    for own in values:
        counts.update({_name(value) for value in own})
    in_order = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return Facet(dict(in_order), sum(not own for own in values))


def _name(value: Scalar) -> str:
    """A value as JSON writes it, a text without quotes; whole numbers without a point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

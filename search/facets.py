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


def sort_ranking(attributes: Attributes, ranking: Ranking, sort: Sort) -> Ranking:
    """The ranking by date, if that is asked for. Of the same date the better first; those without a date last."""
    if sort == "relevance":
        return ranking
    sign = -1 if sort == "date:desc" else 1
    dates = attributes.dates([row for row, _ in ranking])
    keyed = [((date is None, sign * (date or 0)), entry) for date, entry in zip(dates, ranking, strict=True)]
    return [entry for _, entry in sorted(keyed, key=lambda one: one[0])]


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

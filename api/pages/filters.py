"""The filters beside the results: the values of each attribute that can be chosen, with how often they occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from paraglot.api.language_names import date_in, name_in
from paraglot.api.pages.form import PageForm, without_case
from paraglot.search.text.dates import read_period
from paraglot.search.types import Facet

MOST_CHOICES = 12
"""Values that are offered at once, with those that are chosen; `MOST_FOLDED` more stand behind a fold."""

MOST_FOLDED = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a filter can let through."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of one attribute; ``name``: the field of the form."""

    name: str
    choices: list[Choice]
    folded: list[Choice]


def filters(form: PageForm, facets: Mapping[str, Facet], ui: str) -> list[Choices]:
    """The groups of filters for an answer with these facets; without an answer, what is chosen."""
    counts = {name: facet.counts for name, facet in facets.items()}
    return [
        _group(form, "languages", counts.get("language", {}), lambda tag: name_in(tag, ui)),
        _group(form, "sources", _together(counts.get("source", {}), form.sources), str),
        _group(form, "years", years(counts.get("date", {})), str, by_value=True),
    ]


def chips(form: PageForm, ui: str, title: str = "") -> list[tuple[str, str, str]]:
    """What is filtered by: each with its label, the address without it, and which field of the form it is.

    ``title``: that of the one article that is searched, where it is known.
    """
    found = []
    for name in ("languages", "sources", "years"):
        values: tuple[str, ...] = getattr(form, name)
        for value in values:
            left = tuple(other for other in values if other != value)
            label = name_in(value, ui) if name == "languages" else value
            found.append((label, form.address(**{name: left}), name))
    for name, sign in (("since", "≥"), ("until", "≤"), ("article", "")):
        if value := getattr(form, name):
            label = f"{sign} {date_in(value, ui)}" if sign else title or value
            found.append((label, form.address(**{name: ""}), name))
    return found


def years(dates: Mapping[str, int]) -> Counter[str]:
    """The counts of dates as counts of years, in UTC as filters read them.

    >>> years({"2024-05-31": 2, "2024": 1, "2024-01-01T00:30+02:00": 1, "spring": 1})
    Counter({'2024': 3, '2023': 1})
    """
    counts: Counter[str] = Counter()
    for date, count in dates.items():
        period = read_period(date)
        if period:
            counts[f"{datetime.fromtimestamp(period.start, UTC).year:04}"] += count
    return counts


def _together(counts: Mapping[str, int], chosen: Iterable[str]) -> Counter[str]:
    """The counts of sources, those that differ by letter case as one: as it is chosen, or spelled the most often.

    >>> _together({"The Post": 3, "the post": 2, "Gazette": 1}, ["the post"])
    Counter({'the post': 5, 'Gazette': 1})
    """
    often = sorted(counts, key=lambda value: (-counts[value], value))
    names: dict[str, str] = {}
    for source in (*chosen, *often):
        names.setdefault(without_case(source), source)
    together: Counter[str] = Counter()
    for source in often:
        together[names[without_case(source)]] += counts[source]
    return together


def _group(
    form: PageForm, name: str, counts: Mapping[str, int], label: Callable[[str], str], by_value: bool = False
) -> Choices:
    chosen: tuple[str, ...] = getattr(form, name)
    often = sorted(counts, key=lambda value: (-counts[value], value))
    values = dict.fromkeys([*often[:MOST_CHOICES], *chosen])
    ordered = sorted(values, reverse=True) if by_value else list(values)
    further = sorted(set(often[: MOST_CHOICES + MOST_FOLDED]) - set(values), key=label, reverse=by_value)

    def choices(some: Iterable[str]) -> list[Choice]:
        return [Choice(value, label(value), counts.get(value, 0), value in chosen) for value in some]

    return Choices(name, choices(ordered), choices(further))

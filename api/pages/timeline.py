"""When the articles are from, as bars: each a span of time that the search can be narrowed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from paraglot.api.language_names import date_in
from paraglot.search.text.dates import read_period

MOST_BARS = 24
YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""What a bar may stand for, where it is no month."""

LONGEST_MONTH_S = 31 * 86_400


@dataclass(frozen=True, slots=True)
class Bar:
    """A span of time, its days in ISO 8601, how many dates are in it, and what that is of the most, in percent.

    ``label`` is what it is called, ``first`` and ``last`` what its ends are.
    """

    since: str
    until: str
    label: str
    first: str
    last: str
    count: int
    height: int


def timeline(dates: Mapping[str, int], ui: str) -> list[Bar]:
    """The bars from the first date to the last, none left out; [] where they would be fewer than two.

    Months where all dates say theirs and there are at most `MOST_BARS`, else as few years as make no more of them.

    >>> [(bar.label, bar.count, bar.height) for bar in timeline({"2024-05-31": 2, "2024-07": 1}, "en")]
    [('May 2024', 2, 100), ('June 2024', 0, 0), ('July 2024', 1, 50)]
    >>> [(bar.since, bar.until, bar.label) for bar in timeline({"1990": 1, "2031-01-01": 1}, "en")][:2]
    [('1990-01-01', '1991-12-31', '1990–1991'), ('1992-01-01', '1993-12-31', '1992–1993')]
    """
    months: Counter[int] = Counter()
    exact = True
    for text, count in dates.items():
        if period := read_period(text):
            day = datetime.fromtimestamp(period.start, UTC)
            months[day.year * 12 + day.month - 1] += count
            exact &= period.end - period.start <= LONGEST_MONTH_S
    if not months:
        return []
    first, last = min(months), max(months)
    if exact and last - first < MOST_BARS:
        return _bars(months, 1, lambda month: date_in(f"{month // 12:04}-{month % 12 + 1:02}", ui), ui)
    years = next((year for year in YEARS if last // 12 // year - first // 12 // year < MOST_BARS), YEARS[-1])

    def label(month: int) -> str:
        begun = month // 12
        return str(begun) if years == 1 else f"{begun}–{begun + years - 1}"

    return _bars(months, years * 12, label, ui)


def _bars(months: Counter[int], length: int, label: Callable[[int], str], ui: str) -> list[Bar]:
    """One for each ``length`` months."""
    counts: Counter[int] = Counter()
    for month, count in months.items():
        counts[month // length * length] += count
    most = max(counts.values())
    found = []
    for start in range(min(counts), max(counts) + length, length):
        since = date(max(start // 12, 1), start % 12 + 1, 1)
        after = start + length
        until = date(after // 12, after % 12 + 1, 1) - timedelta(days=1) if after // 12 <= date.max.year else date.max
        first, last = (date_in(str(day)[: 7 if length == 1 else 4], ui) for day in (since, until))
        height = -(-100 * counts[start] // most)
        found.append(Bar(str(since), str(until), label(start), first, last, counts[start], height))
    return found if len(found) > 1 else []

"""Numbers as terms: one for all the ways to write one, whichever marks group its digits.

1250000 = 1,250,000 = 1.250.000 = 1 250 000 = 12,50,000 = 1'250'000. Decimals keep their places, with a point: 3,11 is
3.11. What may be both, as 1.250, is both. A date or a version is one term, and its parts are terms, too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import regex

from paraglot.search.text.folding import fold

_SPACES = " \u00a0\u2009\u202f"
NUMBER = (
    rf"(?<![\p{{L}}\p{{N}}])(?:\p{{Nd}}{{1,3}}(?:[{_SPACES}]\p{{Nd}}{{3}})+(?:[.,٫]\p{{Nd}}+)?(?![{_SPACES}]?\p{{Nd}})"
    rf"|\p{{Nd}}+(?:[.,٫٬．，'’]\p{{Nd}}+)+)(?!\p{{Nd}})"
)
"""A pattern for digits with marks or spaces between them; plain digits are words."""

_GROUPS = regex.compile(r"\p{Nd}+")


class Number(NamedTuple):
    """The terms of a number, the likeliest first, and its groups of digits where they are terms, too."""

    terms: tuple[str, ...]
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def number(written: str) -> Number:
    """What a number is looked for by.

    >>> number("1,250,000").terms, number("1.250").terms, number("3,11").terms, number("28.11.2026")
    (('1250000',), ('1250', '1.250'), ('3.11',), Number(terms=('28.11.2026',), parts=('28', '11', '2026')))
    """
    groups = [fold(group) for group in _GROUPS.findall(written)]
    marks = _GROUPS.sub("", written).replace("．", ".").replace("，", ",").replace("’", "'")
    before, last = marks[:-1], marks[-1]
    whole, decimals = "".join(groups[:-1]), groups[-1]
    if marks.strip(_SPACES) == "" or (len(set(marks)) == 1 and _grouped(groups, last)):
        if last in ".,٫" and len(groups) == 2:
            return Number((whole + decimals, f"{whole}.{decimals}"))
        return Number((whole + decimals,), tuple(groups) if marks == " " else ())
    if len(groups) == 2:
        years = max(map(len, groups)) > 3 and min(map(len, groups)) > 2
        return Number(tuple(groups[:1]), tuple(groups)) if years else Number((f"{whole}.{decimals}",))
    if last in ".,٫" and last not in before and len(set(before)) == 1 and _grouped(groups[:-1], before[0]):
        return Number((f"{whole}.{decimals}",))
    return Number((".".join(groups),), tuple(groups))


def _grouped(groups: list[str], mark: str) -> bool:
    """Whether the groups are those of thousands, or of thousands and lakhs."""
    first, *middle, last = groups if len(groups) > 1 else [groups[0], "000"]
    if first.startswith("0") or mark == "٫" or len(last) != 3:
        return False
    sizes = set(map(len, middle))
    return (len(first) <= 3 and sizes <= {3}) or (mark == "," and len(first) <= 2 and sizes == {2})

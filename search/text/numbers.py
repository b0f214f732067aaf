"""Numbers as terms: one for all the ways to write one, whichever marks group its digits.

1250000 = 1,250,000 = 1.250.000 = 1 250 000 = 12,50,000 = 1'250'000. Decimals keep their places, with a point: 3,11 is
3.11. What may be both, as 1.250, is both. A date or a version is one term, and its parts are terms, too, as are those
of a time: 14:05 is 14.05.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from paraglot.search.text.folding import fold

_SPACES = " \u00a0\u2009\u202f"
NUMBER = (
    rf"(?=\p{{Nd}})(?:(?<![\p{{L}}\p{{N}}])(?:\p{{Nd}}{{1,3}}(?:[{_SPACES}]\p{{Nd}}{{3}})+(?:[.,٫]\p{{Nd}}+)?(?![{_SPACES}]?\p{{Nd}})"
    rf"|\p{{Nd}}+(?:[.,٫٬．，'’]\p{{Nd}}+)+|(?<!:)\p{{Nd}}{{1,2}}:\p{{Nd}}{{2}}(?![:\p{{L}}]))(?!\p{{Nd}})"
    rf"|(?<=(?<![\p{{L}}\p{{N}}])[vV])\p{{Nd}}+(?:\.\p{{Nd}}+)+(?![\p{{L}}\p{{N}}]))"
)
"""A pattern for digits with marks or spaces between them; plain digits are words. Behind a v stands a version."""

_IN_GROUPS = re.compile(
    r"(?<![^\W_])(?<!\+)(\+|[A-Z]{2}(?=\d\d ))?(\d+(?:[ .-]\d+){1,8})(?![^\W_])(?![.,]\d)", re.ASCII
)
_GOES_ON = re.compile(r"\d[ .]\d", re.ASCII)
_LEAST_DIGITS, _MOST_DIGITS, _LONGEST_GROUP = 8, 30, 10

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
    if ":" in written:  # a time, as others write it with a point
        return Number(tuple(dict.fromkeys((f"{int(groups[0])}.{groups[1]}", ".".join(groups)))), tuple(groups))
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


def in_groups(text: str) -> Iterator[tuple[str, int, int]]:
    """Numbers of telephones and accounts that stand in groups, as one: the term, where it begins and ends.

    They are told by what they begin with (+, 0, a country's letters) or by groups of four, as no other numbers side by
    side have them.

    >>> [term for term, _, _ in in_groups("call 01 42 68 53 00 or +49 30 1234567, not 12 50 70")]
    ['0142685300', '49301234567']
    """
    for found in _IN_GROUPS.finditer(text) if _GOES_ON.search(text) else ():
        groups = re.split("[ .-]", found[2])
        whole, marks = "".join(groups), set(re.sub(r"\d", "", found[2]))
        if marks == {"-"} or ("." in marks and len(groups) < 4) or max(map(len, groups)) > _LONGEST_GROUP:
            continue
        fours = len(groups) > 2 and all(len(group) == 4 for group in groups[:-1]) and len(groups[-1]) <= 4
        fours = fours and not all(group.startswith(("19", "20")) for group in groups)
        if (found[1] or whole.startswith("0") or fours) and _LEAST_DIGITS <= len(whole) <= _MOST_DIGITS:
            country = (found[1] or "").strip("+").lower()
            yield country + whole, found.start(), found.end()


def _grouped(groups: list[str], mark: str) -> bool:
    """Whether the groups are those of thousands, or of thousands and lakhs."""
    first, *middle, last = groups if len(groups) > 1 else [groups[0], "000"]
    if first.startswith("0") or mark == "٫" or len(last) != 3:
        return False
    sizes = set(map(len, middle))
    return (len(first) <= 3 and sizes <= {3}) or (mark == "," and len(first) <= 2 and sizes == {2})

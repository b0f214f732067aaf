"""What a query quotes: phrases in the quotation marks of every language, told from apostrophes and inch marks."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import regex

_CLOSING = {
    '"': '"”“', "“": '”"“', "”": '”"', "„": '“”„"', "‟": "”“", "«": "»", "»": "«»", "‹": "›", "›": "‹›",
    "「": "」", "『": "』", "｢": "｣", "﹁": "﹂", "﹃": "﹄", "〝": "〞〟", "＂": "＂", "″": "″", "❝": "❞",
    "《": "》", "〈": "〉", "״": '״"”', "‘": "’'", "‚": "‘’", "’": "’", "'": "'’", "＇": "＇",
}  # fmt: skip
"""Opening mark → those that may close it: German closes with what English opens with, Swedish has one for both."""

_SINGLE = "‘‚’'＇"
"""Apostrophes, too: only what has several words between them is quoted."""

_BOTH_WAYS = "\"'’＇″＂”“‘״"
"""What opens and closes, and may stand inside a word, as in Hebrew acronyms: it closes at the end of a word alone."""

_DEMANDING = '"“„«「『＂'
"""Who begins with one of these and does not end it has mistyped."""

_CONTRACTED = regex.compile(
    r"(?:n|s|d|m|ll|re|ve|em|til|till|tis|twas|cause|bout|round)(?![\p{L}\p{N}])", regex.IGNORECASE
)
"""What English begins with an apostrophe."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}ー。、，！？：；"
_OPENING = regex.compile(
    rf"(?:(?<![\p{{L}}\p{{M}}\p{{N}}])|(?<=[{_UNSPACED}]))[\"'’‘＇″＂”״]|[“„‟«»‹›「『｢﹁﹃〝《〈❝‚]", regex.V1
)
_AFTER = rf"(?:(?![\p{{L}}\p{{M}}\p{{N}}])|(?=[{_UNSPACED}]))"
_SAYS = regex.compile(r"[\p{L}\p{N}]")


class Quotation(NamedTuple):
    """The characters ``start`` to ``end`` of a query, marks included, and what stands between them."""

    start: int
    end: int
    text: str


def quotations(query: str) -> list[Quotation] | None:
    """What a query quotes, in order; None where a quotation is begun and not ended.

    >>> quotations('ferry „neuer Fahrplan“, 5" pipe')
    [Quotation(start=6, end=21, text='neuer Fahrplan')]
    >>> quotations('the "bread tax') is None
    True
    """
    quoted: list[Quotation] = []
    open_ended: set[str] = set()
    at = 0
    while opening := _OPENING.search(query, at):
        mark, begin = opening.group(), opening.end()
        closing = None if mark in open_ended else _closing(mark).search(query, begin)
        at = begin
        if closing is None:
            if mark in _DEMANDING and _SAYS.match(query, begin):
                return None
            open_ended.add(mark)
            continue
        text = query[begin : closing.start()].strip()
        if _SAYS.search(text) and (mark not in _SINGLE or _several(text)):
            quoted.append(Quotation(opening.start(), closing.end(), text))
            at = closing.end()
        elif mark not in _SINGLE:
            at = closing.end()
    return quoted


@cache
def _closing(mark: str) -> regex.Pattern[str]:
    alike = "".join(closing for closing in _CLOSING[mark] if closing in _BOTH_WAYS)
    directed = "".join(closing for closing in _CLOSING[mark] if closing not in _BOTH_WAYS)
    patterns = ([f"[{alike}]{_AFTER}"] if alike else []) + ([f"[{directed}]"] if directed else [])
    return regex.compile("|".join(patterns), regex.V1)


def _several(text: str) -> bool:
    return len(text.split()) > 1 and not _CONTRACTED.match(text)

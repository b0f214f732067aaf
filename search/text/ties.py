"""Words that belong together: tied by a hyphen or an apostrophe, marked by a sign, or written apart in Persian."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import regex

from paraglot.search.text.folding import APOSTROPHES, fold

HYPHENS = "-‐‑‒–־"
MARKS = "+#♯＃＋"
"""Signs that tell names of one letter apart."""

MARKED = regex.compile(
    r"\p{Latin}{1,2}[#♯＃](?![\p{L}\p{N}#＃])"
    r"|\p{Latin}[\p{Latin}\p{N}]*(?:[+＋]{2}(?![\p{L}+＋])|[+＋](?![\p{L}\p{N}+＋]))"
)
"""C#, F♯, C++, C++17 without its number, A+."""

LONGEST_JOINED, MOST_TIED = 30, 4
"""Characters of words joined to one, and how many words."""

LEAST_GROUPS, LEAST_DIGITS = 3, 8
"""Of a number whose groups hyphens tie, as those of a book, a telephone or a day."""

_ELIDED = frozenset(
    ("l", "d", "j", "n", "m", "t", "s", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "all", "dall", "dell", "nell")
    + ("sull", "coll", "un", "quell", "quest", "bell", "sant", "gl", "anch", "cos", "ch")
)
"""What stands before an apostrophe in Romance languages and is a word by itself."""

_ROMANCE = frozenset(("ca", "fr", "gl", "it", "la", "pt", "ro"))

_CLITICS = frozenset(("s", "ll", "re", "ve", "d", "m", "t", "n"))
"""What stands after one in English, and says nothing."""

TIES = frozenset(HYPHENS + APOSTROPHES + ".&_")
"""What ties two words without a space."""

_DOTTED = regex.compile(r"(?<![\p{L}\p{N}.])\.(?:\p{Lu}{2,}|net)(?![\p{L}\p{N}])")
"""A name that begins with a dot."""


def signed_span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """From where to where a word is a name with its sign, as C++ or .NET; None: it has none."""
    if end < len(text) and text[end] in MARKS and (match := MARKED.match(text, start)):
        return match.span()
    return (start - 1, end) if start and text[start - 1] == "." and _DOTTED.match(text, start - 1) else None


class Ties:
    """The words of one text, joined as they come. ``tag``: the primary tag of its language."""

    def __init__(self, text: str, tag: str) -> None:
        self.between = TIES | {" "} if tag == "fa" else TIES
        self._text, self._romance = text, tag in _ROMANCE
        self._chain: list[tuple[str, int]] = []
        self._groups: list[str] = []
        self._begin = 0
        self._end = -1

    def with_next(self, last: tuple[str, int, int], written: str, start: int, end: int) -> Sequence[tuple[str, int]]:
        """What a word makes with the ``last`` one before it, and those tied to that: as one word, and where it begins.

        One of the characters of ``between`` stands between the two.
        """
        follows = self._end == last[2]
        chain = self._chain if follows else [last[:2]]
        self._end = end
        tie, (first, begin) = self._text[last[2]], chain[-1]
        if first.isdecimal() and written.isdecimal() and tie in HYPHENS:
            self._chain = [(written, start)]
            return self._with_next_group(last if not (follows and self._groups) else None, written)
        self._groups = []
        if tie == " ":
            self._chain = [(written, start)]
            alone = fold(first) not in _persian_words()[0] and fold(written) not in _persian_words()[1]
            return () if alone else [(first + written, begin)]
        self._chain = chain[1 - MOST_TIED :] + [(written, start)]
        if not may_join(first, tie, written) or (self._romance and first.lower() in _ELIDED):
            return ()
        joined = [(first + written, begin)]
        if len(chain) > 1:
            joined.append(("".join(word for word, _ in chain) + written, chain[0][1]))
        return [candidate for candidate in joined if len(candidate[0]) <= LONGEST_JOINED]

    def _with_next_group(self, first: tuple[str, int, int] | None, group: str) -> Sequence[tuple[str, int]]:
        """What a group of digits makes with those tied to it; ``first``: the one before, where it is the first."""
        if first:
            self._groups, self._begin = [first[0]], first[1]
        self._groups.append(group)
        whole = "".join(self._groups)
        enough = len(self._groups) >= LEAST_GROUPS and LEAST_DIGITS <= len(whole) <= LONGEST_JOINED
        return [(whole, self._begin)] if enough else ()


def may_join(first: str, tie: str, second: str) -> bool:
    """Whether two words as written, with a hyphen or an apostrophe between them, may be written as one."""
    if first.isdecimal():
        return False
    if tie not in APOSTROPHES:
        return True
    elided = first.islower() and first.lower() in _ELIDED
    return not elided and second.lower() not in _CLITICS


@cache
def _persian_words() -> tuple[frozenset[str], frozenset[str]]:
    """Persian's words that are written with the next, and with the one before, with a space or without."""
    first = "می نمی"
    last = "ها های هایی هایم هایت هایش هایمان هایتان هایشان ام ات اش اند ای تر ترین"
    return frozenset(map(fold, first.split())), frozenset(map(fold, last.split()))

"""Which paragraph of an article's new version stands in the place of one that is gone."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def successors(before: Sequence[str], after: Sequence[str]) -> dict[str, str | None]:
    """For each id of ``before`` that ``after`` has no more: the id at its place, None where nothing took it.

    Both are ids in the order of the text. Where several became fewer, the last of those stands for the rest.

    >>> successors(["a", "b", "c", "d"], ["a", "x", "c"])
    {'b': 'x', 'd': None}
    """
    living = set(after)
    successor_of: dict[str, str | None] = {}
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for place in range(first, last):
            if before[place] not in living:
                at = min(start + place - first, end - 1)
                successor_of[before[place]] = after[at] if kind == "replace" else None
    return successor_of

"""Where in a page its article stands: by what the page marks as such, else by what trafilatura takes for it.

trafilatura decides which part of a page is its text and leaves captions, lists in cells, loose text and the bounds of
inline elements behind; so its choice is looked up in the page, and all that stands there is read
(docs/decisions/0034-pages.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from paraglot.indexer.readers.elements import BLOCKS, local_name
from paraglot.indexer.readers.web.tidy import LeaveOut, remove

MOST_ELEMENTS = 50_000
"""A page of more is read whole: to tell its main part costs a tenth of a millisecond for each."""

MOST_EMPTY_ELEMENTS = 10_000
"""A page of more is read whole, too, whose elements hold fewer than `_LEAST_LETTERS` each: no article is so divided."""

_LEAST_LETTERS = 4
_GRAM = 12
_MAX_CHARACTERS = 500_000
"""Of what trafilatura gives, so much is looked up."""

_MIN_SHARE = 0.4
_WORDS = re.compile(r"\W+")


def article_roots(tree: Any, leave_out: LeaveOut) -> list[Any]:
    """The elements of a tidy page that hold its article, in the order of the page."""
    body = tree.find(".//body")
    root = tree if body is None else body
    marked = _marked(root)
    if marked is not None:
        _drop_teasers(marked, leave_out)
        return [marked]
    count = sum(1 for _ in islice(root.iter(), MOST_ELEMENTS + 1))
    few = count <= MOST_ELEMENTS and (count <= MOST_EMPTY_ELEMENTS or _size(root) >= count * _LEAST_LETTERS)
    found = _by_trafilatura(tree, root) if few else []
    return found or [next(iter(root.iter("main")), root)]


def _marked(root: Any) -> Any:
    """The one element that is marked as the article and holds much of the page, or None."""
    total = _size(root)
    for candidates in (
        [node for node in root.iter("article") if not _within(node, "article", "aside", "li")],
        [inner for inner in root.iter() if inner.get("itemprop") == "articleBody" and isinstance(inner.tag, str)],
        [
            descendant
            for descendant in root.iter()
            if isinstance(descendant.tag, str) and (descendant.tag == "main" or descendant.get("role") == "main")
        ],
    ):
        sizes = sorted(((_size(candidate), -number) for number, candidate in enumerate(candidates)), reverse=True)
        if not sizes or not sizes[0][0]:
            continue
        largest = sizes[0][0]
        if largest >= _MIN_SHARE * total and sum(size for size, _ in sizes[1:]) * 2 <= largest:
            return candidates[-sizes[0][1]]
    return None


def _drop_teasers(root: Any, leave_out: LeaveOut) -> None:
    """Articles within the article that do not hold its heading are others, shown in short."""
    heading = next(root.iter("h1"), None)
    if heading is None:
        return
    around = set(heading.iterancestors())
    for other in list(root.iterdescendants("article")):
        if other not in around:
            remove(other, "related articles", leave_out)


def _within(element: Any, *names: str) -> bool:
    return any(ancestor.tag in names for ancestor in element.iterancestors())


def _size(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _by_trafilatura(tree: Any, root: Any) -> list[Any]:
    """The elements that hold what trafilatura takes for the text, without those that hold little else."""
    import logging
    from copy import deepcopy

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found: Any = trafilatura.bare_extraction(deepcopy(tree), include_comments=False, with_metadata=False)
    if found is None or found.body is None:
        return []
    taken = _Taken("".join(found.body.itertext()))
    inside: dict[Any, int] = {}
    total: dict[Any, int] = {}
    for element in reversed(list(root.iter())):
        own, size = taken.of(element)
        inside[element] = own + sum(inside.get(child, 0) for child in element)
        total[element] = size + sum(total.get(inner, 0) for inner in element)
    top = root
    while inside[top] and (only := next((child for child in top if inside[child] == inside[top]), None)) is not None:
        if local_name(only) not in BLOCKS and only.tag not in ("td", "tr", "tbody", "table"):
            break
        top = only
    parts = list(_parts(top, inside, total))
    return list(dict.fromkeys(element for part in parts for element in (*_headings_over(part), part)))


def _headings_over(part: Any) -> list[Any]:
    """The headings right before a part, below that of the page: they are over its text, and hold none of it."""
    headings: list[Any] = []
    before = part.getprevious()
    while before is not None and local_name(before) in ("h2", "h3", "h4", "h5", "h6"):
        headings.insert(0, before)
        before = before.getprevious()
    return headings


def _parts(top: Any, inside: dict[Any, int], total: dict[Any, int]) -> Iterator[Any]:
    """What mostly was taken, whole; of the rest what is in it."""
    if not inside[top]:
        return
    if inside[top] * 2 >= total[top] or local_name(top) not in BLOCKS:
        yield top
        return
    for child in top:
        yield from _parts(child, inside, total)


class _Taken:
    """The text that was taken, as all its runs of some letters."""

    def __init__(self, text: str) -> None:
        letters = _WORDS.sub("", text)[:_MAX_CHARACTERS]
        self._whole = letters if len(letters) < 20_000 else ""
        self._grams = {letters[at : at + _GRAM] for at in range(max(len(letters) - _GRAM + 1, 1))}

    def of(self, element: Any) -> tuple[int, int]:
        """How many letters of the text directly in an element (and behind its children) were taken, and of how many."""
        if not isinstance(element.tag, str):
            return 0, 0
        taken = size = 0
        for text in (element.text, *(child.tail for child in element)):
            letters = _WORDS.sub("", text) if text else ""
            size += len(letters)
            taken += len(letters) if letters and self._has(letters) else 0
        return taken, size

    def _has(self, letters: str) -> bool:
        if len(letters) <= _GRAM:
            return bool(self._whole) and letters in self._whole and len(letters) > 3
        starts = {0, (len(letters) - _GRAM) // 2, len(letters) - _GRAM}
        return sum(letters[at : at + _GRAM] in self._grams for at in starts) * 2 > len(starts)

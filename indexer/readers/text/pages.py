"""Page numbers and running heads in texts that were scanned or set in pages. Start at `without_page_edges`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from paraglot.indexer.corpus.paragraphs import is_closed
from paraglot.search.text.sentences import width

PAGE_NUMBERS, RUNNING_HEADS = "page numbers", "running heads"
"""The kinds (`paraglot.indexer.corpus.remarks`) of what stands at the edges of pages."""

_LEAST_PAGES = 3
_MOST_LINES = 120
"""Lines of a page; what form feeds divide into longer parts are chapters."""

_LEAST_LINES = 6
"""Lines with text from one page number to the next; what is numbered more closely is a list."""

_HEAD_COLUMNS = 70
_EDGE_LINES = 2
_MOST_SKIPPED = 4
"""How much a page number may be greater than the one before: pages of pictures have none."""

_NUMBER = re.compile(
    r"\s*(?:[-–—~•·\[(|]\s*)*(?:(?:page|seite|pagina|página|strona|str\.|стр\.|с\.|p\.|s\.|第)\s*)?(\d{1,4})"
    r"(?:\s*(?:/|of|von|de|из)\s*\d{1,4})?(?:\s*[-–—~•·\])|页頁ページ쪽])*\s*",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"\s*[ivxl]{1,7}\s*")


def without_page_edges(text: str, leave_out: Callable[[str, str], None]) -> str:
    """A text without the numbers and heads of its pages, where form feeds or a row of page numbers tell pages apart.

    What a page's end divides goes on in the next line. ``leave_out`` is called with the kind and the text of each line.
    """
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) < _LEAST_PAGES:
        pages = _numbered_pages(text.replace("\f", "\n").split("\n"))
    lengths = sorted(map(len, pages))
    if len(pages) < _LEAST_PAGES or lengths[len(lengths) // 2] > _MOST_LINES:
        return text.replace("\f", "\n\n")
    heads = _heads(pages)
    return _joined([_bare(page, heads, leave_out) for page in pages])


def _numbered_pages(lines: Sequence[str]) -> list[list[str]]:
    """The pages that page numbers end, alone on their lines, each a little greater than the one before; else one."""
    found = [(at, int(number[1])) for at, line in enumerate(lines) if (number := _NUMBER.fullmatch(line))]
    if len(found) < _LEAST_PAGES:
        return [list(lines)]
    for (before, page_number), (after, next_one) in pairwise(found):
        written = sum(1 for line in lines[before + 1 : after] if line.strip())
        if not 0 < next_one - page_number <= _MOST_SKIPPED or written < _LEAST_LINES:
            return [list(lines)]
    ends = [-1, *(at for at, _ in found), len(lines) - 1]
    return [list(lines[before + 1 : after + 1]) for before, after in pairwise(ends)]


def _edges(page: Sequence[str]) -> Iterator[str]:
    """The first and the last lines of a page that hold anything, page numbers apart."""
    written = [line.strip() for line in page if line.strip() and not _is_number(line)]
    yield from {*written[:_EDGE_LINES], *written[-_EDGE_LINES:]}


def _heads(pages: Sequence[Sequence[str]]) -> set[str]:
    """The short lines, numbers aside, that stand at the edges of three pages and of one in ten."""
    counts = Counter(_unnumbered(line) for page in pages for line in _edges(page) if width(line) <= _HEAD_COLUMNS)
    return {line_form for line_form, count in counts.items() if count >= _LEAST_PAGES and count * 10 >= len(pages)}


def _bare(page: list[str], heads: set[str], leave_out: Callable[[str, str], None]) -> list[str]:
    """A page without what stands at its edges alone: at each, blank lines, numbers and heads until there is text."""
    for _ in range(2):
        left = 2 * _EDGE_LINES
        while page and left:
            line = page[0].strip()
            if line:
                if not (_is_number(line) or _unnumbered(line) in heads):
                    break
                leave_out(PAGE_NUMBERS if _is_number(line) else RUNNING_HEADS, line)
                left -= 1
            page = page[1:]
        page = page[::-1]
    return page


def _joined(pages: Sequence[Sequence[str]]) -> str:
    """The pages as one text: a blank line between two only where the first ends as a sentence does."""
    parts: list[str] = []
    for page in pages:
        if written := "\n".join(page).strip("\n"):
            if parts:
                parts.append("\n\n" if is_closed(parts[-1][-200:]) else "\n")
            parts.append(written)
    return "".join(parts)


def _is_number(line: str) -> bool:
    return bool(_NUMBER.fullmatch(line) or _ROMAN.fullmatch(line))


def _unnumbered(line: str) -> str:
    return re.sub(r"\d+|\b[IVXL]+\b", "#", " ".join(line.split())).strip("#|·•-–— ").casefold()

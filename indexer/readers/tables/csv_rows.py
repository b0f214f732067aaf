"""The rows of a table in text, of whatever dialect: which characters divide and quote, and where a quote never ends."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES
from paraglot.search.text.normal_form import INVISIBLE

IsHeader: TypeAlias = Callable[[Sequence[str]], bool]
"""Whether cells, as `bare_name` has them, are the names of columns, one of texts among them."""

DELIMITERS = ",;\t|^\x1f"
UNCLOSED = "a quote is opened in the row and never closed"

_SEPARATOR = re.compile(r"sep=(.)\s*$", re.IGNORECASE)
_ESCAPED = re.compile(r'(?<!\\)\\"(?!\s*(?:[,;\t|]|\r|\n|$))')
_MOST_LOOKED_AT, _MOST_LINES_OF_A_HEADER = 30, 6
_SURE_LINES = 3
"""Lines in a row, inside one quoted text, that each look like a row: then the quote was never closed."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and its first line; or ``fault``, what is wrong with it."""

    line: int
    cells: tuple[str, ...]
    fault: str = ""


@dataclass(slots=True)
class Dialect:
    """How a table is written. ``columns`` is how many cells its header has, 0 where that is not known."""

    delimiter: str = ","
    backslash: bool = False
    columns: int = 0

    def cells(self, text: str, inside: bool = False) -> tuple[list[str], bool, bool]:
        """The cells of a line, whether a quote is open at its end, and whether one stands where none belongs.

        ``inside``: the line begins inside a quoted text.
        """
        text = text.rstrip("\r\n") if not inside else text
        cells: list[str] = []
        at, odd = 0, False
        while True:
            start = at
            while not inside and text[start : start + 1] == " ":
                start += 1
            if inside or text[start : start + 1] == '"':
                cell, at, closed, stray = self._quoted(text, start + (not inside))
                inside, odd = False, odd or stray
                cells.append(cell)
                if not closed:
                    return cells, True, odd
            else:
                end = text.find(self.delimiter, at)
                end = len(text) if end < 0 else end
                cells.append(text[at:end])
                at = end
            if at >= len(text):
                return cells, False, odd
            at += 1

    def _quoted(self, text: str, at: int) -> tuple[str, int, bool, bool]:
        """A quoted text from behind its quote: it, where it ends, whether it does, whether it holds a stray quote."""
        parts: list[str] = []
        odd = False
        while (end := text.find('"', at)) >= 0:
            if self.backslash and _slashes(text, at, end) % 2:
                parts.append(f'{text[at : end - 1]}"')
                at = end + 1
            elif text.startswith('""', end):
                parts.append(text[at : end + 1])
                at = end + 2
            else:
                behind = end + 1
                while text[behind : behind + 1] == " ":
                    behind += 1
                following = text[behind : behind + 1]
                if following in ("", self.delimiter, "\r", "\n"):
                    parts.append(text[at:end])
                    ends_at = behind if following == self.delimiter else len(text)
                    return "".join(parts), ends_at, True, odd
                odd = True
                parts.append(text[at : end + 1])
                at = end + 1
        return "".join(parts) + text[at:], len(text), False, odd


def _slashes(text: str, start: int, end: int) -> int:
    count = 0
    while end - count > start and text[end - count - 1] == "\\":
        count += 1
    return count


@dataclass(slots=True)
class Lines:
    """Numbered lines that can be put back."""

    source: Iterator[tuple[int, str]]
    endless: int = 0  # up to this line no quote that is open at the end of its line is ever closed
    _back: deque[tuple[int, str]] = field(default_factory=deque)

    def next(self) -> tuple[int, str] | None:
        """The next line with its number; None at the end."""
        return self._back.popleft() if self._back else next(self.source, None)

    def put_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Lines, in their order, to be read again."""
        self._back.extendleft(reversed(lines))


def dialect_of(first: Sequence[str], is_header: IsHeader, named: str = "") -> tuple[Dialect, int]:
    """The dialect of a table by its first lines, and how many of them stand before the header.

    The header is the first line whose cells are one, whichever delimiter makes them; else the first.
    """
    backslash = any(_ESCAPED.search(line) for line in first)
    separator = _SEPARATOR.fullmatch(first[0].lstrip("\ufeff")) if first else None
    choices: list[str] = [separator[1]] if separator else ["\t"] if named == "\t" else list(DELIMITERS)
    best: tuple[int, int, Dialect] | None = None
    for delimiter in choices:
        dialect = Dialect(delimiter, backslash)
        for number in range(min(len(first), _MOST_LOOKED_AT)):
            cells = [bare_name(cell) for cell in dialect.cells(whole_line(first, number, dialect))[0]]
            if is_header(cells):
                dialect.columns = len(cells)
                if best is None or (number, -len(cells)) < (best[0], -best[2].columns):
                    best = number, -len(cells), dialect
                break
    if best is None:
        at = 1 if separator else 0
        line = first[at] if at < len(first) else ""
        return Dialect(max(choices, key=lambda choice: len(Dialect(choice).cells(line)[0])), backslash), at
    number, _, dialect = best
    return _of_rows(dialect, first[number + 1 :]), number


def whole_line(lines: Sequence[str], number: int, dialect: Dialect) -> str:
    """A line, and those after it over which a quoted name in it goes on."""
    joined = lines[number]
    for following in lines[number + 1 : number + _MOST_LINES_OF_A_HEADER]:
        if not dialect.cells(joined)[1]:
            return joined
        joined += following
    return lines[number] if dialect.cells(joined)[1] else joined


def header_delimiter(dialect: Dialect, line: str, is_header: IsHeader) -> str:
    """What divides the header, which may not be what divides the rows."""
    delimiters: list[str] = [dialect.delimiter, *DELIMITERS]
    for delimiter in delimiters:
        if is_header([bare_name(cell) for cell in Dialect(delimiter).cells(line)[0]]):
            return delimiter
    return dialect.delimiter


def _of_rows(dialect: Dialect, rows: Sequence[str]) -> Dialect:
    """The dialect of the rows: another delimiter than the header's, where that one divides none of them."""
    lines = [line for line in rows if line.strip()]
    if dialect.columns < 2 or not lines or any(dialect.delimiter in line for line in lines):
        return dialect
    for delimiter in DELIMITERS:
        other = Dialect(delimiter, dialect.backslash, dialect.columns)
        if all(len(other.cells(line)[0]) == dialect.columns for line in lines):
            return other
    return dialect


def bare_name(cell: str) -> str:
    """The name that a cell of a header gives its column, without what nobody sees."""
    return " ".join(INVISIBLE.sub("", cell).split())


def rows(lines: Lines, dialect: Dialect) -> Iterator[Row]:
    """The rows, one with an unclosed quote as a fault by itself: what stands on the lines after it is read as rows."""
    while (taken := lines.next()) is not None:
        number, line = taken
        if '"' not in line:
            yield Row(number, tuple(line.rstrip("\r\n").split(dialect.delimiter)))
            continue
        cells, inside, odd = dialect.cells(line)
        if inside and number <= lines.endless:
            yield Row(number, (), UNCLOSED)
        elif inside:
            yield _over_lines(lines, dialect, number, line, _shape(cells[0]), odd)
        else:
            yield Row(number, tuple(cells))


def _over_lines(lines: Lines, dialect: Dialect, number: int, line: str, shape: str, odd: bool) -> Row:
    """A row whose quoted text goes on over the following lines, or the fault of one that was never closed.

    ``shape`` is that of its first cell; ``odd`` says whether a quote stands in it where none belongs.
    """
    pending: list[tuple[int, str]] = []
    characters, rowlike, inside = len(line), 0, True
    while inside:
        taken = lines.next()
        if taken is None or characters > MAX_LINE_BYTES:
            lines.endless = pending[-1][0] if pending else number
            lines.put_back([*pending, *([taken] if taken else [])])
            return Row(number, (), UNCLOSED)
        pending.append(taken)
        characters += len(taken[1])
        if '"' in taken[1]:
            _, inside, stray = dialect.cells(taken[1], inside=True)
            odd = odd or stray
        first = _first_of_row(taken[1], dialect)
        rowlike = 0 if first is None else rowlike + 1
        sure = odd or rowlike >= _SURE_LINES or (rowlike >= 2 and shape and _shape(first or "") == shape)
        if rowlike and sure:
            lines.put_back(pending)
            return Row(number, (), UNCLOSED)
    return Row(number, tuple(dialect.cells(line + "".join(text for _, text in pending))[0]))


def _first_of_row(line: str, dialect: Dialect) -> str | None:
    """The first cell of a line that is a row by itself, of a table of several columns; None where it is none."""
    delimiters = line.count(dialect.delimiter)
    if dialect.columns < 2 or delimiters < dialect.columns - 1:
        return None
    if '"' not in line:
        return line.partition(dialect.delimiter)[0] if delimiters == dialect.columns - 1 else None
    cells = dialect.cells(line)[0]
    return cells[0] if len(cells) == dialect.columns else None


def _shape(first: str) -> str:
    """What a row's first cell looks like, numbers apart; "" where it has none."""
    shape = re.sub(r"\d+", "#", first.strip())
    return shape if "#" in shape and len(shape) < 100 else ""

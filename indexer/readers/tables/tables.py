"""Reader of CSV and TSV: the header row names the fields, each further row is an article."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, islice

from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES, NO_TEXT, Draft, Skipped
from paraglot.indexer.corpus.encodings import encoding_of_stream, warn_of_wrong_bytes
from paraglot.indexer.corpus.fields import SUMMARIES, TEXT_FIELDS, draft_of
from paraglot.indexer.corpus.foreign_names import names_text
from paraglot.indexer.readers.inputs import MOST_EMPTY_LINES, TINY_ROW_CHARACTERS, Input, Options, Unreadable
from paraglot.indexer.readers.kept_back import is_kept_back
from paraglot.indexer.readers.tables.csv_rows import (
    Dialect,
    Lines,
    Row,
    bare_name,
    dialect_of,
    header_delimiter,
    rows,
    whole_line,
)

MAX_COLUMNS = 10_000
_SAMPLE = 65_536
_FIRST_LINES = 30
_NULL = "\\N"
"""What databases write for a value that is not there."""

_END_OF_FILE = "\x1a"
"""What DOS puts at the end of a file."""


_TEXTS = frozenset(name.lower() for name in TEXT_FIELDS)
_OF_TEXT = _TEXTS.union(name.lower() for name in SUMMARIES)


def read_table(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a table. An article without ``id`` goes by its ``url``, else by file and row."""
    sample = source.file.peek(_SAMPLE)[:_SAMPLE]
    if not sample.strip():
        raise Unreadable("the file is empty")
    encoding = encoding_of_stream(source)
    text = io.TextIOWrapper(source.file, encoding, errors="replace", newline="")
    try:
        yield from _articles(source, encoding, Lines(_numbered(text)))
    finally:
        text.detach()


def _articles(source: Input, encoding: str, lines: Lines) -> Iterator[Draft | Skipped]:
    first = list(islice(iter(lines.next, None), _FIRST_LINES))
    is_header = partial(_is_header, source.options.fields.get("text", "text"))
    named = "\t" if source.name.endswith((".tsv", ".tab")) else ""
    dialect, before = dialect_of([line for _, line in first], is_header, named)
    header_line = whole_line([line for _, line in first], before, dialect) if before < len(first) else ""
    of_header = Dialect(header_delimiter(dialect, header_line, is_header), dialect.backslash)
    lines.put_back(first[before:])
    header: list[str] | None = None
    heading: tuple[str, ...] = ()
    unmapped = source.options.unmapped()
    holds_text: list[int] = []
    empty = tiny = 0
    for row in chain(islice(rows(lines, of_header), 1), rows(lines, dialect)):
        content = "".join(row.cells)
        if not row.fault and (not content or content.isspace()):
            if (empty := empty + 1) > MOST_EMPTY_LINES:
                raise Unreadable(f"{MOST_EMPTY_LINES} empty lines in a row: the rest is not read", row.line)
            continue
        empty = 0
        tiny = tiny + 1 if len(content) + len(row.cells) <= TINY_ROW_CHARACTERS + 1 else 0
        source.check_tiny(tiny, row.line)
        if "\ufffd" in content:
            warn_of_wrong_bytes(source, encoding, row.line)
        if header is None:
            following = [dialect.cells(line)[0] for _, line in first[before + 1 :]]
            header, heading = _header(row, following, source.options), row.cells
            dialect.columns = len(header)
            holds_text = _columns_of_text(header, source.options)
            for number, line in first[:before]:
                if line.strip() and not line.lstrip("\ufeff").lower().startswith("sep="):
                    source.leave_out("lines before the header", line, number)
        elif row.cells == heading:
            source.leave_out("repeated headers", content, row.line)
        elif (
            holds_text
            and not row.fault
            and not any(row.cells[column] for column in holds_text if column < len(row.cells))
        ):
            yield Skipped(source.at(row.line), NO_TEXT)
        elif (found := _article(source, row, header, unmapped)) is not None:
            yield found
    if header is None:
        raise Unreadable("the file is empty")


def _is_header(text: str, cells: Sequence[str]) -> bool:
    """Whether a column of texts is named, ``text`` or otherwise; one of summaries does not stand alone."""
    small = {cell.lower() for cell in cells}
    if text.lower() in small or small & _TEXTS:
        return True
    return len(cells) > 1 and (bool(small & _OF_TEXT) or any(map(names_text, cells)))


def _header(row: Row, following: Sequence[Sequence[str]], options: Options) -> list[str]:
    """The names of the columns. Raises `Unreadable` where none is known to hold texts, and names the likeliest of them
    by the rows that follow.
    """
    if len(row.cells) > MAX_COLUMNS:
        raise Unreadable(f"a table of {len(row.cells)} columns; at most {MAX_COLUMNS} are read")
    if row.fault:
        raise Unreadable(row.fault, row.line)
    cells = [bare_name(cell) for cell in row.cells]
    mapped = set(options.fields.values())
    names = _unique_names([cell if cell in mapped else cell.lower() for cell in cells])
    shown = ", ".join(cells[:10])[:200]
    if "text" not in options.fields and not _is_header("text", names):
        option = shlex.quote(f"text={_of_longest(cells, following) or 'NAME'}")
        raise Unreadable(f"no column is named text: map one with --field {option} (the columns are {shown})")
    for ours, theirs in options.fields.items():
        if theirs not in names:
            raise Unreadable(f"no column is named {theirs}, as --field {ours}={theirs} says (the columns are {shown})")
    return names


def _of_longest(names: Sequence[str], following: Sequence[Sequence[str]]) -> str:
    """The column with the longest texts; "" where nothing follows."""
    lengths = {name: sum(len(row[at]) for row in following if at < len(row)) for at, name in enumerate(names) if name}
    longest = max(lengths, key=lambda name: lengths[name], default="")
    return longest if lengths.get(longest) else ""


def _unique_names(names: list[str]) -> list[str]:
    """Names of columns, a second use numbered, so that neither loses what it holds."""
    used: dict[str, int] = {}
    unique = []
    for name in names:
        used[name] = used.get(name, 0) + 1
        unique.append(f"{name} {used[name]}" if name and used[name] > 1 else name)
    return unique


def _columns_of_text(header: list[str], options: Options) -> list[int]:
    """Where the text of a row can stand; none where that is not known beforehand."""
    if options.maps or "text" not in header:
        return []
    return [number for number, name in enumerate(header) if name in _OF_TEXT]


def _article(source: Input, row: Row, header: list[str], unmapped: Options) -> Draft | Skipped | None:
    place = source.at(row.line)
    if row.fault:
        return Skipped(place, row.fault)
    if len(row.cells) > len(header) and any(cell.strip() for cell in row.cells[len(header) :]):
        fault = f"the row has {len(row.cells)} fields, the header {len(header)}"
        return Skipped(place, f"{fault} (a text that holds the delimiter must stand in quotes)")
    values: dict[str, object] = dict(zip(header, row.cells, strict=False))
    fields = source.options.renamed(values) if source.options.maps else values
    if "" in header:
        for name, cell in zip(header, row.cells, strict=False):
            if not name and cell.strip():
                source.leave_out("values in columns without a name", cell, row.line)
    if _NULL in row.cells:
        fields = {name: "" if value == _NULL else value for name, value in fields.items()}
    filled = {name: value for name, value in fields.items() if name and (value != "" or name == "text")}
    if not unmapped.drafts and is_kept_back(filled):
        source.leave_out("unpublished posts", str(filled.get("title", "")), row.line)
        return None
    filled["id"] = filled.get("id") or filled.get("url") or f"{source.id}#{row.line}"
    try:
        return draft_of(place, filled, unmapped)
    except ValueError as error:
        return Skipped(place, str(error))


def _numbered(text: io.TextIOWrapper) -> Iterator[tuple[int, str]]:
    number = 0
    while True:
        number += 1
        line = text.readline(MAX_LINE_BYTES)
        if not line:
            return
        if len(line) == MAX_LINE_BYTES:
            raise Unreadable(f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
        if _END_OF_FILE not in line or line.strip(f"{_END_OF_FILE}\r\n"):
            yield number, line.rstrip(_END_OF_FILE)

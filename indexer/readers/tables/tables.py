"""Reader of CSV and TSV: the header row names the fields, each further row is an article."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import chain, islice

from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES, NO_TEXT, Draft, Skipped
from paraglot.indexer.corpus.encodings import encoding_of_stream, warn_of_wrong_bytes
from paraglot.indexer.corpus.fields import SUMMARIES, TEXT_FIELDS, draft_of
from paraglot.indexer.corpus.prefixes import is_prefixed_text
from paraglot.indexer.readers.inputs import MOST_EMPTY_LINES, TINY_ROW_CHARACTERS, Input, Options, Unreadable
from paraglot.indexer.readers.tables.csv_rows import Dialect, Lines, Row, bare_name, dialect_of, header_delimiter, rows

MAX_COLUMNS = 10_000
_SAMPLE = 65_536
_FIRST_LINES = 30
_NULL = "\\N"
"""What databases write for a value that is not there."""

_END_OF_FILE = "\x1a"
"""What DOS puts at the end of a file."""


_OF_TEXT = frozenset(name.lower() for name in (*TEXT_FIELDS, *SUMMARIES))


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
    texts = {name.lower() for name in (source.options.fields.get("text", "text"), *TEXT_FIELDS)}
    named = "\t" if source.name.endswith((".tsv", ".tab")) else ""
    dialect, before = dialect_of([line for _, line in first], texts, named)
    header_line = first[before][1] if before < len(first) else ""
    of_header = Dialect(header_delimiter(dialect, header_line, texts), dialect.backslash)
    lines.put_back(first[before:])
    header: list[str] | None = None
    unmapped = source.options.unmapped()
    holds_text: list[int] = []
    empty = tiny = 0
    for row in chain(islice(rows(lines, of_header), 1), rows(lines, dialect)):
        whole = "".join(row.cells)
        if not row.fault and (not whole or whole.isspace()):
            if (empty := empty + 1) > MOST_EMPTY_LINES:
                raise Unreadable(f"{MOST_EMPTY_LINES} empty lines in a row: the rest is not read", row.line)
            continue
        empty = 0
        tiny = tiny + 1 if len(whole) + len(row.cells) <= TINY_ROW_CHARACTERS + 1 else 0
        source.check_tiny(tiny, row.line)
        if "\ufffd" in whole:
            warn_of_wrong_bytes(source, encoding, row.line)
        if header is None:
            header = _header(row, source.options)
            dialect.columns = len(header)
            holds_text = _columns_of_text(header, source.options)
            for number, line in first[:before]:
                if line.strip() and not line.lstrip("\ufeff").lower().startswith("sep="):
                    source.leave_out("lines before the header", line, number)
        elif holds_text and not row.fault and not any(row.cells[one] for one in holds_text if one < len(row.cells)):
            yield Skipped(source.at(row.line), NO_TEXT)
        else:
            yield _article(source, row, header, unmapped)
    if header is None:
        raise Unreadable("the file is empty")


def _header(row: Row, options: Options) -> list[str]:
    if len(row.cells) > MAX_COLUMNS:
        raise Unreadable(f"a table of {len(row.cells)} columns; at most {MAX_COLUMNS} are read")
    if row.fault:
        raise Unreadable(row.fault, row.line)
    given = [bare_name(cell) for cell in row.cells]
    mapped = set(options.fields.values())
    names = _told_apart([cell if cell in mapped else cell.lower() for cell in given])
    shown = ", ".join(given[:10])[:200]
    told = bool({name.lower() for name in TEXT_FIELDS} & set(names)) or any(is_prefixed_text(name) for name in names)
    if "text" not in options.fields and not told:
        raise Unreadable(f"no column is named text: map one with --field text=NAME (the columns are {shown})")
    for ours, theirs in options.fields.items():
        if theirs not in names:
            raise Unreadable(f"no column is named {theirs}, as --field {ours}={theirs} says (the columns are {shown})")
    return names


def _told_apart(names: list[str]) -> list[str]:
    """Names of columns, a second use numbered, so that neither loses what it holds."""
    used: dict[str, int] = {}
    told = []
    for name in names:
        used[name] = used.get(name, 0) + 1
        told.append(f"{name} {used[name]}" if name and used[name] > 1 else name)
    return told


def _columns_of_text(header: list[str], options: Options) -> list[int]:
    """Where the text of a row can stand; none where that is not known beforehand."""
    if options.maps or "text" not in header:
        return []
    return [number for number, name in enumerate(header) if name in _OF_TEXT]


def _article(source: Input, row: Row, header: list[str], unmapped: Options) -> Draft | Skipped:
    place = source.at(row.line)
    if row.fault:
        return Skipped(place, row.fault)
    if len(row.cells) > len(header) and any(cell.strip() for cell in row.cells[len(header) :]):
        said = f"the row has {len(row.cells)} fields, the header {len(header)}"
        return Skipped(place, f"{said} (a text that holds the delimiter must stand in quotes)")
    given: dict[str, object] = dict(zip(header, row.cells, strict=False))
    fields = source.options.renamed(given) if source.options.maps else given
    if "" in header:
        for name, cell in zip(header, row.cells, strict=False):
            if not name and cell.strip():
                source.leave_out("values in columns without a name", cell, row.line)
    if _NULL in row.cells:
        fields = {name: "" if value == _NULL else value for name, value in fields.items()}
    kept = {name: value for name, value in fields.items() if name and (value != "" or name == "text")}
    kept["id"] = kept.get("id") or kept.get("url") or f"{source.id}#{row.line}"
    try:
        return draft_of(place, kept, unmapped)
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

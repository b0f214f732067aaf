"""Reader of CSV and TSV: the header row names the fields, each further row is an article."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from indexer.drafts import MAX_LINE_BYTES, Draft, Skipped
from indexer.fields import draft_of
from indexer.plaintext import NO_TEXT, encoding_of
from indexer.readers.inputs import Input, Options, Unreadable

MAX_COLUMNS = 10_000
_DELIMITERS = ",;\t|"
_SAMPLE = 65_536


def read_table(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a table. An article without ``id`` goes by its ``url``, else by file and row."""
    sample = source.file.peek(_SAMPLE)[:_SAMPLE]
    if not sample.strip():
        raise Unreadable("the file is empty")
    # Not amid the bytes of one character.
    lines = sample[: sample.rfind(b"\n") + 1] if len(sample) == _SAMPLE else sample
    encoding = encoding_of(lines or sample)
    if encoding is None:
        raise Unreadable(NO_TEXT)
    csv.field_size_limit(MAX_LINE_BYTES)
    text = io.TextIOWrapper(source.file, encoding, newline="")
    try:
        yield from _rows(source, csv.reader(_bounded(text), _dialect(sample.decode(encoding, "ignore"), source.name)))
    finally:
        text.detach()


def _rows(source: Input, rows: Iterator[list[str]]) -> Iterator[Draft | Skipped]:
    line, header = 1, None
    while True:
        line = getattr(rows, "line_num", line) + 1
        try:
            row = next(rows)
        except StopIteration:
            break
        except UnicodeDecodeError as error:
            raise Unreadable(f"not {error.encoding} throughout: the rest of the file is not read", line) from None
        except csv.Error as error:
            raise Unreadable(f"not CSV: {error}", line) from None
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = _header(row, source.options)
        elif len(row) > len(header):
            yield Skipped(source.at(line), f"the row has {len(row)} fields, the header {len(header)}")
        else:
            yield _article(source, line, dict(zip(header, row, strict=False)))
    if header is None:
        raise Unreadable("the file is empty")


def _header(row: list[str], options: Options) -> list[str]:
    if len(row) > MAX_COLUMNS:
        raise Unreadable(f"a table of {len(row)} columns; at most {MAX_COLUMNS} are read")
    given = [cell.strip().removeprefix("\ufeff") for cell in row]
    mapped = set(options.fields.values())
    names = [cell if cell in mapped else cell.lower() for cell in given]
    shown = ", ".join(given[:10])[:200]
    if "text" not in [*names, *options.fields]:
        raise Unreadable(f"no column is named text: map one with --field text=NAME (the columns are {shown})")
    for ours, theirs in options.fields.items():
        if theirs not in names:
            raise Unreadable(f"no column is named {theirs}, as --field {ours}={theirs} says (the columns are {shown})")
    return names


def _article(source: Input, line: int, row: dict[str, str]) -> Draft | Skipped:
    fields = {
        name: value for name, value in source.options.renamed(row).items() if name and (value != "" or name == "text")
    }
    fields["id"] = fields.get("id") or fields.get("url") or f"{source.id}#{line}"
    try:
        return draft_of(source.at(line), fields, source.options.unmapped())
    except ValueError as error:
        return Skipped(source.at(line), str(error))


def _dialect(sample: str, name: str) -> type[csv.Dialect]:
    """Delimiter told from the sample; quotes are doubled as everywhere."""

    class Told(csv.excel):
        delimiter = "\t" if name.endswith((".tsv", ".tab")) else ","

    if not name.endswith((".tsv", ".tab")):
        header = sample.partition("\n")[0]
        Told.delimiter = max(_DELIMITERS, key=header.count)
    return Told


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(MAX_LINE_BYTES):
        if len(line) == MAX_LINE_BYTES:
            raise Unreadable(f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB")
        yield line

"""Reader of JSON lines: one article a line, ``{"id", "title", "text" | "paragraphs", "language"?, "url"?, "date"?,
"source"?, …}``; any further field is kept as an attribute (`paraglot.indexer.corpus.fields`).
"""

from __future__ import annotations

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import IO, Any

from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES, Draft, Place, Skipped
from paraglot.indexer.corpus.encodings import encoding_of_stream
from paraglot.indexer.readers.inputs import MOST_EMPTY_LINES, TINY_ROW_CHARACTERS, Input, Unreadable
from paraglot.indexer.readers.json.articles import articles_in

TOO_LONG = f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB"
_WIDE = ("utf-16", "utf-32")
_PIECE_BYTES = 1 << 16
_AROUND = " \t\r\n\x1e\x1a\0"
"""What stands around the value on a line: white space, the separator of RFC 7464, the end of a file of DOS."""

_BETWEEN = re.compile(rf"[{_AROUND},]*")
_DECODER = json.JSONDecoder(strict=False)


def read_json_lines(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a file, and the place and reason of each line that is none."""
    has_lines, empty, tiny = False, 0, 0
    encoding = encoding_of_stream(source)
    wide = encoding.startswith(_WIDE)
    lines = _wide_lines(source.file, encoding) if wide else bounded_lines(source.file)
    encoding = "utf-8" if wide else encoding
    for number, line in enumerate(lines, start=1):
        place = source.at(number)
        if line is None:
            has_lines = True
            yield Skipped(place, TOO_LONG)
        elif line.strip() and line.strip(_AROUND.encode()):
            has_lines = True
            empty = 0
            tiny = tiny + 1 if len(line.strip()) <= TINY_ROW_CHARACTERS else 0
            source.check_tiny(tiny, number)
            yield from _articles(source, place, line, encoding)
        elif (empty := empty + 1) > MOST_EMPTY_LINES:
            raise Unreadable(f"{MOST_EMPTY_LINES} empty lines in a row: the rest is not read", number)
    if not has_lines:
        raise Unreadable("the file is empty")


def bounded_lines(file: IO[bytes]) -> Iterator[bytes | None]:
    """The lines of a file; None in place of one that is too long, which is read past without being held."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES)
        yield None


def _wide_lines(file: IO[bytes], encoding: str) -> Iterator[bytes | None]:
    """The lines of a file whose line breaks are several bytes, in UTF-8; wrong bytes are U+FFFD."""
    decoder = getincrementaldecoder(encoding)("replace")
    line, fits = "", True
    while piece := file.read(_PIECE_BYTES):
        *ended, rest = f"{line}{decoder.decode(piece)}".split("\n")
        for complete in ended:
            yield complete.encode() if fits and len(complete) <= MAX_LINE_BYTES else None
            fits = True
        fits = fits and len(rest) <= MAX_LINE_BYTES
        line = rest if fits else ""
    if line := line + decoder.decode(b"", True):
        yield line.encode() if fits else None


def _articles(source: Input, place: Place, line: bytes, encoding: str) -> Iterator[Draft | Skipped]:
    """The article on a line, those where the line wraps or has several, or why there is none."""
    try:
        for fields in _objects(place, line, encoding):
            yield from articles_in(source, place, fields)
    except UnicodeDecodeError as error:
        yield Skipped(place, f"not {encoding.upper()} (byte {error.start + 1} of the line)")
    except json.JSONDecodeError as error:
        yield Skipped(place, f"not JSON: {error.msg} (column {error.colno})")
    except RecursionError:
        yield Skipped(place, "not JSON that can be read: nested too deeply")
    except ValueError as error:
        yield Skipped(place, str(error))


def json_object(place: Place, line: bytes, encoding: str) -> dict[str, Any]:
    """The object on a line. Raises `ValueError` where there is none, `RecursionError` where it is nested too deeply."""
    first, *others = _objects(place, line, encoding)
    if others:
        raise ValueError("several JSON objects")
    return first


def _objects(place: Place, line: bytes, encoding: str) -> Iterator[dict[str, Any]]:
    """The objects on a line, as programs write them that forget the line break. Raises as `json_object`."""
    text = line.decode(encoding).removeprefix("\ufeff" if place.line == 1 else "").strip(_AROUND)
    at = 0
    while not at or at < len(text):
        fields, at = _DECODER.raw_decode(text, at)
        if not isinstance(fields, dict):
            raise ValueError("not a JSON object")
        yield fields
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]

"""Readers of JSON that is not our JSON lines: an array of articles, one article, a JSON Feed, a CirrusSearch dump."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from paraglot.indexer.corpus.drafts import MAX_LINE_BYTES, Draft, Skipped
from paraglot.indexer.corpus.encodings import encoding_of_stream, warn_of_wrong_bytes
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.readers.inputs import Input, Unreadable
from paraglot.indexer.readers.json.articles import articles_in
from paraglot.indexer.readers.json.lines import TOO_LONG, bounded_lines, json_object

_BLOCK = 65_536
_KEPT = 200
"""Characters before a value that are kept, to see how far in it stands."""
_SPACE = re.compile(r"[\s,\x1a\x1e\0]*")


def read_json(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of an array or of objects one after the other; a JSON Feed's items."""
    for line, value in _values(source):
        place = source.at(line)
        try:
            if isinstance(value, Unreadable):
                yield source.skipped(value)
                continue
            if isinstance(value, Exception):
                raise value
            yield from articles_in(source, place, value)
        except ValueError as error:
            yield Skipped(place, str(error))


def _values(source: Input) -> Iterator[tuple[int, Any]]:
    """The values of the outermost array, or those that follow each other, with their lines.

    One that is no JSON is told of by its exception, in its place; the next one is read.
    """
    decoder = json.JSONDecoder(strict=False)  # a line end or a tab in a text is no reason to lose it
    encoding = encoding_of_stream(source)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    decode = codecs.getincrementaldecoder(encoding)("replace")
    text, at, line, count, in_array, ended = "", 0, 1, 0, False, False
    while not ended:
        # Doubled each time, so that a long value costs no square.
        block = source.file.read1(max(_BLOCK, len(text) - at))
        ended = not block
        kept = max(at - _KEPT, 0)
        text, at = text[kept:] + decode.decode(block, final=ended), at - kept
        while True:
            start = _SPACE.match(text, at).end()  # type: ignore[union-attr]
            line, at = line + text.count("\n", at, start), start
            if at == len(text):
                break
            if text[at] == ("]" if in_array else "["):
                in_array, at = not in_array, at + 1
                continue
            value: Any
            try:
                value, end = decoder.raw_decode(text, at)
            except RecursionError:
                value, end = ValueError("not JSON that can be read: nested too deeply"), _past(text, at)
            except json.JSONDecodeError as error:
                if not ended and len(text) - at <= 2 * MAX_LINE_BYTES:
                    break
                where = line + text.count("\n", at, error.pos)
                value, end = Unreadable(f"not JSON: {error.msg}", where), _past(text, at, error.pos)
                if not ended:
                    value = Unreadable(f"no JSON value ends within {2 * MAX_LINE_BYTES // 1_000_000} MB", line)
            except ValueError as error:  # a number of more digits than Python reads
                value, end = ValueError(f"not JSON: {error}"[:100]), _past(text, at)
            if end == len(text) and isinstance(value, Exception):  # nothing comes after it
                raise value if isinstance(value, Unreadable) else Unreadable(str(value), line)
            if "\ufffd" in text[at:end]:
                warn_of_wrong_bytes(
                    source, encoding.removesuffix("-sig"), line + text.count("\n", at, text.index("\ufffd", at))
                )
            yield line, value
            count += 1
            line, at = line + text.count("\n", at, end), end
    if in_array:
        raise Unreadable("the array does not end: cut short", line)
    if not count:
        raise Unreadable("the file holds no article")


def _past(text: str, at: int, wrong: int | None = None) -> int:
    """Where a value that is no JSON ends: at its closing brace, else before the next object.

    From ``wrong`` on quotes may be out of step, so that what looks like a text between two may hold the next object.
    """
    depth = 0
    for token in _TOKEN.finditer(text, at) if text[at] == "{" else ():
        if depth == 1 and wrong is not None and token.end() > wrong and (next_one := _NEXT.search(token[0])):
            return token.start() + next_one.end()
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if not depth and token[0] == "}":
            if _BEHIND.match(text, token.end()):
                return token.end()
            break
    before = text[text.rfind("\n", 0, at) + 1 : at]
    inline = r"\}\s*,\s*(?=\{)" if text[at] == "{" else r",\s*(?=\{)"
    # On a line as far in as this one, if it begins one.
    following = re.compile(inline if before.strip() else rf"\n{re.escape(before)}(?=\{{)").search(text, at + 1)
    return following.end() if following else len(text)


_NEXT = re.compile(r"\}\s*,\s*(?=\{\s*\")")
_BEHIND = re.compile(r"\s*(,|\]|\Z|\{)")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)


def read_cirrus(source: Input) -> Iterator[Draft | Skipped]:
    """A Wikimedia CirrusSearch dump: pairs of lines, what to index and the page. Only articles (namespace 0)."""
    key: dict[str, Any] = {}
    options = replace(source.options, text="plain")
    encoding = encoding_of_stream(source)
    for number, line in enumerate(bounded_lines(source.file), start=1):
        place = source.at(number)
        if line is None:
            yield Skipped(place, TOO_LONG)
            continue
        if not line.strip():
            continue
        try:
            page = json_object(place, line, encoding)
            action = page.get("index") or page.get("create")
            if len(page) == 1 and isinstance(action, dict):
                key = action
            elif not _OF_WIKIS & page.keys():  # what else is loaded into such a database
                yield from articles_in(source, place, {"id": key.get("_id"), **page})
            elif page.get("namespace", 0) == 0:
                yield draft_of(place, _cirrus_fields(key, page), options, source.id)
        except UnicodeDecodeError as error:
            yield Skipped(place, f"not {encoding.upper()} (byte {error.start + 1} of the line)")
        except json.JSONDecodeError as error:
            yield Skipped(place, f"not JSON: {error.msg} (column {error.colno})")
        except ValueError as error:
            yield Skipped(place, str(error))


_OF_WIKIS = frozenset(("wiki", "namespace", "page_id"))


def _cirrus_fields(key: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    wiki = page.get("wiki") or key.get("_index") or "wiki"
    number = page.get("page_id") or key.get("_id")
    return {
        "id": f"{wiki}:{number}" if number else None,
        "title": page.get("title"),
        "text": page.get("text"),
        "language": page.get("language"),
        "date": page.get("timestamp"),
        "source": wiki,
    }

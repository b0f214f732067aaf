"""Readers of JSON that is not our JSON lines: an array of articles, one article, a JSON Feed, a CirrusSearch dump."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from indexer.drafts import MAX_LINE_BYTES, Draft, Skipped
from indexer.jsonlines import TOO_LONG, bounded_lines, draft_of, json_object
from indexer.readers.inputs import Input, Options, Unreadable
from indexer.readers.markup import fragment_draft

_BLOCK = 65_536
_SPACE = re.compile(r"[\s,]*")
_OUR_FEED_FIELDS = {"id", "url", "external_url", "title", "content_html", "content_text", "date_published", "language"}


def read_json(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of an array or of objects one after the other; a JSON Feed's items."""
    for line, value in _values(source):
        place = source.at(line)
        try:
            if not isinstance(value, dict):
                raise ValueError("not a JSON object")
            if "jsonfeed.org" in str(value.get("version", "")):
                yield from _json_feed(source, value)
            else:
                yield draft_of(place, value, source.options)
        except ValueError as error:
            yield Skipped(place, str(error))


def _values(source: Input) -> Iterator[tuple[int, Any]]:
    """The values of the outermost array, or those that follow each other, with their lines."""
    decoder = json.JSONDecoder()
    decode = codecs.getincrementaldecoder("utf-8-sig")()
    text, at, line, count, in_array, ended = "", 0, 1, 0, False, False
    while not ended:
        block = source.file.read(max(_BLOCK, len(text) - at))  # doubled each time, so that a long value costs no square
        ended = not block
        text, at = text[at:] + decode.decode(block, final=ended), 0
        if line == 1 and not count and not in_array and (opened := re.match(r"\s*\[", text)):
            in_array, at, line = True, opened.end(), 1 + text.count("\n", 0, opened.end())
        while True:
            start = _SPACE.match(text, at).end()  # type: ignore[union-attr]
            line, at = line + text.count("\n", at, start), start
            if at == len(text) or (in_array and text[at] == "]"):
                break
            try:
                value, end = decoder.raw_decode(text, at)
            except json.JSONDecodeError as error:
                if ended:
                    raise Unreadable(f"not JSON: {error.msg}", line + text.count("\n", at, error.pos)) from None
                if len(text) - at > 2 * MAX_LINE_BYTES:
                    raise Unreadable(f"no JSON value ends within {2 * MAX_LINE_BYTES // 1_000_000} MB", line) from None
                break
            except ValueError as error:  # a number of more digits than Python reads
                raise Unreadable(f"not JSON: {error}"[:100], line) from None
            yield line, value
            count += 1
            line, at = line + text.count("\n", at, end), end
    if in_array and text[at : at + 1] != "]":
        raise Unreadable("the array does not end: cut short", line)
    if not count:
        raise Unreadable("the file holds no article")


def _json_feed(source: Input, feed: dict[str, Any]) -> Iterator[Draft | Skipped]:
    items = feed.get("items")
    if not isinstance(items, list):
        raise ValueError('the feed has no list of "items"')
    for number, item in enumerate(items, start=1):
        try:
            if not isinstance(item, dict):
                raise ValueError("not a JSON object")
            item = source.options.renamed(item)
            fields = {
                "id": item.get("id") or item.get("url"),
                "title": item.get("title"),
                "text": item.get("content_text") or item.get("summary"),
                "url": item.get("url") or item.get("external_url"),
                "date": item.get("date_published"),
                "language": item.get("language") or feed.get("language"),
                "source": feed.get("title"),
                **{name: value for name, value in item.items() if name not in _OUR_FEED_FIELDS},
            }
            html = item.get("content_html")
            if html:
                yield fragment_draft(source, 1, fields, str(html))
            else:
                yield draft_of(source.place, fields, Options())
        except ValueError as error:
            yield Skipped(source.place, f"item {number}: {error}")


def read_cirrus(source: Input) -> Iterator[Draft | Skipped]:
    """A Wikimedia CirrusSearch dump: pairs of lines, what to index and the page. Only articles (namespace 0)."""
    key: dict[str, Any] = {}
    for number, line in enumerate(bounded_lines(source.file), start=1):
        place = source.at(number)
        if line is None:
            yield Skipped(place, TOO_LONG)
            continue
        if not line.strip():
            continue
        try:
            page = json_object(place, line)
            if isinstance(page.get("index"), dict):
                key = page["index"]
            elif page.get("namespace", 0) == 0:
                yield draft_of(place, _cirrus_fields(key, page), source.options)
        except UnicodeDecodeError as error:
            yield Skipped(place, f"not UTF-8 (byte {error.start + 1} of the line)")
        except json.JSONDecodeError as error:
            yield Skipped(place, f"not JSON: {error.msg} (column {error.colno})")
        except ValueError as error:
            yield Skipped(place, str(error))


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

"""Reader of JSON lines: one article a line, ``{"id", "title", "text" | "paragraphs", "language"?, "url"?, "date"?,
"source"?, …}``; any further field is kept as an attribute. UTF-8 only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import IO, Any

from indexer.drafts import (
    MARKS,
    MAX_ID_CHARACTERS,
    MAX_LINE_BYTES,
    SURROGATE,
    Draft,
    Place,
    Skipped,
    language_tag,
    printable,
)
from indexer.paragraphs import clean
from indexer.readers.inputs import Input, Options, Unreadable

TOO_LONG = f"the line is longer than {MAX_LINE_BYTES // 1_000_000} MB"
_MOST_LEVELS = 50
"""A field nested deeper than this is hardly data, and no JSON writer goes to any depth."""

_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")


def read_json_lines(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a file, and the place and reason of each line that is none."""
    seen = False
    for number, line in enumerate(bounded_lines(source.file), start=1):
        place = source.at(number)
        if line is None:
            seen = True
            yield Skipped(place, TOO_LONG)
        elif line.strip():
            seen = True
            yield _article(place, line, source.options)
    if not seen:
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


def _article(place: Place, line: bytes, options: Options) -> Draft | Skipped:
    try:
        return draft_of(place, json_object(place, line), options)
    except UnicodeDecodeError as error:
        return Skipped(place, f"not UTF-8 (byte {error.start + 1} of the line)")
    except json.JSONDecodeError as error:
        return Skipped(place, f"not JSON: {error.msg} (column {error.colno})")
    except RecursionError:
        return Skipped(place, "not JSON that can be read: nested too deeply")
    except ValueError as error:
        return Skipped(place, str(error))


def json_object(place: Place, line: bytes) -> dict[str, Any]:
    """The object on a line. Raises `ValueError` where there is none, `RecursionError` where it is nested too deeply."""
    fields = json.loads(line.rstrip().decode("utf-8-sig" if place.line == 1 else "utf-8"))
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return fields


def draft_of(place: Place, given: Mapping[str, object], options: Options) -> Draft:
    """An article from fields, ours or such as ``options`` maps. Raises `ValueError` with what is wrong with them."""
    fields: dict[str, Any] = options.renamed(given)
    try:
        written = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise ValueError("holds NaN or an infinite number, which is no JSON") from None
    if SURROGATE.search(written):
        raise ValueError("holds a lone surrogate (\\ud800 to \\udfff), which is no character")
    if _levels(fields) > _MOST_LEVELS:
        raise ValueError(f"nested more than {_MOST_LEVELS} levels deep")
    article_id = _id(fields.pop("id", None))
    title = _text(fields.pop("title", None) or "", "title")
    paragraphs = fields.pop("paragraphs", None)
    text = _body(fields.pop("text", None), paragraphs)
    language = fields.pop("language", None)
    if language is not None:
        language = language_tag(_text(language, "language"))
    marks = fields.pop(MARKS, None) or {}
    if not isinstance(marks, dict):
        raise ValueError(f'"{MARKS}" must be an object, as rosetta export writes it')
    draft = Draft(
        place,
        article_id,
        " ".join(title.split()),
        text,
        language=None if language in (None, "und") else language,
        date=_date(fields.pop("date", None)),
        url=_optional(fields.pop("url", None), "url"),
        source=_optional(fields.pop("source", None), "source"),
        attributes=fields,
        plain=paragraphs is None,
    )
    return draft.marked(marks)


def _levels(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_levels, inner), default=0)


def _id(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError('the article has no id: give a text or a whole number as "id"')
    if len(value) > MAX_ID_CHARACTERS or not printable(value) or value != value.strip():
        raise ValueError(f"an id must be at most {MAX_ID_CHARACTERS} printable characters without spaces at its ends")
    return value


def _body(text: object, paragraphs: object) -> str:
    if (text is None) == (paragraphs is None):
        raise ValueError('give either "text" or "paragraphs"')
    if paragraphs is not None:
        if not isinstance(paragraphs, list):
            raise ValueError('"paragraphs" must be a list of texts')
        # A blank line inside one given paragraph must not divide it.
        texts = [re.sub(r"\n\s*\n", "\n", _text(one, "paragraphs").strip()) for one in paragraphs]
        text = "\n\n".join(one for one in texts if one)
    body = _text(text, "text").strip("\n")
    if not body.strip():
        raise ValueError("the article has no text")
    return body


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be a text, not {type(value).__name__}')
    return clean(value)


def _optional(value: object, name: str) -> str | None:
    return None if value is None else _text(value, name).strip() or None


def _date(value: object) -> str | None:
    given = _optional(value, "date")
    if given is None or _PARTIAL_DATE.fullmatch(given):
        return given
    try:
        date.fromisoformat(given)
    except ValueError:
        try:
            datetime.fromisoformat(given)
        except ValueError:
            raise ValueError(f'"date" must be ISO 8601 such as 2024-05-31, not {given!r}') from None
    return given

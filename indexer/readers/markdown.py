"""Reader of Markdown, with front matter in YAML or TOML: one file, one article. Inline HTML is read as its text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.field_text import rendered
from paraglot.indexer.readers.inputs import Input, Unreadable
from paraglot.indexer.readers.markup import add_html, body_draft
from paraglot.indexer.readers.plaintext import source_text

_FRONT_MATTER = re.compile(r"(?:---[ \t]*\n(.*?)\n(?:---|\.\.\.)|\+\+\+[ \t]*\n(.*?)\n\+\+\+)[ \t]*(?:\n|$)", re.DOTALL)
_LINE = re.compile(r"(?m)^([\w.-]+)[ \t]*[:=][ \t]*(\S.*)$")
"""A field on a line of its own."""
_TITLE = re.compile(r"\s*#[ \t]+(.+?)[ \t#]*\n|\s*(\S[^\n]*)\n=+[ \t]*\n")
_MAX_FRONT_MATTER = 100_000
_OURS = ("id", "url")
_ALIASES = {"lang": "language", "canonical_url": "url", "permalink": "url"}


def read_markdown(source: Input) -> Iterator[Draft | Skipped]:
    """The article in a Markdown file. Raises `Unreadable` where it is none."""
    text = source_text(source)
    found = _FRONT_MATTER.match(text)
    fields = _front_matter(source, found) if found else {}
    text = text[found.end() :] if found else text
    heading = _TITLE.match(text)
    if not fields.get("title") and heading:
        fields["title"] = heading.group(1) or heading.group(2)
    body = Body(str(fields.get("title") or ""))
    fields = {"id": source.id, **fields}
    try:
        add_html(body, rendered(text))
        yield body_draft(source, 1, fields, body)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _front_matter(source: Input, found: re.Match[str]) -> dict[str, Any]:
    """The fields above a text; what they cannot say in JSON becomes text. Raises `Unreadable`.

    Where they are not as their language wants them, those that stand on a line each are read, and that is told.
    """
    import yaml

    text = found[1] or found[2] or ""
    if len(text) > _MAX_FRONT_MATTER or (found[1] and "&" in text and re.search(r"(?m)[:\-\[]\s*[&*]\w", text)):
        raise Unreadable("front matter with anchors or of more than 100 KB, which is not read")
    try:
        given = yaml.safe_load(text) if found[1] else tomllib.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        source.warn(f"front matter that is no {'YAML' if found[1] else 'TOML'}, read line by line: {reason}")
        given = {name: value.strip().strip("\"'") for name, value in _LINE.findall(text)}
    if not isinstance(given, dict):
        return {}
    fields = {_ALIASES.get(str(name), str(name)): _plain(value) for name, value in given.items()}
    return {name: str(value) if name in _OURS and value is not None else value for name, value in fields.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)

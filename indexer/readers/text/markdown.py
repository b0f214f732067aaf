"""Reader of Markdown, with front matter in YAML or TOML: one file, one article. Inline HTML is read as its text."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.addresses import MARKDOWN_PAGES
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.body_drafts import body_draft
from paraglot.indexer.readers.inputs import DRAFTS, Input, Unreadable
from paraglot.indexer.readers.kept_back import is_kept_back
from paraglot.indexer.readers.text.field_text import (
    TOO_MANY_SIGNS,
    add_markdown,
    has_too_many_signs,
    heading_words,
)
from paraglot.indexer.readers.text.mdx import without_code
from paraglot.indexer.readers.text.plaintext import source_text

_FRONT_MATTER = re.compile(
    r"(?:---(?:ya?ml)?[ \t]*\n(.*?)\n(?:---|\.\.\.)|(?:\+\+\+|---toml)[ \t]*\n(.*?)\n(?:\+\+\+|---)"
    r"|(?:;;;|---json)[ \t]*\n(.*?)\n(?:;;;|---))[ \t]*(?:\n|$)",
    re.DOTALL,
)
_HEAD = re.compile(r"(?i:title):[ \t]+\S[^\n]*\n(?:[A-Za-z][\w -]{0,30}:[^\n]*\n){0,50}(?=\n)")
"""Fields on the first lines, up to a blank one, as Pelican and MultiMarkdown have them."""
_LINE = re.compile(r"(?m)^([\w.-]+)[ \t]*[:=][ \t]*(\S.*)$")
"""A field on a line of its own."""
_TITLE = re.compile(r"\s*#[ \t]+(.+?)(?:[ \t]+#*)?\n|\s*(\S[^\n]*)\n=+[ \t]*\n")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MAX_FRONT_MATTER = 100_000
_OURS = ("id", "url")
_ALIASES = {"lang": "language", "canonical_url": "url", "permalink": "url"}


def read_markdown(source: Input) -> Iterator[Draft | Skipped]:
    """The article in a Markdown file. Raises `Unreadable` where it is none."""
    text = source_text(source)
    fields, text = _fields_above(source, text)
    if source.name.endswith(".mdx"):
        text = without_code(text).lstrip("\n")
    heading = _TITLE.match(text)
    if not fields.get("title") and heading:
        fields["title"] = heading_words(heading.group(1) or heading.group(2))
    if not source.options.drafts and is_kept_back(fields):
        source.leave_out(DRAFTS, str(fields.get("title") or source.id))
        return
    body = Body(str(fields.get("title") or ""))
    fields = {"id": source.id, **fields, **source.address(str(fields.get("url") or ""), MARKDOWN_PAGES)}
    try:
        if has_too_many_signs(text):
            source.warn(TOO_MANY_SIGNS)
            for paragraph in _BLANK_LINE.split(text):
                body.paragraph(paragraph)
        else:
            add_markdown(body, text)
        yield body_draft(source, 1, fields, body)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _fields_above(source: Input, text: str) -> tuple[dict[str, Any], str]:
    """The fields above a text, and the text. Raises `Unreadable`."""
    if found := _FRONT_MATTER.match(text):
        return _front_matter(source, found), text[found.end() :]
    if head := _HEAD.match(text):
        lines = (line.partition(":") for line in head.group().splitlines())
        return _under_our_names({name.strip().lower(): value.strip() for name, _, value in lines}), text[head.end() :]
    if text.startswith("{"):  # JSON without a mark, as Hugo has it
        try:
            fields, end = json.JSONDecoder().raw_decode(text[:_MAX_FRONT_MATTER])
        except (ValueError, RecursionError):
            return {}, text
        return _under_our_names(fields), text[end:]
    return {}, text


def _under_our_names(given_fields: dict[Any, Any]) -> dict[str, Any]:
    fields = {_ALIASES.get(str(name), str(name)): _plain(value) for name, value in given_fields.items()}
    return {name: str(value) if name in _OURS and value is not None else value for name, value in fields.items()}


def _front_matter(source: Input, found: re.Match[str]) -> dict[str, Any]:
    """The fields above a text; what they cannot say in JSON becomes text. Raises `Unreadable`.

    Where they are not as their language wants them, those that stand on a line each are read, and that is told.
    """
    import yaml

    text = found[1] or found[2] or found[3] or ""
    if len(text) > _MAX_FRONT_MATTER or (found[1] and "&" in text and re.search(r"(?m)[:\-\[]\s*[&*]\w", text)):
        raise Unreadable("front matter with anchors or of more than 100 KB, which is not read")
    try:
        fields = yaml.safe_load(text) if found[1] else tomllib.loads(text) if found[2] else json.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        form = "YAML" if found[1] else "TOML" if found[2] else "JSON"
        source.warn(f"front matter that is no {form}, read line by line: {reason}")
        fields = {name: value.strip().strip("\"'") for name, value in _LINE.findall(text)}
    if not isinstance(fields, dict):
        return {}
    return _under_our_names(fields)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)

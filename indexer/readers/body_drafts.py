"""Drafts of articles out of bodies that readers found, with the fields that came beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.corpus.fields import draft_of
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.markup import add_html
from paraglot.indexer.readers.text.field_text import plain_title

_TEXTS = ("text", "paragraphs")


def fragment_draft(source: Input, line: int, fields: Mapping[str, object], fragment: str) -> Draft:
    """An article whose text is a piece of HTML; all else as in JSON lines. Raises `ValueError`."""
    title = fields.get("title")
    if isinstance(title, str) and source.options.text != "plain":
        fields = {**fields, "title": plain_title(title)}
    body = Body(str(fields.get("title") or ""))
    add_html(body, fragment)
    return body_draft(source, line, fields, body)


def body_draft(source: Input, line: int, fields: Mapping[str, object], body: Body) -> Draft:
    """An article whose paragraphs are those of ``body``; all else as in JSON lines. Raises `ValueError`."""
    text, blocks = body.done()
    if not blocks:
        raise ValueError(body.why_empty())
    options = replace(source.options, text="plain")  # it was read already
    draft = draft_of(source.at(line), {**given_fields(fields), "text": text}, options, source.id)
    body.report(source.options, draft.place)
    return replace(draft, text=text, blocks=blocks, plain=False, scraped=True)


def given_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that are there, those of the list ``paragraphs`` and ``text`` apart."""
    return {name: value for name, value in fields.items() if value not in (None, "", []) and name not in _TEXTS}

"""Marked-up text as headings and paragraphs: HTML fragments, XHTML and NITF alike, by one table of elements.

A list or a table is one paragraph with a line for each item or row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from indexer.drafts import Draft
from indexer.jsonlines import draft_of
from indexer.readers.body import Body
from indexer.readers.inputs import Input


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


LEFT_OUT = _names(
    "script style noscript template nav aside footer form button iframe svg math object select textarea head tagline"
)
HEADINGS = {**{f"h{level}": level for level in range(1, 7)}, "hl1": 1, "hl2": 2}
_LINES = _names("li item tr row dt dd")
_CELLS = _names("td th cell")
_GROUPS = _names("ul ol dl list table")
_BLOCKS = _names(
    "p div section article main header blockquote quote pre code figure figcaption caption details summary address "
    "body block media media-caption hedline body.content body.head fn center hr"
)


def local_name(element: Any) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def add_markup(body: Body, root: Any) -> None:
    """Add what an element holds to a body."""
    walk = _Walk(body)
    skipping = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = local_name(element) if event in ("start", "end") else ""
        if name.lower() in LEFT_OUT and element is not root:
            skipping += 1 if event == "start" else -1
        elif not skipping and event == "start":
            walk.opened(name.lower())
            walk.text(element.text)
        elif not skipping and event == "end":
            walk.closed(name.lower())
        if event != "start" and not skipping and element is not root:
            walk.text(element.tail)
    walk.flush()


class _Walk:
    """The text since the last paragraph, and how deep in lists and tables it stands."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._text: list[str] = []
        self._groups = 0
        self._heading: int | None = None

    def text(self, text: str | None) -> None:
        if text:
            self._text.append(re.sub(r"\s+", " ", text))

    def opened(self, name: str) -> None:
        if name in _GROUPS:
            if not self._groups:
                self.flush()
            self._groups += 1
        elif name in HEADINGS and not self._groups:
            self.flush()
            self._heading = HEADINGS[name]
        elif name in _BLOCKS or (name in _LINES and not self._groups):
            self._divide()
        elif name in ("br", "lb"):
            self._text.append("\n")

    def closed(self, name: str) -> None:
        if name in _GROUPS:
            self._groups = max(self._groups - 1, 0)
            if not self._groups:
                self.flush()
        elif name in _CELLS:
            self._text.append(" | ")
        elif name in _LINES or name in _BLOCKS or name in HEADINGS or name == "caption":
            self._divide()

    def _divide(self) -> None:
        if self._groups:
            self._text.append("\n")
        else:
            self.flush()

    def flush(self) -> None:
        lines = (line.strip(" |") for line in "".join(self._text).split("\n"))
        text = "\n".join(line for line in lines if line)
        self._text = []
        if self._heading is not None:
            self._body.heading(text, self._heading)
            self._heading = None
        else:
            self._body.paragraph(text)


def add_html(body: Body, fragment: str) -> None:
    """Add a piece of HTML to a body."""
    # A comment that never ends, or text alone, is still HTML; nothing at all is not.
    fragment = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", " ", fragment)
    if fragment.strip():
        add_markup(body, lxml_html.fragment_fromstring(fragment, create_parent="div"))


def fragment_draft(source: Input, line: int, fields: Mapping[str, object], fragment: str) -> Draft:
    """An article whose text is a piece of HTML; all else as in JSON lines. Raises `ValueError`."""
    title = fields.get("title")
    body = Body(title if isinstance(title, str) else "")
    add_html(body, fragment)
    return body_draft(source, line, fields, body)


def body_draft(source: Input, line: int, fields: Mapping[str, object], body: Body) -> Draft:
    """An article whose paragraphs are those of ``body``; all else as in JSON lines. Raises `ValueError`."""
    text, blocks = body.done()
    if not blocks:
        raise ValueError("the article has no text")
    draft = draft_of(source.at(line), {**given(fields), "text": text}, source.options)
    body.report(source.options, draft.place)
    return replace(draft, text=text, blocks=blocks, plain=False, scraped=True)


def given(fields: Mapping[str, object]) -> dict[str, object]:
    """The fields that are there, those of the list ``paragraphs`` and ``text`` apart."""
    return {name: value for name, value in fields.items() if value not in (None, "", []) and name not in _TEXTS}


def all_text(elements: Iterable[Any]) -> str:
    """The text of the first element that has any, on one line."""
    for element in elements:
        if text := " ".join("".join(element.itertext()).split()):
            return text
    return ""


_TEXTS = ("text", "paragraphs")

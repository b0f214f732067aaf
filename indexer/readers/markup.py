"""Marked-up text as headings and paragraphs: HTML fragments, XHTML and NITF alike. Start at `add_markup`.

A list or a table is one paragraph with a line for each item or row, unless it only places what is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import regex
from lxml import etree
from lxml import html as lxml_html

from paraglot.indexer.corpus.language_names import language_tag
from paraglot.indexer.corpus.paragraphs import is_closed
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.elements import (
    BLOCKS,
    CELLS,
    GROUPS,
    HEADINGS,
    KEEPS_LINES,
    LINES,
    REPLACED,
    check_attributes,
    is_layout,
    is_left_out,
    local_name,
)
from paraglot.search.text.sentences import width

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""What lxml does not take."""

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_OWN_LINE_COLUMNS = 80
_SPACE, _SPACE_IN_LINE = re.compile(r"\s+"), re.compile(r"[^\S\n]+")
_MAX_ANCHOR_CHARACTERS = 200
_SENTENCE_END, _SENTENCE_START = regex.compile(r"[\p{L}\p{Nd}\p{Pe}\p{Pf}][.!?…]$"), regex.compile(r"\p{Lu}\p{Ll}")
_STYLED_BLOCK = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table\b(?!-))", re.I)


def add_markup(body: Body, root: Any) -> None:
    """Add what an element holds to a body."""
    walk = _Walk(body)
    skipped: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if skipped is not None:
            if event != "end" or element is not skipped:
                continue
            skipped = None
        elif event == "start":
            name = local_name(element).lower()
            kind = None if element is root else is_left_out(element, name)
            if kind is not None:
                skipped = element
                walk.passed(name)
                if kind and (text := " ".join("".join(element.itertext()).split())):
                    body.leave_out(kind, text)
                continue
            walk.opened(element, name)
            walk.text(element.text)
        elif event == "end":
            walk.closed(element, local_name(element).lower())
        if event != "start" and element is not root:
            walk.text(element.tail)
    walk.flush()


class _Walk:
    """The text since the last paragraph, how deep in lists and tables it stands, and in which languages."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._text: list[str] = []
        self._groups = 0
        self._kept_lines = 0
        self._has_lines = False
        self._layout: list[Any] = []
        self._heading: int | None = None
        self._anchor = ""
        self._languages: list[tuple[Any, str]] = []
        self._characters: Counter[str] = Counter()

    def text(self, text: str | None) -> None:
        if not text:
            return
        text = (_SPACE_IN_LINE if self._kept_lines else _SPACE).sub(" ", text)
        if self._text and _SENTENCE_END.search(self._text[-1][-2:]) and _SENTENCE_START.match(text):
            self._text.append(" ")  # a style sets them apart, as the credit of a picture
        self._text.append(text)
        self._characters[self._languages[-1][1] if self._languages else ""] += len(text.strip())

    def opened(self, element: Any, name: str) -> None:
        if name in GROUPS and not self._groups and is_layout(element, name):
            self._layout.append(element)
            self.flush()
        elif name in GROUPS:
            self._divide()
            self._groups += 1
        elif (level := _level(element, name)) and not self._groups:
            self.flush()
            self._heading, self._anchor = level, _anchor(element)
        elif name in BLOCKS or name in LINES or level or (name in CELLS and not self._groups) or _is_styled(element):
            self._divide()
            if name in KEEPS_LINES:
                self._kept_lines += 1
                self._has_lines = True
        elif name in ("br", "lb"):
            self._text.append("\n")
        elif "-" in name and _follows_its_like(element):
            self._beside()
        elif name == "sup" and self._text and self._text[-1][-1:].isdecimal():
            self._raised(element)
        if element.attrib and (language := _declared(element)) is not None:
            self._languages.append((element, language))

    def passed(self, name: str) -> None:
        """An element is left out: it still stands between what is before and after it."""
        if name in BLOCKS or name in GROUPS:
            self._divide()
        elif name in REPLACED:
            self._text.append(" ")

    def closed(self, element: Any, name: str) -> None:
        if self._layout and self._layout[-1] is element:
            self._layout.pop()
            self.flush()
        elif name in GROUPS:
            if self._groups == 1 and self._heading is None:
                self.flush()  # while it still counts as a group: its lines are one paragraph
            self._groups = max(self._groups - 1, 0)
            self._divide()
        elif name in CELLS and self._groups:
            while self._text and self._text[-1].strip(" ") in ("", "\n"):
                self._text.pop()
            self._text.append(" | ")
        elif self._heading is not None and _level(element, name):
            self.flush()
        elif name in ("tr", "row") and self._groups:
            self._text.append("\n")
        elif name in LINES or name in BLOCKS or name in CELLS or _level(element, name) or _is_styled(element):
            self._divide()
            if name in KEEPS_LINES:
                self._kept_lines -= 1
                self._has_lines = bool(self._kept_lines or self._groups)
        if self._languages and self._languages[-1][0] is element:
            self._languages.pop()

    def _beside(self) -> None:
        """An element of the page's own follows another: how either is shown only its style tells."""
        if is_closed("".join(self._text[-1:]).strip()):
            self._divide()
        else:
            self._text.append(" ")

    def _raised(self, element: Any) -> None:
        """What is raised behind a number is no digit of it: a power or a note, or the upper part of a fraction."""
        if next(element.itertext(), "").lstrip("-−+ ")[:1].isdecimal():
            self._text.append(" " if (element.tail or "").lstrip()[:1] in ("/", "⁄") else "^")

    def _divide(self) -> None:
        if self._heading is not None:
            self._text.append(" ")
        elif not self._groups:
            self.flush()
        elif self._text and self._text[-1] not in (" | ", "\n"):
            self._text.append("\n")

    def flush(self) -> None:
        if not self._text and self._heading is None:
            self._has_lines = bool(self._kept_lines)
            return
        lines = [line.strip(" |\u00a0") for line in "".join(self._text).split("\n")]
        language = self._language()
        self._text = []
        self._characters.clear()
        if self._heading is not None:
            self._body.heading(" ".join(lines), self._heading, self._anchor)
            self._heading = None
        elif self._groups or self._has_lines:
            text = "\n".join(line for line in lines if line)
            self._body.paragraph(text, language, keeps_lines=True)
        elif len(lines) == 1:
            self._body.paragraph(lines[0], language)
        else:
            for part in re.split(r"\n\n+", "\n".join(lines)):
                for text in _own_lines(part):
                    self._body.paragraph(text, language)
        self._has_lines = bool(self._kept_lines)

    def _language(self) -> str:
        """The language that nearly all of the text was declared to be in, or ""."""
        if len(self._characters) < 2:
            return next(iter(self._characters), "")
        language, most = self._characters.most_common(1)[0]
        return language if most * 5 >= sum(self._characters.values()) * 4 else ""


def _is_styled(element: Any) -> bool:
    """Whether an element that stands within a line says of itself that it is shown as a block."""
    style = element.get("style") if element.attrib else None
    return style is not None and _STYLED_BLOCK.search(style) is not None


def _follows_its_like(element: Any) -> bool:
    """Whether nothing stands between a custom element and another before it."""
    before = element.getprevious()
    return before is not None and "-" in local_name(before) and not (before.tail or "").strip()


def _own_lines(text: str) -> list[str]:
    """Lines of some text as paragraphs, where they are long and end as sentences do; else one paragraph."""
    parts: list[str] = []
    for line in text.split("\n"):
        long = width(line) >= _OWN_LINE_COLUMNS
        last = parts[-1].rpartition("\n")[2] if parts else ""
        if parts and not (long and width(last) >= _OWN_LINE_COLUMNS and is_closed(last)):
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return parts


def _anchor(heading: Any) -> str:
    """The name by which an address leads to a heading: its own, that of a mark in it, that of the section it begins."""
    for node in heading.iter():
        name = node.get("id") or (node.get("name") if local_name(node).lower() == "a" else None)
        if name:
            return _short(name)
    up = heading.getparent()
    first = next((child for child in up if isinstance(child.tag, str)), None) if up is not None else None
    begins = up is not None and first is heading and local_name(up).lower() in ("section", "article", "div")
    return _short(up.get("id") or "") if begins else ""


def _short(name: str) -> str:
    return name if len(name) <= _MAX_ANCHOR_CHARACTERS and not re.search(r"\s", name) else ""


def _level(element: Any, name: str) -> int:
    """The level of a heading; 0 for what is none."""
    if name in HEADINGS:
        return HEADINGS[name]
    if element.attrib and element.get("role") == "heading" and name in ("div", "p", "span"):
        level = element.get("aria-level", "2")
        return int(level) if level in ("1", "2", "3", "4", "5", "6") else 2
    return 0


def _declared(element: Any) -> str | None:
    """The language that an element declares, "" for one that is no tag; None where it declares none."""
    declared = element.get("lang") or element.get(_XML_LANG) or element.get("xml:lang")
    if not declared:
        return None
    try:
        return language_tag(declared)
    except ValueError:
        return ""


def add_html(body: Body, fragment: str) -> None:
    """Add a piece of HTML to a body. Raises `ValueError` where it is no text but an attack (`check_attributes`)."""
    # A comment that never ends, or text alone, is still HTML; nothing at all is not.
    fragment = CONTROL.sub(" ", fragment)
    check_attributes(fragment)
    if fragment.strip():
        parser = lxml_html.HTMLParser()
        add_markup(body, lxml_html.fragment_fromstring(fragment, create_parent="div", parser=parser))
        body.too_deep |= is_cut(parser)


def is_cut(parser: Any) -> bool:
    """Whether a parser of lxml left out what was nested deeper than it reads, 256 elements."""
    return any(
        error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT and "depth" in error.message for error in parser.error_log
    )


def all_text(elements: Iterable[Any]) -> str:
    """The text of the first element that has any, on one line."""
    for element in elements:
        if text := " ".join("".join(element.itertext()).split()):
            return text
    return ""

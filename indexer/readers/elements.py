"""What the elements of HTML, XHTML and NITF are: one table of names, and what can be told from one element alone."""

from __future__ import annotations

import re
from typing import Any


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


UNSEEN = _names(
    "script style noscript head iframe svg object canvas video audio select textarea button datalist tagline "
    "rt rp annotation annotation-xml noframes title"
)
"""What shows no text, or text that is none of the article's: readings over East Asian characters, fallbacks."""

ASIDE = _names("nav aside footer form")
"""Text that stands beside the article."""

HEADINGS = {**{f"h{level}": level for level in range(1, 7)}, "hl1": 1, "hl2": 2}
LINES = _names("li item tr row dt dd")
CELLS = _names("td th cell")
GROUPS = _names("ul ol dl menu list table")
REPLACED = _names("button select textarea iframe video audio object canvas")
BLOCKS = _names(
    "p div section article main header blockquote pre figure figcaption caption details summary address legend "
    "fieldset dialog hgroup center hr footer aside form nav listing xmp template "
    "body block bq media media-caption hedline body.content body.head fn"
)
KEEPS_LINES = _names("pre listing xmp")

MAX_ATTRIBUTES = 1_000
"""A tag of more takes the parsers the square of their number."""

_QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{1000,}")
_DISPLAY_NONE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|content-visibility\s*:\s*hidden)", re.I)
_PARTS = ("h1", "h2", "h3", "h4", "h5", "h6", "article", "table")
_PROSE_CHARACTERS = 300
_MOST_CELLS = 200
"""Cells of one table that are looked at."""


def local_name(element: Any) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def check_attributes(text: str) -> None:
    """Raise `ValueError` where a tag has so many attributes that no parser should see it. Linear."""
    if len(text) <= MAX_ATTRIBUTES:
        return
    bare = _QUOTED.sub("=", text) if text.count("=") > MAX_ATTRIBUTES else text
    for tag in _LONG_TAG.finditer(bare):
        if max(tag.group().count("="), len(re.split(r"[\s/]+", tag.group()))) > MAX_ATTRIBUTES:
            raise ValueError(f"an element of more than {MAX_ATTRIBUTES} attributes")


def is_hidden(element: Any) -> bool:
    """Whether a page says of an element that nobody sees it."""
    attributes = element.attrib
    if not attributes:
        return False
    if attributes.get("hidden") not in (None, "until-found") or attributes.get("aria-hidden", "").lower() == "true":
        return True
    style = attributes.get("style")
    return style is not None and _DISPLAY_NONE.search(style) is not None


def is_left_out(element: Any, name: str) -> str | None:
    """The kind of what an element leaves out with all that is in it; "" for what shows no text, None to read it."""
    if name in UNSEEN:
        return ""
    if name == "template":
        return None if element.get("shadowrootmode") else ""
    if is_hidden(element):
        return "hidden texts"
    if name == "dialog" and element.get("open") is None:
        return "hidden texts"
    if name not in ASIDE or (name == "form" and _holds_article(element)):
        return None
    if name == "footer" and any(
        local_name(ancestor) in ("blockquote", "figure") for ancestor in element.iterancestors()
    ):
        return None
    return {"nav": "navigation blocks"}.get(name, name + "s")


def _holds_article(form: Any) -> bool:
    """Whether a form wraps a page, as some servers make them, and is not filled in."""
    return next(form.iter("h1", "article", "main"), None) is not None or len(form.findall(".//p")) > 2


def is_layout(group: Any, name: str) -> bool:
    """Whether a table or list only places things: it holds headings, articles, tables or whole paragraphs."""
    if name == "dl" or not isinstance(group.tag, str):
        return False
    if group.get("role") in ("presentation", "none") or next(group.iterdescendants(*_PARTS), None) is not None:
        return True
    if name != "table" or next(group.iterdescendants("th", "caption"), None) is not None:
        return False
    for number, cell in enumerate(group.iterdescendants("td")):
        if number == _MOST_CELLS:
            break
        paragraphs = sum(1 for child in cell if child.tag in ("p", "div"))
        if paragraphs > 1 or len(" ".join(cell.itertext())) > _PROSE_CHARACTERS:
            return True
    return False

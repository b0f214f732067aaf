"""Wikitext to headings and paragraphs: references and files out, templates, links and tables as their text.

By cuts and searches that take linear time, as dumps are large and their texts come from anyone
(docs/decisions/0011-readers.md compares it with mwparserfromhell).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from paraglot.indexer.corpus.phrases import REFERENCE_HEADINGS
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.wiki.templates import BAR, EQUALS, Context, shown

MAX_CHARACTERS = 4_000_000
"""A longer page is cut: MediaWiki itself takes none above 2 MB."""

_MAX_LAYERS = 12
_CUT = re.compile(
    r"<!--|<(ref|gallery|timeline|score|imagemap|templatedata)(?:\s[^<>]*)?(?<!/)>",
    re.IGNORECASE,
)
"""Where something begins that is no text, up to its closing."""

_IN_LINES = re.compile(r"<(pre|poem|syntaxhighlight|source)(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE)
"""What keeps its lines; but for a poem, nothing in it is wikitext."""

_NO_WIKI = re.compile(r"</?nowiki>", re.IGNORECASE)
_MARK = "\x01"
"""Before the number of what keeps its lines, in its place."""

_TEMPLATE = re.compile(r"\{\{([^{}]*)\}\}")
_MATH = re.compile(r"<(?:math|chem|ce)(?:\s[^<>]{0,200})?>([^<]{0,5000})</(?:math|chem|ce)>", re.IGNORECASE)
_INNER_LINK = re.compile(r"\[\[[^\[\]{}]{0,2000}\]\]")
_AROUND = 300
"""Characters before and after a template that tell whether it stands in a sentence."""

_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_EXTERNAL = re.compile(r"\[(?:https?:|ftp:)?//[^\s\]]{0,1000}+\s{0,20}+([^\]\n]{0,1000}+)\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_RAISED = re.compile(r"(?<=\d)<sup>(?=[-−+]?\d)(?=(\d{1,3}</sup>\s?[/⁄])?)", re.IGNORECASE)
"""Behind a number and no digit of it: a power or a note, or (the group) the upper part of a fraction."""
_LIST = re.compile(r"[*#:;]+\s*")
_FILE_OPTION = re.compile(
    r"\s*(thumb|thumbnail|frame|frameless|border|left|right|center|none|middle|upright|[\dx]+ ?px|\w+ ?=.*)\s*",
    re.IGNORECASE,
)
_INTERWIKI = re.compile(r"[a-z]{2,3}(-[a-z]+)?:", re.ASCII)
_REFERENCES = frozenset(heading.casefold() for row in REFERENCE_HEADINGS.values() for heading in row)
_SWITCH = re.compile(r"__[A-Z]{3,30}__")
_VARIANTS = re.compile(r"-\{([^{}]{0,2000})\}-")
_OF_VARIANT = re.compile(r"\s*(?:zh|zh-[a-z]+|sr-e[cl]|[a-z]{2,3}-[a-z]{2,4})\s*:")
_CELL = re.compile(r"\|\||!!")
FILE_NAMESPACES = ("file", "image", "media")
CATEGORY_NAMESPACES = ("category",)


class Wikitext:
    """Reads the wikitext of one wiki, whose names of files and categories are known."""

    def __init__(self, files: Iterable[str] = (), categories: Iterable[str] = ()) -> None:
        self._files = {*FILE_NAMESPACES, *(name.lower() for name in files if name)}
        self._categories = {*CATEGORY_NAMESPACES, *(name.lower() for name in categories if name)}

    def add(self, body: Body, text: str, written: str = "") -> None:
        """Add the headings and paragraphs of a page to a body. ``written`` is the date of its revision."""
        text, apart = _set_apart(text[:MAX_CHARACTERS])
        context = Context(body.title, written, body.leave_out)
        text = self._inline(text, context)
        pending: list[str] = []
        cells: list[str] | None = None
        tables = 0
        passed: int | None = None  # the level of a heading over references, under which nothing is read

        def flush(*, rows: bool = False) -> None:
            if passed is None:
                body.paragraph("\n".join(pending), keeps_lines=rows or (bool(pending) and pending[0].startswith("- ")))
            elif pending:
                body.leave_out("references and notes", " ".join(pending))
            pending.clear()

        for line in text.split("\n"):
            line = line.strip()
            if line.startswith(_MARK):
                if not tables:
                    flush()
                if passed is None:
                    body.paragraph(self._in_lines(*apart[int(line[1:])], context), keeps_lines=True)
            elif line.startswith("{|"):
                tables += 1
                if tables == 1:
                    flush()
                    cells = []
            elif tables and line.startswith("|}"):
                tables -= 1
                if not tables:
                    _row(pending, cells)
                    flush(rows=True)
            elif tables:
                cells = _table_line(line, pending, cells)
            elif len(line) > 2 and line[0] == line[-1] == "=":
                flush()
                level, heading = min(len(line) - len(line.lstrip("=")), 6), _plain(line.strip("= "))
                if passed is not None and level <= passed:
                    passed = None
                if passed is None and heading.casefold() in _REFERENCES:
                    passed = level
                if passed is None:
                    body.heading(heading, level)
                else:
                    body.leave_out("references and notes", heading)
            elif not line:
                flush()
            elif item := _LIST.match(line):
                if pending and not pending[-1].startswith("- "):
                    flush()
                pending.append(f"- {_plain(line[item.end() :])}" if line[item.end() :] else "")
            else:
                if pending and pending[-1].startswith("- "):
                    flush()
                pending.append(_plain(line))
        _row(pending, cells)
        flush(rows=bool(tables))

    def _in_lines(self, name: str, text: str, context: Context) -> str:
        if name != "poem":
            return html.unescape(_NO_WIKI.sub("", text))
        return "\n".join(_plain(line.lstrip(" :")) for line in self._inline(text, context).split("\n"))

    def _inline(self, text: str, context: Context) -> str:
        text = _MATH.sub(_formula, _cut(text))

        def template(found: re.Match[str]) -> str:
            start, end = found.span()
            around = found.string[max(start - _AROUND, 0) : start], found.string[end : end + _AROUND]
            return shown(found.group(1), *around, context)

        for _ in range(_MAX_LAYERS):
            # The bars of links within a template do not divide its parameters.
            text = _INNER_LINK.sub(lambda found: found.group().replace("|", BAR), text)
            text, count = _TEMPLATE.subn(template, text)
            if not count:
                break
        text = text.replace(BAR, "|").replace(EQUALS, "=")
        for _ in range(_MAX_LAYERS):
            text, count = _LINK.subn(self._link, text)
            if not count:
                break
        text = _EXTERNAL.sub(lambda found: found.group(1), text)
        return _SWITCH.sub("", _VARIANTS.sub(_variant, text) if "-{" in text else text)

    def _link(self, found: re.Match[str]) -> str:
        inner = found.group(1)
        target, *parts = inner.split("|")
        namespace, colon, _ = target.strip().partition(":")
        name = namespace.strip().lower()
        if colon and name in self._files:
            caption = parts[-1].strip() if parts and not _FILE_OPTION.fullmatch(parts[-1][:1000]) else ""
            return f"\n\n{caption}\n\n" if caption else ""
        if colon and (name in self._categories or (not parts and _INTERWIKI.match(target))):
            return ""
        return parts[-1] if parts and parts[-1].strip() else target.strip().lstrip(":")


def _set_apart(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A text with a mark on a line of its own in place of each part that keeps its lines; the parts, with their tags.

    One that is never closed stays where it is.
    """
    text = text.replace(_MARK, " ")
    parts: list[str] = []
    apart: list[tuple[str, str]] = []
    done = at = 0
    unclosed: set[str] = set()
    while found := _IN_LINES.search(text, at):
        name = found.group(1).lower()
        end = -1 if name in unclosed else text.find(f"</{found.group(1)}>", found.end())
        if end < 0:
            unclosed.add(name)  # not looked for again, which would cost a square
            at = found.end()
            continue
        parts.append(f"{text[done : found.start()]}\n\n{_MARK}{len(apart)}\n\n")
        apart.append((name, text[found.end() : end]))
        done = at = end + len(name) + 3
    return "".join(parts) + text[done:], apart


def _variant(found: re.Match[str]) -> str:
    """What a reader sees of ``-{zh-hans:…; zh-hant:…}-``: the first variant; nothing of a rule for the page."""
    flags, bar, inner = found[1].rpartition("|")
    if bar and not {piece.strip() for piece in flags.split(";")} <= _SHOWN_FLAGS and not flags.strip().startswith("zh"):
        return ""
    first = next((part for part in inner.split(";") if part.strip()), "")
    return _OF_VARIANT.sub("", first, count=1).strip() if _OF_VARIANT.match(first) else inner


_SHOWN_FLAGS = frozenset(("", "A", "R", "N", "D", "S"))


def _cut(text: str) -> str:
    """A text without comments, references and the like; from one that is never closed, all such stay."""
    remaining, done, at = [], 0, 0
    unclosed: set[str] = set()
    while found := _CUT.search(text, at):
        closing = f"</{found.group(1)}>" if found.group(1) else "-->"
        end = -1 if closing in unclosed else text.find(closing, found.end())
        if end < 0:
            unclosed.add(closing)  # not looked for again, which would cost a square
            at = found.end()
            continue
        remaining.append(text[done : found.start()])
        done = at = end + len(closing)
    return "".join(remaining) + text[done:] if remaining else text


def _formula(found: re.Match[str]) -> str:
    """A formula in words and signs, without what only sets it."""
    formula = re.sub(r"\\(?:left|right|mathrm|text|mathbf|displaystyle|,|;|!|quad)", " ", found.group(1))
    return " ".join(re.sub(r"[\\{}$&]", " ", formula).split())


def _plain(line: str) -> str:
    line = line.replace("'''''", "").replace("'''", "").replace("''", "")
    return html.unescape(_TAG.sub("", _RAISED.sub(lambda found: " " if found[1] else "^", line)))


def _table_line(line: str, rows: list[str], cells: list[str] | None) -> list[str] | None:
    """Take a line inside a table: a new row, a caption or cells. Returns the cells of the row that is open."""
    if line.startswith("|-"):
        _row(rows, cells)
        return []
    if line.startswith("|+"):
        rows.append(_plain(line[2:].rpartition("|")[2].strip()))
        return cells
    if line[:1] in "|!" and line:
        for cell in _CELL.split(line[1:]):
            (cells := [] if cells is None else cells).append(_plain(cell.rpartition("|")[2].strip()))
    elif line and cells:
        cells[-1] += f" {_plain(line)}"
    return cells


def _row(rows: list[str], cells: list[str] | None) -> None:
    if cells and any(cells):
        rows.append(" | ".join(cell for cell in cells if cell))
    if cells:
        cells.clear()

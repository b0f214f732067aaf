"""Texts that editors keep as JSON (Editor.js, ProseMirror, Portable Text, Draft.js, Slate, Lexical, Quill, …), as HTML.

One walk for all: what has a kind of its own, or stands at the top, is a paragraph; what stands in one is its words.
Start at `html_of`.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from paraglot.indexer.corpus.language_names import is_language_tag

_MOST_LEVELS = 60
_LONGEST = 10_000_000
_KINDS = ("type", "_type", "nodeType", "blockName", "__component", "tag")
_INSIDE = (
    *("content", "children", "blocks", "data", "root", "rich_text", "innerBlocks", "nodes", "document", "items"),
    *("sections", "body", "text", "rows", "cells", "columns", "value"),
)
_WORDS = ("plain_text", "text", "value", "html", "innerHTML", "processed", "code", "content", "body", "message")
_MARKED_UP = frozenset(("html", "innerHTML", "processed", "body", "content"))
_IN_HTML = "\0in HTML"
_BESIDE = ("caption", "title", "heading")
_INLINE = frozenset(
    ("text", "span", "link", "a", "hyperlink", "autolink", "entry-hyperlink", "asset-hyperlink", "mention", "hashtag")
    + ("emoji", "inline", "inlinecode", "strong", "em", "b", "i", "u", "bold", "italic", "underline", "equation", "tab")
)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,500}>|&(?:#\w{1,8}|[A-Za-z]\w{1,30});")
_BREAKS = frozenset(("hardbreak", "linebreak", "br", "softbreak"))
_NAMED = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_HEADING = re.compile(r"h(?:ead(?:er|ing))?[-_ ]?([1-6]|one|two|three|four|five|six)?")
_LIST = re.compile(r"(?:bullet|ordered|unordered|todo|task|check|numbered)?[-_]?list|[uo]l", re.I)
_ITEM = re.compile(r".*list[-_]?item|li", re.I)


def html_of(value: object) -> str:
    """The HTML of a text that is kept as JSON, or as JSON in a string; "" for what is none."""
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, Mapping | list):
        return ""
    if isinstance(value, Mapping) and _is_by_language(value):
        parts = ((tag, html_of(content) or f"<p>{_escaped(content)}</p>") for tag, content in value.items() if content)
        return "".join(f'<div lang="{tag}">{part}</div>' for tag, part in parts)
    if isinstance(value, Mapping) and isinstance(value.get("ops"), list):
        return _of_quill(value["ops"])
    if isinstance(value, Mapping) and "version" in value and _is_mobiledoc(value.get("sections")):
        return _of_mobiledoc(value["sections"])
    if isinstance(value, list) and not any(isinstance(entry, Mapping) for entry in value):
        return ""
    if isinstance(value, Mapping) and not any(isinstance(value.get(name), list | Mapping) for name in _INSIDE):
        return ""
    return "".join(_blocks(value, 0))


def by_language(value: object) -> str:
    """The first text of those that stand under tags of languages, English before others; "" where none do."""
    if not isinstance(value, Mapping) or not _is_by_language(value):
        return ""
    first = next((tag for tag in value if tag.lower().startswith("en")), next(iter(value)))
    return next((text for text in (value[first], *value.values()) if isinstance(text, str) and text.strip()), "")


def _parsed(text: str) -> object:
    start = text.lstrip()[:1000]
    if not re.match(r'\{\s*"|\[\s*[{\[]', start) or len(text) > _LONGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _is_by_language(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(isinstance(name, str) and is_language_tag(name) for name in value)


def _blocks(value: object, level: int) -> Iterator[str]:
    """The paragraphs, headings and lists in a value."""
    if level > _MOST_LEVELS:
        return
    if isinstance(value, list):
        yield from _of_list(value, level)
    elif isinstance(value, str):
        yield f"<p>{_escaped(value)}</p>" if value.strip() else ""
    elif isinstance(value, Mapping):
        if isinstance(named := value.get(str(value.get("type"))), Mapping):  # as Notion has it
            value = {"type": value["type"], **named}
        elif isinstance(named := value.get("data"), Mapping) and value.get("type"):  # as Editor.js has it, in HTML
            value = {"type": value["type"], _IN_HTML: True, **named}
        kind = _kind(value)
        words = _words(value, level)
        beside = [str(value[name]) for name in _BESIDE if isinstance(value.get(name), str)]
        if words is not None:
            yield from (f"<h2>{_escaped(caption)}</h2>" for caption in beside if value.get("caption") != caption)
            yield _dressed(kind, value, words)
        elif _LIST.fullmatch(kind) or kind in ("table", "tablerow", "table_row", "table-row"):
            name = "ul" if _LIST.fullmatch(kind) else "table" if kind == "table" else "tr"
            yield f"<{name}>{''.join(_inner(value, level))}</{name}>"
        elif _ITEM.fullmatch(kind) or kind.startswith(("tablecell", "table_cell", "table-cell", "tableheader")):
            name = "li" if _ITEM.fullmatch(kind) else "td"
            yield f"<{name}>{''.join(_inner(value, level))}</{name}>"
        else:
            yield from _inner(value, level)
        yield from (f"<p>{_escaped(value['caption'])}</p>" for _ in [0] if isinstance(value.get("caption"), str))


def _of_list(values: list[Any], level: int) -> Iterator[str]:
    if values and all(isinstance(value, list) for value in values):
        rows = ("".join(f"<td>{_escaped(cell)}</td>" for cell in row) for row in values)
        yield f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
        return
    for value in values:
        yield from _blocks(value, level + 1)


def _inner(value: Mapping[str, Any], level: int) -> Iterator[str]:
    inner = [value[name] for name in _INSIDE if isinstance(value.get(name), Mapping | list)]
    items = value.get("items")
    if isinstance(items, list) and items and all(isinstance(item, str) for item in items):
        yield f"<ul>{''.join(f'<li>{_escaped(element, marked=True)}</li>' for element in items)}</ul>"
        inner = [entry for entry in inner if entry is not items]
    for element in inner:
        yield from _blocks(element, level + 1)


def _words(value: Mapping[str, Any], level: int) -> str | None:
    """The words of a paragraph, with its breaks; None for what holds paragraphs of its own."""
    field = next((name for name in _WORDS if isinstance(value.get(name), str) and value[name].strip()), None)
    if field is not None:
        return _escaped(value[field], marked=field in _MARKED_UP or _IN_HTML in value)
    parts = next(
        (value[name] for name in ("children", "content", "rich_text") if isinstance(value.get(name), list)), None
    )
    if not parts or not all(isinstance(part, Mapping) and _is_inline(part, level + 1) for part in parts):
        return None
    return "".join(_inline(part, level + 1) for part in parts)


def _is_inline(value: Mapping[str, Any], level: int) -> bool:
    kind = _kind(value).replace("_", "").replace("-", "")
    if level > _MOST_LEVELS:
        return False
    if kind in _BREAKS or kind in _INLINE or _kind(value) in _INLINE:
        return True
    return not kind and any(isinstance(value.get(name), str) for name in _WORDS)


def _inline(value: Mapping[str, Any], level: int) -> str:
    if level > _MOST_LEVELS:
        return ""
    if _kind(value).replace("_", "").replace("-", "") in _BREAKS:
        return "<br>"
    words = next((value[name] for name in ("plain_text", "text", "value") if isinstance(value.get(name), str)), None)
    if words is not None:
        return _escaped(words)
    holders = ("children", "content", "text")
    inner: list[Any] = next((value[name] for name in holders if isinstance(value.get(name), list)), [])
    return "".join(_inline(entry, level + 1) for entry in inner if isinstance(entry, Mapping))


def _kind(value: Mapping[str, Any]) -> str:
    found = [str(value[name]) for name in ("style", *_KINDS) if isinstance(value.get(name), str)]
    heading = next((type_name for type_name in found if _HEADING.fullmatch(type_name.lower())), None)
    return (heading or next((type_name for type_name in found if type_name != "normal"), "")).lower()


def _dressed(kind: str, value: Mapping[str, Any], words: str) -> str:
    if _ITEM.fullmatch(kind):
        return f"<li>{words}</li>"
    if kind.startswith(("code", "pre")):
        return f"<pre>{words}</pre>"
    attributes = value.get("attrs") or value.get("data") or value
    level = attributes.get("level") or attributes.get("depth") if isinstance(attributes, Mapping) else None
    if found := _HEADING.fullmatch(kind):
        given = _NAMED.get(found[1] or "", found[1]) or (level if level in range(1, 7) else 2)
        return f"<h{given}>{words}</h{given}>"
    return f"<p>{words}</p>"


def _of_quill(ops: list[Any]) -> str:
    """Lines of inserts; what a line is stands on its end."""
    done: list[str] = []
    line = ""
    for op in ops:
        inserted = op.get("insert") if isinstance(op, Mapping) else None
        if not isinstance(inserted, str):
            continue
        attributes = op.get("attributes") if isinstance(op.get("attributes"), Mapping) else {}
        for number, part in enumerate(inserted.split("\n")):
            if number:
                kind = f"h{attributes['header']}" if attributes.get("header") in range(1, 7) else "p"
                kind = "li" if attributes.get("list") else "pre" if attributes.get("code-block") else kind
                if kind == "pre" and done and done[-1].endswith("</pre>"):
                    line = f"{done.pop()[len('<pre>') : -len('</pre>')]}<br>{line}"
                done.append(f"<{kind}>{line}</{kind}>" if line.strip() else "")
                line = ""
            line += _escaped(part)
    return "".join(done) + (f"<p>{line}</p>" if line.strip() else "")


def _is_mobiledoc(sections: object) -> bool:
    return isinstance(sections, list) and any(isinstance(section, list) for section in sections)


def _of_mobiledoc(sections: list[Any]) -> str:
    done = []
    for section in sections:
        if (
            not isinstance(section, list)
            or len(section) < 3
            or section[0] not in (1, 3)
            or not isinstance(section[2], list)
        ):
            continue
        lines = [section[2]] if section[0] == 1 else section[2]
        name = "li" if section[0] == 3 else section[1] if re.fullmatch("h[1-6]", str(section[1])) else "p"
        for line in lines:
            words = [part[3] for part in line if isinstance(part, list) and len(part) > 3 and isinstance(part[3], str)]
            done.append(f"<{name}>{_escaped(''.join(words))}</{name}>")
    return "".join(done)


def _escaped(text: object, *, marked: bool = False) -> str:
    """Words for HTML; those that are HTML already stay as they are."""
    if not isinstance(text, str):
        return ""
    return text if marked and _MARKUP.search(text) else html.escape(text, quote=False).replace("\n", "<br>")

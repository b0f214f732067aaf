"""Which reader reads an input: told by its content, by its name where that says nothing. One table.

Each reader lives in a module of its own that is imported when the first input needs it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TypeAlias

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.corpus.foreign_names import our_name
from paraglot.indexer.readers import unread
from paraglot.indexer.readers.inputs import Input, Unreadable

Reader: TypeAlias = Callable[[Input], Iterator[Draft | Skipped]]

READERS = {
    "text": "paraglot.indexer.readers.text.plaintext:read_plain_text",
    "markdown": "paraglot.indexer.readers.text.markdown:read_markdown",
    "html": "paraglot.indexer.readers.web.html:read_html",
    "jsonl": "paraglot.indexer.readers.json.lines:read_json_lines",
    "json": "paraglot.indexer.readers.json.files:read_json",
    "cirrus": "paraglot.indexer.readers.json.files:read_cirrus",
    "csv": "paraglot.indexer.readers.tables.tables:read_table",
    "feed": "paraglot.indexer.readers.xml.feeds:read_feed",
    "news": "paraglot.indexer.readers.xml.news:read_news",
    "dc": "paraglot.indexer.readers.xml.dublin_core:read_dublin_core",
    "mediawiki": "paraglot.indexer.readers.wiki.mediawiki:read_mediawiki",
    "warc": "paraglot.indexer.readers.web.warc:read_warc",
    "zim": "paraglot.indexer.readers.web.zim:read_zim",
    "pdf": "paraglot.indexer.readers.documents.pdf:read_pdf",
    "docx": "paraglot.indexer.readers.documents.docx:read_docx",
}
"""The formats that ``--format`` takes, and who reads each."""

ARCHIVES = ("zip", "tar")
_PACKED = (".zip", ".tar", ".tgz", ".tbz2", ".txz")

_SUFFIXES = {
    "text": (".txt", ".text"),
    "markdown": (".md", ".markdown", ".mdown", ".mdx", ".mkd", ".mkdn"),
    "html": (".html", ".htm", ".xhtml"),
    "jsonl": (".jsonl", ".ndjson"),
    "json": (".json", ".geojson"),
    "csv": (".csv", ".tsv", ".tab"),
    "xml": (".xml", ".rss", ".atom", ".rdf", ".nitf", ".newsml"),
    "warc": (".warc", ".wet"),
    "zim": (".zim",),
    "pdf": (".pdf",),
    "docx": (".docx",),
}
_ROOTS = {
    "mediawiki": "mediawiki",
    "rss": "feed",
    "feed": "feed",
    "RDF": "feed",
    "nitf": "news",
    "newsItem": "news",
    "newsMessage": "news",
    "packageItem": "news",
    **dict.fromkeys(("dc", "qualifieddc", "OAI-PMH", "searchRetrieveResponse"), "dc"),
    "html": "html",
    "HTML": "html",
}
_TEXT_COLUMNS = frozenset(("text", "content", "body"))
_OUR_COLUMNS = frozenset(("id", "title", "url", "date", "language", "source")) | _TEXT_COLUMNS
_ROOT = re.compile(
    rb"(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*+(?:\[.*?\]\s*)?>|\s)*+<(?:[\w.-]+:)?([A-Za-z][\w.-]*)", re.S | re.I
)
_ROOT_WITHIN = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|RDF|mediawiki)(?=[\s>])")
"""A feed or dump before which something else stands, such as what a server says of itself."""

_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"---[ \t]*\n[\w-]+:.*\n(?:(?!---)(?>[\w-]+:.*|[ \t#-].*|)\n)*+---[ \t]*\n")


def reader_of(name: str) -> Reader:
    """The reader of one of `READERS`."""
    module, _, function = READERS[name].partition(":")
    reader: Reader = getattr(import_module(module), function)
    return reader


def format_of(source: Input, head: bytes) -> str:
    """One of `READERS` or `ARCHIVES`, from the first bytes and the name. Raises `Unreadable` where none fits.

    A format that the user forces is that of what is in archives, too.
    """
    if len(head) < 1000 and not head.strip():
        raise Unreadable("the file is empty")
    if not source.options.format and (fault := unread.by_content(head, source.name)):
        raise Unreadable(fault)
    detected = _by_content(source, head)
    if detected == "jsonl" and (source.options.encoding or _is_wide(head)):
        detected = "json"  # reads the same objects, in any encoding; lines are UTF-8
    if source.options.format and detected not in ARCHIVES:
        return source.options.format
    named = next((name for name, suffixes in _SUFFIXES.items() if source.name.endswith(suffixes)), None)
    if detected:
        return detected
    if named == "xml" and (within := _ROOT_WITHIN.search(as_ascii(head)[:16_384])):
        return _ROOTS[within[1].decode()]
    if (named == "xml" or not named) and (root := _xml_root(as_ascii(head))):
        raise Unreadable(unread.by_root(root, head))
    if named == "xml":
        raise Unreadable("XML, but no feed, no news article and no MediaWiki dump")
    if named:
        return named
    if fault := unread.by_name(source.name):
        raise Unreadable(fault)
    if _is_table(as_ascii(head), _DELIMITERS):
        return "csv"
    suffix = re.search(r"\.\w{1,10}$", source.name)
    if suffix and suffix.group() in _PACKED:
        raise Unreadable(f"its name ends in {suffix.group()}, and its content is not that: rename it as what it is")
    if suffix:
        raise Unreadable(f"{suffix.group()} files are not read; --format reads it as one of {', '.join(READERS)}")
    return "text"


def _by_content(source: Input, head: bytes) -> str | None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if fault := unread.in_zip(head, source.name):
            raise Unreadable(fault)
        return "zip" if fault is None else "docx"
    if head[257:262] == b"ustar":
        return "tar"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"WARC/1."):
        return "warc"
    if head.startswith(b"ZIM\x04"):
        return "zim"
    text = as_ascii(head)
    start = text[:1]
    if start == b"<":
        return _marked_up(text)
    if start in (b"{", b"[") and not source.name.endswith(_SUFFIXES["markdown"]):
        return _json(text, source.name)
    named_text = source.name.endswith((".txt", ".text")) or "." not in source.name
    if named_text and _FRONT_MATTER.match(text[:8192].decode("utf-8", "replace").replace("\r\n", "\n")):
        return "markdown"
    return "csv" if named_text and _is_table(text, "\t" if "." in source.name else _DELIMITERS) else None


_DELIMITERS = ",;\t|"


def _is_table(text: bytes, delimiters: str) -> bool:
    """Whether what has no name, or is called a text, begins as a table: a header with texts and another of our fields,
    and a row.
    """
    header, _, rest = text[:8192].decode("utf-8", "replace").partition("\n")
    for delimiter in delimiters:
        cells = [our_name(cell.strip().strip('"').lower()) for cell in header.split(delimiter)]
        if len(_OUR_COLUMNS & set(cells)) > 1 and _TEXT_COLUMNS & set(cells):
            return delimiter in rest
    return False


def as_ascii(head: bytes) -> bytes:
    """The beginning without byte order mark, white space, separator of records and what UTF-16 puts between letters."""
    if _is_wide(head):
        head = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\v\f\x1e")


def _is_wide(head: bytes) -> bool:
    """Whether markup or JSON is in UTF-16, by its mark or, without one, by its first letter."""
    unmarked = re.match(rb"[<{\[]\0[^\0]\0|\0[<{\[]\0[^\0]", head)
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or unmarked is not None


def outermost(head: bytes) -> str:
    """The local name of the outermost element, by the first bytes in whatever encoding, and of a feed or dump before
    which something else stands; "" where there is none.
    """
    text = as_ascii(head)[:16_384]
    found = _ROOT.match(text)
    name = found[1].decode() if found else ""
    if name.lower() == "html" or name in _ROOTS or unread.knows_root(name):
        return name
    within = _ROOT_WITHIN.search(text)
    return within[1].decode() if within else name


def _marked_up(text: bytes) -> str | None:
    root = _ROOT.match(text[:16_384])
    if root and (known := _ROOTS.get(root.group(1).decode())):
        return known
    return "html" if not _xml_root(text) and _HTML.search(text[:4096]) else None


def _xml_root(text: bytes) -> str:
    """The outermost element of what says that it is XML; "" where it does not."""
    root = _ROOT.match(text[:16_384])
    if not root:
        return ""
    name = root.group(1).decode()
    declared = text.startswith(b"<?xml") or b"xmlns" in text[root.end() : text.find(b">", root.end())]
    return name if declared or name in unread.NO_HTML else ""


def _json(text: bytes, name: str) -> str | None:
    """JSON lines, another JSON file, or None for a text that begins with a bracket."""
    lines = name.endswith(_SUFFIXES["jsonl"])
    named = lines or name.endswith(_SUFFIXES["json"])
    first = text.partition(b"\n")[0]
    try:
        value = json.loads(first.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        if lines:
            return "json" if _spread(text) else "jsonl"
        opening = re.match(rb'\{\s*"[^"\n]{1,200}"\s*:|\[\s*(\{|\])', text)
        return "json" if opening or (named and text.startswith(b"[")) else "jsonl" if named else None
    if (
        isinstance(value, dict)
        and set(value) in ({"index"}, {"create"})
        and isinstance(next(iter(value.values())), dict)
    ):
        return "cirrus"
    if isinstance(value, list) or "jsonfeed.org" in str(value.get("version", "")):
        of_objects = not isinstance(value, list) or (value and isinstance(value[0], dict))
        return "json" if of_objects or not lines else "jsonl"
    return "jsonl"


def _spread(text: bytes) -> bool:
    """Whether a value goes on over several lines, in spite of its name: what stands on the second is none by itself."""
    first, _, rest = text.partition(b"\n")
    if not rest.strip() or not first.strip().endswith((b"{", b"[", b",")):
        return False
    second = rest.lstrip().partition(b"\n")[0].strip()
    return first.strip() == b"[" or not second.startswith(b"{") or first.startswith(b"[")

"""One article's element of XML, parsed with as much leniency as it needs: strictly first, then mended step by step."""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import Any

from lxml import etree

from paraglot.indexer.readers.elements import check_attributes, local_name
from paraglot.indexer.readers.inputs import Unreadable

_NAMESPACES = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "wp": "http://wordpress.org/export/1.2/",
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
}
_HOLDERS = frozenset(("channel", "feed", "RDF", "rss", "mediawiki", "newsMessage", "itemSet", "packageItem"))
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|RDF|mediawiki)(?=[\s>])")
_OWN_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_MOST_EXPANDED = 100_000
"""Characters that the entities of a file's own may add to one article."""

_MOST_PREFIXES = 100
_MOST_READ = 10_000_000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&(?:#(\d{1,7}|[xX][0-9a-fA-F]{1,6})|([A-Za-z][\w.-]{0,40}));|&")
_HALVES = re.compile(
    r"&#(5529[6-9]|55[3-9]\d\d|56[0-2]\d\d|5631\d|[xX][dD][89abAB][0-9a-fA-F]{2});"
    r"&#(5632\d|563[3-9]\d|56[4-9]\d\d|57[0-2]\d\d|573[0-3]\d|5734[0-3]|[xX][dD][c-fC-F][0-9a-fA-F]{2});"
)
"""A character as two references to the halves that UTF-16 writes it with."""
_STRAY = re.compile(r"<(?![A-Za-z_/?!])")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*+(?:\[(.*?)\]\s*)?>", re.DOTALL | re.IGNORECASE)
_MOST_BEFORE_DOCTYPE = 65_536
_ENTITY = re.compile(r"<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+(?:\"([^\"]{0,200})\"|'([^']{0,200})')\s*>")
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]{0,40}):[\w.-]+(?=[\s=/>])")
_TEXT_TAG = re.compile(
    r"<((?:[\w.-]{1,40}:)?(?:description|encoded|summary|content|title|subtitle|text|comment))(\s[^<>]*)?(?<!/)>"
)
_ATTRIBUTE = re.compile(r"[A-Za-z_][\w:.-]*\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')")
"""One that is written as XML has it; others are left out."""
_TAG = re.compile(r"<[A-Za-z_][^<>]{0,2000}>")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|=\s*([^\s\"'<>=]+)")


def _parser(**options: Any) -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, **options)


class Surroundings:
    """What stands before the first article: the elements that it lies in, their names of namespaces, the entities.

    ``whole``: there is no article, and the text must be XML by itself. Raises `Unreadable` where it is not.
    """

    def __init__(self, text: str, is_document: bool = False) -> None:
        at = text[:_MOST_BEFORE_DOCTYPE].upper().find("<!DOCTYPE")
        subset = _DOCTYPE.match(text, at) if at >= 0 else None
        text = text[: subset.start()] + text[subset.end() :] if subset else text
        text = "".join(_sections(text, "<!--", "-->")[::2])
        start = _ROOT.search(text) or re.search(r"<[A-Za-z_]", text)  # what a server says of itself may stand before
        # Only such as stand for some text: others are how XML is made a bomb, or reaches for files.
        declared = _ENTITY.findall(subset[1] or "") if subset else []
        self.entities = {
            name: html.unescape(double_quoted or single_quoted)
            for name, double_quoted, single_quoted in declared
            if "&" not in _plain(double_quoted or single_quoted)
        }
        body = _mended(text[start.start() :] if start else "", self)
        if is_document:
            _check(body or text)
            body = ""
        self._parent: Any = _container(f"{body}<here/>") if body else etree.Element("none")
        self._adopted: Any = None
        self.root = _prefixed(body)
        declared_names = sorted(self._parent.nsmap.items(), key=lambda item: item[0] is not None)  # that without first
        self.nsmap: dict[str | None, str] = dict(declared_names[:_MOST_PREFIXES])
        names = (f'xmlns{f":{prefix}" if prefix else ""}="{html.escape(uri)}"' for prefix, uri in self.nsmap.items())
        self.opening = f"<w {' '.join(names)}>"

    def adopt(self, element: Any) -> Any:
        """The element in its place; the one before it is let go."""
        if self._adopted is not None:
            self._parent.remove(self._adopted)
        element.tail = None
        self._parent.append(element)
        self._adopted = element
        return element


def _plain(value: str) -> str:
    return re.sub(r"&#[\dxXa-fA-F]+;|&(amp|lt|gt|quot|apos|nbsp);", "", value)


def _prefixed(body: str) -> str:
    found = re.match(r"<([\w.:-]+)", body)
    return found[1] if found else ""


def _check(body: str) -> None:
    try:
        etree.fromstring(body.strip().encode(), _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Unreadable(f"not XML: {getattr(error, 'msg', None) or 'no element found'}", line) from None


def _container(body: str) -> Any:
    """The element that articles lie in: what is open at the end of a text that is cut there."""
    body = _with_prefixes(body, {})
    root = etree.fromstring(body.encode(), _parser(recover=True))
    marker = next(root.iter("{*}here"), None) if root is not None else None
    if marker is None:
        return etree.Element("none")
    parent = marker.getparent()
    parent.remove(marker)
    return next(
        (ancestor for ancestor in (parent, *parent.iterancestors()) if local_name(ancestor) in _HOLDERS), parent
    )


def parsed(written: str, name: str, around: Surroundings) -> Any:
    """The element that was written, in its place; None where no leniency makes one of it."""
    try:
        check_attributes(written)
    except ValueError:
        return None
    for attempt in (_as_written, _as_mended, _with_text_kept, _recovered):
        element = attempt(written, around)
        if element is not None and local_name(element) == name.rpartition(":")[2]:
            return around.adopt(element)
    return None


def _as_written(written: str, around: Surroundings) -> Any:
    return _first(written, around)


def _as_mended(written: str, around: Surroundings) -> Any:
    return _first(_with_prefixes(_mended(written, around), around.nsmap), around)


def _with_text_kept(written: str, around: Surroundings) -> Any:
    """With HTML that nobody escaped, in the elements that hold text, taken for text."""
    return _first(_with_prefixes(_with_text_escaped(_quoted(_mended(written, around))), around.nsmap), around)


def _recovered(written: str, around: Surroundings) -> Any:
    """As libxml2 recovers it, which says nothing of what it cuts: so nothing that is longer than it reads."""
    if len(written) > _MOST_READ:
        return None
    mended = _with_text_escaped(_quoted(_mended(written, around)))
    return _first(_with_prefixes(mended, around.nsmap), around, recover=True)


def _first(written: str, around: Surroundings, recover: bool = False) -> Any:
    try:
        wrapper = etree.fromstring(f"{around.opening}{written}</w>".encode(), _parser(recover=recover))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return next((child for child in wrapper if isinstance(child.tag, str)), None) if wrapper is not None else None


def _with_text_escaped(written: str) -> str:
    """With the markup inside elements that hold text as CDATA. Linear: what never ends is looked for once."""
    parts: list[str] = []
    at = 0
    endless: set[str] = set()
    while found := _TEXT_TAG.search(written, at):
        end = -1 if found[1] in endless else written.find(f"</{found[1]}", found.end())
        if end < 0:
            endless.add(found[1])
            parts.append(written[at : found.end()])
            at = found.end()
            continue
        inner = written[found.end() : end]
        if "<" in inner and "<![CDATA[" not in inner:
            inner = f"<![CDATA[{inner}]]>"
        attributes = "".join(f" {attribute[0]}" for attribute in _ATTRIBUTE.finditer(found[2] or ""))
        parts.append(f"{written[at : found.start()]}<{found[1]}{attributes}>{inner}")
        at = end
    return "".join(parts) + written[at:]


def _quoted(written: str) -> str:
    """With the values of attributes in quotation marks, as HTML may leave them out."""

    def value(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else f'="{found[1].removesuffix("/")}"{"/" * found[1].endswith("/")}'

    parts = _sections(written, "<![CDATA[", "]]>")
    parts[::2] = [_TAG.sub(lambda tag: _VALUE.sub(value, tag[0]), part) if "=" in part else part for part in parts[::2]]
    return "".join(parts)


def _sections(text: str, opening: str, closing: str) -> list[str]:
    """The text outside and inside of sections, by turns. Linear: an opening that is never closed is not looked at."""
    parts: list[str] = []
    at, last = 0, text.rfind(closing)
    while 0 <= (begin := text.find(opening, at)) < last:
        end = text.find(closing, begin + len(opening)) + len(closing)
        if end < len(closing):
            break
        parts += [text[at:begin], text[begin:end]]
        at = end
    return [*parts, text[at:]]


def _mended(written: str, around: Surroundings) -> str:
    """Without what no XML holds: control characters, HTML's entities, ampersands and brackets that stand alone."""
    left = [_MOST_EXPANDED]

    def reference(found: re.Match[str]) -> str:
        number, name = found[1], found[2]
        if number:
            code = int(number[1:], 16) if number[0] in "xX" else int(number)
            valid = code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
            return found[0] if valid else "\ufffd"
        if name in _OWN_XML:
            return found[0]
        value = around.entities.get(name or "") or html5.get(f"{name};")
        if not value or left[0] < len(value):
            return f"&amp;{found[0][1:]}"
        left[0] -= len(value) if name in around.entities else 0
        return html.escape(value, quote=False)

    written = _HALVES.sub(_whole, _CONTROL.sub(" ", written))
    parts = _sections(written, "<![CDATA[", "]]>")
    for number in range(0, len(parts), 2):
        text = "".join(_sections(parts[number], "<!--", "-->")[::2])
        for stray in ("<!--", "<![CDATA[", "]]>"):
            text = text.replace(stray, "")
        parts[number] = _STRAY.sub("&lt;", _REFERENCE.sub(reference, text))
    return "".join(parts)


def _whole(halves: re.Match[str]) -> str:
    high, low = (int(f"0{half}" if half[0] in "xX" else half, 0) for half in halves.groups())
    return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)


def _with_prefixes(written: str, known: dict[str | None, str]) -> str:
    """With all prefixes declared, on the first tag, that are used."""
    used = set(_PREFIX.findall("".join(_sections(written, "<![CDATA[", "]]>")[::2]))) - {"xml", "xmlns"}
    declared = set(re.findall(r"\bxmlns:([\w.-]+)\s*=", written)) | set(known)
    missing = sorted(used - declared)[:_MOST_PREFIXES]
    names = "".join(f' xmlns:{prefix}="{_NAMESPACES.get(prefix, f"urn:undeclared:{prefix}")}"' for prefix in missing)
    return re.sub(r"<([A-Za-z_][\w.:-]*)", rf"<\1{names}", written, count=1) if names else written

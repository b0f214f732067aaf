"""XML that strangers wrote: streamed, without entities of its own, without external references, bounded.

libxml2 itself limits depth (256) and the length of one text (10 MB).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from indexer.readers.elements import local_name
from indexer.readers.inputs import Input, Unreadable

MAX_ELEMENT_BYTES = 50_000_000
"""An article whose element is larger is not read, nor what follows it."""

_BLOCK = 65_536


def elements(source: Input, names: frozenset[str], inside: frozenset[str] = frozenset()) -> Iterator[Any]:
    """Each element with one of ``names``, whole, in order; what has been read is let go.

    Elements named in ``inside`` are kept until one of ``names`` ends (the head of a feed, say), those inside a wanted
    one are not given by themselves. Raises `Unreadable` where the XML is broken, after all that stands before it.
    """
    parser: Any = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    depth, wanted_at, since = 0, -1, 0
    first = True
    try:
        for block in _blocks(source):
            parser.feed(block)
            since += len(block)
            for event, element in parser.read_events():
                if first:
                    first = False
                    _refuse_entities(element)
                name = local_name(element)
                if event == "start":
                    depth += 1
                    if wanted_at < 0 and name in names:
                        wanted_at = depth
                    continue
                if depth == wanted_at:
                    yield element
                    wanted_at, since = -1, 0
                    _let_go(element)
                elif wanted_at < 0 and name not in inside and depth > 1 and _lets_go(element, inside):
                    _let_go(element)
                depth -= 1
            if since > MAX_ELEMENT_BYTES:
                raise Unreadable(f"an element of more than {MAX_ELEMENT_BYTES // 1_000_000} MB")
        parser.close()
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"not XML: {error.msg or 'no element found'}", error.lineno or 1) from None


def _blocks(source: Input) -> Iterator[bytes]:
    while block := source.file.read(_BLOCK):
        yield block


def _refuse_entities(element: Any) -> None:
    """The expansion of entities is how XML is made a bomb; no format that is read here needs its own."""
    subset = element.getroottree().docinfo.internalDTD
    if subset is not None and any(True for _ in subset.iterentities()):
        raise Unreadable("declares entities of its own, which are not read")


def _lets_go(element: Any, inside: frozenset[str]) -> bool:
    return not any(local_name(one) in inside for one in element.iterancestors())


def _let_go(element: Any) -> None:
    """Forget an element and what stood before it under the same parent, text and all."""
    parent = element.getparent()
    element.clear()
    if parent is not None:
        while element.getprevious() is not None and local_name(element.getprevious()) in ("", local_name(element)):
            parent.remove(element.getprevious())


def child_text(element: Any, *names: str) -> str:
    """The text of the first child with one of the local ``names``, in the order of the names; "" if none has any."""
    for name in names:
        for child in element:
            if local_name(child) == name and (text := "".join(child.itertext()).strip()):
                return text
    return ""


def first(element: Any, *names: str) -> Any:
    """The first element below with one of the local ``names``, in the order of the names; None if there is none."""
    for name in names:
        for found in element.iter("{*}" + name):
            return found
    return None


def language_of(element: Any) -> str | None:
    """``xml:lang`` of an element or of the nearest one around it."""
    while element is not None:
        if tag := element.get("{http://www.w3.org/XML/1998/namespace}lang"):
            return str(tag)
        element = element.getparent()
    return None

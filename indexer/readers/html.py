"""Reader of web pages: the main text and its headings by trafilatura, what the page says of itself from its head.

Nothing is fetched: trafilatura is given the page and reads only it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from indexer.drafts import Draft, Skipped
from indexer.language_names import language_tag
from indexer.plaintext import decode
from indexer.readers.body import Body
from indexer.readers.dates import date_fields
from indexer.readers.inputs import Input, Unreadable
from indexer.readers.markup import add_markup, body_draft, given

MAX_PAGE_BYTES = 10_000_000
_CHARSET = re.compile(rb"""<meta[^>]{0,300}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Report|WebPage")


def read_html(source: Input) -> Iterator[Draft | Skipped]:
    """The article in a page. Raises `Unreadable` where there is none."""
    yield page(source, source.whole(), {"id": source.id})


def page(source: Input, content: bytes, known: Mapping[str, object], charset: str = "") -> Draft:
    """The article in the bytes of a page; ``known`` says what is known of it already. Raises `Unreadable`."""
    if len(content) > MAX_PAGE_BYTES:
        raise Unreadable(f"a page of more than {MAX_PAGE_BYTES // 1_000_000} MB")
    tree = _tree(_text(content, charset))
    fields = {**_said(tree), **given(known)}
    body = Body(str(fields.get("title") or ""))
    main = _main_text(tree)
    if main is not None:
        add_markup(body, main)
    try:
        return body_draft(source, source.place.line, fields, body)
    except ValueError as error:
        raise Unreadable(str(error).replace("the article has no text", "the page has no main text")) from None


def _text(content: bytes, charset: str) -> str:
    """By what the server said, by what the page says, else as any text."""
    declared = _CHARSET.search(content[:4096])
    for name in (charset, declared.group(1).decode("ascii") if declared else ""):
        if name and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                return content.decode("cp1252" if name.lower() in ("iso-8859-1", "latin-1", "latin1") else name)
            except (LookupError, UnicodeDecodeError):
                continue
    text = decode(content)
    if text is None:
        raise Unreadable("not a text: binary, damaged UTF-8, or in an encoding that cannot be told")
    return text


def _tree(text: str) -> Any:
    text = re.sub(r"^\s*<\?xml.{0,200}?\?>", "", _CONTROL.sub(" ", text.removeprefix("\ufeff")))
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        tree = lxml_html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Unreadable(f"not HTML: {error}") from None
    return tree


def _main_text(tree: Any) -> Any:
    """The main text as trafilatura marks it up, or None."""
    import logging
    from copy import deepcopy

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    found: Any = trafilatura.bare_extraction(deepcopy(tree), include_comments=False, with_metadata=False)
    return None if found is None else _with_levels(found.body)


def _with_levels(body: Any) -> Any:
    """Headings named as in HTML again."""
    for head in list(body.iter("head")):
        head.tag = head.get("rend") if re.fullmatch(r"h[1-6]", head.get("rend") or "") else "h2"
    return body


def _said(tree: Any) -> dict[str, object]:
    """What the page says of itself: JSON-LD before OpenGraph before plain HTML."""
    meta = _meta(tree)
    linked = _json_ld(tree)
    canonical = next((one.get("href") for one in tree.iterfind(".//link[@rel='canonical']")), None)
    heading = next((text for one in tree.iter("h1") if (text := _line(one))), None)
    title = next((text for one in tree.iter("title") if (text := _line(one))), None)
    fields: dict[str, object] = {
        "title": _first(linked.get("headline"), meta.get("og:title"), heading, title),
        "url": next((url for url in (canonical, meta.get("og:url"), linked.get("url")) if _is_web(url)), None),
        "language": _language(tree, meta, linked),
        "source": _first(meta.get("og:site_name"), _name(linked.get("publisher"))),
        "author": _first(_name(linked.get("author")), meta.get("author"), meta.get("article:author")),
        **date_fields(
            _first(linked.get("datePublished"), meta.get("article:published_time"), meta.get("date"), _time(tree))
        ),
    }
    return given(fields)


def _meta(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in tree.iter("meta"):
        name = one.get("property") or one.get("name") or one.get("http-equiv") or one.get("itemprop")
        if name and (content := (one.get("content") or "").strip()):
            found.setdefault(name.lower(), content)
    return found


def _json_ld(tree: Any) -> dict[str, Any]:
    """The first article that JSON-LD describes; broken JSON-LD is as common as any and says nothing."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        try:
            value = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        nodes = value if isinstance(value, list) else [value]
        for node in nodes:
            inner = node.get("@graph", [node]) if isinstance(node, dict) else []
            for one in inner if isinstance(inner, list) else []:
                if isinstance(one, dict) and _ARTICLE_TYPES.search(str(one.get("@type"))):
                    return one
    return {}


def _language(tree: Any, meta: Mapping[str, str], linked: Mapping[str, Any]) -> str | None:
    """The first declared language that is a tag; None leaves it to be detected."""
    declared = (tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), linked.get("inLanguage"))
    for tag in (*declared, meta.get("content-language"), meta.get("og:locale")):
        try:
            if isinstance(tag, str) and tag.strip():
                return language_tag(tag.split(",")[0])
        except ValueError:
            continue
    return None


def _first(*values: object) -> str | None:
    return next((" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()), None)


def _name(value: object) -> str | None:
    if isinstance(value, list):
        return _first(*(_name(one) for one in value))
    return _first(value.get("name") if isinstance(value, dict) else value)


def _time(tree: Any) -> str | None:
    return next((one.get("datetime") for one in tree.iter("time") if one.get("datetime")), None)


def _line(element: Any) -> str:
    return " ".join(element.text_content().split())


def _is_web(url: object) -> bool:
    try:
        return isinstance(url, str) and urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False

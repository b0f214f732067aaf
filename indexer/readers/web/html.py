"""Reader of web pages: what the page says of its article, and the article itself, word for word. Start at `page`.

Nothing is fetched: trafilatura is given the page and reads only it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from paraglot.indexer.corpus.drafts import NO_TEXT, Draft, Skipped
from paraglot.indexer.corpus.encodings import text_of
from paraglot.indexer.readers.addresses import HTML_PAGES
from paraglot.indexer.readers.body import TOO_DEEP, Body
from paraglot.indexer.readers.body_drafts import body_draft, given_fields
from paraglot.indexer.readers.elements import check_attributes
from paraglot.indexer.readers.inputs import DRAFTS, Input, Unreadable
from paraglot.indexer.readers.markup import CONTROL, add_markup, is_cut
from paraglot.indexer.readers.web.content import article_roots
from paraglot.indexer.readers.web.said import is_hidden, said
from paraglot.indexer.readers.web.tidy import tidy, without_anchors
from paraglot.indexer.readers.web.titles import plain_title

NO_MAIN_TEXT = "the page has no main text"
BY_SCRIPTS = "scripts make it in a browser"
MAX_PAGE_BYTES = 10_000_000
_BREAKS = re.compile(r"(?:<br\s{0,9}/?>\s*){3,}", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]{0,300}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_WAITING_CHARACTERS = 300
_WAITING = re.compile(
    r"javascript|(?:loading|lädt|chargement|cargando|загрузка|please wait)\W*$|^\W*\w{1,20}\W*$", re.I
)
"""What a page says that a script has yet to fill: of few words, or about JavaScript."""


def read_html(source: Input) -> Iterator[Draft | Skipped]:
    """The article in a page. Raises `Unreadable` where there is none."""
    draft = page(source, source.whole(), {"id": source.id})
    if draft:
        yield draft


def page(source: Input, content: bytes, known: Mapping[str, object], charset: str = "") -> Draft | None:
    """The article in the bytes of a page; ``known`` says what is known of it already. None: it asks not to be found,
    and that is counted. Raises `Unreadable`."""
    if len(content) > MAX_PAGE_BYTES:
        raise Unreadable(f"a page of more than {MAX_PAGE_BYTES // 1_000_000} MB")
    tree, too_deep = _tree(_text(source, content, charset))
    if not source.options.drafts and is_hidden(tree):
        source.leave_out(DRAFTS, str(known.get("url") or source.id))
        return None
    without_anchors(tree)
    at = source.address("", HTML_PAGES).get("url", "")
    metadata, linked_text = said(tree, str(known.get("url") or at or known.get("id") or ""))
    fields = {**({"url": at} if at else {}), **metadata, **given_fields(known)}
    body = Body(str(fields.get("title") or ""))
    body.too_deep = too_deep
    scripts = next(tree.iter("script"), None) is not None
    tidy(tree, body.leave_out)
    roots = article_roots(tree, body.leave_out)
    _drop_title(tree, body.title)
    for root in roots:
        add_markup(body, root)
    text = body.done()[0]
    waiting = scripts and len(text) <= _WAITING_CHARACTERS and _WAITING.search(text) is not None
    if linked_text and (waiting or len(text) * 3 < len(linked_text)):
        body = _linked_body(body, linked_text)
    elif not text or waiting:
        raise Unreadable(NO_MAIN_TEXT + (f": {TOO_DEEP}" if too_deep else f": {BY_SCRIPTS}" if scripts else ""))
    try:
        return body_draft(source, source.place.line, fields, body)
    except ValueError as error:
        raise Unreadable(str(error).replace(NO_TEXT, NO_MAIN_TEXT)) from None


def _linked_body(body: Body, text: str) -> Body:
    """The text that JSON-LD has of the article, for a page that shows none of it or a beginning."""
    whole = Body(body.title)
    for paragraph in re.split(r"\n\s*\n|\n" if "\n\n" not in text else r"\n\s*\n", text):
        whole.paragraph(plain_title(paragraph))
    return whole


def _drop_title(tree: Any, title: str) -> None:
    """The heading that says the title, or less of it, is no heading over the paragraphs."""
    for heading in list(tree.iter("h1")):
        text = plain_title(heading.text_content())
        if text and text.casefold() in title.casefold():
            heading.drop_tree()


def _text(source: Input, content: bytes, charset: str) -> str:
    """By what the server said, else by what the page says; the bytes have the last word."""
    declared = _CHARSET.search(content[:4096])
    return text_of(source, content, charset or (declared.group(1).decode("ascii") if declared else ""))


def _tree(text: str) -> tuple[Any, bool]:
    """A page's elements, and whether some were nested too deeply and left out. Raises `Unreadable`."""
    text = re.sub(r"^\s*<\?xml.{0,200}?\?>", "", CONTROL.sub(" ", text.removeprefix("\ufeff")))
    text = _BREAKS.sub("<br><br>", text)
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    try:
        check_attributes(text)
        tree = lxml_html.document_fromstring(text.encode(), parser=parser)
    except ValueError as error:
        raise Unreadable(str(error)) from None
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Unreadable(f"not HTML: {error}") from None
    return tree, is_cut(parser)

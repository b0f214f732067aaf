"""Reader of RSS (0.9 to 2.0), Atom and WordPress's exports: an item is an article, its content before a summary."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from paraglot.indexer.corpus.drafts import Draft, Skipped
from paraglot.indexer.readers.addresses import divided, joined
from paraglot.indexer.readers.body import Body
from paraglot.indexer.readers.body_drafts import body_draft
from paraglot.indexer.readers.dates.dates import iso_date
from paraglot.indexer.readers.elements import local_name
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.markup import add_html, add_markup
from paraglot.indexer.readers.text.field_text import holds_html
from paraglot.indexer.readers.xml.blogger import is_of_kind, left_out_of_blog
from paraglot.indexer.readers.xml.parsing import child_text, elements, language_of
from paraglot.indexer.readers.xml.wordpress import classic_html, left_out, without_shortcodes

_ITEMS = frozenset({"item", "entry"})
_TEXTS = ("encoded", "content", "description", "summary", "subtitle")
_DATES = ("pubDate", "published", "date", "issued", "updated", "modified", "created")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MOST_LINKS = 100_000
_NO_ID = frozenset(("", "n/a", "none", "null", "-", "0", "undefined"))
_ADDRESS = re.compile(r"<?[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+>?")
_BLOCK_TAG = re.compile(r"<(?:p|div|br|ul|ol|table|h[1-6]|blockquote|pre|section|article|hr)\b", re.IGNORECASE)
_HTML = re.compile(
    r"&(?:#\w{1,8}|[A-Za-z]\w{1,30});|<([A-Za-z]\w*)\b[^<>]*>.*?</\1\s*>|<(?:br|hr|img)\b[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_FOOTER_CHARACTERS = 80
"""What a footer says beside the titles of its article and of its feed."""


def read_feed(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a feed; a fault costs the item that it is in. Raises `Unreadable` where the file is no XML."""
    used: set[str] = set()
    for found in elements(source, _ITEMS):
        if isinstance(found, Skipped):
            yield found
            continue
        line, item = found
        if kind := left_out(item, source.options.drafts) or left_out_of_blog(item, source.options.drafts):
            source.leave_out(kind, child_text(item, "title"), line)
            continue
        try:
            yield _article(source, line, item, used)
        except ValueError as error:
            yield Skipped(source.at(line), str(error))


def _article(source: Input, line: int, item: Any, used: set[str]) -> Draft:
    base = _base(item)
    link = joined(base, _link(item))
    title = _title(item)
    body = Body(title)
    if not _add_text(body, item) and title:
        body = Body()
        body.paragraph(title)  # an item that is its title alone: a note, a headline
    when = [text for date in _DATES if (text := child_text(item, date))]
    language = child_text(item, "language") or language_of_own(item) or _language_of_feed(item)
    fields = {
        "id": _id(item, base) or _made_id(source, link, title, when, body, used),
        "title": title,
        "url": link,
        "language": language,
        "source": _feed_title(item),
        "author": ", ".join(_authors(item)),
        "tags": _tags(item),
        "date": next((moment for moment in when if iso_date(moment, language)), "".join(when[:1])),
    }
    return body_draft(source, line, fields, _without_footer(body, title, _feed_title(item)))


def language_of_own(item: Any) -> str | None:
    """``xml:lang`` of an item, or of its text."""
    parts = (item, *(child for child in item if local_name(child) in ("content", "summary", "title")))
    return next((found for part in parts if (found := part.get("{http://www.w3.org/XML/1998/namespace}lang"))), None)


def _id(item: Any, base: str) -> str:
    declared_id = child_text(item, "guid", "id") or item.get(_ABOUT) or ""
    if declared_id.lower() in _NO_ID:
        return ""
    return joined(base, declared_id) if declared_id.startswith("/") else declared_id


def _made_id(source: Input, link: str, title: str, when: list[str], body: Body, used: set[str]) -> str:
    """An id that stays as link, title and date do: the link alone, unless it is that of the site or of another item."""
    if divided(link).path.strip("/") and link not in used and len(used) < _MOST_LINKS:
        used.add(link)
        return link
    parts = [title, *when[:1]] if title or when else [body.done()[0]]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
    return f"{link or source.id}#{digest}"


def _base(item: Any) -> str:
    """The address that links are relative to: ``xml:base``, else that of the site."""
    bases = [ancestor.get(_BASE) for ancestor in (item, *item.iterancestors()) if ancestor.get(_BASE)]
    found = _link(_head(item)) if _head(item) is not None else ""
    for base in reversed(bases):
        found = joined(found, base)
    return found if "://" in found else ""


def _add_text(body: Body, item: Any) -> bool:
    """The fullest text of an item. Returns whether there is any."""
    for name in _TEXTS:
        for found in item:
            if local_name(found) == name and "mrss" not in found.tag and _has_text(found):
                _add(body, found, wordpress=_is_wordpress(item))
                if body.done()[1]:
                    return True
    for name in ("description", "title", "text"):  # what media files are described by, as in feeds of videos
        for found in item.iter("{http://search.yahoo.com/mrss/}" + name):
            if _has_text(found) and " ".join((found.text or "").split()) != body.title:
                _add(body, found, wordpress=False)
        if body.done()[1]:
            return True
    return False


def _has_text(element: Any) -> bool:
    return bool("".join(element.itertext()).strip())


def _is_wordpress(item: Any) -> bool:
    return any(isinstance(child.tag, str) and "wordpress.org/export" in child.tag for child in item)


def _add(body: Body, content: Any, wordpress: bool) -> None:
    text = content.text or ""
    kind = content.get("type", "")
    if len(content):
        add_markup(body, content)
    elif (
        kind in ("text", "plain", "text/plain")
        or (not kind and "2005/Atom" in content.tag and not _HTML.search(text))
        or ("<" in text and not wordpress and not _is_media(kind) and not holds_html(text))
    ):
        for paragraph in re.split(r"\n\s*\n", text):
            body.paragraph(paragraph)
    elif wordpress:
        add_html(body, classic_html(without_shortcodes(text)))
    else:
        text = _decoded(text) if content.get("mode") == "base64" or _is_media(kind) else text
        add_html(body, text if _BLOCK_TAG.search(text) else classic_html(text))


def _is_media(kind: str) -> bool:
    """Whether Atom would have the content in base64: a media type that is no text and no XML."""
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("+xml", "/xml"))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _title(item: Any) -> str:
    found = next(
        (child for child in item if local_name(child) == "title" and "mrss" not in child.tag and _has_text(child)), None
    )
    if found is None:
        found = next((node for node in item.iter("{http://search.yahoo.com/mrss/}title") if _has_text(node)), None)
    return "" if found is None else _plain("".join(found.itertext()), found.get("type", ""))


def _plain(title: str, kind: str = "") -> str:
    """A title without the HTML that feeds put into it; Atom says where ``<em>`` is meant as it stands."""
    if kind in ("text", "xhtml") or not _HTML.search(title):
        return " ".join(title.split())
    body = Body()
    add_html(body, title)
    return " ".join(body.done()[0].split())


def _tags(item: Any) -> list[str]:
    found = (
        child.get("label") or child.get("term") or "".join(child.itertext()).strip()
        for child in item
        if local_name(child) in ("category", "subject")
    )
    return list(dict.fromkeys(tag for tag in found if tag and not is_of_kind(tag)))


def _authors(item: Any) -> list[str]:
    """All names, without addresses; of the feed where the item has none."""
    for holder in (item, _head(item)):
        found = (
            [child for child in holder if local_name(child) in ("creator", "author", "contributor")]
            if holder is not None
            else []
        )
        by = [author for author in found if local_name(author) != "contributor"] or found
        names = [name for author in by if (name := _name(author))]
        if names:
            return list(dict.fromkeys(names))
    return []


def _name(author: Any) -> str:
    """The name of an author: Atom has it in an element, RSS behind an address, in brackets."""
    text = child_text(author, "name") or ("" if len(author) else (author.text or ""))
    bare = " ".join(_ADDRESS.sub(" ", text).split()).strip(" ()<>,;")
    return bare or text.strip()


def _link(item: Any) -> str:
    links = [child for child in item if local_name(child) == "link"]
    for link in links:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href")).strip()
    found = next((text for link in links if (text := (link.text or "").strip())), "")
    if found:
        return found
    guid: Any = next((inner for inner in item if local_name(inner) == "guid"), None)
    if guid is None or guid.get("isPermaLink", "true") != "true":
        return ""
    return str(guid.text).strip() if (guid.text or "").strip().startswith(("http://", "https://")) else ""


def _without_footer(body: Body, title: str, feed: str) -> Body:
    """Without a last paragraph that names the article and the feed and says hardly more ("… appeared first on …")."""

    def is_footer(text: str) -> bool:
        named = title and feed and title in text and feed in text
        return bool(named) and len(text) - len(title) - len(feed) <= _FOOTER_CHARACTERS

    body.leave_out_last("footers of feeds", is_footer)
    return body


def _head(item: Any) -> Any:
    """What the title and language of the feed stand in: the channel, which in RSS 1.0 lies beside the items."""
    parent = item.getparent()
    return next((child for child in parent if local_name(child) == "channel"), parent)


def _feed_title(item: Any) -> str:
    return _plain(child_text(_head(item), "title"))


def _language_of_feed(item: Any) -> str | None:
    return child_text(_head(item), "language") or language_of(item)

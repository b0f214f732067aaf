"""Reader of RSS (0.9 to 2.0) and Atom files: an item or entry is an article; full content before a summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.drafts import Draft, Skipped
from indexer.readers.body import Body
from indexer.readers.elements import local_name
from indexer.readers.inputs import Input
from indexer.readers.markup import add_html, add_markup, body_draft
from indexer.readers.xml import child_text, elements, language_of

_ITEMS = frozenset({"item", "entry"})
_HEAD = frozenset({"title", "language", "link", "id"})


def read_feed(source: Input) -> Iterator[Draft | Skipped]:
    """The articles of a feed. Raises `Unreadable` where the XML is broken, after all that stands before it."""
    for item in elements(source, _ITEMS, _HEAD):
        try:
            yield _article(source, item)
        except ValueError as error:
            yield Skipped(source.at(item.sourceline), str(error))


def _article(source: Input, item: Any) -> Draft:
    link = _link(item)
    title = _plain(child_text(item, "title"))
    body = Body(title)
    for name in ("encoded", "content", "description", "summary"):
        found = next((one for one in item if local_name(one) == name and "media" not in one.tag.lower()), None)
        if found is not None and ("".join(found.itertext()).strip()):
            _add(body, found)
            break
    language = child_text(item, "language") or item.get("{http://www.w3.org/XML/1998/namespace}lang")
    fields = {
        "id": child_text(item, "guid", "id") or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or link,
        "title": title,
        "url": link,
        "language": language or _language_of_feed(item),
        "source": _feed_title(item),
        "author": child_text(item, "creator", "author"),
        "tags": [tag for one in item if local_name(one) == "category" for tag in _tag(one)],
        "date": child_text(item, "pubDate", "published", "date", "updated"),
    }
    return body_draft(source, item.sourceline, fields, body)


def _tag(category: Any) -> list[str]:
    return [tag] if (tag := category.get("term") or (category.text or "").strip()) else []


def _add(body: Body, content: Any) -> None:
    if content.get("type") == "xhtml" or len(content):
        add_markup(body, content)
    elif content.get("type") == "text":
        for paragraph in (content.text or "").split("\n\n"):
            body.paragraph(paragraph)
    else:
        add_html(body, content.text or "")


def _plain(title: str) -> str:
    """A title without the HTML that feeds put into it."""
    if "<" not in title and "&" not in title:
        return title
    body = Body()
    add_html(body, title)
    return " ".join(body.done()[0].split())


def _link(item: Any) -> str:
    links = [one for one in item if local_name(one) == "link"]
    for one in links:
        if one.get("href") and one.get("rel", "alternate") == "alternate":
            return str(one.get("href")).strip()
    return next((text for one in links if (text := (one.text or "").strip())), "")


def _head(item: Any) -> Any:
    """What the title and language of the feed stand in: the channel, which in RSS 1.0 lies beside the items."""
    parent = item.getparent()
    return next((one for one in parent if local_name(one) == "channel"), parent)


def _feed_title(item: Any) -> str:
    return _plain(child_text(_head(item), "title"))


def _language_of_feed(item: Any) -> str | None:
    return child_text(_head(item), "language") or language_of(item)

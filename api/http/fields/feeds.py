"""A search as a feed: JSON Feed 1.1 and RSS 2.0, one item per hit, whose id is the paragraph's, which is durable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Annotated, Final, Literal
from xml.etree import ElementTree

from pydantic import BaseModel, Field

from paraglot.api.pages.addresses import opening
from paraglot.search.text.dates import read_period
from paraglot.search.types import Hit

VERSION: Final = "https://jsonfeed.org/version/1.1"
ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"

ElementTree.register_namespace("atom", ATOM)
ElementTree.register_namespace("dc", DUBLIN_CORE)

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class HitDetailsModel(BaseModel):
    """What a hit says beyond what feeds have fields for."""

    article_id: str
    source: str | None = None
    relevance: float


class ItemModel(BaseModel):
    """A hit as an item of a JSON Feed. What its article lacks is left out."""

    id: Annotated[str, Field(description="The paragraph's id.")]
    url: Annotated[
        str,
        Field(description="The article's page at the sentence that answers; of an article without one the service's."),
    ]
    title: str
    content_text: Annotated[str, Field(description="The paragraph.")]
    summary: Annotated[str, Field(description="The sentence that answers best.")]
    date_published: Annotated[
        datetime | None, Field(description="The article's date; of a year, a month or a day its beginning in UTC.")
    ] = None
    language: str
    details: Annotated[HitDetailsModel, Field(serialization_alias="_paraglot")]

    @classmethod
    def of(cls, hit: Hit, home: str) -> ItemModel:
        """From the engine's type; ``home`` is the address of the service."""
        return cls(
            id=hit.paragraph.id,
            url=opening(hit, home),
            title=hit.article.title or hit.article.id,
            content_text=hit.paragraph.text,
            summary=hit.citation.quote,
            date_published=_published(hit.article.date),
            language=hit.paragraph.language,
            details=HitDetailsModel(
                article_id=hit.article.id, source=hit.article.source, relevance=round(hit.relevance, 4)
            ),
        )


class FeedModel(BaseModel):
    """A search as a JSON Feed."""

    version: Literal["https://jsonfeed.org/version/1.1"] = VERSION
    title: str
    description: str
    home_page_url: str
    feed_url: str
    items: list[ItemModel]

    @classmethod
    def of(cls, query: str, hits: Sequence[Hit], home: str, feed_url: str, name: str = "Paraglot") -> FeedModel:
        """The feed of a search; ``home`` is the address of the service, with a slash at its end, ``name`` what it is
        called."""
        return cls(
            title=f"{query} · {name}",
            description=f"Paragraphs that answer: {query}",
            home_page_url=home,
            feed_url=feed_url,
            items=[ItemModel.of(hit, home) for hit in hits],
        )


def rss(feed: FeedModel) -> bytes:
    """The same feed as RSS 2.0, with the language and the source of each item in Dublin Core."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    add_text(channel, "title", feed.title)
    add_text(channel, "link", feed.home_page_url)
    add_text(channel, "description", feed.description)
    add_text(channel, "generator", "Paraglot")
    address = {"href": xml_text(feed.feed_url), "rel": "self", "type": "application/rss+xml"}
    ElementTree.SubElement(channel, f"{{{ATOM}}}link", address)
    for item in feed.items:
        _add_item(channel, item)
    return as_xml(root)


def as_xml(root: ElementTree.Element) -> bytes:
    """A whole XML document in UTF-8."""
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def add_text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    """Add an element with a text."""
    child = ElementTree.SubElement(parent, name)
    child.text = xml_text(text)
    return child


def xml_text(text: str) -> str:
    """The text with a mark in place of each character that no XML document may hold.

    >>> xml_text("a\\x00b")
    'a\ufffdb'
    """
    return _NOT_XML.sub("\ufffd", text)


def _add_item(channel: ElementTree.Element, item: ItemModel) -> None:
    entry = ElementTree.SubElement(channel, "item")
    add_text(entry, "title", item.title)
    add_text(entry, "link", item.url)
    # A description is HTML to those who read it.
    marked = f'<p lang="{escape(item.language)}" dir="auto">{escape(item.content_text)}</p>'
    add_text(entry, "description", marked)
    add_text(entry, "guid", item.id).set("isPermaLink", "false")
    if item.date_published:
        add_text(entry, "pubDate", format_datetime(item.date_published))
    add_text(entry, f"{{{DUBLIN_CORE}}}language", item.language)
    if item.details.source:
        add_text(entry, f"{{{DUBLIN_CORE}}}publisher", item.details.source)


def _published(date: str | None) -> datetime | None:
    period = read_period(date) if date else None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=period.start) if period else None

"""Sitemaps (sitemaps.org): the addresses of a site's pages, and when each was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paraglot.indexer.corpus.drafts import Skipped
from paraglot.indexer.readers.elements import local_name
from paraglot.indexer.readers.inputs import Input
from paraglot.indexer.readers.xml.parsing import child_text, elements

_ENTRIES = frozenset(("url", "sitemap"))


@dataclass(frozen=True, slots=True)
class Entry:
    """An address in a sitemap; ``lastmod`` as it is written, "" where it is not said."""

    address: str
    lastmod: str
    is_sitemap: bool


def read_sitemap(source: Input) -> Iterator[Entry]:
    """The entries of a sitemap or of an index of sitemaps, in order. Raises `Unreadable` where it is none."""
    for found in elements(source, _ENTRIES):
        if not isinstance(found, Skipped):
            _, element = found
            if address := child_text(element, "loc"):
                yield Entry(address.strip(), child_text(element, "lastmod").strip(), local_name(element) == "sitemap")

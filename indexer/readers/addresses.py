"""Addresses that strangers wrote: the standard library raises `ValueError` for some (``http://[bad``), this never."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias
from urllib.parse import SplitResult, quote, urljoin, urlsplit


def joined(base: str, address: str) -> str:
    """An address as it is meant under a base; as it was given where either of them is none.

    >>> joined("https://a.example/b/", "c"), joined("https://a.example/", "http://[bad"), joined("", "/c")
    ('https://a.example/b/c', 'http://[bad', '/c')
    """
    try:
        return urljoin(base, address) if base and address else address
    except ValueError:
        return address


def divided(address: str) -> SplitResult:
    """The parts of an address; empty ones where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def is_web(address: object) -> bool:
    """Whether something is an address of the web."""
    return isinstance(address, str) and divided(address).scheme in ("http", "https")


Pages: TypeAlias = Literal["files", "folders"]
HTML_PAGES: Pages = "files"
MARKDOWN_PAGES: Pages = "folders"
"""Whether the page of a file lies at the file's name, or in a folder of that name, as generators of sites have it."""

_INDEX = re.compile(r"(^|/)(?:_?index|readme)$", re.IGNORECASE)


def page_address(base: str, name: str, pages: Pages) -> str:
    """Where the page of a file lies in a site at ``base``, ``name`` being its path in the folder of the site.

    >>> page_address("https://a.example/docs", "en/guide/p3.html", HTML_PAGES)
    'https://a.example/docs/en/guide/p3.html'
    >>> page_address("https://a.example/", "setup/Linux help.md", MARKDOWN_PAGES)
    'https://a.example/setup/Linux%20help/'
    >>> page_address("https://a.example/", "setup/index.md", MARKDOWN_PAGES)
    'https://a.example/setup/'
    """
    stem, dot, suffix = name.rpartition(".")
    known = dot and re.fullmatch(r"x?html?|md|markdown|mdx?|mkd|txt", suffix.lower())
    stem = stem if known else name
    path = _INDEX.sub(r"\1", stem)
    if path == stem and pages == "folders":
        path = f"{stem}/"
    elif path == stem:
        path = name
    return f"{base.rstrip('/')}/{quote(path)}"

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


_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|gclsrc|msclkid|yclid|ysclid|ttclid|twclid|[gw]braid|li_fat_id|igsh(?:id)?|mc_[ce]id"
    r"|_hs(?:enc|mi)|hsctatracking|mkt_tok|vero_(?:id|conv)|oly_(?:anon|enc)_id|(?:pk|mtm|matomo|piwik)_\w+"
    r"|at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name)|xtor|_g[al]|ref_(?:src|url)|__twitter_impression"
    r"|guccounter|guce_referrer(?:_sig)?|srsltid|epik|wt[._](?:mc|zmc)\w*|trk(?:campaign|info)|wickedid|dicbo|cmpid|ncid"
    r"|nr_email_referer|rb_clickid|s_kwcid|ml_subscriber(?:_hash)?|spm|sc_cid",
    re.IGNORECASE,
)
"""What campaigns, networks and counters hang on an address, and no site needs to find its page."""


def without_tracking(address: str) -> str:
    """An address without the parameters that only say where a reader came from; all else of it as it was.

    >>> without_tracking("https://a.example/p?id=3&utm_source=rss#part")
    'https://a.example/p?id=3#part'
    """
    if "?" not in address and "#" not in address:
        return address
    before, mark, fragment = address.partition("#")
    path, _, query = before.partition("?")
    parameters = [part for part in query.split("&") if part and not _tracks(part)]
    if fragment and "=" in fragment and all(map(_tracks, fragment.split("&"))):
        fragment = mark = ""
    if len(parameters) == len(query.split("&")) or not query:
        return f"{before}{mark}{fragment}"
    return f"{path}{'?' * bool(parameters)}{'&'.join(parameters)}{mark}{fragment}"


def _tracks(parameter: str) -> bool:
    return _TRACKING.fullmatch(parameter.partition("=")[0].removeprefix("amp;")) is not None


def page_key(address: str) -> str:
    """What two addresses of one page have in common, however they are written: a host without ``www.``, a path without
    its last slash, and what is asked for beside where a reader came from.

    >>> page_key("http://www.A.example/b/?utm_source=rss#c") == page_key("https://a.example/b")
    True
    """
    parts = divided(without_tracking(address))
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}{'?' * bool(parts.query)}{parts.query}"


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

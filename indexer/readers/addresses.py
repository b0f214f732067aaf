"""Addresses that strangers wrote: the standard library raises `ValueError` for some (``http://[bad``), this never."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit


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

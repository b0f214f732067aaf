"""A browser's context that watches what its pages do, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

Open: TypeAlias = Callable[..., BrowserContext]
Show: TypeAlias = Callable[..., Page]

_FAILED_LOAD = "Failed to load resource: the server responded with a status of "
_LOST = ("Failed to load resource: net::", "Access to fetch at ")


@contextmanager
def watched(
    browser: Browser,
    base_url: str,
    hosts: tuple[str, ...] = (),
    statuses: tuple[int, ...] = (),
    refused: bool = False,
    **options: object,
) -> Iterator[BrowserContext]:
    """A context that fails at its end if a page asked a host other than its own and ``hosts``, or told of an error.

    ``statuses``: HTTP errors that the test asks for, which browsers report as if they were faults of the page.
    ``refused``: whether it asks for requests that are lost, or refused by the origin's policy.
    """
    context = browser.new_context(base_url=base_url, **options)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    faults: list[str] = []
    allowed = {urlsplit(base_url).netloc, *hosts, ""}

    def asked(url: str) -> None:
        if urlsplit(url).netloc not in allowed:
            faults.append(f"asked {url}")

    def told(kind: str, text: str) -> None:
        known = text.startswith(_FAILED_LOAD) and text.removeprefix(_FAILED_LOAD)[:3] in map(str, statuses)
        known = known or (refused and text.startswith(_LOST))
        if kind == "error" and not known:
            faults.append(text)

    context.on("request", lambda request: asked(request.url))
    context.on("console", lambda message: told(message.type, message.text))
    context.on("weberror", lambda fault: faults.append(f"uncaught: {fault.error}"))
    context.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield context
    context.close()
    assert not faults, faults

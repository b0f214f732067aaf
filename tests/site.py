"""A web site for tests: what it answers at each path, and what it was asked."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What the site answers at a path."""

    content: bytes = b""
    kind: str = "text/html"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    instead: list[int] = field(default_factory=list)
    wait_s: float = 0.0


class Site(ThreadingHTTPServer):
    """A site: its pages, and what it was asked, with the conditions."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.conditions: list[tuple[str | None, str | None]] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that had enough and hung up: it would be told in the midst of a later test."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def feed(self, path: str, *titles: str, **headers: str) -> str:
        items = "".join(
            f"<item><guid>{one}</guid><title>{one}</title><description>All about {one} in the town.</description>"
            f"<link>{self.url('/' + one)}</link></item>"
            for one in titles
        )
        text = f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>"
        self.pages[path] = Page(text.encode(), "application/rss+xml", headers=headers)
        return self.url(path)

    def article(self, path: str, text: str, **headers: str) -> None:
        body = f"<html lang='en'><head><title>{text[:9]}</title></head><body><article><p>{text}</p></article></body></html>"
        self.pages[path] = Page(body.encode(), headers=headers)

    def sitemap(self, path: str, entries: dict[str, str], kind: str = "url", root: str = "urlset") -> str:
        listed = "".join(
            f"<{kind}><loc>{one if '://' in one else self.url(one)}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</{kind}>"
            for one, at in entries.items()
        )
        text = f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</{root}>'
        self.pages[path] = Page(text.encode(), "application/xml")
        return self.url(path)


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        with site.lock:
            site.asked.append(self.path)
            site.conditions.append((self.headers["if-none-match"], self.headers["if-modified-since"]))
            site.at_once += 1
            site.most_at_once = max(site.most_at_once, site.at_once)
        page = site.pages.get(self.path, Page(b"gone", status=404))
        time.sleep(page.wait_s)
        status = page.instead.pop(0) if page.instead else page.status
        tag = page.headers.get("etag")
        if status == 200 and tag and self.headers["if-none-match"] == tag:
            status = 304
        content = b"" if status == 304 else page.content
        with site.lock:
            site.at_once -= 1
        self.send_response(status)
        for name, value in {"content-type": page.kind, "content-length": str(len(content)), **page.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served_site() -> Iterator[Site]:
    """A site that answers."""
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield site
        site.shutdown()
    thread.join()

"""A web site of another origin, for tests: pages by their paths, each with a policy of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import urlsplit

KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


@dataclass
class Blog:
    """The site: ``files`` by path, and the policy that every answer has."""

    origin: str
    files: dict[str, str] = field(default_factory=dict)
    policy: str = ""

    def put(self, body: str, path: str = "/index.html", policy: str = "", head: str = "") -> str:
        """Put a page with ``body`` there; gives its address."""
        self.policy = policy
        self.files[path] = (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blog</title>{head}</head>'
            f"<body><main><h1>Blog</h1>{body}</main></body></html>"
        )
        return self.origin + path


@contextmanager
def blog() -> Iterator[Blog]:
    """A site on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            content = site.files.get(path)
            self.send_response(200 if content is not None else 204)
            self.send_header("content-type", f"{KINDS.get(PurePosixPath(path).suffix, 'text/plain')}; charset=utf-8")
            if site.policy:
                self.send_header("content-security-policy", site.policy)
            self.end_headers()
            self.wfile.write((content or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Blog(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield site
        server.shutdown()
        thread.join()

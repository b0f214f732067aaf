"""An endpoint of embeddings on this machine that speaks OpenAI's protocol, for tests."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from paraglot.search.encoders.fake import FakeEncoder


class Server(ThreadingHTTPServer):
    """An endpoint: what it was asked, and what it does instead of answering, request by request.

    ``waits_at``: the request, counted from 0, that it answers only after ``go_on``.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.instead: list[int] = []
        self.most_characters = 10_000_000
        self.turned = False
        self.waits_at: int | None = None
        self.go_on = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.bodies.append(body)
        self.server.keys.append(self.headers["authorization"])
        if len(self.server.bodies) - 1 == self.server.waits_at:
            self.server.go_on.wait(60)
        if self.path != "/v1/embeddings":
            self._answer(404, {"error": "not here"})
        elif self.server.instead:
            self._answer(self.server.instead.pop(0), {"error": "busy"})
        elif not all(body["input"]) or sum(map(len, body["input"])) > self.server.most_characters:
            self._answer(400, {"error": "input is empty or too long"})
        else:
            self._embeddings(body)

    def _embeddings(self, body: dict[str, Any]) -> None:
        vectors = FakeEncoder().encode_paragraphs(body["input"]) * 3  # not of unit length
        if self.server.turned:
            vectors = abs(vectors)
        data = [{"index": place, "embedding": one.tolist()} for place, one in enumerate(vectors)]
        self._answer(200, {"object": "list", "data": data[::-1], "model": body["model"]})

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who asked may be gone by now
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test says what it wants to know."""


@contextmanager
def endpoint() -> Iterator[Server]:
    """One that runs."""
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.go_on.set()
        running.shutdown()

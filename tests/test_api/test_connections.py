"""What the service does with connections, beneath HTTP."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from paraglot.api.http import server
from paraglot.api.http.guard import connections
from paraglot.api.http.guard.connections import Connection
from paraglot.api.http.observing.logs import Seldom
from paraglot.api.settings import Settings
from tests import clock
from tests.servers import ROOT, limited, service


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("workers", [1, 2])
def test_connections_send_at_once(small_index: Path, monkeypatch: pytest.MonkeyPatch, host: str, workers: int) -> None:
    """asyncio asks a connection's socket for its protocol, which it has from the listener, before it sets the option."""
    listeners: list[socket.socket] = []
    monkeypatch.setattr(server.uvicorn.Server, "run", lambda self, sockets: listeners.extend(sockets))
    monkeypatch.setattr(server.Multiprocess, "run", lambda self: listeners.extend(self.sockets))
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    monkeypatch.setenv(server.MULTIPROCESS, "")  # what several workers share; as it was, afterwards
    server.serve(Settings(index=small_index, host=host, port=0, workers=workers))
    [listener] = listeners
    with listener, socket.create_connection(listener.getsockname()[:2]):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class Written:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.sent.append(bytes(data))

    def close(self) -> None:
        self.closed = True


def test_the_head_of_an_answer_is_sent_with_its_body() -> None:
    async def wrote() -> None:
        written = Written()
        together = connections._Together(written, asyncio.get_running_loop())  # type: ignore[arg-type]
        together.write(b"head, ")
        together.write(b"body")
        assert written.sent == []
        await asyncio.sleep(0)
        assert written.sent == [b"head, body"]
        together.write(bytes(connections.MOST_HELD + 1))  # more waits for nobody: the client may be slow
        together.write(b"end")
        together.close()
        assert [len(one) for one in written.sent[1:]] == [connections.MOST_HELD + 1, 3]
        assert together.closed  # all else is the transport's

    asyncio.run(wrote())


LIMIT = """
import resource
from paraglot.api.http.guard.connections import most_connections, raise_file_limit
raise_file_limit()
print(*resource.getrlimit(resource.RLIMIT_NOFILE), most_connections())
"""


@pytest.mark.slow
def test_the_service_asks_for_more_files_and_takes_no_more_connections_than_they_bear() -> None:
    told = subprocess.run([*limited(300), sys.executable, "-c", LIMIT], cwd=ROOT, capture_output=True, text=True)
    assert told.stdout.split() == ["300", "300", "22"], told.stderr
    soft = ["bash", "-c", 'ulimit -Sn 500; ulimit -Hn 4000; exec "$@"', "bash"]
    told = subprocess.run([*soft, sys.executable, "-c", LIMIT], cwd=ROOT, capture_output=True, text=True)
    assert told.stdout.split() == ["4000", "4000", "1872"], told.stderr


@pytest.mark.slow
def test_silent_connections_do_not_keep_others_out(small_index: Path) -> None:
    """Three times as many as the service has files for, some with half a head and some with half a body."""
    half = b"POST /v1/articles HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\n"
    with service(small_index, files=300) as running, ExitStack() as opened:
        address = (running.client.base_url.host, running.client.base_url.port)
        for number in range(900):
            one = opened.enter_context(closing(socket.create_connection(address)))
            if number % 3:
                one.send(half[:40] if number % 3 == 1 else half + b"Content-Length: 100\r\n\r\n{")
            if number % 100 == 0:
                assert running.client.get("/livez").status_code == 200
        assert running.client.get("/v1/search", params={"q": "bread"}).json()["hits"]
        assert len((small_index.parent / "serve.log").read_text()) < 20_000


class Served:
    """uvicorn with our connections, in this process."""

    def __init__(self, port: int) -> None:
        self.port, self.bodies = port, list[bytes]()

    async def sent(self, *parts: bytes, pause_s: float = 0.0) -> bytes:
        """What comes back for a request in parts, until the service closes the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause_s)
            return await asyncio.wait_for(reader.read(), 20)
        except ConnectionError:
            return b""
        finally:
            writer.close()


def run_served(monkeypatch: pytest.MonkeyPatch, test: Any, **bounds: float) -> None:
    for name, value in bounds.items():
        monkeypatch.setattr(connections, name, value)

    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            served = Served(listener.getsockname()[1])

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                served.bodies.append(await Request(scope, receive).body())
                await PlainTextResponse("done")(scope, receive, send)

            config = uvicorn.Config(app, http=Connection, ws="none", lifespan="off", log_config=None)
            running = asyncio.create_task(uvicorn.Server(config).serve([listener]))
            try:
                await test(served)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    clock.run(run())


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n"


REST = b" HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "code", "detail"),
    [
        ("GET /v1/search?q=grève".encode() + REST, "malformed_address", "The address has the byte C3 as it is"),
        ("GET /v1/search?q=gr\xe8ve".encode("latin-1") + REST, "malformed_address", "The address has the byte E8"),
        ("GET /Straße".encode() + REST, "malformed_address", "The address has the byte C3"),
        (b"GET /v1/search?q=two words" + REST, "malformed_address", "The address has a space as it is"),
        (b"hello\r\n\r\n", "malformed_request", "This is no request of HTTP/1.1"),
        (b"GET / HTTP/1.1\r\nHost a\r\n\r\n", "malformed_request", "This is no request of HTTP/1.1"),
        (b"GET / HTTP/1.1\r\n\r\n", "malformed_request", "This is no request of HTTP/1.1"),
        (b"\x16\x03\x01\x02\x00 \xff \xfe\r\n\r\n", "malformed_request", "This is no request of HTTP/1.1"),
    ],
)
def test_what_is_no_request_is_answered_by_a_problem(
    monkeypatch: pytest.MonkeyPatch, sent: bytes, code: str, detail: str
) -> None:
    async def test(served: Served) -> None:
        head, _, body = (await served.sent(sent)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert b"content-type: application/problem+json" in head.lower()
        problem = json.loads(body)
        assert (problem["code"], problem["type"]) == (code, f"/problems/{code}")
        assert problem["detail"].startswith(detail)
        assert served.bodies == []

    run_served(monkeypatch, test)


def test_each_request_of_a_connection_is_told_by_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(served: Served) -> None:
        answer = await served.sent(b"GET /" + REST, "GET /?q=ü".encode() + REST, pause_s=0.2)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"HTTP/1.1 400 " in answer
        assert b"malformed_address" in answer

    run_served(monkeypatch, test)


@pytest.mark.slow
def test_who_does_not_send_a_head_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(served: Served) -> None:
        silent, half = await asyncio.gather(served.sent(), served.sent(HEAD))
        assert silent == b""
        assert half.startswith(b"HTTP/1.1 408 ")
        kept = await served.sent(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", HEAD)
        assert kept.startswith(b"HTTP/1.1 200 ")
        assert b"HTTP/1.1 408 " in kept, "as long for each request on a connection"
        trickle = await served.sent(*(bytes([one]) for one in HEAD), pause_s=0.06)
        assert trickle.startswith(b"HTTP/1.1 408 ") or not trickle, "bytes one by one gain no time"

    run_served(monkeypatch, test, HEADER_S=0.9)


@pytest.mark.slow
def test_a_body_that_trickles_is_let_go_and_a_slow_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(served: Served) -> None:
        assert await served.sent(HEAD + b"\r\n", b"a", b"b", pause_s=0.75) == b""
        assert served.bodies == []
        close = HEAD + b"Connection: close\r\n\r\n"
        slow = await served.sent(close, b"abc", b"def", pause_s=0.6)
        assert slow.endswith(b"done")
        assert served.bodies == [b"abcdef"]

    run_served(monkeypatch, test, BODY_S=0.9, BODY_BYTES=3)


def test_the_one_that_says_least_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(served: Served) -> None:
        tasks: list[asyncio.Task[bytes]] = []

        async def opened(*parts: bytes) -> asyncio.Task[bytes]:
            tasks.append(asyncio.create_task(served.sent(*parts)))
            await asyncio.sleep(0.2)
            return tasks[-1]

        kept = await opened(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        body = await opened(HEAD + b"\r\nabc")
        silent = await opened()
        first = [kept, body, silent]
        gone = []
        for _ in range(3):
            await opened(HEAD + b"\r\nabcde")  # as much as is asked for: at work
            gone.append([one.done() for one in first])
        assert gone == [[False, False, True], [False, True, True], [True, True, True]]
        last = await opened()
        assert last.result().startswith(b"HTTP/1.1 503 ")
        for one in tasks:
            one.cancel()

    monkeypatch.setattr(connections, "most_connections", lambda: 3)
    run_served(monkeypatch, test, BODY_BYTES=5)


def test_what_floods_the_log_is_told_once() -> None:
    def record(message: str) -> logging.LogRecord:
        return logging.LogRecord("asyncio", logging.ERROR, "", 0, message, (), None)

    seldom = Seldom()
    passed = [seldom.filter(record("socket.accept() out of system resource\nsocket: …")) for _ in range(1000)]
    assert passed == [True] + [False] * 999
    assert seldom.filter(record("something else"))
    assert seldom.filter(record("something else"))

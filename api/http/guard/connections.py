"""What the service does with connections before they are requests: how many, and how long they may dawdle."""

from __future__ import annotations

import asyncio
import re
import sys
from http import HTTPStatus
from typing import Any

import h11
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from paraglot.api.http.problems import problem

if sys.platform != "win32":
    import resource

HEADER_S = 10.0
"""How long a client may take from its connection, or its first byte on a kept one, to the end of its request's head."""

BODY_S, BODY_BYTES = 20.0, 10_000
"""A body must bring so many bytes in so many seconds, as long as the service reads it."""

MOST_FILES = 65_536
"""Open files that the service asks its system for; most give 1,024 to who does not ask."""

OWN_FILES = 256
"""Files that are kept for the index and what else is no connection."""

MOST_CONNECTIONS = 10_000

MOST_OF_A_LINE = 1000
"""How much of the first line of a request is looked at to say what is wrong with it."""


def raise_file_limit() -> None:
    """Have as many open files as the system lets this process and its children have."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < limit:
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def most_connections() -> int:
    """Connections at once: each may need a file for its body, too."""
    if sys.platform != "win32":
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY:
            return max(16, min(MOST_CONNECTIONS, (soft - OWN_FILES) // 2))
    return MOST_CONNECTIONS


MOST_HELD = 64_000
"""Bytes of an answer that wait for what is written next."""


class _Together:
    """A transport that sends at once what is written in one turn of the loop: an answer's head with its body.

    Each by itself is a packet, and wakes the client by itself.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        """Send, with what else is written in this turn."""
        if not self._held:
            self._loop.call_soon(self._send)
        self._held += data
        if len(self._held) > MOST_HELD:
            self._send()

    def close(self) -> None:
        """Send what is held, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._held:
            data, self._held = self._held, bytearray()
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


_OF_A_REQUEST = re.compile(rb"[A-Z]{3,10} /")


class Connection(H11Protocol):
    """uvicorn's connection with deadlines for what a client sends, and a bound on how many there are.

    Where there are too many, one goes that says nothing: first those that never had a request, then those whose body
    does not come, then those kept for the next request; of each the one that has waited longest. Else the new one goes.
    """

    _timer: asyncio.TimerHandle | None = None
    _awaited: type[h11.IDLE] | type[h11.SEND_BODY] | None = None
    _received = 0
    _since = 0.0
    _line = b""  # with which the last request began

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(_Together(transport, self.loop))  # type: ignore[arg-type]
        self._since = self.loop.time()
        self._await(h11.IDLE)
        if len(self.connections) > most_connections():
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Some of a request came."""
        self._received += len(data)
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self._line = data[:MOST_OF_A_LINE].partition(b"\n")[0]
        super().data_received(data)
        self._look()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Answer what is no request by a problem, and close; in the midst of another answer only close."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = _refusal(self._line)
            answer.headers["connection"] = "close"
            self._answer(HTTPStatus.BAD_REQUEST, answer.raw_headers, bytes(answer.body))
        self.transport.close()

    def on_response_complete(self) -> None:
        """An answer was sent; the next request may be here already."""
        self._since = self.loop.time()
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._await(None)
        super().connection_lost(exc)

    @property
    def silence(self) -> tuple[int, float] | None:
        """How soon it goes where there are too many, the least first; None: it is at work."""
        if self.conn.their_state is h11.SEND_BODY:
            return None if self.flow.read_paused or self._received >= BODY_BYTES else (1, self._since)
        if self.conn.their_state is h11.IDLE and (self.cycle is None or self.cycle.response_complete):
            return (0 if self.cycle is None else 2, self._since)
        return None

    def _look(self) -> None:
        """Await what the client has still to send."""
        state = self.conn.their_state
        if state is h11.SEND_BODY or (state is h11.IDLE and (self._awaited is h11.IDLE or self.conn.trailing_data[0])):
            if self._awaited is not state:
                self._await(state, received=len(self.cycle.body) if state is h11.SEND_BODY else 0)
        else:
            self._await(None)

    def _await(self, what: Any, received: int = 0) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._awaited, self._timer, self._received = what, None, received
        if what is not None:
            self._timer = self.loop.call_later(HEADER_S if what is h11.IDLE else BODY_S, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self._awaited is h11.SEND_BODY and (self.flow.read_paused or self._received >= BODY_BYTES):
            self._await(h11.SEND_BODY)
        elif self._awaited is h11.IDLE and self.conn.trailing_data[0]:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()

    def _make_room(self) -> None:
        idle = [
            connection
            for connection in self.connections
            if isinstance(connection, Connection) and connection is not self
        ]
        silent = [(other.silence, id(other), other) for other in idle if other.silence is not None]
        if not silent:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        _, _, longest = min(silent)
        longest.transport.abort()
        self.connections.discard(longest)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer without a request, and close: no problem document, since no application was asked."""
        head = [(b"content-length", b"0"), (b"connection", b"close"), (b"retry-after", b"1")]
        self._answer(status, head)
        self.transport.close()

    def _answer(self, status: HTTPStatus, head: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        answer = h11.Response(status_code=status, headers=head, reason=status.phrase.encode())
        events = [answer, *([h11.Data(data=body)] if body else []), h11.EndOfMessage()]
        self.transport.write(b"".join(self.conn.send(event) or b"" for event in events))


def _refusal(line: bytes) -> Response:
    """What is said to who sent a head that is none, which began with this line."""
    address = b" ".join(line.split(b" ")[1:-1]) if _OF_A_REQUEST.match(line) else b""
    foreign = next((bytes([byte]) for byte in address if byte > 0x7E), b"")
    if foreign or b" " in address:
        fault = f"the byte {foreign.hex().upper()}" if foreign else "a space"
        detail = f"The address has {fault} as it is: it must be percent-encoded (curl: -G --data-urlencode 'q=…')."
        return problem(HTTPStatus.BAD_REQUEST, "malformed_address", detail)
    return problem(
        HTTPStatus.BAD_REQUEST, "malformed_request", "This is no request of HTTP/1.1, or its headers are not."
    )

"""What the service does with connections, beneath HTTP."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from api import server
from api.settings import Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("workers", [1, 2])
def test_connections_send_at_once(small_index: Path, monkeypatch: pytest.MonkeyPatch, host: str, workers: int) -> None:
    """asyncio asks a connection's socket for its protocol, which it has from the listener, before it sets the option."""
    listeners: list[socket.socket] = []
    monkeypatch.setattr(server.uvicorn.Server, "run", lambda self, sockets: listeners.extend(sockets))
    monkeypatch.setattr(server.Multiprocess, "run", lambda self: listeners.extend(self.sockets))
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    monkeypatch.setenv(server.MULTIPROCESS, "")  # what it is set to ends with this test
    server.serve(Settings(index=small_index, host=host, port=0, workers=workers))
    [listener] = listeners
    with listener, socket.create_connection(listener.getsockname()[:2]):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

"""The service as a process: what may be bound, and uvicorn over the application."""

from __future__ import annotations

import socket

import uvicorn

from api.app import create_app
from api.loopback import is_loopback
from api.settings import Settings
from search.engine import Engine
from search.errors import InvalidSettings


def serve(settings: Settings) -> None:
    """Serve the index until a signal ends it. Raises `InvalidSettings` for an address that cannot be bound."""
    check_loopback(settings.host)
    engine = Engine(settings.index)
    try:
        listener = _listen(settings.host, settings.port)
    except BaseException:
        engine.close()
        raise
    host, port = listener.getsockname()[:2]
    print(f"Serving {settings.index} at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)  # noqa: T201
    config = uvicorn.Config(create_app(engine), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])


def check_loopback(host: str) -> None:
    """Refuse every address that other machines can reach: there are no access keys yet."""
    if not is_loopback(host):
        raise InvalidSettings(
            f"--host {host}: other machines could reach the service, and it has no access keys yet.",
            "Serve at 127.0.0.1 and put a reverse proxy that checks access in front (with Host: 127.0.0.1).",
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise InvalidSettings(
            f"{host}:{port} cannot be bound: {error.strerror}.", "Choose another port: rosetta serve --port PORT"
        ) from None
    return listener

"""Only this machine is served: which addresses are its own, and a refusal of requests under any other name."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.http.problems import problem


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class LoopbackHosts:
    """Refuses requests whose ``Host`` is not this machine.

    A foreign web page may let its own name point here and then read every answer (DNS rebinding). Starlette's
    `TrustedHostMiddleware` takes lists of names, not ranges of addresses, and answers no problem document. Where keys
    are needed, such a page lacks one, and proxies may name the service as they like.
    """

    def __init__(self, app: ASGIApp, needed: Callable[[], bool]) -> None:
        self._app, self._needed = app, needed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        app = self._app
        if scope["type"] == "http" and self._needed() and not _names_loopback(Headers(scope=scope).get("host", "")):
            detail = (
                "Requests for 127.0.0.1, localhost or [::1] alone are answered without keys; a proxy must send such a"
                " Host header, or paraglot keys create must have made a key."
            )
            app = problem(HTTPStatus.MISDIRECTED_REQUEST, "misdirected_request", detail)
        await app(scope, receive, send)


def _names_loopback(host: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False

"""HEAD wherever GET is: the same answer without its body."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASKED = "asked_method"
"""Where the scope has the method that was asked for, for the log."""


class HeadAsGet:
    """Hands HEAD on as GET and keeps the body back; the headers are those of GET to the last (RFC 9110, 9.3.2).

    It stands before all else: what codes the content, gives validators or refuses must see GET, too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET", ASKED: "HEAD"}, receive, without_body)

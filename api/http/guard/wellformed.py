"""Requests that nothing could read rightly are refused before anything does: wrong bytes, lengths said twice, codes."""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.http.problems import problem

_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class WellFormed:
    """Refuses an address that is no UTF-8 when it is decoded, a body whose length is told in two ways, and one that is
    compressed.

    The first would be read as another query, the second by a proxy as another request, the third not at all.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        app = _refusal(scope) or self._app if scope["type"] == "http" else self._app
        await app(scope, receive, send)


def _refusal(scope: Scope) -> Response | None:
    for part, name in ((scope.get("raw_path") or b"", "path"), (scope["query_string"], "query")):
        why = _fault(part)
        if why:
            return problem(HTTPStatus.BAD_REQUEST, "malformed_address", f"The {name} of the address {why}.")
    headers = Headers(scope=scope)
    if "content-length" in headers and "transfer-encoding" in headers:
        detail = "Content-Length and Transfer-Encoding are both given: where the body ends is not certain."
        refused = problem(HTTPStatus.BAD_REQUEST, "ambiguous_length", detail)
        refused.headers["connection"] = "close"
        return refused
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        detail = f"Send the body as it is, without Content-Encoding: {headers['content-encoding']}."
        refused = problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
        refused.headers["accept-encoding"] = "identity"  # RFC 9110, 15.5.16
        return refused
    return None


def _fault(part: bytes) -> str:
    """What is wrong with the bytes of an address, or ""."""
    broken = _BROKEN.search(part)
    if broken:
        escape = part[broken.start() : broken.start() + 3].decode("ascii", "replace")
        return f"has {escape!r}, which encodes no byte; a per cent sign itself is %25"
    try:
        unquote_to_bytes(part.replace(b"+", b" ")).decode()
    except UnicodeDecodeError as error:
        return f"is no UTF-8 (byte {error.object[error.start]:02X})"
    return ""

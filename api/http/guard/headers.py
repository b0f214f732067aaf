"""Headers that keep browsers from doing harm with our answers; a route that sets its own keeps it."""

from __future__ import annotations

import base64
import re
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraglot.api.http.guard.policy import policy_of

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""The content security policy of everything that is not a page."""

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
"""Of a page of ours: files from here alone, nothing that stands in the page itself."""

_INLINE_SCRIPT = re.compile(r"<script(?![^>]* src=)[^>]*>(.*?)</script>", re.DOTALL)

HEADERS = {
    "content-security-policy": NOTHING,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Adds `HEADERS` to every answer, but for those that the policy of its route forbids.

    What needs a key is never stored, unless its route or its validator says so.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        policy = policy_of(scope)
        start_message: Message | None = None

        async def with_headers(message: Message) -> None:
            nonlocal start_message
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if policy.foreign:
                    headers["cross-origin-resource-policy"] = "cross-origin"
                if policy.framed and message["status"] == 200:  # the older header knows no names
                    del headers["x-frame-options"]
                if policy.scope is not None:
                    headers.setdefault("cache-control", "no-store")
                if policy.inline_scripts:
                    start_message = message
                    return
            elif start_message is not None:
                page = message.get("body", b"").decode("utf-8", "replace")
                MutableHeaders(scope=start_message)["content-security-policy"] = page_policy(page)
                start, start_message = start_message, None
                await send(start)
            await send(message)

        await self._app(scope, receive, with_headers)


def page_policy(page: str) -> str:
    """The policy of a page of the documentation: files from here, and the scripts that stand in it.

    Only for pages that hold nothing from outside: what is in them is what may run.
    """
    scripts = " ".join(
        f"'sha256-{base64.b64encode(sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE_SCRIPT.findall(page)
    )
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )

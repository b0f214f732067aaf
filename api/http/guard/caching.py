"""Validators: an answer is the same as long as all is that made it (`Validators._tag`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraglot.api.http.guard.policy import policy_of
from paraglot.search.index import Manifest
from paraglot.search.query.rules.file import RulesNow

_passing: ContextVar[list[bool] | None] = ContextVar("passing", default=None)


def not_cacheable() -> None:
    """Let the answer on its way have no validator: it lacks what the next one may have."""
    passing = _passing.get()
    if passing is not None:
        passing.append(True)


_TAG = re.compile(r'(?:W/)?("[^"]*")')


class Validators:
    """Gives answers to GET an ETag where the route declares one, and 304 to those who have them.

    The tag is weak: times differ.

    ``If-None-Match`` is compared weakly (RFC 9110, 13.1.2); ``*`` is met by any answer that there is.
    """

    def __init__(
        self, app: ASGIApp, manifest: Callable[[], Manifest], rules: Callable[[], RulesNow], reranker: str | None
    ) -> None:
        self._app, self._manifest, self._rules, self._reranker = app, manifest, rules, reranker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not policy_of(scope).validated:
            await self._app(scope, receive, send)
            return
        tag = self._tag(scope)
        headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "Authorization, X-API-Key"}
        tags = ", ".join(Headers(scope=scope).getlist("if-none-match"))
        unchanged = Response(status_code=304, headers=headers)
        if tag.removeprefix("W/") in _TAG.findall(tags):
            await unchanged(scope, receive, send)
            return
        any_, instead = tags.strip() == "*", False
        passing: list[bool] = []
        token = _passing.set(passing)

        async def tagged(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start" and message["status"] == 200 and any_:
                instead = True
                await unchanged(scope, receive, send)
            if instead:  # there is an answer, and the client has no use for it
                return
            if message["type"] == "http.response.start" and message["status"] == 200 and not passing:
                sent_headers = MutableHeaders(scope=message)
                for name, value in headers.items():
                    sent_headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, tagged)
        finally:
            _passing.reset(token)

    def _tag(self, scope: Scope) -> str:
        """Read before the answer is made: an answer may be newer than its tag, never older."""
        manifest = self._manifest()
        key = scope.get("state", {}).get("key")
        parts = (
            manifest.generation,
            manifest.created,
            scope["path"],
            scope["query_string"],
            key.filter if key else None,
            self._rules().version,
            self._reranker,
        )
        return f'W/"{manifest.generation}-{sha256(repr(parts).encode()).hexdigest()[:20]}"'

"""Bounds on what a request may cost: how long its body is, and how long its answer takes to begin."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem
from indexer.drafts import MAX_LINE_BYTES

MAX_BODY_BYTES = 1_000_000
"""Of a search or any other request that is not a write."""


class BodyLimit:
    """Refuses bodies that are too long, by what they announce and by what comes."""

    def __init__(self, app: ASGIApp, max_articles_bytes: int) -> None:
        """``max_articles_bytes``: of one POST /v1/articles."""
        self._app, self._max_articles_bytes = app, max_articles_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope)
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            detail = f"The body is longer than {limit:,} bytes."
            await problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail)(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is longer than {limit:,} bytes.")
            return message

        await self._app(scope, counted, send)

    def _limit(self, scope: Scope) -> int:
        if scope["path"] == "/v1/articles":
            return self._max_articles_bytes
        is_article = scope["method"] == "PUT" and scope["path"].startswith("/v1/articles/")
        return MAX_LINE_BYTES if is_article else MAX_BODY_BYTES


class TimeLimit:
    """Answers 503 where no answer has begun in time. What was started runs to its end and is thrown away."""

    def __init__(self, app: ASGIApp, timeout_s: float) -> None:
        self._app, self._timeout_s = app, timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request; writes take as long as their bodies and ``wait`` take."""
        if scope["type"] != "http" or scope["path"].startswith(("/v1/articles", "/v1/tasks")):
            await self._app(scope, receive, send)
            return
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        work = asyncio.create_task(self._run(scope, receive, noted))
        done, _ = await asyncio.wait({work}, timeout=self._timeout_s)
        if not done and not begun:
            work.cancel()
            detail = f"No answer came in {self._timeout_s:g} s; the service may be overloaded."
            late = problem(HTTPStatus.SERVICE_UNAVAILABLE, "timeout", detail)
            late.headers["retry-after"] = "1"
            await late(scope, receive, send)
            return
        await work

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

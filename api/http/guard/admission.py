"""How many searches run at once: more of them would only slow each other down, and what waits costs nothing."""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.http.guard.policy import policy_of
from paraglot.api.http.problems import problem

AT_ONCE = max(4, 2 * (os.cpu_count() or 1))
"""Searches of one process: two a core, since a search waits for the disk and leaves Python for its products."""

LONG_BYTES = 1_000
"""A request of more takes long, mostly. All of those together may have a quarter of the places."""

MOST_WAITING = 200
WAIT_S = 1.0
"""How long a search waits for its turn before it is refused: who asks again later is served sooner than who waits."""


class Places:
    """The places of one process, for whichever collection is searched."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.all = asyncio.Semaphore(at_once)
        self.long = asyncio.Semaphore(max(1, at_once // 4))
        self.waiting = 0


class Admission:
    """Lets so many searches run at once, others wait for a moment, and refuses what waited in vain."""

    def __init__(self, app: ASGIApp, places: Places, wait_s: float = WAIT_S) -> None:
        self._app, self._places, self._wait_s = app, places, wait_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http" or not _costly(scope):
            await self._app(scope, receive, send)
            return
        async with AsyncExitStack() as held:
            places = self._places
            admitted = await self._admitted(held, [places.long, places.all] if _long(scope) else [places.all])
            await (self._app if admitted else overloaded())(scope, receive, send)

    async def _admitted(self, held: AsyncExitStack, slots: list[asyncio.Semaphore]) -> bool:
        """Take a place of each kind; False where there was none in time."""
        if self._places.waiting >= MOST_WAITING:
            return False
        self._places.waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                for slot in slots:
                    await held.enter_async_context(slot)
        except TimeoutError:
            return False
        finally:
            self._places.waiting -= 1
        return True


def overloaded() -> Response:
    """The refusal of a search for which there was no place."""
    detail = "Too many searches are on their way; ask again in a moment."
    refused = problem(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", detail)
    refused.headers["retry-after"] = "1"
    return refused


def _costly(scope: Scope) -> bool:
    policy = policy_of(scope)
    return policy.costly and (not policy.idle or bool(scope["query_string"]))


def _long(scope: Scope) -> bool:
    announced = Headers(scope=scope).get("content-length", "0" if scope["method"] in ("GET", "HEAD") else "")
    body = int(announced) if announced.isdecimal() and len(announced) < 10 else LONG_BYTES
    return len(scope["query_string"]) + body >= LONG_BYTES

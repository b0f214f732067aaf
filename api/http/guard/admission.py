"""How many searches run at once: more of them would only slow each other down, and what waits costs nothing."""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections import deque
from contextlib import AsyncExitStack
from http import HTTPStatus
from statistics import median

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.http.guard.policy import policy_of
from paraglot.api.http.memory import Quiet
from paraglot.api.http.problems import problem

AT_ONCE = max(2, os.cpu_count() or 1)
"""Searches of one process, one a core: more of them take Python from each other, and all end later."""

AT_ONCE_ELSEWHERE = max(4, 2 * (os.cpu_count() or 1))
"""The same where a cluster has the index, or an endpoint the encoder: much of a search is waiting for them."""

LONG_BYTES = 1_000
"""A request of more takes long, mostly. All of those together may have a quarter of the places."""

MOST_WAITING = 200
WAIT_S = 1.0
"""How long a search waits for its turn before it is refused: who asks again later is served sooner than who waits. One
that would wait longer, by how long searches took of late and how many wait already, is refused at once.
"""

OF_LATE = 32
"""Searches whose median tells how long searches take."""

PATIENCE_S = 1.5
CROWD_S = 1.0
"""While others want its place, and for so long after one was refused, a search is given up that has not been answered
by then. Where even the shortest of late took long, as with a reranker, it may take twice that: else none would end.
"""


class Places:
    """The places of one process, for whichever collection is searched."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.all = asyncio.Semaphore(at_once)
        self.long = asyncio.Semaphore(max(1, at_once // 4))
        self.at_once, self.waiting = at_once, 0
        self.refused = -math.inf  # when one was, by the clock of the loop
        self._took_s: deque[float] = deque(maxlen=OF_LATE)
        self._quiet = Quiet()

    def note(self, took_s: float) -> None:
        """A search has ended that took so long."""
        self._took_s.append(took_s)
        self._quiet.ended()

    @property
    def patience_s(self) -> float:
        """How long a search may take now until it is answered, its waiting included."""
        if not self.waiting and asyncio.get_running_loop().time() > self.refused + CROWD_S:
            return math.inf
        return max(PATIENCE_S, 2 * min(self._took_s, default=0.0))

    @property
    def wait_s(self) -> float:
        """How long one more search would wait for its turn."""
        if not self._took_s or not self.all.locked():
            return 0.0
        return (self.waiting + 1) * median(self._took_s) / self.at_once


class Admission:
    """Lets so many searches run at once, others wait for a moment, and refuses what waited in vain."""

    def __init__(self, app: ASGIApp, places: Places, wait_s: float = WAIT_S) -> None:
        self._app, self._places, self._wait_s = app, places, wait_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http" or not costly(scope):
            await self._app(scope, receive, send)
            return
        async with AsyncExitStack() as stack:
            places = self._places
            admitted = await self._admitted(stack, [places.long, places.all] if _long(scope) else [places.all])
            if not admitted:
                places.refused = asyncio.get_running_loop().time()
                await overloaded(places.wait_s)(scope, receive, send)
                return
            started = time.monotonic()
            try:
                await self._app(scope, receive, send)
            finally:
                places.note(time.monotonic() - started)

    async def _admitted(self, stack: AsyncExitStack, slots: list[asyncio.Semaphore]) -> bool:
        """Take a place of each kind; False where there was none in time."""
        if self._places.waiting >= MOST_WAITING or self._places.wait_s > self._wait_s:
            return False
        self._places.waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                for slot in slots:
                    await stack.enter_async_context(slot)
        except TimeoutError:
            return False
        finally:
            self._places.waiting -= 1
        return True


def overloaded(wait_s: float) -> Response:
    """The refusal of a search for which there was no place, or none any more; in ``wait_s`` there may be one."""
    detail = "Too many searches are on their way; ask again in a moment."
    refused = problem(HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", detail)
    refused.headers["retry-after"] = str(max(1, math.ceil(wait_s)))
    return refused


def costly(scope: Scope) -> bool:
    """Whether a request needs a place."""
    policy = policy_of(scope)
    return policy.costly and (not policy.idle or bool(scope["query_string"]))


def _long(scope: Scope) -> bool:
    announced = Headers(scope=scope).get("content-length", "0" if scope["method"] in ("GET", "HEAD") else "")
    body = int(announced) if announced.isdecimal() and len(announced) < 10 else LONG_BYTES
    return len(scope["query_string"]) + body >= LONG_BYTES

"""Bounds on what a request may cost: how long its body is, and how long its answer takes to begin."""

from __future__ import annotations

import asyncio
import logging
import time
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraglot.api.http.guard.admission import Places, costly, overloaded
from paraglot.api.http.guard.policy import policy_of
from paraglot.api.http.problems import problem
from paraglot.search.deadline import Deadline, until

log = logging.getLogger("paraglot.http")


class BodyLimit:
    """Refuses bodies that are too long, by what they announce and by what comes."""

    def __init__(self, app: ASGIApp, max_articles_bytes: int) -> None:
        """``max_articles_bytes``: of many articles at once, whose route leaves it to the settings."""
        self._app, self._max_articles_bytes = app, max_articles_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = policy_of(scope).max_body_bytes
        limit = self._max_articles_bytes if declared is None else declared
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            detail = f"The body is longer than {limit:,} bytes."
            await problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body_too_large", detail)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is longer than {limit:,} bytes.")
            return message

        await self._app(scope, counted, send)


LOOK_S = 0.1
"""How often it is seen whether others want the place of a search that is not answered."""


class TimeLimit:
    """Answers 503 where no answer has begun in time, and ends the work for answers that nobody waits for any more.

    What needs one of the ``places`` has less time while others want it. The work of a request ends itself in the next
    step that looks at its deadline (`paraglot.search.deadline`).
    """

    def __init__(self, app: ASGIApp, timeout_s: float, places: Places) -> None:
        self._app, self._timeout_s, self._places = app, timeout_s, places
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        if scope["type"] != "http" or not policy_of(scope).timed:
            await self._app(scope, receive, send)
            return
        begun = given_up = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            if not given_up:
                await send(message)

        deadline = Deadline(time.monotonic() + self._timeout_s)
        client = _Client(receive, deadline)
        with until(deadline):
            work = asyncio.create_task(self._run(scope, client.receive, noted))
        listening = asyncio.create_task(client.listen())
        try:
            refusal = await self._wait(work, crowded=costly(scope))
            if work.done() or begun:
                await work
                return
            given_up = True
            deadline.stop()
            # Not cancelled: that would not end its thread, whose place among the searches is free only at its end.
            self._late.add(work)
            work.add_done_callback(self._ended)
            await refusal(scope, receive, send)
        finally:
            listening.cancel()

    async def _wait(self, work: asyncio.Task[None], *, crowded: bool) -> Response:
        """Wait until the work is done or its time is up, and give what is said then.

        ``crowded``: others may want its place.
        """
        loop = asyncio.get_running_loop()
        started, places = loop.time(), self._places
        while not work.done() and (waited := loop.time() - started) < self._timeout_s:
            if crowded and waited >= places.patience_s:
                return overloaded(places.wait_s)
            left = self._timeout_s - waited
            await asyncio.wait({work}, timeout=min(LOOK_S, left) if crowded else left)
        return too_late(self._timeout_s)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def _ended(self, work: asyncio.Task[None]) -> None:
        self._late.discard(work)
        if not work.cancelled() and work.exception():
            log.error("a request that was given up failed", exc_info=work.exception())


class _Client:
    """What a client sends, listened to while the answer is made: one that goes away brings the deadline forward."""

    def __init__(self, receive: Receive, deadline: Deadline) -> None:
        self._receive, self._deadline = receive, deadline
        self._inbox: asyncio.Queue[Message | Exception] = asyncio.Queue()
        self._gone = False

    async def listen(self) -> None:
        """Take in what comes, until the client is gone."""
        while not self._gone:
            try:
                message = await self._receive()
            except Exception as error:  # a body that is too long; for who reads it to answer
                self._inbox.put_nowait(error)
                return
            self._gone = message["type"] == "http.disconnect"
            self._inbox.put_nowait(message)
        self._deadline.stop()

    async def receive(self) -> Message:
        """The next message, as ASGI has it."""
        if self._gone and self._inbox.empty():
            return {"type": "http.disconnect"}
        message = await self._inbox.get()
        if isinstance(message, Exception):
            raise message
        return message


def too_late(timeout_s: float) -> Response:
    """The answer where there is none in time."""
    late = problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "timeout",
        f"No answer came in {timeout_s:g} s; the service may be overloaded.",
    )
    late.headers["retry-after"] = "1"
    return late

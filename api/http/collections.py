"""The service as one application: each collection has its own, which is asked below its name; the default one also
without. ``/v1/collections/news/search`` is ``/v1/search`` of news, ``/v1/collections/news/feed.rss`` its ``/feed.rss``.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraglot.api.http.app import create_app
from paraglot.api.http.guard.doors import NAMED
from paraglot.api.http.guard.policy import leaves
from paraglot.api.http.observing.observe import Models, ObservedEngine
from paraglot.api.http.shared import Shared
from paraglot.api.settings import RESERVED, Settings, collections_of

PREFIX = "/v1/collections"
_BELOW = re.compile(rf"{PREFIX}/([^/]*)(/.*)?")


def create_service(settings: Settings, stopping: Callable[[], object] = lambda: None) -> Collections:
    """The application over all indexes that the settings name. Raises as opening them does."""
    shared, models = Shared.of(settings), Models.of(settings)
    apps: dict[str, FastAPI] = {}
    for name, folder in collections_of(settings).items():
        settings_here = replace(settings, index=folder)
        apps[name] = create_app(ObservedEngine(settings_here, models), settings_here, stopping, shared, name)
    return Collections(apps)


class Collections:
    """Hands each request to the application of the collection that its address names."""

    def __init__(self, apps: Mapping[str, FastAPI]) -> None:
        """``apps``: by name, the default one first."""
        self._apps = apps
        self._default = next(iter(apps.values()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live from the start of the process to its end."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        below = _BELOW.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if below is None or not below[1] or below[1] in RESERVED:
            await self._default(scope, receive, send)
            return
        # A name that there is not goes to the default application, whose guard answers as for one without a key.
        app = self._apps.get(below[1], self._default)
        root = f"{PREFIX}/{below[1]}"
        below_scope = {**scope, NAMED: below[1], "root_path": scope.get("root_path", "") + root}
        await app(next(_addressed(app, below_scope, root, below[2] or "/v1/index")), receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start all applications, and end them together."""
        lives = [_Life(app) for app in self._apps.values()]
        await receive()
        failures = [fault for life in lives if (fault := await life.start())]
        if failures:
            await asyncio.gather(*(life.end() for life in lives))
            await send({"type": "lifespan.startup.failed", "message": failures[0]})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.gather(*(life.end() for life in lives))
        await send({"type": "lifespan.shutdown.complete"})


def _addressed(app: FastAPI, scope: Scope, root: str, rest: str) -> Iterator[Scope]:
    """The address as the application has it: of ``/v1`` where that is left out and there is one, else as it stands."""
    if not rest.startswith("/v1/"):
        short = {**scope, "path": f"{root}/v1{rest}"}
        if any(route.matches(short)[0] != Match.NONE for route in leaves(app.routes)):
            yield short
    yield {**scope, "path": f"{root}{rest}"}


class _Life:
    """The life of one application, through all of its middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._replies: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Start it; what went wrong, or ""."""
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        self._task = asyncio.create_task(self._run(scope))
        await self._events.put({"type": "lifespan.startup"})
        message = await self._replies.get()
        return (
            "" if message["type"] == "lifespan.startup.complete" else str(message.get("message") or "it did not start")
        )

    async def end(self) -> None:
        """End it, if it lives."""
        await self._events.put({"type": "lifespan.shutdown"})
        if self._task:
            with suppress(Exception):  # it was told of as what it is: a failed start, or in the log
                await self._task

    async def _run(self, scope: Scope) -> None:
        try:
            await self._app(scope, self._events.get, self._replies.put)
        except BaseException as error:
            await self._replies.put({"type": "lifespan.startup.failed", "message": str(error)})
            raise

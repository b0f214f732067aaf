"""``POST /mcp``: Streamable HTTP for assistants. The SDK is imported when the first one comes."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from paraglot.api.http.guard.policy import RoutePolicy, declare
from paraglot.api.http.problems import problem
from paraglot.search.engine.engine import Engine

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

INSTALL = "pip install 'paraglot[mcp]'"


class McpDoor:
    """Hands requests on to the SDK's server, which `run` starts and ends in one task."""

    def __init__(self, engine: Engine, collection: str = "") -> None:
        """``collection``: the name of what the engine searches, where it has one."""
        self._engine, self._collection = engine, collection
        self.route = declare(Route("/mcp", self, methods=["POST"]), RoutePolicy("search", filtered=True, costly=True))
        self._wanted, self._tried = asyncio.Event(), asyncio.Event()
        self._manager: StreamableHTTPSessionManager | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["route"] = self.route  # for the log and the metrics, as other routes do
        self._wanted.set()
        await self._tried.wait()
        if self._manager is None:
            missing = problem(HTTPStatus.NOT_IMPLEMENTED, "not_installed", f"/mcp needs the MCP SDK: {INSTALL}")
            await missing(scope, receive, send)
            return
        with suppress(ClientDisconnect):  # nobody is left to be answered
            await self._manager.handle_request(scope, receive, send)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve from the first request on until ``stop``."""
        stopping = asyncio.create_task(stop.wait())
        waiting = asyncio.create_task(self._wanted.wait())
        await asyncio.wait({stopping, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        try:
            manager = None if stop.is_set() else await asyncio.to_thread(self._made)
            if manager is not None:
                async with manager.run():
                    self._manager = manager
                    self._tried.set()
                    await stopping
        finally:
            self._tried.set()
            await stopping

    def _made(self) -> StreamableHTTPSessionManager | None:
        try:
            from paraglot.api.mcp.server import http_manager
        except ImportError:
            return None
        return http_manager(self._engine, self._collection)

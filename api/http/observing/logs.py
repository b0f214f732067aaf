"""The service's log: one line per request with its id, as JSON or as text; never a query unless it was asked for."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import Processor

from paraglot.api.http.guard.head import ASKED
from paraglot.api.http.problems import problem

Observe = Callable[[str, str, int, float], None]
"""Called after each request with its method, route, status and seconds."""

REQUEST_ID = "x-request-id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = logging.getLogger("paraglot.http")


class Seldom(logging.Filter):
    """Lets a message pass once in so many seconds where it could come thousands of times a second."""

    SECONDS = 60.0
    SUCH = ("socket.accept() out of system resource",)

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged."""
        kind = next((prefix for prefix in self.SUCH if record.getMessage().startswith(prefix)), None)
        if kind is None:
            return True
        now = time.monotonic()
        passes = now - self._last.get(kind, -self.SECONDS) >= self.SECONDS
        if passes:
            self._last[kind] = now
        return passes


def start_logging(log_format: str) -> None:
    """Send every logger's lines to stderr: ``json``, ``text``, or ``auto`` (text where stderr is a terminal)."""
    as_text = log_format == "text" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    end: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
        if as_text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *end]
        )
    )
    handler.addFilter(Seldom())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("paraglot").setLevel(logging.INFO)


class RequestLog:
    """Gives each request an id, logs how it ended, and answers 500 where the application failed."""

    def __init__(self, app: ASGIApp, observe: Observe) -> None:
        self._app, self._observe = app, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent_id = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = sent_id if _GIVEN_ID.fullmatch(sent_id) else uuid4().hex
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, noted)
            except Exception:
                log.exception("the request failed")
                if not status:
                    await failed()(scope, receive, noted)
            finally:
                self._ended(scope, status, time.perf_counter() - started)

    def _ended(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "").replace(":path}", "}")
        key = scope.get("state", {}).get("key")
        method = scope.get(ASKED, scope["method"])
        self._observe(method, route, status, seconds)
        log.info(
            "request",
            extra={
                "method": method,
                "path": scope["path"],
                "status": status,
                "took_ms": round(seconds * 1000, 1),
                "key": key.id if key else None,
            },
        )


def failed() -> ASGIApp:
    """The answer to a fault of ours: nothing of it is told."""
    detail = f"The service failed; its log has the details under this answer's {REQUEST_ID}."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail)

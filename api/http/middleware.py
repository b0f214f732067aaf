"""What every request passes on its way to a route, and in which order."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from paraglot.api.http.error_pages import ErrorPages
from paraglot.api.http.guard.access import Access
from paraglot.api.http.guard.admission import Admission
from paraglot.api.http.guard.caching import Validators
from paraglot.api.http.guard.coding import ContentCoding
from paraglot.api.http.guard.head import HeadAsGet
from paraglot.api.http.guard.headers import SecurityHeaders
from paraglot.api.http.guard.limits import BodyLimit, TimeLimit
from paraglot.api.http.guard.loopback import LoopbackHosts
from paraglot.api.http.guard.policy import FindPolicy
from paraglot.api.http.guard.wellformed import WellFormed
from paraglot.api.http.observing.logs import RequestLog
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.http.observing.telemetry import Tracing
from paraglot.api.http.shared import Shared
from paraglot.api.pages.brand import Brand
from paraglot.api.settings import Settings

ANSWER_SECONDS = 5
"""How much longer than its time limit a search may take to answer in part, before it is given up."""

MCP_HEADERS = ("Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name")
"""What browsers of allowed pages may send to /mcp beside the usual."""


def middleware(
    app: FastAPI, engine: ObservedEngine, settings: Settings, shared: Shared, name: str
) -> tuple[Middleware, ...]:
    """The guards of the collection ``name``, the first that a request meets first."""
    keys = shared.doors.keys(name)
    access = Middleware(Access, doors=shared.doors, own_name=name, rates=shared.rates, origins=settings.allow_origin)
    timeout_s = settings.timeout_s + ANSWER_SECONDS
    return (
        Middleware(HeadAsGet),  # what codes, validates or refuses must see GET, too
        Middleware(FindPolicy, routes=lambda: app.routes),  # all that follows asks what the route declares
        Middleware(ContentCoding),  # codes every answer, refusals as well
        Middleware(SecurityHeaders),  # on every answer, refusals as well
        Middleware(ErrorPages, brand=Brand.of(settings)),  # before headers are added, after all that may refuse
        *([Middleware(Tracing)] if settings.telemetry else []),  # a span has all that follows in it
        Middleware(RequestLog, observe=lambda *request: app.state.metrics.request(*request)),  # refusals as well
        Middleware(WellFormed),  # before anything reads the address
        *([_cross_origin(settings)] if settings.allow_origin else []),  # a browser asks beforehand, without a key
        Middleware(LoopbackHosts, needed=lambda: not keys.required),  # before who needs no key is let in
        access,  # before anything costs something
        Middleware(BodyLimit, max_articles_bytes=settings.max_body_mb * 1_000_000),  # before a body is listened to
        Middleware(TimeLimit, timeout_s=timeout_s, places=shared.places),  # waiting for a place counts
        Middleware(Admission, places=shared.places),  # who waits has been let in
        # last: it knows the filter of the key, and what it answers for has been let in
        Middleware(Validators, manifest=lambda: engine.manifest, rules=engine.rules.now, reranker=settings.reranker),
    )


def _cross_origin(settings: Settings) -> Middleware:
    return Middleware(
        CORSMiddleware,
        allow_origins=settings.allow_origin,
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "X-API-Key", "Content-Type", "If-None-Match", *MCP_HEADERS],
        expose_headers=["ETag", "Retry-After", "X-Request-Id"],
        max_age=3600,
    )

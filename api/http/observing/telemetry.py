"""Traces by OpenTelemetry, an extra: a span per request with its searches' stages. No address and no query leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paraglot.search.errors import InvalidSettings


def note_stages(timings_ms: Mapping[str, float]) -> None:
    """Put a search's stages on the span of its request."""
    from opentelemetry import trace

    span = trace.get_current_span()
    for stage, took_ms in timings_ms.items():
        span.set_attribute(f"paraglot.search.{stage}_ms", round(took_ms, 3))


class Tracing:
    """Makes a span of each request; where it is sent, ``OTEL_EXPORTER_OTLP_ENDPOINT`` and its like say."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        try:
            from opentelemetry import propagate, trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            raise InvalidSettings(
                "--telemetry needs OpenTelemetry.", "Install it: pip install 'paraglot[telemetry]'"
            ) from None
        provider = TracerProvider(resource=Resource.create({"service.name": "paraglot"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._provider = provider
        self._extract, self._tracer, self._kind = (
            propagate.extract,
            provider.get_tracer("paraglot"),
            trace.SpanKind.SERVER,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request within its span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            if scope["type"] == "lifespan":
                await asyncio.to_thread(self._provider.shutdown)  # sends what was not sent
            return
        parent = self._extract(dict(Headers(scope=scope)))
        with self._tracer.start_as_current_span(scope["method"], context=parent, kind=self._kind) as span:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    route = getattr(scope.get("route"), "path", "").replace(":path}", "}")
                    span.update_name(f"{scope['method']} {route}".strip())
                    span.set_attribute("http.request.method", scope["method"])
                    span.set_attribute("http.route", route)
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, noted)

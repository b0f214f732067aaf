"""The coding of an answer's content, as ``Accept-Encoding`` would have it (RFC 9110, 12.5.3): gzip or none."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.http.guard.headers import SecurityHeaders
from paraglot.api.http.guard.policy import policy_of
from paraglot.api.http.problems import problem

LEAST_BYTES, LEVEL, LEVEL_OF_KEPT = 1_000, 3, 9
"""What is shorter stays as it is, unless only gzip will do. Level 5 makes an answer of ten hits six hundredths smaller,
in half as much time again.
"""

GZIP = ("gzip", "x-gzip")


class ContentCoding:
    """Starlette's compression, asked for where the client likes it best: by itself it heeds no weights."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(app, LEAST_BYTES, LEVEL)
        self._always = GZipMiddleware(app, 0, LEVEL)
        self._kept = GZipMiddleware(app, LEAST_BYTES, LEVEL_OF_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        liked = accepted(Headers(scope=scope).getlist("accept-encoding"))
        headers = MutableHeaders(scope={"type": "http", "headers": list(scope["headers"])})
        headers["accept-encoding"] = liked or "identity"
        gzip = self._kept if policy_of(scope).kept else self._gzip
        app: ASGIApp = {"gzip": gzip, "gzip alone": self._always, "identity": self._gzip}.get(liked, _NONE)
        await app({**scope, "headers": headers.raw}, receive, send)


_NONE = SecurityHeaders(
    problem(HTTPStatus.NOT_ACCEPTABLE, "not_acceptable", "Answers are given as they are or by gzip; neither is wanted.")
)


def accepted(fields: list[str]) -> str:
    """What a client would have: "gzip", "identity", "gzip alone" (not without), or "" (neither).

    >>> [accepted([one]) for one in ("gzip", "gzip;q=0", "gzip;q=0.1, identity", "*;q=0, gzip", "identity;q=0")]
    ['gzip', 'identity', 'identity', 'gzip alone', '']
    """
    weights = dict(_weighted(part) for field in fields for part in field.lower().split(",") if part.strip())
    anything = weights.get("*")
    gzip = max((weights[name] for name in GZIP if name in weights), default=anything or 0.0)
    plain = weights.get("identity", anything)
    if plain == 0:
        return "gzip alone" if gzip else ""
    return "gzip" if gzip and gzip >= (weights.get("identity") or 0.0) else "identity"


def _weighted(entry: str) -> tuple[str, float]:
    """A coding and its weight; one that cannot be read is 1, as none is."""
    name, *parameters = (part.strip() for part in entry.split(";"))
    weight = next((part.partition("=")[2].strip() for part in parameters if part.partition("=")[0].strip() == "q"), "1")
    try:
        return name, min(max(float(weight), 0.0), 1.0)
    except ValueError:
        return name, 1.0

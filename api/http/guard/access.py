"""Who may do what: one check before every route, by the policy that the route declares.

The key that a request came with is ``request.state.key``; routes take it by the dependency `current_key`.
"""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.http.guard.doors import NAMED, Doors
from paraglot.api.http.guard.policy import REFUSED, RoutePolicy, policy_of
from paraglot.api.http.guard.rates import Rates
from paraglot.api.http.problems import problem
from paraglot.api.keys import LOCAL, Key

READING = ("GET", "HEAD", "OPTIONS")


def current_key(request: Request) -> Key:
    """The key of a request, for routes: ``key: Annotated[Key, Depends(current_key)]``."""
    key: Key = request.state.key
    return key


def refusal_of(request: Request) -> Response | None:
    """Why the key of a request to an open page opens no search, as ``/v1/search`` would say it; None: it does."""
    refused: Response | None = request.state.refused
    return refused


def opened_collections(request: Request) -> dict[str, Key]:
    """The collections that the caller may know of, each with the key that opens it; for routes over all collections."""
    opened: dict[str, Key] = request.state.opened
    return opened


def key_in_url(request: Request) -> str:
    """The key that came as ``?key=`` and is the one in force, to go on in the page's links; "": there is none."""
    token: str = request.state.key_in_url
    return token


class Access:
    """Finds the key of each request and refuses what it does not allow."""

    def __init__(self, app: ASGIApp, doors: Doors, own_name: str, rates: Rates, origins: Collection[str]) -> None:
        """``own_name``: the collection that answers; ``origins``: those foreign web pages whose scripts may send more
        than a reading request.
        """
        self._app, self._doors, self._own, self._rates, self._origins = app, doors, own_name, rates, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or hand on one request."""
        app = self._app
        if scope["type"] == "http":
            app = self._refusal(scope) or app
        await app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers, policy = Headers(scope=scope), policy_of(scope)
        if policy is REFUSED:
            return _no_route(scope)
        keys, collection = self._doors.of(scope, policy, self._own), scope.get(NAMED)
        if collection is not None and (
            policy.all_collections or not policy.metered
        ):  # of the whole, at its own address alone
            return _no_route(scope)
        if scope["method"] not in READING and not self._known_origin(headers):
            detail = f"Pages of {headers['origin']} may not send this; paraglot serve --allow-origin ORIGIN lets them."
            return problem(HTTPStatus.FORBIDDEN, "origin_not_allowed", detail)
        if not keys.required and self._is_foreign(scope, headers):
            detail = "Pages of other sites may not load this; paraglot serve --allow-origin ORIGIN lets their scripts."
            return problem(HTTPStatus.FORBIDDEN, "origin_not_allowed", detail)
        in_url = _take_key(scope)
        state = scope.setdefault("state", {})
        state["key"] = LOCAL
        state["charge"] = lambda count: 0  # noqa: ARG005
        state["refused"], state["key_in_url"] = None, ""
        token = _token(headers)
        if policy.all_collections:
            state["opened"] = self._doors.opened(token or in_url)
        if not keys.required or not policy.metered:
            return self._unknown(collection)
        key = keys.find(token or in_url)
        state["key"] = key or Key(id="none", scope="search")
        state["charge"] = lambda count: self._wait_s(scope, key, token or in_url, count)
        wait_s = state["charge"](1)
        if wait_s:
            return too_many(wait_s)
        only_url = not token and in_url is not None
        state["key_in_url"] = in_url if only_url and key is not None else ""
        refused = _forbidden(scope["path"], policy, key, token or in_url, key is not None and only_url)
        if key is not None and (unknown := self._unknown(collection)):
            return unknown
        if policy.scope is None:
            state["refused"] = refused
            return None
        return refused

    def _unknown(self, collection: str | None) -> Response | None:
        """The answer to who may know every collection, and names one that there is not."""
        if collection is None or self._doors.keys(collection).exists:
            return None
        detail = f"There is no collection {collection!r}. There are: {', '.join(self._doors.names)}."
        return problem(HTTPStatus.NOT_FOUND, "not_found", detail)

    def _wait_s(self, scope: Scope, key: Key | None, token: str | None, count: int) -> int:
        if key is not None and token is not None:
            return self._rates.key_wait_s(key.id, count)
        return self._rates.address_wait_s(scope["client"][0] if scope.get("client") else "unknown", count)

    def _is_foreign(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page of another site loads this into itself, as a picture or a script: who waits may learn by it.

        Only browsers say so. A link that is followed is no part of a page, and what embeds us is made for it.
        """
        if headers.get("sec-fetch-site") != "cross-site" or policy_of(scope).embeddable:
            return False
        followed = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
        origin = headers.get("origin")
        allowed = "*" in self._origins or (origin is not None and origin in self._origins)
        return not (followed or allowed)

    def _known_origin(self, headers: Headers) -> bool:
        """A browser names the page that sends a writing request; programs name none."""
        origin = headers.get("origin")
        same_host = origin is not None and origin.partition("://")[2] == headers.get("host")
        return origin is None or same_host or origin in self._origins or "*" in self._origins


def _forbidden(path: str, policy: RoutePolicy, key: Key | None, token: str | None, in_url: bool) -> Response | None:
    if key is None:
        code, detail = (
            ("invalid_key", "This key is unknown, revoked or expired.") if token else ("missing_key", _MISSING)
        )
        refused = problem(HTTPStatus.UNAUTHORIZED, code, detail)
        refused.headers["www-authenticate"] = "Bearer"
        return refused
    if in_url and key.scope != "search":
        detail = (
            "Addresses are logged and shared: ?key= takes keys of scope search alone. Use the Authorization header."
        )
        return problem(HTTPStatus.FORBIDDEN, "key_in_url", detail)
    needed = policy.scope or "search"
    if not key.allows(needed):
        detail = f"This needs a key of scope {needed}; the request's has scope {key.scope}."
        return problem(HTTPStatus.FORBIDDEN, "insufficient_scope", detail)
    if key.filter and not policy.filtered:
        return problem(HTTPStatus.FORBIDDEN, "filter_not_applied", f"{path} cannot apply the filter of this key.")
    return None


def _no_route(scope: Scope) -> Response:
    return problem(HTTPStatus.NOT_FOUND, "not_found", f"{scope['method']} {scope['path']}: Not Found")


def charge(request: Request, count: int) -> int:
    """Count so many more requests than the one; 0, or the seconds to wait because they are too many."""
    wait_s: int = request.state.charge(count) if count else 0
    return wait_s


def too_many(wait_s: int) -> Response:
    """The refusal of a request that came too soon."""
    refused = problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", f"Too many requests; wait {wait_s} s.")
    refused.headers["retry-after"] = str(wait_s)
    return refused


def _token(headers: Headers) -> str | None:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else headers.get("x-api-key")


def _take_key(scope: Scope) -> str | None:
    """Take ``key`` out of the URL, so that no route and no log sees it."""
    query = scope["query_string"]
    if b"key=" not in query:
        return None
    fields = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    found = next((value for name, value in fields if name == "key"), None)
    scope["query_string"] = urlencode([field for field in fields if field[0] != "key"]).encode("ascii")
    return found


_MISSING = "Send a key as Authorization: Bearer KEY or X-API-Key: KEY. paraglot keys create makes one."

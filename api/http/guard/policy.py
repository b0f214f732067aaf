"""What each route lets in, costs and promises: declared on the route, found here, heeded by every guard.

A route says it once: ``dependencies=[needs("search", filtered=True)]`` on an operation, `declare` on a plain route or
a mount. `FindPolicy` lays the policy of the route that will answer into the ASGI scope, where guards read it
(`policy_of`). What declares nothing is refused.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Depends, Request
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from paraglot.api.keys import Scope as KeyScope

MAX_BODY_BYTES = 1_000_000
"""Of a search or any other request that is not a write."""

_POLICY = "paraglot.policy"

R = TypeVar("R", bound=BaseRoute)

log = logging.getLogger("paraglot.http")


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """What holds of one route.

    ``scope``: what the request's key must allow; None: open to all. ``filtered``: the route lays the key's filter over
    all that it reads; else it is closed to keys that have one. An open route that is filtered holds results where the
    key lets it, and asks `paraglot.api.http.guard.access.refusal_of`.
    """

    scope: KeyScope | None
    filtered: bool = False
    metered: bool = True
    """Whether requests count towards the rates, and keys are looked at at all."""
    costly: bool = False
    """Whether it waits for a place among the searches."""
    idle: bool = False
    """Whether it costs nothing where its address asks for nothing."""
    validated: bool = False
    """Whether an answer is the same as long as the generation, the key's filter and the rules are: it has an ETag."""
    kept: bool = False
    """Whether browsers keep what it answers: it is asked for seldom, weighs on a first visit, and is packed hard."""
    all_collections: bool = False
    """Whether it reads what of all collections the caller's key opens, and looks itself (`opened_collections`)."""
    timed: bool = True
    """Whether an answer must have begun in time; writes take as long as their bodies and ``wait`` take."""
    max_body_bytes: int | None = MAX_BODY_BYTES
    """None: as the setting ``max_body_mb`` says."""
    foreign: bool = False
    """Whether pages of other sites may load it: it is made for them."""
    framed: bool = False
    """Whether it says itself which pages may frame it."""
    inline_scripts: bool = False
    """Whether it is a page whose own scripts may run; only where nothing in it comes from outside."""

    @property
    def embeddable(self) -> bool:
        """Whether pages of other sites may load it: it is made for that, or tells nothing of the index."""
        return self.foreign or (self.scope is None and not self.filtered)

    async def hold(self, request: Request) -> None:
        """The dependency of the route: the guards before it went by this policy and no other."""
        if policy_of(request.scope) is not self:
            raise RuntimeError(f"{request.url.path} was let in by the policy of another route.")


NOWHERE = RoutePolicy("search")
"""Of addresses without a route, so that only those with a key may try which there are."""

REFUSED = RoutePolicy("admin")
"""Of routes that declare nothing; `paraglot.api.http.guard.access` answers in their place."""


def needs(scope: KeyScope | None, **policy: Any) -> Any:
    """The declaration of an operation, one of its ``dependencies``; ``policy``: further fields of `RoutePolicy`."""
    return Depends(RoutePolicy(scope, **policy).hold)


def declare(route: R, policy: RoutePolicy) -> R:
    """The same for a plain route or a mount, which have no dependencies."""
    vars(route)["policy"] = policy
    return route


def declared(route: BaseRoute) -> RoutePolicy | None:
    """What a route declares; None: nothing, or more than one thing."""
    dependencies = [
        getattr(dependency.dependency, "__self__", None) for dependency in getattr(route, "dependencies", ())
    ]
    found = [
        dependency for dependency in (*dependencies, vars(route).get("policy")) if isinstance(dependency, RoutePolicy)
    ]
    return found[0] if len(found) == 1 else None


def leaves(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes themselves, in the order in which they are tried, those of included routers in their place."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            yield from leaves(included.routes)


def policy_of(scope: Scope) -> RoutePolicy:
    """The policy of the route that a request goes to."""
    policy: RoutePolicy = scope.get(_POLICY, NOWHERE)
    return policy


def with_policy(scope: Scope, policy: RoutePolicy) -> Scope:
    """The scope of a request that goes to a route with this policy."""
    return {**scope, _POLICY: policy}


class FindPolicy:
    """Finds the route of each request, as the router will, and lays its policy into the scope."""

    def __init__(self, app: ASGIApp, routes: Callable[[], Iterable[BaseRoute]]) -> None:
        self._app, self._routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on one request with its policy."""
        await self._app(with_policy(scope, self._policy(scope)) if scope["type"] == "http" else scope, receive, send)

    def _policy(self, scope: Scope) -> RoutePolicy:
        """Of the route that answers. Where none takes the method, there is only to say which methods are taken."""
        open_to_all = None
        for route in leaves(self._routes()):
            match, _ = route.matches(scope)
            policy = declared(route) if match != Match.NONE else None
            if match == Match.FULL:
                if policy is None:
                    log.error("the route %s declares no policy and is refused", getattr(route, "path", route))
                return policy or REFUSED
            if policy and policy.scope is None:
                open_to_all = policy
        return open_to_all or NOWHERE

"""What a route lets in is declared on the route, for every route that there is; what declares nothing is refused."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from paraglot.api.http.app import create_app
from paraglot.api.http.guard.parameters import parameters_of
from paraglot.api.http.guard.policy import FindPolicy, RoutePolicy, declare, declared, leaves, needs
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.keys import KeyFile
from paraglot.api.service_folder import ServiceFolder
from paraglot.api.settings import Settings

OPEN_TO_ALL = {
    *("GET /livez", "GET /readyz", "GET /healthz", "GET /opensearch.xml", "GET /oembed", "GET /embed", "GET /"),
    "GET /article/{article_id:path}",
    *("GET /admin", "GET /favicon.ico", "GET /logo", "GET /brand.css", "GET /robots.txt"),
    *("GET /docs", "GET /docs/oauth2-redirect", "GET /openapi.json", "GET /problems/{code}"),
    *("GET /client.js", "GET /client.d.ts", "GET /widget.js", "GET /embed.js", "GET /instantsearch.js"),
    *("GET /pauses.js", "GET /failed.js", "GET /widget.json"),
    *("ANY /static", "ANY /static-offline-docs"),
}
SEARCH = {
    *(f"{method} /v1/{name}" for name in ("search", "similar", "suggest", "analyze") for method in ("GET", "POST")),
    *("GET /v1/collections", "GET /v1/collections/search", "POST /v1/collections/search"),
    *("POST /v1/multi-search", "GET /v1/index", "GET /v1/languages"),
    *("GET /v1/articles", "GET /v1/articles/{article_id:path}"),
    *("GET /v1/paragraphs/{paragraph_id:path}", "GET /feed.json", "GET /feed.rss", "GET /export.csv"),
    *("GET /suggest.json", "POST /mcp"),
}
WRITE = {
    *("PUT /v1/articles/{article_id:path}", "DELETE /v1/articles/{article_id:path}", "POST /v1/articles"),
    *("GET /v1/tasks", "GET /v1/tasks/{task_id}"),
}
ADMIN = {"GET /metrics", "GET /v1/stats", "GET /v1/rules", "PUT /v1/rules", "POST /admin"}
CLOSED_TO_FILTERS = {"GET /v1/analyze", "POST /v1/analyze", *WRITE, *ADMIN}


@pytest.fixture
def client(small_index: Path) -> Iterator[TestClient]:
    settings = Settings(index=small_index)
    with TestClient(create_app(ObservedEngine(settings), settings), base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.fixture
def app(client: TestClient) -> FastAPI:
    assert isinstance(client.app, FastAPI)
    return client.app


def calls(route: BaseRoute) -> list[str]:
    methods = getattr(route, "methods", None) or {"ANY"}
    return [f"{method} {getattr(route, 'path', '?')}" for method in sorted(methods - {"HEAD"})]


def policies(app: FastAPI) -> dict[str, RoutePolicy | None]:
    return {call: declared(route) for route in leaves(app.routes) for call in calls(route)}


def test_every_route_declares_what_it_needs(app: FastAPI) -> None:
    by_scope: dict[str | None, set[str]] = {}
    for call, policy in policies(app).items():
        assert policy is not None, f"{call} declares nothing"
        by_scope.setdefault(policy.scope, set()).add(call)
    assert by_scope == {None: OPEN_TO_ALL, "search": SEARCH, "write": WRITE, "admin": ADMIN}
    closed = {call for call, policy in policies(app).items() if policy and policy.scope and not policy.filtered}
    assert closed == CLOSED_TO_FILTERS


def test_the_document_tells_the_scope_of_each_operation(app: FastAPI) -> None:
    told = {
        f"{method.upper()} {path}": operation
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    }
    declared_by = {call.replace(":path}", "}"): policy for call, policy in policies(app).items()}
    assert len(told) == 35
    for call, operation in told.items():
        policy = declared_by[call]
        assert policy
        assert operation["x-scope"] == policy.scope
        assert (f"Scope of the key: `{policy.scope}`." in operation["description"]) == (policy.scope is not None)
        assert ("security" in operation) == (policy.scope is not None)


def test_parameters_are_known_as_the_document_has_them(app: FastAPI) -> None:
    def is_list(schema: dict[str, Any]) -> bool:
        return schema.get("type") == "array" or any(map(is_list, schema.get("anyOf", [])))

    routes = {one.endpoint.__name__: one for one in leaves(app.routes) if isinstance(one, APIRoute)}
    seen = 0
    for operation in (one for path in app.openapi()["paths"].values() for one in path.values()):
        told = [one for one in operation.get("parameters", []) if one["in"] == "query"]
        known = parameters_of(routes[operation["operationId"]])
        assert known == {one["name"]: is_list(one["schema"]) for one in told}
        seen += len(known)
    assert seen > 100


def test_no_request_waits_for_the_document(small_index: Path) -> None:
    settings = Settings(index=small_index)
    app = create_app(ObservedEngine(settings), settings)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/v1/search", params={"q": "bread"}).status_code == 200
        assert client.get("/v1/search", params={"q": "bread", "x": 1}).status_code == 422
    assert app.openapi_schema is None


def undeclared(request: object) -> PlainTextResponse:
    return PlainTextResponse("a secret")


def test_what_declares_nothing_or_two_things_is_refused(
    app: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    methods = ["GET", "POST"]
    app.router.routes.append(Route("/route", undeclared, methods=methods))
    app.router.routes.append(Mount("/mount", routes=[Route("/", undeclared, methods=methods)]))
    app.add_api_route("/none", undeclared, methods=methods, response_model=None)
    app.add_api_route(
        "/two", undeclared, methods=methods, dependencies=[needs(None), needs("admin")], response_model=None
    )
    included = APIRouter()
    included.add_api_route("/included", undeclared, methods=methods, response_model=None)
    app.include_router(included)
    with caplog.at_level(logging.ERROR):
        for path in ("/route", "/mount/", "/none", "/two", "/included"):
            for method in ("GET", "HEAD", "POST"):
                answer = client.request(method, path)
                assert (answer.status_code, "secret" in answer.text) == (404, False), (method, path)
            assert f"the route {path.rstrip('/')} declares no policy and is refused" in caplog.text


def test_a_mount_that_lies_under_another_policy_is_not_reached(app: FastAPI) -> None:
    """The router tries the routes in the same order, so that no route hides behind the policy of another."""
    inner = Starlette(routes=[Route("/{rest:path}", undeclared)])
    app.router.routes.append(declare(Mount("/v1/rules", inner), RoutePolicy(None)))
    scope = {"type": "http", "method": "GET", "path": "/v1/rules", "headers": [], "query_string": b""}
    assert found(app, scope).scope == "admin"
    assert found(app, {**scope, "path": "/v1/rules/more"}) == RoutePolicy(None)


def found(app: FastAPI, scope: dict[str, Any]) -> RoutePolicy:
    return FindPolicy(app, lambda: app.routes)._policy(scope)


def test_the_scope_that_an_address_needs(app: FastAPI) -> None:
    for method, path, scope in [
        ("GET", "/livez", None),
        ("POST", "/livez", None),
        ("GET", "/docs", None),
        ("GET", "/static-offline-docs/swagger-ui.css", None),
        ("GET", "/v1/search", "search"),
        ("POST", "/v1/search", "search"),
        ("DELETE", "/v1/search", "search"),
        ("GET", "/v1/articles/a", "search"),
        ("GET", "/v1/articles/a/b", "search"),
        ("GET", "/anything/new", "search"),
        ("POST", "/anything/new", "search"),
        ("PUT", "/v1/articles/a", "write"),
        ("DELETE", "/v1/articles/a", "write"),
        ("POST", "/v1/articles", "write"),
        ("GET", "/v1/tasks/1", "write"),
        ("GET", "/metrics", "admin"),
        ("GET", "/v1/stats", "admin"),
    ]:
        asked = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
        assert found(app, asked).scope == scope, (method, path)


def test_without_a_key_every_route_but_the_open_ones_is_shut(
    app: FastAPI, client: TestClient, small_index: Path
) -> None:
    KeyFile(ServiceFolder(small_index).keys).create("search")
    for call in policies(app):
        method, path = re.sub("^ANY (.*)", r"GET \1/", call).split(" ")
        path = re.sub(r"\{[^}]*\}", "7", path)
        for asked in {method, "HEAD" if method == "GET" else method}:
            status = client.request(asked, path).status_code
            assert (status == 401) == (call not in OPEN_TO_ALL or path in ("/", "/embed", "/article/7", "/admin")), (
                asked,
                path,
                status,
            )


def test_a_route_goes_by_its_own_policy_alone() -> None:
    scope = {"type": "http", "method": "GET", "path": "/x", "headers": [], "query_string": b""}
    with pytest.raises(RuntimeError, match="was let in by the policy of another route"):
        asyncio.run(RoutePolicy("search").hold(Request(scope)))

"""Parameters of URLs that no route knows are refused: what the OpenAPI document does not name is a mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.types import Scope

from paraglot.api.http.fields.fields import FURTHER, NAMED_FAULTS, unknown
from paraglot.api.http.fields.url import url_models

TWICE = "{name} is given {count} times; it can be given once."


def own_path(scope: Scope) -> str:
    """The path of a request within what answers it, which may be one collection of several."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


async def refuse_unknown(request: Request) -> None:
    """A dependency of every route: a parameter that is no list comes once, and what is not known is told the nearest.

    Names beyond the document are faults under ``/v1/`` alone: pages are linked with more than they know.
    """
    if not request.query_params:
        return
    parameters = _declared_parameters(request)
    counts = Counter(name for name, _ in request.query_params.multi_items())
    foreign = [name for name in counts if name not in parameters] if own_path(request.scope).startswith("/v1/") else []
    faults: list[dict[str, Any]] = [
        {"type": "unknown", "loc": ("query", name), "msg": unknown(name, parameters)} for name in foreign[:NAMED_FAULTS]
    ]
    if len(foreign) > NAMED_FAULTS:
        faults.append({"type": FURTHER, "loc": (), "msg": "", "ctx": {"count": len(foreign) - NAMED_FAULTS}})
    for name, is_list in parameters.items():
        if counts[name] > 1 and not is_list:
            faults.append({"type": "twice", "loc": ("query", name), "msg": TWICE.format(name=name, count=counts[name])})
    if faults:
        raise RequestValidationError(faults)


def _declared_parameters(request: Request) -> Mapping[str, bool]:
    route: APIRoute = request.scope["route"]
    if route.endpoint not in _KNOWN:
        _KNOWN[route.endpoint] = parameters_of(route)
    return _KNOWN[route.endpoint]


_KNOWN: dict[Callable[..., Any], Mapping[str, bool]] = {}
"""`parameters_of` the route of each endpoint."""


def parameters_of(route: APIRoute) -> dict[str, bool]:
    """The names of a route's parameters, and whether each is a list, as the document has them: it takes a third of a
    second to make, and no request is to wait for that. What the document leaves out has none.
    """
    if not route.include_in_schema:
        return {}
    return {name: _is_list(annotation) for name, annotation in _fields(route.dependant)}


def _fields(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    for inner in dependant.dependencies:
        yield from _fields(inner)
    for model in url_models(dependant):
        yield from ((name, info.annotation) for name, info in model.model_fields.items())
    for field in dependant.query_params:
        yield field.alias, field.field_info.annotation


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(map(_is_list, get_args(annotation)))
    return origin in (list, tuple)

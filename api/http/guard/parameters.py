"""Parameters of URLs that no route knows are refused: what the OpenAPI document does not name is a mistake."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.types import Scope

from paraglot.api.http.fields.fields import FURTHER, NAMED_FAULTS, unknown

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
    known = _known(request)
    given = Counter(name for name, _ in request.query_params.multi_items())
    foreign = [name for name in given if name not in known] if own_path(request.scope).startswith("/v1/") else []
    faults: list[dict[str, Any]] = [
        {"type": "unknown", "loc": ("query", name), "msg": unknown(name, known)} for name in foreign[:NAMED_FAULTS]
    ]
    if len(foreign) > NAMED_FAULTS:
        faults.append({"type": FURTHER, "loc": (), "msg": "", "ctx": {"count": len(foreign) - NAMED_FAULTS}})
    for name, several in known.items():
        if given[name] > 1 and not several:
            faults.append({"type": "twice", "loc": ("query", name), "msg": TWICE.format(name=name, count=given[name])})
    if faults:
        raise RequestValidationError(faults)


def _known(request: Request) -> dict[str, bool]:
    """The names by the document, whose operations are called as their endpoints are, and whether each is a list."""
    state = request.app.state
    if not hasattr(state, "parameters"):
        state.parameters = {
            operation["operationId"]: {
                parameter["name"]: _is_list(parameter["schema"])
                for parameter in operation.get("parameters", [])
                if parameter["in"] == "query"
            }
            for operations in request.app.openapi()["paths"].values()
            for operation in operations.values()
        }
    names: dict[str, bool] = state.parameters.get(request.scope["endpoint"].__name__, {})
    return names


def _is_list(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "array" or any(map(_is_list, schema.get("anyOf", [])))

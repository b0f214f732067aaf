"""Parameters of URLs that no route knows are refused: what the OpenAPI document does not name is a mistake."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from api.fields import FURTHER, NAMED_FAULTS, unknown


async def refuse_unknown(request: Request) -> None:
    """A dependency of every route: under ``/v1/`` each parameter's name must be known, or the nearest one is told."""
    if not request.url.path.startswith("/v1/") or not request.query_params:
        return
    known = _known(request)
    foreign = [name for name in request.query_params if name not in known]
    faults: list[dict[str, Any]] = [
        {"type": "unknown", "loc": ("query", name), "msg": unknown(name, known)} for name in foreign[:NAMED_FAULTS]
    ]
    if len(foreign) > NAMED_FAULTS:
        faults.append({"type": FURTHER, "loc": (), "msg": "", "ctx": {"count": len(foreign) - NAMED_FAULTS}})
    if faults:
        raise RequestValidationError(faults)


def _known(request: Request) -> list[str]:
    """The names by the document, whose operations are called as their endpoints are."""
    state = request.app.state
    if not hasattr(state, "parameters"):
        state.parameters = {
            operation["operationId"]: [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
            for operations in request.app.openapi()["paths"].values()
            for operation in operations.values()
        }
    names: list[str] = state.parameters.get(request.scope["endpoint"].__name__, [])
    return names

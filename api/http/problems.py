"""Errors over HTTP: every one is an RFC 9457 problem with a stable code, and faulty fields by JSON pointer."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from paraglot.api.http.fields.faults import FaultModel, ProblemModel
from paraglot.api.http.fields.fields import FURTHER, NAMED_FAULTS
from paraglot.api.http.problem_types import type_of
from paraglot.search.errors import (
    ClusterFailure,
    DiskFailure,
    EncoderMissing,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    InvalidRequest,
    NotFound,
    OutOfTime,
    ParaglotError,
    ParagraphChanged,
)

MEDIA_TYPE = "application/problem+json"

_NO_OBJECT = FaultModel(pointer="", detail="The body must be a JSON object, sent as Content-Type: application/json.")

CODES: dict[type[ParaglotError], tuple[HTTPStatus, str]] = {
    InvalidRequest: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request"),
    NotFound: (HTTPStatus.NOT_FOUND, "not_found"),
    ParagraphChanged: (HTTPStatus.GONE, "paragraph_changed"),
    IndexMissing: (HTTPStatus.SERVICE_UNAVAILABLE, "index_missing"),
    IndexMismatch: (HTTPStatus.SERVICE_UNAVAILABLE, "index_mismatch"),
    IndexDamaged: (HTTPStatus.SERVICE_UNAVAILABLE, "index_damaged"),
    EncoderMissing: (HTTPStatus.SERVICE_UNAVAILABLE, "encoder_missing"),
    OutOfTime: (HTTPStatus.SERVICE_UNAVAILABLE, "timeout"),
    DiskFailure: (HTTPStatus.SERVICE_UNAVAILABLE, "disk_failure"),
    ClusterFailure: (HTTPStatus.SERVICE_UNAVAILABLE, "cluster_failure"),
}
"""Status and code of every error of ours that can reach HTTP."""


OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}
"""What a disk says that cannot be written: no fault of the request, nor of ours."""


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""
    for error, handler in (
        (ParaglotError, _ours),
        (RequestValidationError, _fields),
        (ClientDisconnect, _gone),
        (HTTPException, _http),
        (OSError, _disk),
        (Exception, _unforeseen),
    ):
        app.exception_handler(error)(handler)


async def _ours(request: Request, error: ParaglotError) -> JSONResponse:  # noqa: ARG001
    further = {"successor": error.successor} if isinstance(error, ParagraphChanged) else {}
    response = _response(problem_of(error), **further)
    if isinstance(error, OutOfTime | ClusterFailure):
        response.headers["retry-after"] = "1"
    return response


async def _fields(request: Request, error: RequestValidationError) -> JSONResponse:  # noqa: ARG001
    specific = [fault for fault in error.errors() if fault["type"] != FURTHER]
    if specific and specific[0]["type"] == "json_invalid":
        broken = _no_json(str(error.body), specific[0])
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", broken.detail, [broken])
    more = sum(fault["ctx"]["count"] for fault in error.errors() if fault["type"] == FURTHER)
    more += max(len(specific) - NAMED_FAULTS, 0)
    faults = [_fault(fault["loc"], fault["msg"]) for fault in specific[:NAMED_FAULTS]]
    if more:
        faults.append(FaultModel(pointer="", detail=f"{more:,} more faults."))
    detail = "; ".join(f"{fault.pointer}: {fault.detail}".removeprefix(": ") for fault in faults)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", detail, faults)


async def _gone(request: Request, error: ClientDisconnect) -> Response:  # noqa: ARG001
    return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is left to read it


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.BAD_REQUEST:  # FastAPI's answer to a body that is no text at all
        fault = _no_text(error.__cause__) if isinstance(error.__cause__, UnicodeDecodeError) else _NO_OBJECT
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", fault.detail, [fault])
    response = problem(status, status.name.lower(), f"{request.method} {request.url.path}: {error.detail}")
    response.headers.update(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = ", ".join(allowed_methods(request.app, request.scope))
    return response


async def _disk(request: Request, error: OSError) -> JSONResponse:  # noqa: ARG001
    if error.errno not in OF_THE_DISK:
        raise error
    failure = DiskFailure(f"The disk refuses: {error.strerror}.", "See that it has room and can be written.")
    return _response(problem_of(failure))


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    return unforeseen()


def unforeseen() -> JSONResponse:
    """The answer where the service failed."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "The service failed; its log has the details.")


def allowed_methods(app: FastAPI, scope: Scope) -> list[str]:
    """All methods that an address takes, whichever route does."""
    routes = [route for route in app.routes if not isinstance(route, Mount)]
    found = [
        method
        for method in ("DELETE", "GET", "POST", "PUT")
        if any(route.matches({**scope, "method": method})[0] == Match.FULL for route in routes)
    ]
    in_folder = not found and any(route.matches(scope)[0] == Match.FULL for route in app.routes)
    return sorted([*found, "HEAD"]) if "GET" in found else ["GET", "HEAD"] if in_folder else found


def problem_of(error: ParaglotError) -> ProblemModel:
    """An error of ours as a problem."""
    status, code = CODES.get(type(error), (HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"))
    faults = [FaultModel(pointer=f"/{error.field}", detail=error.message)] if isinstance(error, InvalidRequest) else []
    return _model(status, code, str(error), faults)


def problem(
    status: HTTPStatus, code: str, detail: str, faults: list[FaultModel] | None = None, **further: str | None
) -> JSONResponse:
    """One problem document as a response; ``further``: the extension members of this kind of problem."""
    return _response(_model(status, code, detail, faults or []), **further)


def _model(status: HTTPStatus, code: str, detail: str, faults: list[FaultModel]) -> ProblemModel:
    return ProblemModel(type=type_of(code), title=status.phrase, status=status, detail=detail, code=code, errors=faults)


def _response(body: ProblemModel, **further: str | None) -> JSONResponse:
    return JSONResponse(body.model_dump() | further, body.status, media_type=MEDIA_TYPE)


def _no_text(error: UnicodeDecodeError) -> FaultModel:
    """Which byte of a body is wrong."""
    detail = f"The body is not {error.encoding.upper()}: byte {error.start + 1} of it is part of no character."
    return FaultModel(pointer="", detail=detail)


def _no_json(body: str, fault: Mapping[str, Any]) -> FaultModel:
    """Where a body stops being JSON, and why."""
    before = body[: fault["loc"][-1]]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    reason = fault["ctx"]["error"]
    return FaultModel(pointer="", detail=f"The body is not JSON: {reason} at line {line}, column {column}.")


def _fault(location: tuple[str | int, ...], message: str) -> FaultModel:
    """One faulty field. A location without a field, or with a byte's number for one, is the body as a whole."""
    if location[:1] == ("body",) and not any(isinstance(part, str) for part in location[1:]):
        return _NO_OBJECT
    return FaultModel(pointer=_pointer(location), detail=message)


def _pointer(location: tuple[str | int, ...]) -> str:
    """A JSON pointer (RFC 6901) from pydantic's location, which begins with ``query`` or ``body``."""
    parts = location[1:] if location and location[0] in ("query", "body", "path") else location
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)

"""JSON bodies in which a name is given twice are refused, as parameters of an address are: one value would be lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, TypeAlias

from fastapi import Request
from fastapi.exceptions import RequestValidationError

from paraglot.api.http.guard.parameters import TWICE

_Location: TypeAlias = tuple[str | int, ...]


class _Object(dict[str, Any]):
    """A JSON object that knows how often each name was given."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.given = Counter(name for name, _ in pairs) if len(self) < len(pairs) else {}


async def refuse_doubled(request: Request) -> None:
    """A dependency of every route: no object in a JSON body has a name twice."""
    if getattr(request.scope["route"], "body_field", None) is None:
        return  # it reads none, or reads it as it comes
    try:
        body = json.loads(await request.body(), object_pairs_hook=_Object)
    except (ValueError, RecursionError):
        return  # the route says what is wrong with it
    faults = [
        {"type": "twice", "loc": (*location, name), "msg": TWICE.format(name=name, count=count)}
        for location, found in _objects(body)
        for name, count in found.given.items()
        if count > 1
    ]
    if faults:
        raise RequestValidationError(faults)


def _objects(body: Any) -> list[tuple[_Location, _Object]]:
    """The objects in a JSON value, and where each is."""
    found: list[tuple[_Location, _Object]] = []
    left: list[tuple[_Location, Any]] = [(("body",), body)]
    while left:
        location, value = left.pop()
        if isinstance(value, _Object):
            found.append((location, value))
            left += [((*location, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            left += [((*location, number), inner) for number, inner in enumerate(value)]
    return found

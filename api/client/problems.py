"""What a client raises: the service's problems as errors, the same classes as in process where there is one.

ParaglotError
├── Problem             the service refused or failed: ``status``, ``code``, ``detail``, ``faults``
│   ├── KeyRefused          401, 403: no key, not a valid one, or not one for this
│   ├── FieldsRefused       422: also an `InvalidRequest`, ``field`` is the first faulty one
│   ├── NothingThere        404: also a `NotFound`
│   ├── SuccessorKnown      410: also a `ParagraphChanged`, with its ``successor``
│   └── ServiceBusy         429, 503: too many requests, or not able to serve; ``retry_after_s``
├── ServiceUnreachable  no answer came: no connection, or not in time
└── AnswerNotUnderstood what came is not what this version of the service answers
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from paraglot.search.errors import InvalidRequest, NotFound, ParaglotError, ParagraphChanged


class Fault(NamedTuple):
    """A faulty field, by a JSON pointer, and what is wrong with it."""

    pointer: str
    detail: str


class Problem(ParaglotError):
    """The service refused, or failed. ``code`` is stable: docs/problems.md tells what each means."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(document.get("code", ""))
        self.detail = str(document.get("detail", ""))
        self.faults: Sequence[Fault] = [
            Fault(error["pointer"], error["detail"]) for error in document.get("errors", ())
        ]
        ParaglotError.__init__(self, f"{self.code or 'no code'} (HTTP {status}): {self.detail}")


class KeyRefused(Problem):
    """There was no key, or none that allows this."""


class FieldsRefused(Problem, InvalidRequest):
    """A field is wrong; ``faults`` names all that are."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        Problem.__init__(self, status, document)
        self.field = self.faults[0].pointer.lstrip("/") if self.faults else ""


class NothingThere(Problem, NotFound):
    """Nothing has this id."""


class SuccessorKnown(Problem, ParagraphChanged):
    """The paragraph was changed or removed; ``successor`` is the id of the one in its place."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        Problem.__init__(self, status, document)
        self.successor = document.get("successor")


class ServiceBusy(Problem):
    """The service did not serve, this time; ``retry_after_s`` is how long it said to wait (None: it did not)."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after_s: float | None = None) -> None:
        super().__init__(status, document)
        self.retry_after_s = retry_after_s


class ServiceUnreachable(ParaglotError):
    """No connection to the service, or no answer in time."""


class AnswerNotUnderstood(ParaglotError):
    """What answered is not this service, or another version of it."""


_CLASSES: dict[int, type[Problem]] = {
    401: KeyRefused,
    403: KeyRefused,
    404: NothingThere,
    410: SuccessorKnown,
    422: FieldsRefused,
}


def problem_of(status: int, document: Mapping[str, Any], retry_after_s: float | None) -> Problem:
    """The error that an answer with this ``status`` is."""
    if status in (429, 503):
        return ServiceBusy(status, document, retry_after_s)
    return _CLASSES.get(status, Problem)(status, document)

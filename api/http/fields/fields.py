"""What every request's fields have in common: strict types, and an unknown name is told the nearest known one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, LiteralString, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

_WHOLE = re.compile(r"-?\d{1,20}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)


NAMED_FAULTS = 20
"""Faults of a request that its refusal names; the rest it counts, or a request of a megabyte had an answer of forty."""

MOST_ENTRIES = 1_000
"""Entries of a list; the engine allows far fewer of each."""

FURTHER: Final = "further"
"""The type of the fault that counts."""


class Fields(BaseModel):
    """The fields of a request. A value has the JSON type of its field or is refused: neither true nor "1" is 1."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="wrap")
    @classmethod
    def _nearest(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        given = data if isinstance(data, Mapping) else {}
        long = [name for name, value in given.items() if isinstance(value, list) and len(value) > MOST_ENTRIES]
        if long:
            message = f"At most {MOST_ENTRIES:,} entries can be given."
            raise ValidationError.from_exception_data(cls.__name__, [_fault("too_long", message, (long[0],))])
        foreign = [name for name in given if name not in cls.model_fields]
        more = set(foreign[NAMED_FAULTS:])
        if more:
            data = {name: value for name, value in given.items() if name not in more}
        try:
            return handler(data)
        except ValidationError as error:
            told = [_with_nearest(dict(one), cls.model_fields) for one in error.errors()]
            if more:
                told.append(_fault(FURTHER, "More names are unknown.", count=len(more)))
            raise ValidationError.from_exception_data(error.title, told) from None


class UrlFields(Fields):
    """Fields that come as the parameters of a URL: texts, read as JSON writes their types; lists by commas."""

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: Any, info: ValidationInfo) -> Any:
        wanted = cls.model_fields[info.field_name or ""].annotation
        if get_origin(wanted) is list:
            given = [value] if isinstance(value, str) else value
            return [part.strip() for one in given for part in one.split(",") if part.strip()]
        if not isinstance(value, str):
            return value
        if wanted is bool:
            return {"true": True, "false": False}.get(value, value)
        types = get_args(wanted) or (wanted,)
        if int in types and _WHOLE.fullmatch(value):
            return int(value)
        if float in types and _NUMBER.fullmatch(value):
            return float(value)
        return value


def _fault(kind: LiteralString, message: str, location: tuple[str, ...] = (), **context: int) -> InitErrorDetails:
    # The message is a template to pydantic; braces in it must not be filled in.
    told = PydanticCustomError(kind, "{message}", {"message": message, **context})
    return {"type": told, "loc": location, "input": None}


def unknown(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is none of the ``known``."""
    names = list(known)
    near = get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(names) or 'none'}."
    return f"There is no parameter {name!r}. {hint}"


def _with_nearest(error: dict[str, Any], known: Iterable[str]) -> InitErrorDetails:
    """One error as pydantic takes it back, in words of ours where the name is unknown."""
    kind, message = error["type"], error["msg"]
    count = error["ctx"] if kind == FURTHER else {}
    if kind == "extra_forbidden" and len(error["loc"]) == 1:
        message = unknown(str(error["loc"][0]), known)
    # The message is a template to pydantic; braces in it must not be filled in.
    return {
        "type": PydanticCustomError(kind, "{message}", {**count, "message": message}),
        "loc": error["loc"],
        "input": error["input"],
    }

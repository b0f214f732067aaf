"""What every request's fields have in common: strict types, and an unknown name is told the nearest known one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, LiteralString, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ValidationInfo

from paraglot.search.types import MAX_DIMENSION
from paraglot.search.types.options import DeclaredOption, options

_WHOLE = re.compile(r"-?\d{1,20}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?([eE][+-]?\d{1,3})?", re.ASCII)


NAMED_FAULTS = 20
"""Faults of a request that its refusal names; the rest it counts, or a request of a megabyte had an answer of forty."""

MOST_ENTRIES = 1_000
"""Entries of a list of texts; the engine allows far fewer of each."""

FURTHER: Final = "further"
"""The type of the fault that counts."""


class Fields(BaseModel):
    """The fields of a request. A value has the JSON type of its field or is refused: neither true nor "1" is 1."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="wrap")
    @classmethod
    def _nearest(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        fields = data if isinstance(data, Mapping) else {}
        for name, value in fields.items():
            most = MAX_DIMENSION if cls._is_numbers(name) else MOST_ENTRIES
            if isinstance(value, list) and len(value) > most:
                message = f"At most {most:,} entries can be given."
                raise ValidationError.from_exception_data(cls.__name__, [_fault("too_long", message, (name,))])
        foreign = [name for name in fields if name not in cls.model_fields]
        more = set(foreign[NAMED_FAULTS:])
        if more:
            data = {name: value for name, value in fields.items() if name not in more}
        try:
            return handler(data)
        except ValidationError as error:
            errors = [_with_nearest(dict(fault), cls.model_fields) for fault in error.errors()]
            if more:
                errors.append(_fault(FURTHER, "More names are unknown.", count=len(more)))
            raise ValidationError.from_exception_data(error.title, errors) from None

    @classmethod
    def _is_numbers(cls, name: str) -> bool:
        """Whether a field is a list of numbers, of which there are more than of texts."""
        return name in cls.model_fields and get_args(cls.model_fields[name].annotation) == (float,)

    def values(self) -> dict[str, Any]:
        """The fields as the engine's requests take them, whose lists are tuples."""
        return {name: tuple(value) if isinstance(value, list) else value for name, value in self}


class UrlFields(Fields):
    """Fields that come as the parameters of a URL: texts, read as JSON writes their types; lists by commas."""

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, value: Any, info: ValidationInfo) -> Any:
        annotation = cls.model_fields[info.field_name or ""].annotation
        if get_origin(annotation) is list:
            values = [value] if isinstance(value, str) else value
            parts = [part.strip() for entry in values for part in entry.split(",") if part.strip()]
            return [_number(part) for part in parts] if get_args(annotation) == (float,) else parts
        if not isinstance(value, str):
            return value
        if annotation is bool:
            return {"true": True, "false": False}.get(value, value)
        types = get_args(annotation) or (annotation,)
        if int in types and _WHOLE.fullmatch(value):
            return int(value)
        return _number(value) if float in types else value


def _number(value: str) -> float | str:
    return float(value) if _NUMBER.fullmatch(value) else value


def fields_of(request: type, base: type[BaseModel], **defaults: Any) -> Any:
    """A model with the options of a request as its fields; with ``defaults`` only those, which differ from its own.

    The bounds stand in the document alone: they are checked by the request, with one message for every door.
    """
    taken_options = [option for option in options(request) if not defaults or option.name in defaults]
    definitions: Any = {
        declared.name: _definition(declared, defaults.get(declared.name, declared.default))
        for declared in taken_options
    }
    return create_model(request.__name__, __base__=base, **definitions)


def _definition(declared: DeclaredOption, default: Any) -> tuple[Any, Any]:
    option = declared.option
    lengths = ("minItems", "maxItems") if declared.several else ("minLength", "maxLength")
    bounds = {
        "minimum": option.minimum,
        "exclusiveMinimum": option.above,
        "maximum": option.maximum,
        lengths[0]: None if option.empty else 1,
        lengths[1]: option.maximum_length,
    }
    schema: dict[str, Any] = {
        "description": option.help,
        "examples": None if option.example is None else [option.example],
        "json_schema_extra": {name: value for name, value in bounds.items() if value is not None} or None,
    }
    if declared.several:
        return list[float] if declared.numbers else list[str], Field(default_factory=lambda: list(default), **schema)
    return declared.type, Field(**schema) if declared.required else Field(default, **schema)


def _fault(kind: LiteralString, message: str, location: tuple[str, ...] = (), **context: int) -> InitErrorDetails:
    # The message is a template to pydantic; braces in it must not be filled in.
    error = PydanticCustomError(kind, "{message}", {"message": message, **context})
    return {"type": error, "loc": location, "input": None}


def unknown(name: str, candidates: Iterable[str]) -> str:
    """What to say of a name that is none of the ``candidates``."""
    names = list(candidates)
    near = get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known are: {', '.join(names) or 'none'}."
    return f"There is no parameter {name!r}. {hint}"


def _with_nearest(error: dict[str, Any], names: Iterable[str]) -> InitErrorDetails:
    """One error as pydantic takes it back, in words of ours where the name is unknown."""
    kind, message = error["type"], error["msg"]
    count = error["ctx"] if kind == FURTHER else {}
    if kind == "extra_forbidden" and len(error["loc"]) == 1:
        message = unknown(str(error["loc"][0]), names)
    # The message is a template to pydantic; braces in it must not be filled in.
    return {
        "type": PydanticCustomError(kind, "{message}", {**count, "message": message}),
        "loc": error["loc"],
        "input": error["input"],
    }

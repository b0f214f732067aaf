"""What a field of a request is, said once beside its name, type and default.

The request checks itself by it, and every door is made from it: flags of the command line, fields of HTTP, the feeds
and the tools of assistants, the documents. `SearchRequest` is the largest of them.

>>> @dataclass(frozen=True)
... class Page:
...     limit: Annotated[int, Option("Hits on the page.", minimum=1, maximum=100)] = 10
>>> [(field.name, field.type, field.default, field.option.help) for field in options(Page)]
[('limit', <class 'int'>, 10, 'Hits on the page.')]
>>> check_bounds(Page(0))
Traceback (most recent call last):
    ...
paraglot.search.errors.InvalidRequest: limit must be from 1 to 100, not 0.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from paraglot.search.errors import InvalidRequest

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Option:
    """What a field asks for, and its bounds. Numbers lie from ``minimum`` (or ``above`` it) to ``maximum``.

    ``maximum_length``: characters of a text, or entries of a list. ``empty``: whether a text may be.
    """

    help: str
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    maximum_length: int | None = None
    empty: bool = True
    example: Any = None


@dataclass(frozen=True, slots=True)
class DeclaredOption:
    """An option with what the request itself says of it. ``default`` is `MISSING` where it must be given."""

    name: str
    type: Any
    default: Any
    option: Option

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is MISSING

    @property
    def several(self) -> bool:
        """Whether it is a list."""
        return is_tuple(self.type)

    @property
    def numbers(self) -> bool:
        """Whether it is a list of numbers."""
        return self.several and get_args(self.type)[0] is float

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it may be, where it is one of a few."""
        return words_of(self.type)


@cache
def is_tuple(hint: Any) -> bool:
    """Whether a type is a tuple of something."""
    return get_origin(hint) is tuple


@cache
def words_of(hint: Any) -> tuple[str, ...]:
    """The words that a type, or one of those that it joins, has as literals."""
    literal = next((part for part in (hint, *get_args(hint)) if get_origin(part) is Literal), None)
    return get_args(literal)


@cache
def options(request: type) -> tuple[DeclaredOption, ...]:
    """The options of a request, in the order of its fields."""
    hints = get_type_hints(request, include_extras=True)
    return tuple(_declared(field.name, hints[field.name], field.default) for field in fields(request))


def _declared(name: str, hint: Any, default: Any) -> DeclaredOption:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"The field {name!r} of a request has no Option.")
    type_, option = get_args(hint)
    return DeclaredOption(name, type_, default, option)


def request_of(kind: type[R], given: R | str, name: str = "q", beside: Collection[str] = ()) -> R:
    """The request that is given; a text is one with all else unsaid. Raises `TypeError` where it is neither, or where
    fields were given ``beside`` it.

    >>> from paraglot.search.types import SearchRequest
    >>> request_of(SearchRequest, "bread").q
    'bread'
    """
    if beside:
        fields = "".join(f", {field}=…" for field in beside)
        raise TypeError(f"Fields stand in the request: {kind.__name__}({name}=…{fields}).")
    if isinstance(given, str):
        return kind(**{name: given})
    if not isinstance(given, kind):
        raise TypeError(f"Give a text or a {kind.__name__}, as in {kind.__name__}({name}='coral reef'), not {given!r}.")
    return given


def check_bounds(request: Any) -> None:
    """Each number, word and list of a request must be as its option says. Raises `InvalidRequest`."""
    for declared in options(request.__class__):
        value = getattr(request, declared.name)
        if declared.choices:
            _check_choice(declared, value)
        elif isinstance(value, int | float) and declared.option.maximum is not None:
            _check_number(declared, value)
        elif declared.several and isinstance(value, str):
            raise InvalidRequest(declared.name, f"{declared.name} is a list: write [{value!r}], not {value!r}.")
        elif declared.several:
            _check_length(declared, value)


def _check_choice(declared: DeclaredOption, value: Any) -> None:
    if value not in declared.choices and value != declared.default:
        allowed = "one of " * (len(declared.choices) > 1) + ", ".join(declared.choices)
        raise InvalidRequest(declared.name, f"{declared.name} must be {allowed}, not {value!r}.")


def _check_number(declared: DeclaredOption, value: float) -> None:
    least, above, most = declared.option.minimum, declared.option.above, declared.option.maximum
    if least is not None and not least <= value <= (most or least):
        raise InvalidRequest(declared.name, f"{declared.name} must be from {least} to {most}, not {value}.")
    if above is not None and not above < value <= (most or above):
        raise InvalidRequest(declared.name, f"{declared.name} must be above {above} and at most {most}, not {value}.")


def _check_length(declared: DeclaredOption, value: Sequence[str]) -> None:
    most = declared.option.maximum_length
    if most is not None and len(value) > most:
        raise InvalidRequest(declared.name, f"At most {most} {declared.name} can be named, not {len(value)}.")

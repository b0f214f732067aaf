"""Flags of commands, made from what a request declares of its options."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from paraglot.search.errors import InvalidSettings
from paraglot.search.types.options import DeclaredOption, options

NONE = "none"
"""What is written for an option that is left out where the command would have it otherwise."""


def takes(
    request: type, argument: str, *, metavar: str = "", defaults: Mapping[str, Any] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a request, beside its own; it gets their values as ``**values``.

    ``argument`` is the option that comes without a flag. ``defaults`` are the command's own; one that is None is left
    to the settings.
    """
    defaults_of_command = defaults or {}

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own_parameters = {
            option.name: _parameter(option, argument, metavar, defaults_of_command) for option in options(request)
        }
        others = inspect.signature(command, eval_str=True).parameters.values()
        kept = [other for other in others if other.kind is not inspect.Parameter.VAR_KEYWORD]

        def run(**given: Any) -> None:
            values = {option.name: _value(option, given.pop(option.name)) for option in options(request)}
            command(**given, **values)

        parameters = [
            *own_parameters.values(),
            *(declared.replace(kind=inspect.Parameter.KEYWORD_ONLY) for declared in kept),
        ]
        run.__doc__ = command.__doc__
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def flag(declared: DeclaredOption) -> str:
    """The flag of an option; of a list it is given once for each entry, so it is called as one of them.

    >>> from paraglot.search.types import SearchRequest
    >>> [flag(one) for one in options(SearchRequest) if one.name in ("prefer_languages", "context")]
    ['--prefer-language', '--context']
    """
    name = declared.name.removesuffix("s") if declared.several else declared.name
    return "--" + name.replace("_", "-")


def _parameter(
    declared: DeclaredOption, argument: str, metavar: str, defaults_of_command: Mapping[str, Any]
) -> inspect.Parameter:
    default = defaults_of_command.get(declared.name, declared.default)
    shown = "FILE" if declared.numbers else None
    info: Any = typer.Option(
        _flags(declared),
        metavar=shown,
        help=" ".join(_help(declared, default)),
        show_default=False,
        autocompletion=_offers(_words(declared)) if declared.choices else None,
    )
    if declared.name == argument:
        info = typer.Argument(metavar=metavar or None, help=declared.option.help, show_default=False)
    type_: Any = (
        str if declared.numbers else list[str] if declared.several else str if declared.choices else declared.type
    )
    if declared.several or (default is None and type_ in (str, int, float)):
        type_, default = type_ | None, None
    keyword = inspect.Parameter.KEYWORD_ONLY
    default_value = inspect.Parameter.empty if declared.required else default
    return inspect.Parameter(declared.name, keyword, default=default_value, annotation=Annotated[type_, info])


def _flags(declared: DeclaredOption) -> str:
    return f"{flag(declared)}/--no-{flag(declared)[2:]}" if declared.type is bool else flag(declared)


def _words(declared: DeclaredOption) -> tuple[str, ...]:
    return (*declared.choices, NONE) if declared.default is None else declared.choices


def _offers(words: Sequence[str]) -> Callable[[str], list[str]]:
    """What a shell offers for the beginning of a word."""

    def begun(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return begun


def _help(declared: DeclaredOption, default: Any) -> Iterator[str]:
    """What the option is, what it may be, and what it is where it is not given."""
    option, shown = declared.option, declared.default if default is None else default
    yield option.help
    if declared.choices:
        yield f"One of {', '.join(_words(declared))}."
    elif option.maximum is not None:
        least = f"From {option.minimum:g}" if option.minimum is not None else f"Above {option.above:g}"
        yield f"{least} to {option.maximum:g}."
    if declared.numbers:
        yield "A file of JSON, a list of numbers; - is standard input."
    elif declared.several:
        yield "May be repeated, or be several with commas between."
    if shown not in (None, "", (), False) and not declared.required:
        yield f"[default: {'yes' if shown is True else shown}]"


def _value(declared: DeclaredOption, value: Any) -> Any:
    if declared.numbers:
        return () if value is None else _numbers(flag(declared), value)
    if declared.several:
        return tuple(part for entry in value or () for part in map(str.strip, entry.split(",")) if part)
    return None if declared.choices and declared.default is None and value == NONE else value


def _numbers(name: str, path: str) -> tuple[float, ...]:
    """The list of numbers in a file of JSON. Raises `InvalidSettings`, which names the file."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).expanduser().read_text("utf-8")
        found = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidSettings(f"{name} {path}: cannot be read as JSON ({reason}).") from None
    if not isinstance(found, list) or not found or not all(type(declared) in (int, float) for declared in found):
        raise InvalidSettings(f"{name} {path}: must be a list of numbers, such as [0.12, -0.5].")
    return tuple(found)

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
        made = {option.name: _parameter(option, argument, metavar, defaults_of_command) for option in options(request)}
        others = inspect.signature(command, eval_str=True).parameters.values()
        kept = [one for one in others if one.kind is not inspect.Parameter.VAR_KEYWORD]

        def run(**given: Any) -> None:
            values = {option.name: _value(option, given.pop(option.name)) for option in options(request)}
            command(**given, **values)

        parameters = [*made.values(), *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in kept)]
        run.__doc__ = command.__doc__
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorate


def flag(one: DeclaredOption) -> str:
    """The flag of an option; of a list it is given once for each entry, so it is called as one of them.

    >>> from paraglot.search.types import SearchRequest
    >>> [flag(one) for one in options(SearchRequest) if one.name in ("prefer_languages", "context")]
    ['--prefer-language', '--context']
    """
    name = one.name.removesuffix("s") if one.several else one.name
    return "--" + name.replace("_", "-")


def _parameter(
    one: DeclaredOption, argument: str, metavar: str, defaults_of_command: Mapping[str, Any]
) -> inspect.Parameter:
    default = defaults_of_command.get(one.name, one.default)
    shown = "FILE" if one.numbers else None
    info: Any = typer.Option(
        _flags(one),
        metavar=shown,
        help=" ".join(_help(one, default)),
        show_default=False,
        autocompletion=_offers(_words(one)) if one.choices else None,
    )
    if one.name == argument:
        info = typer.Argument(metavar=metavar or None, help=one.option.help, show_default=False)
    type_: Any = str if one.numbers else list[str] if one.several else str if one.choices else one.type
    if one.several or (default is None and type_ in (str, int, float)):
        type_, default = type_ | None, None
    keyword = inspect.Parameter.KEYWORD_ONLY
    given = inspect.Parameter.empty if one.required else default
    return inspect.Parameter(one.name, keyword, default=given, annotation=Annotated[type_, info])


def _flags(one: DeclaredOption) -> str:
    return f"{flag(one)}/--no-{flag(one)[2:]}" if one.type is bool else flag(one)


def _words(one: DeclaredOption) -> tuple[str, ...]:
    return (*one.choices, NONE) if one.default is None else one.choices


def _offers(words: Sequence[str]) -> Callable[[str], list[str]]:
    """What a shell offers for the beginning of a word."""

    def begun(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return begun


def _help(one: DeclaredOption, default: Any) -> Iterator[str]:
    """What the option is, what it may be, and what it is where it is not given."""
    option, shown = one.option, one.default if default is None else default
    yield option.help
    if one.choices:
        yield f"One of {', '.join(_words(one))}."
    elif option.maximum is not None:
        least = f"From {option.minimum:g}" if option.minimum is not None else f"Above {option.above:g}"
        yield f"{least} to {option.maximum:g}."
    if one.numbers:
        yield "A file of JSON, a list of numbers; - is standard input."
    elif one.several:
        yield "May be repeated, or be several with commas between."
    if shown not in (None, "", (), False) and not one.required:
        yield f"[default: {'yes' if shown is True else shown}]"


def _value(one: DeclaredOption, given: Any) -> Any:
    if one.numbers:
        return () if given is None else _numbers(flag(one), given)
    if one.several:
        return tuple(part for one in given or () for part in map(str.strip, one.split(",")) if part)
    return None if one.choices and one.default is None and given == NONE else given


def _numbers(name: str, path: str) -> tuple[float, ...]:
    """The list of numbers in a file of JSON. Raises `InvalidSettings`, which names the file."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).expanduser().read_text("utf-8")
        found = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise InvalidSettings(f"{name} {path}: cannot be read as JSON ({said}).") from None
    if not isinstance(found, list) or not found or not all(type(one) in (int, float) for one in found):
        raise InvalidSettings(f"{name} {path}: must be a list of numbers, such as [0.12, -0.5].")
    return tuple(found)

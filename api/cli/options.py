"""The options that several commands have."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from paraglot.search.errors import InvalidSettings
from paraglot.search.types.address import Address

IndexOption = Annotated[
    str | None,
    typer.Option("--index", metavar="PLACE", help="Folder, or opensearch://HOST:9200/NAME [default: index]."),
]
EndpointOption = Annotated[
    str | None,
    typer.Option("--endpoint", metavar="URL", help="Where the encoder of an openai: model answers, with its /v1."),
]
RerankerOption = Annotated[
    str | None, typer.Option("--reranker", help="Cross-encoder, by name or folder, that orders the first 30 hits.")
]
LongOption = Annotated[
    bool, typer.Option("--long", "-l", help="Paragraphs whole, with what is beside them, and why each is there.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def folder_of(index: Address, command: str, instead: str = "") -> Path:
    """The folder that a command needs the index in; ``instead``: what does the same on a cluster.

    Raises `InvalidSettings`.
    """
    if isinstance(index, Path):
        return index
    raise InvalidSettings(f"{index}: paraglot {command} is for an index in a folder.", instead)


class TakesText(TyperCommand):
    """A command whose argument is a text, which may begin with a minus, as a query does that leaves words out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Have an unknown option say how it would be a text."""
        arguments = list(args)
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if hasattr(error, "possibilities"):  # click's, which this Typer has a copy of, that another has not
                _hint(error, f"paraglot {ctx.info_name}", arguments)
            elif "unexpected extra argument" in str(getattr(error, "message", "")):
                names = [param.name for param in self.params if param.param_type_name == "argument"]
                _hint_quotes(error, f"paraglot {ctx.info_name}", str(ctx.params.get(names[0])), arguments)
            raise


def _hint(error: Any, command: str, arguments: list[str]) -> None:
    """Add to the error of an option that there is not how to write it where it is a text."""
    unknown: str = error.option_name
    long = unknown.startswith("--")
    held = (
        entry
        for entry in arguments
        if entry[:1] == "-" and (entry.startswith(unknown) if long else _has(entry, unknown[1:]))
    )
    text = next(held, unknown)
    if " " in text or not error.possibilities:
        error.message += f". If it is the text, put two minus signs before it: {command} -- {shlex.quote(text)}"


def _hint_quotes(error: Any, command: str, first: str, arguments: list[str]) -> None:
    """Say how several words are one text, the ``first`` of which was taken for all."""
    if first in arguments:
        words = [
            word for word in arguments[arguments.index(first) :] if word == first or f" {word}" in _left_over(error)
        ]
        error.message += f". Words that belong together stand in quotes: {command} {shlex.quote(' '.join(words))}"


def _left_over(error: Any) -> str:
    return " " + str(error.message).partition("(s) (")[2].rstrip(")")


def _has(argument: str, letter: str) -> bool:
    """Whether what is given is read as options of one letter, and this is one."""
    return not argument.startswith("--") and letter in argument


class Backend(StrEnum):
    """What runs a sentence-transformers model."""

    torch = "torch"
    onnx = "onnx"
    openvino = "openvino"


BackendOption = Annotated[
    Backend, typer.Option("--backend", help="What runs a sentence-transformers model; int8 where the model has it.")
]
WaitOption = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for another writer to end.")
]

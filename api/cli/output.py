"""What commands print: data to stdout, messages to stderr, one line each, with nothing that steers a terminal."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import typer

MOST_MESSAGES = 50
"""Messages of one sort before the rest is only counted."""


class Interrupted(BaseException):
    """A signal asked the command to end. Not an `Exception`, so nothing on the way takes it for a fault."""


def print_line(line: str) -> None:
    """One line of data."""
    typer.echo(one_line(line))


def print_json(value: Any) -> None:
    """Data for programs, in characters that the output knows."""
    utf_8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(value, ensure_ascii=not utf_8, indent=2))


def message(line: str) -> None:
    """One line for people, on stderr."""
    typer.echo(f"paraglot: {one_line(line)}", err=True)


def counted(count: int, one: str, many: str = "") -> str:
    """How many of what, in English.

    >>> counted(1, "article"), counted(12, "article"), counted(0, "story", "stories")
    ('1 article', '12 articles', '0 stories')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


class Flood:
    """Messages of one sort, of which the first `MOST_MESSAGES` are printed and the rest counted.

    ``verbose`` prints all.
    """

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._count = 0

    def message(self, line: str) -> None:
        """One more."""
        self._count += 1
        if self._verbose or self._count <= MOST_MESSAGES:
            message(line)

    def end(self, noun: str, further: int = 0) -> None:
        """Say how many ``noun`` were not printed, ``further`` ones included that nobody kept."""
        left = further + (0 if self._verbose else max(self._count - MOST_MESSAGES, 0))
        if left:
            message(f"… and {left} more {noun}{'' if self._verbose else ' (--verbose names them)'}.")


def one_line(text: str) -> str:
    """A text without what would steer a terminal or end the line: the name of a file may hold anything."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found.group())[1:-1], text)

"""What commands print: data to stdout, messages to stderr, one line each, with nothing that steers a terminal."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

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


@contextmanager
def paged() -> Iterator[Console]:
    """Where results for people are printed: on a terminal that they are too long for by its pager, as git does.

    ``PAGER`` names another than less, empty none.
    """
    from rich.console import Console

    console = Console(highlight=False)
    pager = shlex.split(os.environ.get("PAGER", "less"))
    if not (console.is_terminal and sys.stdin.isatty() and pager and shutil.which(pager[0])):
        yield console
        return
    with console.capture() as captured:
        yield console
    if captured.get().count("\n") < console.height:
        sys.stdout.write(captured.get())
    else:
        _page(pager, captured.get())


def _page(pager: list[str], text: str) -> None:
    """Colours and links as they are, and what was seen stays on the screen; an interrupt is the pager's."""
    ours = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        told = {"LESS": "RX", **os.environ}
        subprocess.run(pager, input=text.encode(errors="replace"), env=told, check=False)  # noqa: S603 - the user's own
    finally:
        signal.signal(signal.SIGINT, ours)


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

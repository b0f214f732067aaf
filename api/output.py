"""How the command line prints: data on stdout, messages on stderr, nothing that steers a terminal."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import typer


def print_line(line: str) -> None:
    """Data, on stdout."""
    typer.echo(one_line(line))


def print_json(value: Any) -> None:
    """Data for programs, on stdout."""
    utf_8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    typer.echo(json.dumps(value, ensure_ascii=not utf_8, indent=2))


def message(line: str) -> None:
    """What a person should know, on stderr."""
    typer.echo(f"rosetta: {one_line(line)}", err=True)


def one_line(text: str) -> str:
    """A text without what would steer a terminal or end the line: the name of a file may hold anything."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda found: ascii(found.group())[1:-1], text)

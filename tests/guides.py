"""Guides whose examples are run: every fenced block of a language, in order, and what its ``text`` block says it prints."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$(?:\n\n^```(?:text)\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
END = "=== end of example ==="
ADDRESS = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Example:
    """A block of code, where it stands, and what it prints (None: the guide does not say)."""

    line: int
    code: str
    prints: str | None


def examples(guide: Path, language: str) -> list[Example]:
    """The blocks of one language in a guide."""
    text = guide.read_text("utf-8")
    return [
        Example(text[: found.start()].count("\n") + 2, found[2], found[3])
        for found in _FENCED.finditer(text)
        if found[1] == language
    ]


def outputs(
    shown: Sequence[Example],
    command: Sequence[str],
    end: str,
    address: str,
    folder: Path,
    wrapped: Callable[[str], str] = str,
) -> list[str]:
    """What each example prints, all run by ``command`` as one program in ``folder``; ``end`` is code that prints `END`."""
    program = "".join(f"{wrapped(one.code)}\n{end}\n" for one in shown).replace(ADDRESS, address)
    file = folder / "examples"
    file.write_text(program, "utf-8")
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [*command, str(file)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    printed = done.stdout.split(END + "\n")
    failed = f"the example at line {shown[min(len(printed), len(shown)) - 1].line} fails: {done.stderr}"
    assert (done.returncode, printed[-1]) == (0, ""), failed
    return printed[:-1]

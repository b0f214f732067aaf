"""Guides whose examples are run: the fenced blocks of a language, in order, as one program, and what they must print."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHOWN = ("text", "json")
END = "=== end of example ==="


@dataclass(frozen=True)
class Example:
    """A block of code, where it stands, and what it prints, by the guide ("": nothing is shown): of ``sh`` ``json``, else ``text``."""

    line: int
    code: str
    prints: str


def examples(guide: Path, language: str) -> list[Example]:
    """The blocks of one language in a guide. What is shown below blocks with nothing between is what each prints."""
    text = guide.read_text("utf-8")
    found = list(_FENCED.finditer(text))
    wanted = "json" if language == "sh" else "text"
    shown = []
    for place, block in enumerate(found):
        if block[1] == language:
            after = place
            while after + 1 < len(found) and not text[found[after].end() : found[after + 1].start()].strip():
                after += 1
                if found[after][1] in _SHOWN:
                    break
            prints = found[after][2] if found[after][1] == wanted else ""
            shown.append(Example(text[: block.start()].count("\n") + 2, block[2], prints))
    return shown


def outputs(
    shown: Sequence[Example], command: Sequence[str], end: str, file: Path, environment: Mapping[str, str]
) -> list[str]:
    """What each example prints, all run by ``command`` as one program, ``file``; ``end`` is code that prints `END`.

    The addresses of services that the guide names are those of the environment, by their ports: ``SERVICE_8000``.
    """
    program = "".join(f"{one.code}\n{end}\n" for one in shown)
    for port in re.findall(r"SERVICE_(\d+)", " ".join(environment)):
        program = program.replace(f"http://127.0.0.1:{port}", environment[f"SERVICE_{port}"])
    file.write_text(program, "utf-8")
    own = {"PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONUTF8": "1", "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [*command, str(file)],
        cwd=file.parent,
        env={**os.environ, **own, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    printed = done.stdout.split(END + "\n")
    at = shown[min(len(printed), len(shown)) - 1].line
    assert (done.returncode, printed[-1]) == (0, ""), f"the example at line {at} fails: {done.stdout}{done.stderr}"
    return printed[:-1]

"""A real terminal for tests of the command line: tmux with a shell in it, its screen as a reader sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.commands import environment

SHELL = r"env PS1='\#:$?> ' bash --norc --noprofile"
PROMPT = r"\d+:(\d+)>"
"""The number of the command, and the exit code of the one before."""

WAIT_S = 60
STEERING = ("COLUMNS", "LINES", "TERM", "TMUX", "TMUX_PANE", "NO_COLOR", "FORCE_COLOR", "CLICOLOR")
"""Variables that tell programs of another terminal."""


class Terminal:
    """A shell in a terminal. Everything is typed, and read from the screen."""

    def __init__(self, socket: Path, log: Path, variables: dict[str, str]) -> None:
        self._tmux = ["tmux", "-u", "-S", str(socket), "-f", "/dev/null"]
        self._log, self._variables = log, variables
        self._commands = 1

    def tmux(self, *arguments: str) -> str:
        """A command of tmux; what it prints."""
        done = subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, env=self._variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def type(self, *keys: str) -> None:
        """Keys by their names in tmux (``Enter``, ``Tab``, ``C-c``); anything else is typed as it stands."""
        for key in keys:
            named = key in ("Enter", "Tab") or key.startswith("C-")
            self.tmux("send-keys", *([] if named else ["-l"]), "--", key)

    def screen(self, styles: bool = False) -> str:
        """What is seen, without empty lines at its end; what the edge of the screen broke is one line again.

        ``styles``: with what colours and underlines it.
        """
        return self.tmux("capture-pane", "-p", "-e" if styles else "-J").rstrip("\n")

    def written(self) -> str:
        """All that programs wrote so far, as they wrote it."""
        return self._log.read_text("utf-8")

    def wait(self, pattern: str) -> str:
        """The screen as soon as it shows ``pattern``."""
        until = time.monotonic() + WAIT_S
        while not re.search(pattern, seen := self.screen(), re.MULTILINE):
            assert time.monotonic() < until, f"no {pattern!r} in\n{seen}"
            time.sleep(0.05)
        return seen

    def run(self, command: str) -> tuple[int, list[str]]:
        """Type a command and wait for its end: the exit code, and the lines that are seen."""
        self.start(command)
        return self.ended()

    def start(self, command: str) -> None:
        """Type a command that begins on an empty screen."""
        self.type(f"clear; {command}", "Enter")

    def ended(self) -> tuple[int, list[str]]:
        """Wait for the end of the command that runs; as `run`."""
        self._commands += 1
        *lines, last = self.wait(rf"^{self._commands}:\d+>").split("\n")
        code = re.match(PROMPT, last)
        assert code, (lines, last)
        return int(code[1]), [line.rstrip() for line in lines]


@contextmanager
def terminal(folder: Path, columns: int = 80, lines: int = 45, **variables: str) -> Iterator[Terminal]:
    """A terminal of a size with a shell in a folder, in which ``paraglot`` is a command.

    ``variables``: of its environment.
    """
    if not shutil.which("tmux"):
        if "REQUIRE_TMUX" in os.environ or "CI" in os.environ:
            raise FileNotFoundError("tmux is not on PATH")
        pytest.skip("No tmux: put it on PATH")
    own = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    clean = {name: value for name, value in environment(own | variables).items() if name not in STEERING}
    with tempfile.TemporaryDirectory() as short:  # the path of a socket has few characters
        opened = Terminal(Path(short) / "tmux", Path(short) / "log", clean)
        session = ["new-session", "-d", "-x", str(columns), "-y", str(lines), "-c", str(folder)]
        opened.tmux("set", "-g", "default-terminal", "screen-256color", ";", *session, SHELL)
        opened.tmux("pipe-pane", f"cat >> {short}/log")
        try:
            opened.wait("^1:0>")
            yield opened
        finally:
            opened.tmux("kill-server")

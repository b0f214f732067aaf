"""The command line for tests: in this process, which is quick, or as a process of its own, which is real."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from unittest.mock import patch

from paraglot.api.cli.main import main
from tests.servers import ROOT

COMMAND = [sys.executable, "-c", "from paraglot.api.cli.main import main; main()"]


def paraglot(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command, run here: what it prints and its exit code. What only a process has (`process`) is not there."""
    printed, told = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    words = [str(one) for one in arguments]
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    code: object = 0
    with (
        patch.dict(os.environ, environment(variables), clear=True),
        patch.object(sys, "argv", ["paraglot", *words]),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(told),
        contextlib.chdir(ROOT),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    assert isinstance(code, int)
    out, err = (one.buffer.getvalue().decode() for one in (printed, told))  # type: ignore[attr-defined]
    return _sound(subprocess.CompletedProcess(words, code, out, err))


def process(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command as a process."""
    command = [*COMMAND, *map(str, arguments)]
    return _sound(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment(variables)))


def environment(variables: dict[str, str]) -> dict[str, str]:
    """The variables of a command: no settings but those of the test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PARAGLOT_")} | variables


def _sound(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stdout
    return done

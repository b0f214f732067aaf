"""A real service in a process of its own, for tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from paraglot.indexer.build import index_corpus

ROOT = Path(__file__).parent.parent


@dataclass
class Service:
    """A service that runs, and a client of it."""

    process: subprocess.Popen[str]
    client: httpx.Client

    def kill(self) -> None:
        """End it as a loss of power would."""
        self.process.kill()
        self.process.wait()


def limited(files: int | None) -> list[str]:
    """The beginning of a command line that bounds the open files of what follows."""
    return [] if files is None else ["bash", "-c", f'ulimit -n {files} && exec "$@"', "bash"]


@contextmanager
def service(index: Path, *flags: str, files: int | None = None, **variables: str) -> Iterator[Service]:
    """`paraglot serve` on a free port; afterwards stopped, and its log looked at for faults.

    ``files``: how many it may have open at most; ``variables``: of its environment.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARAGLOT_")}
    environment |= variables
    command = [
        sys.executable,
        "-c",
        "from paraglot.api.cli.main import main; main()",
        "serve",
        "--port",
        "0",
        "--index",
        str(index),
    ]
    log = index.parent / "serve.log"
    with (
        log.open("a") as errors,
        subprocess.Popen(
            [*limited(files), *command, *flags],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split()[-1]
            with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
                yield Service(process, client)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(120)  # a busy machine is no fault of the service
            assert "Traceback" not in log.read_text()


@contextmanager
def two_collections(folder: Path, origin: str) -> Iterator[str]:
    """The address of a service of the collections news, its default, and docs, both with bread, for pages of an origin;
    docs was asked once.
    """
    for name in ("news", "docs"):
        corpus = folder / f"{name}.jsonl"
        corpus.write_text(json.dumps({"id": name, "title": f"Of {name}", "text": "Bread for all.", "language": "en"}))
        index_corpus(folder / name, [corpus], "fake")
    flags = [f"--collection={name}={folder / name}" for name in ("news", "docs")]
    with service(folder / "news", *flags, "--allow-origin", origin) as running:
        running.client.get("/v1/collections/docs/search", params={"q": "bread"}).raise_for_status()
        yield str(running.client.base_url).rstrip("/")

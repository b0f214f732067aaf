"""A real OpenSearch cluster for tests: one that a variable names, or three nodes of our own on the loopback."""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from paraglot.api.settings import TEST_CLUSTER
from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.search.opensearch import cluster as client

STARTER = Path(__file__).parent.parent.parent / "shared" / "opensearch" / "cluster"
NODES = 3

# Ends the cluster when the process that holds the other end of its input is done or dead, however it died.
_GUARD = """
import subprocess, sys
sys.stdin.read()
subprocess.run(sys.argv[1:], capture_output=True)
"""


@dataclass(frozen=True)
class Cluster:
    """Where the nodes answer; ``folder`` is that of a cluster which is the tests' own to damage."""

    urls: tuple[str, ...]
    folder: Path | None = None

    @property
    def hosts(self) -> str:
        """The nodes as the address of an index names them."""
        return ",".join(url.removeprefix("http://") for url in self.urls)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the first node that answers says, as JSON."""
        content = None if body is None else json.dumps(body).encode()
        for url in self.urls[:-1]:
            try:
                return _asked(method, url + path, content)
            except ConnectionError:
                continue
        return _asked(method, self.urls[-1] + path, content)

    def run(self, command: str, *arguments: object) -> None:
        """``kill``, ``stop`` or ``start`` a node (1 to 3), or ``wait``; the test is skipped where the cluster is not
        our own."""
        if self.folder is None:
            pytest.skip(f"The cluster that {TEST_CLUSTER} names is not ours to damage.")
        _start(self.folder, command, *arguments)


N = TypeVar("N", bound=client.Cluster)


@contextmanager
def nodes_of(cluster: Cluster, kind: type[N]) -> Iterator[N]:
    """The cluster by our client, or a ``kind`` of it, patient enough for a busy machine."""
    opened = kind(cluster.urls, {"timeout": 120})
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def fresh_index(nodes: client.Cluster, model: str = "fake") -> Iterator[WritableCluster]:
    """An index with the encoder ``model`` that there is not yet; what is made of it is removed in the end."""
    index = WritableCluster(nodes, f"test-{uuid4().hex[:12]}", model)
    try:
        yield index
    finally:
        nodes.drop(f"{index.name}-*")


def _asked(method: str, url: str, content: bytes | None) -> Any:
    request = Request(url, content, {"Content-Type": "application/json"}, method=method)
    try:
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except OSError as error:
        if isinstance(getattr(error, "reason", None), ConnectionError):
            raise error.reason from None
        raise


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """The cluster while it is needed. Where there can be none the test is skipped, or fails if ``REQUIRE_CLUSTER``."""
    if named := os.environ.get(TEST_CLUSTER):
        yield Cluster(tuple(url.rstrip("/") for url in named.split(",")))
        return
    for there, what in ((STARTER.exists(), str(STARTER)), (shutil.which("java"), "java")):
        if not there:
            (pytest.fail if "REQUIRE_CLUSTER" in os.environ else pytest.skip)(
                f"No OpenSearch cluster: {what} is missing, and {TEST_CLUSTER} names none."
            )
    # Not below pytest's folder, which is closed to the user that the nodes run as.
    folder = Path(tempfile.mkdtemp(prefix="opensearch-"))
    with ExitStack() as ends:
        guard = subprocess.Popen(
            [sys.executable, "-c", _GUARD, str(STARTER), "down", "--dir", str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        ends.callback(shutil.rmtree, folder, ignore_errors=True)
        ends.callback(guard.wait, 90)
        ends.callback(guard.communicate)
        urls = _start(folder, "up", "--nodes", NODES, "--port", _free_ports())
        yield Cluster(tuple(urls.split()), folder)


def _start(folder: Path, command: str, *arguments: object) -> str:
    given = [str(STARTER), command, *map(str, arguments), "--dir", str(folder)]
    done = subprocess.run(given, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _free_ports() -> int:
    """The first of the ports of three nodes: those of HTTP, and a hundred on, those that they speak to each other by."""
    for _ in range(100):
        first = random.randrange(20_000, 30_000)  # below those that systems give away by themselves
        if all(_is_free(first + apart + node) for apart in (0, 100) for node in range(NODES)):
            return first
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) != 0

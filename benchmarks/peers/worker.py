"""One engine in a process of its own: builds, or opens and answers. Started by `compare_peers.py`, never by hand."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

WARM = 30


def used_s() -> float:
    """Processor time of this process and of its children that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def tell(answers: int, **said: Any) -> None:
    """Write one line for who started this."""
    os.write(answers, json.dumps(said).encode() + b"\n")


def build(engine: Any, answers: int, corpus: str, vectors: str) -> None:
    """Build, and tell what it took."""
    started, used = time.perf_counter(), used_s()
    engine.build(Path(corpus), Path(vectors))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    tell(answers, seconds=time.perf_counter() - started, used_s=used_s() - used, peak_mb=peak / 1024)


def ask(engine: Any, answers: int, queries: str, vectors: str, first: str, last: str) -> None:
    """Open, answer once, tell so; then warm up, answer the queries ``first`` to ``last``, and tell what each took."""
    texts = [one["q"] for one in map(json.loads, Path(queries).read_text("utf-8").splitlines())]
    asked = np.load(vectors)
    engine.open()
    engine.search(texts[-1], asked[-1])
    tell(answers, opened=True)
    for place in range(len(texts) - 1 - WARM, len(texts) - 1):
        engine.search(texts[place], asked[place])
    clock: list[float] = []
    used: list[float] = []
    found: list[list[str]] = []
    for place in range(int(first), int(last)):
        started, before = time.perf_counter(), time.process_time()
        found.append(engine.search(texts[place], asked[place]))
        used.append(1000 * (time.process_time() - before))
        clock.append(1000 * (time.perf_counter() - started))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell(answers, clock_ms=clock, used_ms=used, found=found, memory_mb=memory)


def main() -> None:
    """``worker.py build|ask ADAPTER FOLDER …``, or ``worker.py versions PACKAGE…``."""
    answers = os.dup(1)
    os.dup2(2, 1)  # an engine may print
    what, *rest = sys.argv[1:]
    if what == "versions":
        tell(answers, versions={name: version(name) for name in rest})
        return
    adapter, folder, *given = rest
    engine = import_module(adapter).Engine(Path(folder))
    (build if what == "build" else ask)(engine, answers, *given)


if __name__ == "__main__":
    main()

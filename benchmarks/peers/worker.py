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


def peak_mb() -> float:
    """The most memory this program had; `getrusage` counts what the process was before it became this program, too."""
    [said] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(said.split()[1]) / 1024


def tell(answers: int, **said: Any) -> None:
    """Write one line for who started this."""
    os.write(answers, json.dumps(said).encode() + b"\n")


def build(engine: Any, answers: int, corpus: str, vectors: str) -> None:
    """Build, and tell what it took."""
    started, used = time.perf_counter(), used_s()
    engine.build(Path(corpus), Path(vectors))
    seconds, children = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    tell(answers, seconds=seconds, used_s=used_s() - used, peak_mb=max(peak_mb(), children))


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
    tell(answers, clock_ms=clock, used_ms=used, found=found, memory_mb=peak_mb())


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

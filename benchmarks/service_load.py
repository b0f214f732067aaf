"""Ask a running service from many clients at once, and see how long answers take and whether its memory grows.

    python benchmarks/service_load.py INDEX QUERIES [--clients 16] [--seconds 60] [--workers 1] [--starts 3]

INDEX is served on loopback by a process of its own; QUERIES is a file with one query a line. Prints the time from start
to ready (the best of --starts), requests, errors, p50, p95 and p99, and the memory of the service's processes at a
quarter and at the end of the time. Exit code 1 where an answer was not 200, p99 is over ten times p50, memory grew by
more than a tenth, or the service was not ready within 2 s.

The index of the bars in README, 100,000 paragraphs, comes from shuffled_corpus.py and paraglot index.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
SERVE = [sys.executable, "-c", "from paraglot.api.cli.main import main; main()", "serve", "--port", "0", "--index"]


@contextmanager
def served(index: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[str], str, float]]:
    """A service of its own, its address, and the seconds from its start until it was ready."""
    started = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PARAGLOT_")}
    with subprocess.Popen(
        [*SERVE, str(index), *flags],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[-1]
            httpx.get(f"{address}/readyz", timeout=60, trust_env=False).raise_for_status()
            yield process, address, time.perf_counter() - started
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(60)


def ready_after_s(index: Path) -> float:
    """The seconds from the start of a service until it is ready."""
    with served(index) as (_, _, ready_s):
        return ready_s


def family(process_id: int) -> list[int]:
    """A process and those that it started; Linux only."""
    found = [process_id]
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError, KeyError):
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if int(fields["PPid"]) == process_id:
                found.append(int(fields["Pid"]))
    return found


def memory_mb(process_id: int, kind: str = "Pss") -> float:
    """Memory of a process and those that it started, shared pages once (PSS), in megabytes.

    ``kind``: ``Pss`` all of it, ``Pss_Anon`` without the mapped files, which the system takes back when it needs room.
    """
    total = 0.0
    for one in family(process_id):
        with suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(f"{kind}:")) / 1024
    return total


def ask(address: str, queries: list[str], end: float, seed: int, took: list[float], statuses: Counter[int]) -> None:
    """One client: one query after another until the time is up."""
    chance = random.Random(seed)
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        while time.perf_counter() < end:
            started = time.perf_counter()
            try:
                status = client.get("/v1/search", params={"q": chance.choice(queries)}).status_code
            except httpx.HTTPError:
                status = 0
            took.append(time.perf_counter() - started)
            statuses[status] += 1


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--starts", type=int, default=3)
    arguments = parser.parse_args()
    queries = [line.strip() for line in arguments.queries.read_text("utf-8").splitlines() if line.strip()]
    took: list[float] = []
    statuses: Counter[int] = Counter()
    ready_s = min(ready_after_s(arguments.index) for _ in range(arguments.starts))
    with served(arguments.index, "--workers", str(arguments.workers)) as (process, address, _):
        paragraphs = httpx.get(f"{address}/v1/index", trust_env=False).json()["paragraphs"]
        end = time.perf_counter() + arguments.seconds
        clients = [
            threading.Thread(target=ask, args=(address, queries, end, seed, took, statuses))
            for seed in range(arguments.clients)
        ]
        for client in clients:
            client.start()
        time.sleep(arguments.seconds / 4)
        early_mb = memory_mb(process.pid)
        for client in clients:
            client.join()
        late_mb = memory_mb(process.pid)
    cuts = statistics.quantiles(took, n=100)
    p50, p95, p99 = (1000 * cuts[at] for at in (49, 94, 98))
    print(f"{paragraphs} paragraphs, ready after {ready_s:.2f} s")
    print(f"{len(took)} requests by {arguments.clients} clients: {dict(statuses)}")
    print(
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms; {len(took) / arguments.seconds:.0f} requests a second"
    )
    print(f"memory {early_mb:.0f} MB after a quarter, {late_mb:.0f} MB at the end")
    failed = set(statuses) != {200}
    sys.exit(failed or p99 > 10 * p50 or late_mb > 1.1 * early_mb or ready_s >= 2)


if __name__ == "__main__":
    main()

"""Ask a running service from many clients at once, and see how long answers take and whether its memory grows.

    python benchmarks/service_load.py INDEX QUERIES [--clients 1 4 16] [--seconds 60] [--workers 1] [--starts 3]

INDEX is served on loopback by a process of its own; QUERIES is a file with one query a line, each asked once. Prints a
table, a line for each number of clients: answers a second, p50, p95, p99, what the service took of the processor for an
answer, and how many were no answer: 503 is one that would have waited too long, and is refused at once. Before it, the
time from start to ready (the best of --starts), behind it the memory of the service's processes before and after each.
Exit code 1 where there was another error, p99 is over five times p50, memory grew by more than a tenth after the first
clients, or the service was not ready within 2 s.

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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

WARM_S = 5.0
"""One client asks so long before anything is measured."""

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


def memory_mb(process_id: int, *, files: bool = True) -> float:
    """Memory of a process and those that it started, in megabytes; Linux only.

    ``files``: those that are mapped count as well, each once, whoever else has them mapped: the share of them that the
    system reckons (PSS) grows when a process ends that has nothing to do with it.
    """
    anonymous_kb, mapped_kb = 0, Counter[str]()
    for one in family(process_id):
        with suppress(OSError):
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
            anonymous_kb += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss_Anon:"))
            mapped_kb |= _mapped_kb(Path(f"/proc/{one}/smaps").read_text())
    return (anonymous_kb + mapped_kb.total() * files) / 1024


def _mapped_kb(smaps: str) -> Counter[str]:
    """What of each file is in memory, of one process."""
    name, found = "", Counter[str]()
    for line in smaps.splitlines():
        fields = line.split(maxsplit=5)
        if not fields[0].endswith(":"):
            name = fields[5] if len(fields) > 5 else ""
        elif fields[0] in ("Rss:", "Anonymous:") and name.startswith("/"):
            found[name] += int(fields[1]) if fields[0] == "Rss:" else -int(fields[1])
    return found


@dataclass
class Load:
    """What clients found: how long each answer took, in seconds, and how often each status came."""

    clients: int
    seconds: float
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    used_s: float = 0.0
    """Of the processor, by the service."""

    @property
    def answers(self) -> int:
        """Those that were one: refusals are not."""
        return self.statuses[200]

    def line(self) -> str:
        """A line of the table."""
        p50, p95, p99 = self.percentiles_ms
        others = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()) if status != 200)
        used_ms = 1000 * self.used_s / max(self.answers, 1)
        numbers = f"{self.answers / self.seconds:.1f} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {p99 / p50:.1f}"
        return f"| {self.clients} | {numbers} | {used_ms:.1f} | {others or 'none'} |"

    @property
    def percentiles_ms(self) -> tuple[float, float, float]:
        """The 50th, 95th and 99th."""
        cuts = statistics.quantiles(self.took, n=100)
        return 1000 * cuts[49], 1000 * cuts[94], 1000 * cuts[98]


TABLE = """| clients | answers/s | p50, ms | p95, ms | p99, ms | p99 / p50 | processor, ms an answer | other statuses |
|--:|--:|--:|--:|--:|--:|--:|---|"""


def ask(address: str, queries: Iterator[str], end: float, load: Load) -> None:
    """One client: one query after another until the time is up, or all are asked."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        while time.perf_counter() < end and (query := next(queries, None)) is not None:
            started = time.perf_counter()
            try:
                status = client.get("/v1/search", params={"q": query}).status_code
            except httpx.HTTPError:
                status = 0
            load.took.append(time.perf_counter() - started)
            load.statuses[status] += 1


def used_s(process_id: int) -> float:
    """What a process and those that it started took of the processor; Linux only."""
    total = 0
    for one in family(process_id):
        with suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def loaded(process_id: int, address: str, queries: Iterator[str], clients: int, seconds: float) -> Load:
    """Ask from so many clients at once for so long, or until there is no query any more."""
    load, before, started = Load(clients, seconds), used_s(process_id), time.perf_counter()
    given = (address, queries, started + seconds, load)
    threads = [threading.Thread(target=ask, args=given) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds, load.used_s = time.perf_counter() - started, used_s(process_id) - before
    return load


class Fresh(Iterator[str]):
    """Queries that were not asked before, for several threads: those of a file in chance's order, and, where these are
    all asked, each with a number behind it. An answer that the service kept would tell nothing.
    """

    def __init__(self, queries: Sequence[str]) -> None:
        self._queries, self._lock, self._asked = random.Random(0).sample(queries, len(queries)), threading.Lock(), 0

    def __next__(self) -> str:
        with self._lock:
            times, place = divmod(self._asked, len(self._queries))
            self._asked += 1
        return f"{self._queries[place]} {times}" if times else self._queries[place]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--starts", type=int, default=3)
    arguments = parser.parse_args()
    queries = Fresh([line.strip() for line in arguments.queries.read_text("utf-8").splitlines() if line.strip()])
    ready_s = min(ready_after_s(arguments.index) for _ in range(arguments.starts))
    found: list[Load] = []
    with served(arguments.index, "--workers", str(arguments.workers)) as (process, address, _):
        paragraphs = httpx.get(f"{address}/v1/index", trust_env=False).json()["paragraphs"]
        loaded(process.pid, address, queries, 1, WARM_S)
        memory = [memory_mb(process.pid)]
        for clients in arguments.clients:
            found.append(loaded(process.pid, address, queries, clients, arguments.seconds))
            memory.append(memory_mb(process.pid))
    machine = f"{os.cpu_count()} processors under a load of {os.getloadavg()[0]:.1f}"
    print(f"{paragraphs:,} paragraphs, {arguments.workers} workers, ready after {ready_s:.2f} s, {machine}")
    print("\n".join([TABLE, *(load.line() for load in found)]))
    print("memory, MB: " + ", ".join(f"{one:.0f}" for one in memory))
    failed = any(set(load.statuses) - {200, 503} for load in found)
    slow = any(load.percentiles_ms[2] > 5 * load.percentiles_ms[0] for load in found)
    sys.exit(failed or slow or memory[-1] > 1.1 * memory[1] or ready_s >= 2)


if __name__ == "__main__":
    main()

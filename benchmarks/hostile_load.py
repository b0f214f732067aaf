"""Forty clients ask the worst that was found, a normal one asks beside them: is it answered, or told to come again?

    python benchmarks/hostile_load.py [INDEX] [--clients 40] [--seconds 60]

INDEX is served on loopback by a process of its own (the seeds, indexed, where none is named). Every second hostile
client goes away before its answer. Prints what the normal client got and how long it waited, what the hostile ones
got, and the memory of the service before and after; before, everything was asked once. Exit code 1 where the normal
client got anything but 200, 429 or 503, or waited longer than 2 s, or memory did not return within 10 %.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parent))  # imported by the suite, too

from service_load import ROOT, memory_mb, served

LONGEST_S, GROWTH = 2.0, 1.1
LONGEST_WITHOUT_S = 60.0
"""Beyond its time a campaign waits so long for the normal client's first answer."""

QUIET_S = 20.0
"""How long a service may take to be as it was."""

NORMAL = (
    "bread tax",
    "Was sagte Xi über die Freundschaft?",
    "coral reef bleaching",
    "marathon",
    "élection présidentielle",
)


def worst() -> Iterator[dict[str, Any]]:
    """Requests that each cost as much as one may: path, and parameters or a JSON body."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    chance = random.Random(17)
    unknown = ["".join(chance.choices(letters, k=8)) for _ in range(1_000)]
    han = "".join(chr(0x4E00 + chance.randrange(8_000)) for _ in range(5_000))
    common = ["the", "of", "and", "to", "in", "der", "die", "und", "la", "de", "que", "el", "le", "les", "et"]
    queries = [
        "\ufdfa" * 1_000,
        "\ufdfa " * 1_000,
        "x" * 10_000,
        " ".join(unknown),
        " ".join(letters * 180),
        han,
        "人" * 10_000,
        "ก" * 10_000,
        "ﬃ" * 9_000,
        "a" + "\u0301" * 9_000,
        " ".join(f'"{one} {two}"' for one, two in pairwise(common)),
        " ".join(f"{one}{two}*" for one in letters[:5] for two in "aeiour"),
        " OR ".join(f'"{one}"' for one in common),
        " ".join(f"-{one}" for one in common) + " bread",
        '"' + " ".join(unknown) + '"',
        " ".join(one[::-1] for one in ("government", "president", "universe")),
    ]
    for q in queries:
        yield {"url": "/v1/search", "json": {"q": q, "limit": 100, "context": 3, "facets": ["source", "language"]}}
    for q in queries[10:]:
        yield {"url": "/v1/search", "params": {"q": q[:1_500], "limit": 100}}
    yield {"url": "/v1/similar", "json": {"text": "\ufdfa" * 10_000, "limit": 100}}
    yield {"url": "/v1/similar", "json": {"text": " ".join(unknown), "limit": 100}}
    yield {
        "url": "/v1/multi-search",
        "json": {"searches": [{"q": " ".join(unknown[at:]), "limit": 100} for at in range(20)]},
    }
    yield {"url": "/v1/analyze", "params": {"text": han[:1_000], "query": "true"}}
    yield {"url": "/v1/suggest", "params": {"q": "strucutre of teh governmnet"}}
    yield {"url": "/feed.rss", "params": {"q": "the of and"}}
    yield {"url": "/export.csv", "params": {"q": "the of and to in", "limit": 100}}


def ask(client: httpx.Client, request: dict[str, Any]) -> int:
    """The status of one request; 0 where the connection failed, or the client went away."""
    try:
        return client.request("POST" if "json" in request else "GET", **request).status_code
    except httpx.HTTPError:
        return 0


@dataclass
class Result:
    """What came of it: statuses by who asked, the waits of the normal client, and memory in megabytes."""

    normal: Counter[int] = field(default_factory=Counter)
    hostile: Counter[int] = field(default_factory=Counter)
    waits_s: list[float] = field(default_factory=list)
    before_mb: float = 0.0
    after_mb: float = 0.0
    anonymous_mb: tuple[float, float] = (0.0, 0.0)
    """The same without mapped files."""


def campaign(address: str, process_id: int, clients: int, seconds: float, quiet_s: float = QUIET_S) -> Result:
    """Ask for so long, and until the normal client had an answer; afterwards the service may be quiet for a while.

    ``quiet_s``: 0 where memory is not compared; then the hostile requests are not asked beforehand, either.
    """
    result, requests = Result(), list(worst())
    with httpx.Client(base_url=address, timeout=120, trust_env=False) as client:
        for request in requests if quiet_s else ():
            ask(client, request)
        for q in NORMAL:
            client.get("/v1/search", params={"q": q}).raise_for_status()
    time.sleep(quiet_s)  # as at the end: what a request is done with takes a while to go back
    result.before_mb, anonymous_mb = memory_mb(process_id), memory_mb(process_id, files=False)
    end = time.perf_counter() + seconds
    over = threading.Event()

    def hostile(number: int) -> None:
        chance = random.Random(number)
        timeout = 1.0 if number % 2 else 60.0  # who goes away leaves its work to the service
        with httpx.Client(base_url=address, timeout=timeout, trust_env=False) as own:
            while not over.is_set():
                result.hostile[ask(own, chance.choice(requests))] += 1

    crowd = [threading.Thread(target=hostile, args=(number,)) for number in range(clients)]
    for one in crowd:
        one.start()
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as normal:
        while (started := time.perf_counter()) < end or (not result.normal[200] and started < end + LONGEST_WITHOUT_S):
            result.normal[ask(normal, {"url": "/v1/search", "params": {"q": random.choice(NORMAL)}})] += 1
            result.waits_s.append(time.perf_counter() - started)
            time.sleep(0.1)
    over.set()
    for one in crowd:
        one.join()
    time.sleep(quiet_s)
    result.after_mb = memory_mb(process_id)
    result.anonymous_mb = anonymous_mb, memory_mb(process_id, files=False)
    return result


@contextmanager
def index_of(given: Path | None) -> Iterator[Path]:
    """The index that was named, or one of the seeds."""
    if given:
        yield given
        return
    from paraglot.indexer.build import index_corpus

    with tempfile.TemporaryDirectory() as folder:
        index_corpus(Path(folder) / "index", [ROOT / "seeds"])
        yield Path(folder) / "index"


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path, nargs="?")
    parser.add_argument("--clients", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    with index_of(arguments.index) as index, served(index) as (process, address, _):
        result = campaign(address, process.pid, arguments.clients, arguments.seconds)
    waits = sorted(result.waits_s)
    print(
        f"the normal client: {dict(result.normal)}, waited {waits[len(waits) // 2]:.2f} s in the middle, "
        f"{waits[-1]:.2f} s at most\n"
        f"{arguments.clients} hostile ones: {dict(result.hostile)} (0: gone before the answer)\n"
        f"memory {result.before_mb:.0f} MB before, {result.after_mb:.0f} MB after; without mapped files "
        f"{result.anonymous_mb[0]:.0f} MB and {result.anonymous_mb[1]:.0f} MB"
    )
    refused = set(result.normal) - {200, 429, 503}
    sys.exit(bool(refused or waits[-1] > LONGEST_S or result.after_mb > GROWTH * result.before_mb))


if __name__ == "__main__":
    main()

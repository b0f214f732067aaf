"""What the slowest of many shards costs: the requests of real searches are asked of one shard at a time, and from those
times that of a search over many shards is drawn.

    python benchmarks/fan_out.py opensearch://localhost:9200/news QUERIES.txt [--shards 1 3 10 30 100 300]

A search is a few requests that follow each other, and each waits for its slowest shard: as many times are drawn as
there are shards, and the largest counts. The second line of each sends what takes longer than the 95th percentile to
the other copy, too, and takes what is there first. Shards are taken to be slow independently, so a busy node is worse
than this says; and nothing is slower here than the slowest that was measured.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from opensearchpy import OpenSearch

from paraglot.search.engine.engine import open_index
from paraglot.search.errors import ParaglotError
from paraglot.search.opensearch.cluster import SEARCH_TYPE, Cluster, Json
from paraglot.search.opensearch.index import ClusterIndex
from paraglot.search.types import SearchRequest
from paraglot.search.types.address import ClusterAddress, address_of

DRAWS = 20_000
PERCENTILES = (50, 95, 99)

Times = NDArray[np.float64]


class Recording(Cluster):
    """A cluster that notes what it is asked: a list for each request."""

    asked: list[Sequence[Json]]

    def search(self, *bodies: Json) -> list[Json]:
        """Ask, and note it."""
        self.asked.append(bodies)
        return super().search(*bodies)


def measured(address: ClusterAddress, queries: Sequence[str]) -> list[Times]:
    """Milliseconds of one shard for each request of a search, in their order: of all queries, asked of all shards."""
    plain = OpenSearch(list(address.urls))
    cluster = Recording(address.urls)
    cluster.asked = []
    times: dict[int, list[float]] = {}
    with open_index(ClusterIndex(cluster, address.name)) as engine:
        engine.search(SearchRequest(queries[0]))
        shards = cluster.condition(cluster.alias_target(address.name) or address.name)[1]
        for query in queries:
            cluster.asked = []
            engine.search(SearchRequest(query))
            for place, bodies in enumerate(cluster.asked):
                times.setdefault(place, []).extend(_shard(plain, address.name, bodies, one) for one in range(shards))
    return [np.array(found) for _, found in sorted(times.items())]


def _shard(cluster: OpenSearch, name: str, bodies: Sequence[Json], shard: int) -> float:
    """Milliseconds of one shard for the searches of one request."""
    lines: list[Json] = []
    for body in bodies:
        kept = {key: value for key, value in body.items() if key not in ("pit", SEARCH_TYPE)}
        lines += [{"index": name, "preference": f"_shards:{shard}"}, kept]
    started = time.perf_counter()
    cluster.msearch(body=lines)
    return (time.perf_counter() - started) * 1000


def simulated(times: Sequence[Times], shards: int, *, second: bool, seed: int = 7) -> Times:
    """Milliseconds of many searches over so many shards."""
    random = np.random.default_rng(seed)
    whole = np.zeros(DRAWS)
    for own in times:
        drawn = random.choice(own, (DRAWS, shards))
        if second:
            late = np.percentile(own, 95)
            drawn = np.where(drawn > late, np.minimum(drawn, late + random.choice(own, drawn.shape)), drawn)
        whole += drawn.max(1)
    return whole


def main() -> None:
    """Measure, simulate and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("queries", type=Path)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 3, 10, 30, 100, 300])
    given = parser.parse_args()
    address = address_of(given.index)
    if not isinstance(address, ClusterAddress):
        raise SystemExit(f"{address}: the index must be on a cluster, as in opensearch://localhost:9200/news.")
    try:
        times = measured(address, given.queries.read_text("utf-8").split("\n")[:-1])
    except ParaglotError as error:
        raise SystemExit(str(error)) from None
    for place, own in enumerate(times, start=1):
        print(f"request {place}, one shard: {_percentiles(own)} ms of {own.size}")
    for shards in given.shards:
        for second in (False, True):
            copies = "and a second copy after p95" if second else ""
            print(f"{shards:4d} shards {_percentiles(simulated(times, shards, second=second))} ms {copies}")


def _percentiles(times: Times) -> str:
    return ", ".join(
        f"p{own} {value:.0f}" for own, value in zip(PERCENTILES, np.percentile(times, PERCENTILES), strict=True)
    )


if __name__ == "__main__":
    main()

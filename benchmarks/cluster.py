"""One corpus in a folder, on a cluster, and on the same cluster as one would write a hybrid search by hand.

    python benchmarks/shuffled_corpus.py 100000 CORPUS.jsonl QUERIES.txt
    python benchmarks/cluster.py CORPUS.jsonl QUERIES.txt http://localhost:9200 [--encoder builtin-fast] [--rounds 3]

By hand: one text field of the standard analyzer, one vector of a paragraph, 100 hits of each in one request, reciprocal
rank fusion. All encode with one encoder, and three nodes of one machine share its processors with whoever asks: only
ratios mean something. Queries are asked in turn, ten of each way, so that all meet the same neighbours. Processor time
is that of this process, and that of all nodes, whatever else they do meanwhile.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from opensearchpy import OpenSearch
from opensearchpy.helpers import bulk

from paraglot.indexer.build import index_corpus
from paraglot.search.encoders.load import load_encoder
from paraglot.search.encoders.protocols import Encoder
from paraglot.search.engine.engine import Engine, open_index
from paraglot.search.types import SearchRequest
from paraglot.search.types.address import ClusterAddress

NAME, BY_HAND = "paraglot-benchmark", "paraglot-benchmark-by-hand"
LEG, LIMIT, RRF = 100, 10, 60
AT_ONCE = 256
AT_A_TURN = 10


class ByHand:
    """A hybrid search as one would write it."""

    def __init__(self, nodes: OpenSearch, encoder: Encoder) -> None:
        self._nodes, self._encoder = nodes, encoder

    def build(self, corpus: Path) -> None:
        """Index all paragraphs."""
        method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
        vector = {"type": "knn_vector", "dimension": self._encoder.spec.dimension, "method": method}
        body = {
            "settings": {
                "index": {"knn": True, "number_of_shards": 3, "number_of_replicas": 1, "refresh_interval": "-1"}
            },
            "mappings": {
                "properties": {"text": {"type": "text"}, "vector": vector},
                "_source": {"excludes": ["vector"]},
            },
        }
        self._nodes.indices.create(index=BY_HAND, body=body)
        texts = _paragraphs(corpus)
        while batch := list(islice(texts, AT_ONCE)):
            vectors = self._encoder.encode_paragraphs(batch)
            lines = zip(batch, vectors, strict=True)
            bulk(self._nodes, ({"_index": BY_HAND, "text": text, "vector": own.tolist()} for text, own in lines))
        self._nodes.indices.refresh(index=BY_HAND)

    def search(self, query: str) -> list[str]:
        """The ids of the first hits."""
        vector = self._encoder.encode_query([query])[0].tolist()
        words = {"query": {"match": {"text": query}}, "size": LEG, "_source": False}
        near = {"query": {"knn": {"vector": {"vector": vector, "k": LEG}}}, "size": LEG, "_source": False}
        head = {"index": BY_HAND}
        legs = self._nodes.msearch(body=[head, words, head, near])["responses"]
        scores: dict[str, float] = {}
        for leg in legs:
            for rank, hit in enumerate(leg["hits"]["hits"], start=1):
                scores[hit["_id"]] = scores.get(hit["_id"], 0.0) + 1 / (RRF + rank)
        first = sorted(scores, key=lambda id_: -scores[id_])[:LIMIT]
        self._nodes.mget(index=BY_HAND, body={"ids": first})
        return first


def _paragraphs(corpus: Path) -> Iterator[str]:
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            own = json.loads(line)
            yield from own.get("paragraphs") or own["text"].split("\n\n")


class Processors:
    """Milliseconds that this process and the nodes have taken since it was made."""

    def __init__(self, nodes: OpenSearch) -> None:
        self._nodes = nodes
        self._before = self._now()

    def each(self, parts: int) -> tuple[float, float]:
        """Of one of so many parts: this process's, and the nodes'."""
        own, theirs = (now - before for now, before in zip(self._now(), self._before, strict=True))
        return own / parts, theirs / parts

    def _now(self) -> tuple[float, float]:
        stats = self._nodes.nodes.stats(metric="process")["nodes"].values()
        return time.process_time() * 1000, sum(node["process"]["cpu"]["total_in_millis"] for node in stats)


def _timed(nodes: OpenSearch, what: str, paragraphs: int, work: Callable[[], object]) -> None:
    wall, processors = time.perf_counter(), Processors(nodes)
    work()
    seconds = time.perf_counter() - wall
    own, theirs = processors.each(paragraphs)
    print(
        f"{what}: built in {seconds:.0f} s, {paragraphs / seconds:.0f} paragraphs/s,"
        f" processor of each {own:.1f} ms here and {theirs:.1f} ms in the nodes",
        flush=True,
    )


def _asked(engine: Engine) -> Callable[[str], object]:
    return lambda query: engine.search(SearchRequest(query, limit=LIMIT))


def main() -> None:
    """Build three times, ask in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("nodes", help="with commas between")
    parser.add_argument("--encoder", default="builtin-fast")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    urls = given.nodes.split(",")
    nodes = OpenSearch(urls, timeout=120)
    nodes.indices.delete(index=f"{NAME}*", params={"ignore_unavailable": "true"})
    address = ClusterAddress(tuple(url.removeprefix("http://") for url in urls), NAME)
    by_hand = ByHand(nodes, load_encoder(given.encoder))
    many = sum(1 for _ in _paragraphs(given.corpus))
    with TemporaryDirectory() as temporary, ExitStack() as opened:
        folder = Path(temporary) / "index"
        _timed(nodes, "folder", many, lambda: index_corpus(folder, [given.corpus], given.encoder))
        _timed(nodes, "cluster", many, lambda: index_corpus(address, [given.corpus], given.encoder))
        _timed(nodes, "by hand", many, lambda: by_hand.build(given.corpus))
        engines = [opened.enter_context(open_index(place)) for place in (folder, address)]
        ways = {"folder": _asked(engines[0]), "cluster": _asked(engines[1]), "by hand": by_hand.search}
        _ask(nodes, ways, given.queries.read_text("utf-8").split("\n")[:-1], given.rounds)
    nodes.indices.delete(index=f"{NAME}*")


def _ask(nodes: OpenSearch, ways: dict[str, Callable[[str], Any]], queries: list[str], rounds: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in ways}
    processors: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for ask in ways.values():
        for query in queries:
            ask(query)  # what a query's words are is counted once a generation
    turns = [queries[first : first + AT_A_TURN] for first in range(0, len(queries), AT_A_TURN)]
    for turn in turns * rounds:
        for name, ask in ways.items():
            taken = Processors(nodes)
            for query in turn:
                started = time.perf_counter()
                ask(query)
                times[name].append((time.perf_counter() - started) * 1000)
            processors[name].append(taken.each(len(turn)))
    least = np.median(times["by hand"])
    for name, own in times.items():
        p50, p95 = np.percentile(own, (50, 95))
        here, there = np.median(processors[name], axis=0)
        print(
            f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms of {len(own)}; p50 is {p50 / least:.2f} x by hand;"
            f" processor {here:.0f} ms here and {there:.0f} ms in the nodes",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Whether a cluster finds what a folder finds: a judged set in several languages, indexed in both and asked of both.

    python benchmarks/cluster_agreement.py FOLDER_OF_A_JUDGED_SET HTTP_ADDRESS_OF_A_NODE [--model builtin-fast]
        [--questions 5] [--shards 3]

The folder has `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`, compressed or not. Of each language so many questions
are asked in every language of the corpus. Prints hybrid nDCG@10 of both in the mean over the pairs of languages, the
share of the ten first hits that both have, and the milliseconds of a ranking, the median of each.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from paraglot.api.evaluation.judged import Judged, read_judged
from paraglot.indexer.opensearch.place import WritableCluster
from paraglot.indexer.place import WritableFolder
from paraglot.search.engine.engine import Engine
from paraglot.search.index import WritableIndex
from paraglot.search.memory.index import divided
from paraglot.search.opensearch.cluster import Cluster
from paraglot.search.types import Article, SearchRequest

NAME = "cluster-agreement"


def fill(index: WritableIndex, judged: Judged) -> None:
    """One commit of all passages."""
    with index.change() as change:
        for text in judged.texts.values():
            article = Article(text.id, text.title, text.text, text.language or "und")
            change.put(article, divided(article))
        change.commit()


def ranked(engine: Engine, request: SearchRequest) -> tuple[list[str], float]:
    """The ids of the first hits, and the milliseconds that it took."""
    started = time.perf_counter()
    rows = [row for row, _ in engine.rank(request)]
    took = 1000 * (time.perf_counter() - started)
    with engine.snapshot() as snapshot:
        ids = snapshot.all_texts().article_ids(rows)
    return [ids[row] for row in rows], took


def ndcg(found: Sequence[str], right: Collection[str]) -> float:
    """nDCG@10 where an answer is right or wrong."""
    gain = sum(1 / math.log2(place + 2) for place, id_ in enumerate(found) if id_ in right)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(len(right), 10)))


def compare(judged: Judged, engines: Mapping[str, Engine]) -> None:
    """Ask both, and print."""
    scores: dict[str, dict[tuple[str, str], list[float]]] = {name: defaultdict(list) for name in engines}
    shared: dict[tuple[str, str], list[float]] = defaultdict(list)
    times: dict[str, list[float]] = {name: [] for name in engines}
    for query in judged.queries:
        for tag in judged.languages:
            right = [id_ for id_ in judged.qrels[query.id] if judged.texts[id_].language == tag]
            if not right:
                continue
            request, pair = SearchRequest(query.text, languages=(tag,), limit=10), (query.language, tag)
            tops = {}
            for name, engine in engines.items():
                tops[name], took = ranked(engine, request)
                times[name].append(took)
                scores[name][pair].append(ndcg(tops[name], right))
            one, other = map(set, tops.values())
            shared[pair].append(len(one & other) / max(len(one), 1))
    means = {pair: statistics.mean(own) for pair, own in shared.items()}
    print(f"{sum(map(len, shared.values()))} rankings in {len(shared)} pairs of languages")
    for name, cells in scores.items():
        mean = statistics.mean(map(statistics.mean, cells.values()))
        print(f"{name}: nDCG@10 {mean:.4f}, {statistics.median(times[name]):.0f} ms")
    overlap, least = statistics.mean(means.values()), min(means.values())
    print(f"the same among the first ten: {overlap:.4f}; of a pair {least:.2f} at least")


def main() -> None:
    """Index, compare, clear away."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("judged", type=Path)
    parser.add_argument("node")
    parser.add_argument("--model", default="builtin-fast")
    parser.add_argument("--questions", type=int, default=5)
    parser.add_argument("--shards", type=int, default=3)
    asked = parser.parse_args()
    files = [next(asked.judged.glob(f"{name}*")) for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv")]
    judged = read_judged(*files)
    nodes = Cluster([asked.node], {"timeout": 120})
    with ExitStack() as ends, tempfile.TemporaryDirectory() as folder:
        ends.callback(nodes.close)
        nodes.drop(f"{NAME}-*")
        ends.callback(nodes.drop, f"{NAME}-*")
        embedded = WritableFolder(Path(folder), asked.model)
        clustered = WritableCluster(nodes, NAME, asked.model, shards=asked.shards)
        for index, name in ((embedded, "folder"), (clustered, "cluster")):
            started = time.process_time()
            fill(index, judged)
            print(f"{name}: indexed by {time.process_time() - started:.0f} processor seconds of this process")
        with Engine(embedded) as one, Engine(clustered) as other:
            compare(judged.sample(asked.questions, 1), {"folder": one, "cluster": other})


if __name__ == "__main__":
    main()

"""Structures of FAISS beside an exact search: building, room, one query, recall.

    python benchmarks/vector_structures.py VECTORS.npy QUERIES.npy [--hnsw]

Both are ``float32[n, dim]`` of unit rows. Each structure gives some candidates, of which the ten best are taken by the
raw vectors. Prints the processor's microseconds of building and the bytes a vector, the processor's milliseconds of a
query on one thread with that second look, and recall at 10 against the exact search (ties count as found).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
QUERIES, TRAINED_ON, LEAST = 100, 20_000, 1e-6


def factory(kind: str) -> Callable[[Vectors], Any]:
    """What builds an index that FAISS's factory knows."""

    def build(vectors: Vectors) -> Any:
        index: Any = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[:TRAINED_ON])
        index.add(vectors)
        return index

    return build


def second_look(vectors: Vectors, query: Vectors, found: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ten of ``found`` that are nearest by the raw vectors."""
    found = found[found >= 0]
    nearest: NDArray[np.int64] = found[np.argsort(-(vectors[found] @ query))[:10]]
    return nearest


def measure(
    name: str, index: Any, vectors: Vectors, queries: Vectors, least: list[float], candidates: int, options: Any = None
) -> None:
    """Ask and print. ``least``: of each query the score of its tenth."""
    given = {} if options is None else {"params": options}
    started = time.process_time()
    found = [second_look(vectors, one, index.search(one[np.newaxis], candidates, **given)[1][0]) for one in queries]
    took = 1000 * (time.process_time() - started) / len(queries)
    pairs = zip(found, queries, least, strict=True)
    recall = np.mean([np.sum(vectors[own] @ one >= score - LEAST) / 10 for own, one, score in pairs])
    print(f"{name:28} {candidates:5} candidates: {took:6.2f} ms, recall {recall:.3f}", flush=True)


def main() -> None:
    """Build each, ask it in several ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--hnsw", action="store_true", help="also what takes long to build")
    arguments = parser.parse_args()
    vectors, queries = np.load(arguments.vectors), np.load(arguments.queries)[:QUERIES]
    faiss.omp_set_num_threads(1)
    size = vectors.shape[1]
    exact = factory("Flat")(vectors)
    least = [float(exact.search(one[np.newaxis], 10)[0][0][-1]) for one in queries]
    measure("exact", exact, vectors, queries, least, 10)
    nprobe = [faiss.SearchParametersIVF(nprobe=own) for own in (16, 64)]  # type: ignore[call-arg]
    kinds: dict[str, tuple[list[int], list[Any]]] = {
        "SQ8": ([100], [None]),
        "RaBitQ": ([200, 400], [None]),
        f"PQ{size // 4}x4fs": ([400, 1000], [None]),
        f"PQ{size // 2}x4fs": ([100, 200, 400], [None]),
        f"RR{size},PQ{size // 2}x4fs": ([100, 200, 400], [None]),
        "IVF512,SQ8": ([100], nprobe),
    }
    if arguments.hnsw:
        kinds["HNSW16,SQ8"] = ([100], [faiss.SearchParametersHNSW(efSearch=own) for own in (128, 512)])  # type: ignore[attr-defined]
    for kind, (candidates, options) in kinds.items():
        started = time.process_time()
        index = factory(kind)(vectors)
        built = 1e6 * (time.process_time() - started) / len(vectors)
        print(f"{kind}: {built:.1f} µs and {len(faiss.serialize_index(index)) / len(vectors):.0f} bytes a vector")
        for several in candidates:
            for own in options:
                measure(kind, index, vectors, queries, least, several, own)


if __name__ == "__main__":
    main()

"""The dense index, the side that writes: one write-once FAISS part at a time, as `paraglot.indexer.folder.parts` plans
them; beside a large one the codes that are searched in its place, where they find what an exact search does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from paraglot.search import disk
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.folder.arrays import Arrays, write_arrays
from paraglot.search.folder.coarse import BITS, LEAST_NUMBERS, NUMBERS, Coarse
from paraglot.search.folder.dense import RESCORED, empty_flat, stored_vectors
from paraglot.search.folder.layout import Generation

LEAST_RECALL = 0.98
"""How many of the ten nearest codes must find, or there are none."""

_SEED, _TRAINED_ON, _ASKED, _AT_ONCE = 1, 1 << 14, 100, 1 << 13


def write_dense_part(
    target: Generation, number: int, dimension: int, batches: Iterable[tuple[NDArray[np.int64], Vectors]]
) -> None:
    """Write part ``number`` of rows and their vectors, which come in batches, rows ascending over all of them."""
    flat = empty_flat(dimension)
    part = faiss.IndexIDMap(flat)
    for rows, vectors in batches:
        if len(rows):
            part.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), rows)
    disk.write_file(target.part(number), faiss.serialize_index(part).data)
    if flat.ntotal * dimension >= LEAST_NUMBERS and dimension % NUMBERS == 0:
        _write_coarse(target, number, flat)


def _write_coarse(target: Generation, number: int, flat: Any) -> None:
    vectors = stored_vectors(flat)
    arrays = _coded(vectors)
    facts = {"dimension": flat.d, "count": len(vectors), "recall": 0.0}
    facts["recall"] = recall(Coarse(facts, arrays), flat, vectors)
    if facts["recall"] >= LEAST_RECALL:
        disk.write_through(target.coarse(number), partial(write_arrays, facts=facts, arrays=arrays))


def _coded(vectors: NDArray[np.floating]) -> Arrays:
    count, dimension = vectors.shape
    turn: Any = faiss.RandomRotationMatrix(dimension, dimension)
    turn.init(_SEED)
    rotation = faiss.vector_to_array(turn.A).reshape(dimension, dimension)
    quantizer: Any = faiss.ProductQuantizer(dimension, dimension // NUMBERS, BITS)
    quantizer.train(_turned(vectors[:: -(-count // _TRAINED_ON)], rotation))

    def codes() -> Iterator[NDArray[np.uint8]]:
        for first in range(0, count, _AT_ONCE):
            yield quantizer.compute_codes(_turned(vectors[first : first + _AT_ONCE], rotation))

    centroids = faiss.vector_to_array(quantizer.centroids)
    return {"rotation": rotation.ravel(), "centroids": centroids, "codes": np.concatenate(list(codes())).ravel()}


def _turned(vectors: NDArray[np.floating], rotation: Vectors) -> Vectors:
    return np.ascontiguousarray(vectors.astype(np.float32) @ rotation.T)


def recall(coarse: Coarse, flat: Any, vectors: NDArray[np.floating]) -> float:
    """How many of the ten nearest of some of the vectors are among those that a query looks at again, 0 to 1."""
    queries = vectors[:: -(-len(vectors) // _ASKED)].astype(np.float32)
    least = flat.search(np.ascontiguousarray(queries), 10)[0][:, -1]
    scores_found = [vectors[coarse.nearest(query, RESCORED)].astype(np.float32) @ query for query in queries]
    near = [
        min(10, int(np.count_nonzero(scores >= score - 1e-6)))
        for scores, score in zip(scores_found, least, strict=True)
    ]
    return float(np.mean(near)) / 10

"""What is searched instead of all vectors of a large segment: each rotated and cut to four bits for every two numbers.

A coarse search names many rows that may be the nearest; who asks looks at these again in the vectors themselves
(`paraglot.search.folder.dense`). The file, written once beside the segment's vectors, holds numbers alone: the
rotation, what the codes stand for, and the codes, from which FAISS's fast scan is made in memory, 67 bytes a vector of
256 numbers, when the first query comes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.arrays import Arrays, map_arrays, release
from paraglot.search.folder.manifest import MEND_REMEDY

LEAST_NUMBERS = 1 << 23
"""Numbers in the vectors that are asked, 32,768 of 256, from which on their codes are searched: fewer are quicker read
than much else of a query.
"""

BITS, CENTROIDS, NUMBERS = 4, 16, 2
"""Of a code; how many values it may have; how many numbers of a vector it stands for."""


class Coarse:
    """The codes of one segment's vectors. Safe to share between threads."""

    def __init__(self, facts: Mapping[str, Any], arrays: Arrays) -> None:
        """Arrays as `write_coarse` has them. Raises `ValueError` where they do not fit together."""
        self.dimension, self.count = int(facts["dimension"]), int(facts["count"])
        self.recall = float(facts["recall"])
        """How many of the ten nearest were found, 0 to 1, when it was written, for vectors of the segment itself."""
        size, self._places = self.dimension, self.dimension // NUMBERS
        shapes = {
            "rotation": (np.dtype("<f4"), size * size),
            "centroids": (np.dtype("<f4"), size * CENTROIDS),
            "codes": (np.dtype("u1"), self.count * code_size(size)),
        }
        if size % NUMBERS or any((arrays[name].dtype, len(arrays[name])) != shape for name, shape in shapes.items()):
            raise ValueError("its arrays do not fit together")
        self._arrays = arrays
        self._lock = threading.Lock()
        self._fast_scan: Any = None

    def nearest(self, vector: NDArray[np.float32], count: int) -> NDArray[np.int64]:
        """The places of about the ``count`` nearest, in no order."""
        rotated = self._arrays["rotation"].reshape(self.dimension, -1) @ vector
        _, labels = self._index().search(rotated[np.newaxis], min(count, self.count))
        places: NDArray[np.int64] = labels[0][labels[0] >= 0]
        return places

    def warm(self) -> None:
        """Make beforehand what the first query would have to."""
        self._index()

    def _index(self) -> Any:
        with self._lock:
            if self._fast_scan is None:
                centroids, codes = self._arrays["centroids"], self._arrays["codes"]
                self._fast_scan = fast_scan(self.dimension, centroids, codes, self.count)
                release(codes)  # it has them in an order of its own
            return self._fast_scan


def code_size(dimension: int) -> int:
    """The bytes of one vector's codes."""
    return (dimension // NUMBERS * BITS + 7) // 8


def fast_scan(dimension: int, centroids: NDArray[np.float32], codes: NDArray[np.uint8], count: int) -> Any:
    """FAISS's fast scan over codes."""
    quantized: Any = faiss.IndexPQ(dimension, dimension // NUMBERS, BITS, faiss.METRIC_INNER_PRODUCT)
    faiss.copy_array_to_vector(np.ascontiguousarray(centroids), quantized.pq.centroids)
    faiss.copy_array_to_vector(np.ascontiguousarray(codes), quantized.codes)
    quantized.ntotal, quantized.is_trained = count, True
    return faiss.IndexPQFastScan(quantized)


def read_coarse(path: Path) -> Coarse:
    """The codes of a segment, mapped. Raises `IndexDamaged`."""
    try:
        return Coarse(*map_arrays(path))
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamaged(f"{path}: holds no codes of vectors ({error}).", MEND_REMEDY) from error

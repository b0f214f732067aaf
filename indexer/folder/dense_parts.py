"""The dense index, the side that writes: one write-once FAISS part at a time, as `paraglot.indexer.folder.parts` plans
them."""

from __future__ import annotations

from collections.abc import Iterable

import faiss
import numpy as np
from numpy.typing import NDArray

from paraglot.search import disk
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.folder.layout import Generation


def write_dense_part(
    target: Generation, number: int, dimension: int, batches: Iterable[tuple[NDArray[np.int64], Vectors]]
) -> None:
    """Write part ``number`` of rows and their vectors, which come in batches, rows ascending over all of them."""
    part = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
    for rows, vectors in batches:
        if len(rows):
            part.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), rows)
    disk.write_file(target.part(number), faiss.serialize_index(part).data)

"""LanceDB's own hybrid search: its full text index, its vector index, its fusion by reciprocal ranks."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from shared import CANDIDATES, LIMIT, RANK_CONSTANT, paragraphs


class Engine:
    """One table."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lancedb = folder, import_module("lancedb")

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write the table and both indexes."""
        arrow, every = import_module("pyarrow"), np.ascontiguousarray(np.load(vectors))
        found = list(paragraphs(corpus))
        columns = {
            "row": arrow.array([row for row, _, _ in found]),
            "language": arrow.array([article["language"] for _, article, _ in found]),
            "text": arrow.array([text for _, _, text in found]),
            "vector": arrow.FixedSizeListArray.from_arrays(arrow.array(every.reshape(-1)), every.shape[1]),
        }
        table = self._lancedb.connect(str(self._folder)).create_table("paragraphs", arrow.table(columns))
        table.create_fts_index("text", use_tantivy=False, base_tokenizer="icu", stem=False, with_position=False)
        table.create_index(vector_column_name="vector", metric="cosine", index_type="IVF_HNSW_SQ", num_partitions=1)
        table.optimize()

    def open(self) -> None:
        """Open the table."""
        self._table = self._lancedb.connect(str(self._folder)).open_table("paragraphs")
        self._fusion = import_module("lancedb.rerankers").RRFReranker(RANK_CONSTANT)

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        query = self._table.search(query_type="hybrid", vector_column_name="vector").vector(vector).text(text)
        found = query.distance_type("cosine").nprobes(20).ef(128).refine_factor(2).rerank(self._fusion)
        texts: list[str] = found.limit(CANDIDATES).select(["text"]).to_arrow()["text"].to_pylist()
        return texts[:LIMIT]

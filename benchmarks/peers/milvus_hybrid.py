"""Milvus Lite's own hybrid search: BM25 of its making, its graph of vectors, its fusion by reciprocal ranks."""

from __future__ import annotations

from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from shared import CANDIDATES, LIMIT, RANK_CONSTANT, paragraphs, words

_AT_ONCE, _NAME = 1_000, "paragraphs"


class Engine:
    """One file of Milvus Lite's."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._milvus = str(folder / "all.db"), import_module("pymilvus")

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write the collection and both indexes."""
        every, client = np.load(vectors, mmap_mode="r"), self._milvus.MilvusClient(self._path)
        indexes = client.prepare_index_params()
        indexes.add_index("by_words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        graph = {"M": 32, "efConstruction": 100}
        indexes.add_index("vector", index_type="HNSW", metric_type="COSINE", params=graph)
        client.create_collection(_NAME, schema=self._schema(client, every.shape[1]), index_params=indexes)
        found = paragraphs(corpus)
        while batch := list(islice(found, _AT_ONCE)):
            rows = [
                {"row": row, "text": text, "words": " ".join(words(text)), "vector": every[row].tolist()}
                for row, _, text in batch
            ]
            client.insert(_NAME, rows)
        client.flush(_NAME)
        client.close()

    def _schema(self, client: Any, dimension: int) -> Any:
        kind, function = self._milvus.DataType, self._milvus.FunctionType
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("row", kind.INT64, is_primary=True)
        schema.add_field("text", kind.VARCHAR, max_length=65_535)
        cut = {"tokenizer": "standard"}
        schema.add_field("words", kind.VARCHAR, max_length=65_535, enable_analyzer=True, analyzer_params=cut)
        schema.add_field("by_words", kind.SPARSE_FLOAT_VECTOR)
        schema.add_field("vector", kind.FLOAT_VECTOR, dim=dimension)
        bm25 = {"input_field_names": ["words"], "output_field_names": ["by_words"]}
        schema.add_function(self._milvus.Function(name="bm25", function_type=function.BM25, **bm25))
        return schema

    def open(self) -> None:
        """Open the collection."""
        self._client = self._milvus.MilvusClient(self._path)
        self._client.load_collection(_NAME)
        self._fusion = self._milvus.RRFRanker(RANK_CONSTANT)

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        half = self._milvus.AnnSearchRequest
        near = {"metric_type": "COSINE", "params": {"ef": 256}}
        both = [
            half(data=[vector.tolist()], anns_field="vector", param=near, limit=CANDIDATES),
            half(data=[" ".join(words(text))], anns_field="by_words", param={"metric_type": "BM25"}, limit=CANDIDATES),
        ]
        found = self._client.hybrid_search(_NAME, both, ranker=self._fusion, limit=LIMIT, output_fields=["text"])
        return [hit["entity"]["text"] for hit in found[0]]

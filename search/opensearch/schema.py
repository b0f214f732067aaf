"""What lies on the cluster: the fields of a document, and the settings of an index.

Paragraphs, articles and the manifest are documents of one index; an alias of the name that people give stands for the
index that is served. A paragraph that changes is another document of the same row: documents are never updated.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, TypeAlias

from paraglot.search.parts.bm25 import K1, B
from paraglot.search.types.address import VECTORS

FORMAT = 1
"""Version of all that lies on the cluster. Grows when an older reader would go wrong."""

PARAGRAPH, ARTICLE = "paragraph", "article"
"""Kinds of documents that are found; the manifest is none."""

MANIFEST = "manifest"
"""The id of the one document that says what the index is made of."""

Packed: TypeAlias = Literal["words", "direction", "sentences", "marks", "pieces"]
"""What is stored of a paragraph for the queries that find it: read, never searched."""

PACKED: tuple[Packed, ...] = ("words", "direction", "sentences", "marks", "pieces")

LONGEST_TERM = 200
"""Characters of the longest term that is kept as it is: Lucene would divide one of more than 255."""

LONGEST_VALUE = 5_000
"""Characters of the longest value of an attribute that is kept as it is: Lucene takes 32,766 bytes with its name."""

WINDOW = 10_000
"""The most hits of one search."""

MOST_CLAUSES = 1_000
"""The most terms of one search; Lucene takes 1,024."""


_BITS: dict[str, dict[str, Any]] = {
    "": {},
    "7bit": {"encoder": {"name": "sq", "parameters": {"bits": 7}}},
    "fp16": {"encoder": {"name": "sq", "parameters": {"type": "fp16"}}},
}
"""How numbers of vectors are kept that are looked for; those that scores are made of are whole."""


def mapping(dimension: int, vectors: str = VECTORS[0]) -> dict[str, Any]:
    """The fields of documents whose vectors have a dimension; ``vectors`` is one of `VECTORS`."""
    text = {"type": "text", "analyzer": "whitespace", "index_options": "freqs"}
    columns = {"type": "keyword", "index": False, "eager_global_ordinals": True}
    engine, _, bits = vectors.partition("-")
    space = {"name": "hnsw", "engine": engine, "space_type": "cosinesimil", "parameters": _BITS[bits]}
    return {
        "dynamic": False,
        "_source": {"includes": ["paragraph", "head", "article", "manifest"]},
        "properties": {
            "kind": {"type": "keyword"},
            "added": {"type": "long"},
            "row": {"type": "long"},
            "ids": {"type": "keyword"},
            "article_id": {"type": "keyword"},
            "place": {"type": "keyword"},
            "draw": {"type": "long"},
            "checksum": {"type": "long", "index": False},
            "language": {"type": "keyword"},
            "tags": {"type": "keyword"},
            "start": {"type": "double"},
            "source_form": {"type": "keyword"},
            "attributes": {"type": "keyword"},
            "names": {"type": "keyword"},
            "text": text,
            "title": text,
            "terms": columns,
            "title_terms": columns,
            "both_terms": columns,
            "text_length": {"type": "integer"},
            "title_length": {"type": "integer"},
            "vector": {"type": "knn_vector", "dimension": dimension, "method": space},
            **{name: {"type": "binary", "store": True} for name in PACKED},
            **{name: {"type": "object", "enabled": False} for name in ("paragraph", "head", "manifest")},
            "article": {"type": "keyword", "index": False, "doc_values": False},  # JSON, as it was given
        },
    }


def settings(shards: int, replicas: int) -> dict[str, Any]:
    """The settings of an index. What is written is found when a commit says so, not every second."""
    return {
        "index": {
            "knn": True,
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            "refresh_interval": "-1",
            "similarity": {"default": {"type": "BM25", "k1": K1, "b": B}},
        }
    }


def unserved(name: str) -> str:
    """What stands for the index of a name while its first generation is written."""
    return f"{name}~unserved"


def kept_term(term: str) -> str:
    """A term as documents have it: of one that is too long the beginning, and what tells it from others.

    >>> kept_term("bread"), len(kept_term("x" * 5000))
    ('bread', 117)
    """
    return term if len(term) <= LONGEST_TERM else f"{term[:100]}~{_digest(term)}"


def kept_value(text: str) -> str:
    """A value of an attribute, or an id, as documents have it."""
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_TERM]}…{_digest(text)}"


def place_of(article_id: str, position: int) -> str:
    """Where a paragraph stands: its article, and its place in that, counted from 0."""
    return f"{_digest(article_id)}.{position}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()

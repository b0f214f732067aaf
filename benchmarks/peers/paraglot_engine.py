"""Paraglot by `paraglot index --model vectors:256`: complete, with languages, evidence, highlights and texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


class Engine:
    """The engine of a folder that is made of a corpus with its vectors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "index"
        self._engine: Any = None

    def build(self, corpus: Path, vectors: Path) -> None:
        """Index the articles with their vectors, as JSON lines that stand beside the corpus."""
        from paraglot.indexer.build import index_corpus

        self._folder.parent.mkdir(parents=True)
        dimension = np.load(vectors, mmap_mode="r").shape[1]
        index_corpus(self._folder, [corpus.with_name("with_vectors.jsonl")], f"vectors:{dimension}")

    def open(self) -> None:
        """Open the index."""
        from paraglot.search.engine.engine import Engine as Index

        self._engine = Index(self._folder)
        self._engine.warm()

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        from paraglot.search.types import SearchRequest

        found = self._engine.search(SearchRequest(text, vector=tuple(vector.tolist())))
        return [hit.paragraph.text for hit in found.hits]

"""Paraglot by `paraglot index --model vectors:256`: complete, with languages, evidence, highlights and texts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


class Engine:
    """The engine of a folder that is made of a corpus with its vectors."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "index"
        self._engine: Any = None

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write the articles with their vectors as JSON lines, and index those."""
        from paraglot.indexer.build import index_corpus

        self._folder.parent.mkdir(parents=True)
        every, row = np.load(vectors, mmap_mode="r"), 0
        with_vectors = self._folder.with_suffix(".jsonl")
        with corpus.open(encoding="utf-8") as lines, with_vectors.open("w", encoding="utf-8") as file:
            for article in map(json.loads, lines):
                count = len(article["paragraphs"])
                own = [[float(str(number)) for number in one] for one in every[row : row + count]]
                file.write(json.dumps({**article, "vectors": own}, ensure_ascii=False) + "\n")
                row += count
        index_corpus(self._folder, [with_vectors], f"vectors:{every.shape[1]}")
        with_vectors.unlink()

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

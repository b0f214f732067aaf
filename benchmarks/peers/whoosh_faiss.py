"""Whoosh and FAISS by hand."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from shared import CANDIDATES, Faiss, fused, paragraphs, words


class Engine:
    """An index of Whoosh's with the texts, and vectors in a file of FAISS's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "words"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._faiss = Faiss(folder / "vectors.faiss")

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write both."""
        fields, analysis = import_module("whoosh.fields"), import_module("whoosh.analysis")
        body = fields.TEXT(analyzer=analysis.SpaceSeparatedTokenizer(), phrase=False)
        schema = fields.Schema(row=fields.NUMERIC(stored=True, unique=True), text=fields.STORED, words=body)
        writer = import_module("whoosh.index").create_in(str(self._folder), schema).writer(limitmb=256)
        for row, _, text in paragraphs(corpus):
            writer.add_document(row=row, text=text, words=" ".join(words(text)))
        writer.commit()
        self._faiss.build(vectors)

    def open(self) -> None:
        """Open both."""
        self._searcher = import_module("whoosh.index").open_dir(str(self._folder)).searcher()
        self._query = import_module("whoosh.query")

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        asked = self._query.Or([self._query.Term("words", word) for word in dict.fromkeys(words(text))])
        rows = [hit["row"] for hit in self._searcher.search(asked, limit=CANDIDATES)]
        best = fused([rows, self._faiss.nearest(vector)])
        return [self._searcher.document(row=row)["text"] for row in best]

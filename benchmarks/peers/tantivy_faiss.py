"""tantivy and FAISS by hand: two bare engines, and as good as nothing around them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from shared import CANDIDATES, Faiss, fused, paragraphs, words


class Engine:
    """An index of tantivy's with the texts, and vectors in a file of FAISS's."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._tantivy = folder, import_module("tantivy")
        folder.mkdir(parents=True, exist_ok=True)
        self._faiss = Faiss(folder / "vectors.faiss")

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write both."""
        schema = self._tantivy.SchemaBuilder()
        schema.add_unsigned_field("row", indexed=True, fast=True)
        schema.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        schema.add_bytes_field("text", stored=True)
        (self._folder / "words").mkdir()
        writer = self._tantivy.Index(schema.build(), path=str(self._folder / "words")).writer(256_000_000, 1)
        for row, _, text in paragraphs(corpus):
            document = self._tantivy.Document()
            document.add_unsigned("row", row)
            document.add_text("words", " ".join(words(text)))
            document.add_bytes("text", text.encode())
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._faiss.build(vectors)

    def open(self) -> None:
        """Open both."""
        index = self._tantivy.Index.open(str(self._folder / "words"))
        self._schema, self._searcher = index.schema, index.searcher()

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        terms = [(should, query.term_query(self._schema, "words", word, "freq")) for word in dict.fromkeys(words(text))]
        found = [address for _, address in self._searcher.search(query.boolean_query(terms), CANDIDATES).hits]
        rows = self._searcher.fast_field_values("row", found)
        best = fused([rows, self._faiss.nearest(vector)])
        wanted = query.term_set_query(self._schema, "row", best)
        shown = [address for _, address in self._searcher.search(wanted, len(best)).hits]
        return [bytes(self._searcher.doc(one)["text"][0]).decode() for one in shown]

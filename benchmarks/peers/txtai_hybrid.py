"""txtai's own hybrid search: its BM25, FAISS as it sets it up, its fusion. The texts lie in a file beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from shared import LIMIT, paragraphs, words


class Engine:
    """An index of txtai's whose vectors come from outside: it asks for that of each text, which is looked up."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._kind = folder, import_module("txtai").Embeddings
        self._vectors: dict[str, Any] = {}

    def _of(self, texts: Sequence[Any]) -> Any:
        return np.stack([self._vectors[one] if isinstance(one, str) else np.asarray(one) for one in texts])

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write both of its indexes, and the texts."""
        every, texts = np.load(vectors, mmap_mode="r"), list[str]()
        cut = {"whitespace": True, "lowercase": False, "alphanum": False, "stopwords": False}
        settings = {"method": "bm25", "terms": True, "normalize": False, "tokenizer": cut}
        outside = {
            "method": "external",
            "transform": lambda texts: self._of(texts),
            "dimensions": every.shape[1],
            "backend": "faiss",
        }
        embeddings = self._kind({**outside, "scoring": settings, "faiss": {"nprobe": 2 * round(len(every) ** 0.5)}})

        def rows() -> Iterator[tuple[int, str, None]]:
            for row, _, text in paragraphs(corpus):
                cut_up = " ".join(words(text)) or "-"
                self._vectors[cut_up] = every[row]
                texts.append(text)
                yield row, cut_up, None

        embeddings.index(rows())
        embeddings.config.pop("transform")
        embeddings.save(str(self._folder / "index"))
        (self._folder / "texts.json").write_text(json.dumps(texts, ensure_ascii=False), "utf-8")

    def open(self) -> None:
        """Open them."""
        self._texts = json.loads((self._folder / "texts.json").read_text("utf-8"))
        self._embeddings = self._kind()
        self._embeddings.load(str(self._folder / "index"))
        self._embeddings.config["transform"] = lambda texts: self._of(texts)
        self._embeddings.model = self._embeddings.loadvectors()

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        asked = " ".join(words(text)) or "-"
        self._vectors[asked] = vector
        found = self._embeddings.search(asked, LIMIT)
        return [self._texts[int(row)] for row, _ in found]

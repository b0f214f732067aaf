"""SQLite with FTS5 and sqlite-vec, both rankings fused by hand."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from shared import CANDIDATES, fused, paragraphs, words

_SCHEMA = """
CREATE TABLE paragraph (row INTEGER PRIMARY KEY, article TEXT, language TEXT, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(body, content='', tokenize="unicode61 categories 'L* N* M*'");
CREATE VIRTUAL TABLE vectors USING vec0(row INTEGER PRIMARY KEY, vector FLOAT[256] distance_metric=cosine);
"""
_AT_ONCE = 5_000


class Engine:
    """One database."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "all.sqlite"
        self._database: Any = None

    def _connect(self) -> None:
        extension = import_module("sqlite_vec")
        self._database = import_module("apsw").Connection(str(self._path))
        self._database.enable_load_extension(True)
        self._database.load_extension(extension.loadable_path())
        self._database.execute("PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; PRAGMA mmap_size = 4000000000")

    def build(self, corpus: Path, vectors: Path) -> None:
        """Write all tables."""
        self._connect()
        self._database.execute(_SCHEMA)
        every, batch = np.load(vectors, mmap_mode="r"), list[tuple[int, dict[str, Any], str]]()
        for one in paragraphs(corpus):
            batch.append(one)
            if len(batch) == _AT_ONCE:
                self._insert(batch, every)
                batch.clear()
        self._insert(batch, every)
        self._database.execute("INSERT INTO words (words) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE)")

    def _insert(self, batch: list[tuple[int, dict[str, Any], str]], vectors: Any) -> None:
        with self._database:
            self._database.executemany(
                "INSERT INTO paragraph VALUES (?, ?, ?, ?)",
                [(row, article["id"], article["language"], text) for row, article, text in batch],
            )
            insert = self._database.executemany
            insert(
                "INSERT INTO words (rowid, body) VALUES (?, ?)",
                [(row, " ".join(words(text))) for row, _, text in batch],
            )
            insert("INSERT INTO vectors VALUES (?, ?)", [(row, vectors[row].tobytes()) for row, _, _ in batch])

    def open(self) -> None:
        """Open the database."""
        self._connect()

    def search(self, text: str, vector: Any) -> list[str]:
        """The texts of the hits."""
        asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(text)))
        by_words = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
        by_vector = "SELECT row FROM vectors WHERE vector MATCH ? AND k = ? ORDER BY distance"
        rankings = [
            [row for (row,) in self._database.execute(by_words, (asked, CANDIDATES))],
            [row for (row,) in self._database.execute(by_vector, (vector.tobytes(), CANDIDATES))],
        ]
        best = ",".join(map(str, fused(rankings)))
        return [text for (text,) in self._database.execute(f"SELECT text FROM paragraph WHERE row IN ({best})")]

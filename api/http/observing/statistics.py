"""Which queries are asked, and which find nothing: kept only where it was asked for, and nothing of who asked."""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from paraglot.search import disk
from paraglot.search.errors import DiskFailure

MAX_CHARACTERS = 200
"""A longer query is a pasted text; it is not kept."""
MAX_QUERIES = 100_000
MAX_UNWRITTEN = 10_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS query (
    text TEXT NOT NULL, language TEXT NOT NULL, asked INTEGER NOT NULL, without_results INTEGER NOT NULL,
    PRIMARY KEY (text, language)
) WITHOUT ROWID
"""


def normal(query: str) -> str:
    """A query as it is counted: letters of one case, composed, single spaces."""
    return " ".join(unicodedata.normalize("NFC", query).casefold().split())


class Statistics:
    """Counts of queries in a SQLite database that all workers add to. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the database, made if need be."""
        disk.make_folder(path.parent)
        disk.make_private(path)
        self._path = path
        self._lock = threading.Lock()
        self._unwritten: Counter[tuple[str, str, bool]] = Counter()
        with self._opened() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(_SCHEMA)

    def count(self, query: str, language: str, without_results: bool) -> None:
        """Note one query; on disk after the next `write`."""
        text = normal(query)
        if len(text) <= MAX_CHARACTERS:
            with self._lock:
                if len(self._unwritten) < MAX_UNWRITTEN:
                    self._unwritten[text, language, without_results] += 1

    def write(self) -> None:
        """Put what was noted on disk; of too many different queries the rarest are dropped."""
        with self._lock:
            counted, self._unwritten = self._unwritten, Counter()
        if not counted:
            return
        try:
            self._write(counted)
        except DiskFailure:
            with self._lock:
                self._unwritten.update(counted)
            raise

    def _write(self, counted: Counter[tuple[str, str, bool]]) -> None:
        with self._opened() as connection:
            connection.executemany(
                "INSERT INTO query VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " asked = asked + excluded.asked, without_results = without_results + excluded.without_results",
                [(text, language, n, n * without) for (text, language, without), n in counted.items()],
            )
            surplus = connection.execute("SELECT COUNT(*) FROM query").fetchone()[0] - MAX_QUERIES
            if surplus > 0:
                connection.execute(
                    "DELETE FROM query WHERE (text, language) IN"
                    " (SELECT text, language FROM query ORDER BY asked, text, language LIMIT ?)",
                    [surplus + MAX_QUERIES // 10],
                )

    def top(self, limit: int, without_results: bool) -> list[dict[str, Any]]:
        """The queries asked most often, or those that most often found nothing: text, language, count."""
        column = "without_results" if without_results else "asked"
        found = self._read(
            f"SELECT text, language, {column} FROM query WHERE {column} > 0 ORDER BY {column} DESC, text LIMIT ?", limit
        )
        return [{"query": text, "language": language, "count": count} for text, language, count in found]

    def languages(self) -> dict[str, dict[str, int]]:
        """Per language of the query: how many were asked, and how many found nothing."""
        found = self._read(
            "SELECT language, SUM(asked), SUM(without_results) FROM query GROUP BY language ORDER BY 2 DESC, 1 LIMIT ?",
            1000,
        )
        return {language: {"asked": queries, "without_results": without} for language, queries, without in found}

    def _read(self, statement: str, limit: int) -> list[Any]:
        self.write()
        with self._opened() as connection:
            return connection.execute(statement, [limit]).fetchall()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
                yield connection
        except sqlite3.Error as error:
            remedy = "See that the index's disk has room and can be written."
            raise DiskFailure(f"The statistics of queries: {error}.", remedy) from error

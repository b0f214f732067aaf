"""The paragraph store, the side that writes: records of the generation being prepared, in one SQLite transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.assemble import Assembled, NewParagraph
from indexer.drafts import Draft
from search.store import SCHEMA, VISIBLE

StoreError = sqlite3.Error
"""What the database raises where it cannot read or write."""


def is_damage(error: StoreError) -> bool:
    """Whether the database file itself is broken; a disk that refuses raises a subclass."""
    return type(error) is sqlite3.DatabaseError


@dataclass(frozen=True, slots=True)
class NewRow:
    """A paragraph of the generation being prepared, as the indexes need it."""

    row: int
    title: str
    heading: str
    text: str
    text_hash: str
    language: str


class Records:
    """The records of one write: everything that belongs to ``base``, and what becomes generation ``target``."""

    def __init__(self, path: Path, base: int, target: int) -> None:
        """Open the database for writing, made if need be; what an unfinished writer left is cleared away."""
        self._base, self._target = base, target
        self._visible = VISIBLE.replace(":generation", str(base))
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._prepare()

    def close(self) -> None:
        """Close the database; what was not committed is gone."""
        self._connection.close()

    def commit(self) -> None:
        """Make the records durable. No reader sees them until CURRENT names their generation."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Forget all changes."""
        self._connection.execute("ROLLBACK")

    def begin(self) -> None:
        """Start the one transaction of this write."""
        self._connection.execute("BEGIN IMMEDIATE")

    def input_hash(self, article_id: str) -> str | None:
        """The hash of what the article was last read from; None if the index does not have it."""
        found = self._one(f"SELECT input_hash FROM article WHERE id = ? AND {self._visible}", [article_id])
        return None if found is None else str(found["input_hash"])

    def put(self, draft: Draft, article: Assembled, input_hash: str) -> tuple[int, list[int]]:
        """Record an article. Returns how many rows are new, and the rows of its former version that are gone.

        A paragraph whose text, heading, title and language are as before keeps its row.
        """
        before = self._rows(draft.id)
        layout = []
        added = 0
        for paragraph in article.paragraphs:
            same = (paragraph.id, paragraph.heading, draft.title, paragraph.language)
            row = before.pop(same, None)
            if row is None:
                row = self._insert(draft, paragraph)
                added += 1
            layout.append([row, paragraph.start, paragraph.end])
        self._retire("paragraph", "row", before.values())
        self._connection.execute(
            f"UPDATE article SET removed = ? WHERE id = ? AND {self._visible}", [self._target, draft.id]
        )
        self._connection.execute(
            "INSERT INTO article (id, title, text, language, url, date, source, attributes, layout, input_hash, added)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [draft.id, draft.title, draft.text, article.language, draft.url, draft.date, draft.source]
            + [_json(dict(draft.attributes)), _json(layout), input_hash, self._target],
        )
        return added, list(before.values())

    def remove(self, article_id: str) -> list[int]:
        """Remove an article. Returns the rows that are gone; none if the index does not have it."""
        rows = list(self._rows(article_id).values())
        self._retire("paragraph", "row", rows)
        self._connection.execute(
            f"UPDATE article SET removed = ? WHERE id = ? AND {self._visible}", [self._target, article_id]
        )
        return rows

    def new_rows(self) -> Iterator[NewRow]:
        """The rows added by this write, ascending."""
        yield from (
            NewRow(**record)
            for record in self._connection.execute(
                "SELECT row, title, heading, text, text_hash, language FROM paragraph WHERE added = ? ORDER BY row",
                [self._target],
            )
        )

    def embedded_rows(self, same_title: bool) -> dict[int, int]:
        """For every row added by this write whose text (under the same title, if that counts) the base has too, under
        whatever article: row → a base row."""
        title = "AND old.title = new.title" if same_title else ""
        found = self._connection.execute(
            "SELECT new.row AS new, MIN(old.row) AS old FROM paragraph AS new JOIN paragraph AS old"
            f" ON old.text_hash = new.text_hash {title} WHERE new.added = ? AND old.added <= ?"
            " AND (old.removed IS NULL OR old.removed > ?) GROUP BY new.row",
            [self._target, self._base, self._base],
        )
        return {record["new"]: record["old"] for record in found}

    def counts(self) -> tuple[int, dict[str, int]]:
        """Articles, and paragraphs per language, of the generation being prepared."""
        living = VISIBLE.replace(":generation", str(self._target))
        articles = self._one(f"SELECT COUNT(*) AS n FROM article WHERE {living}", [])
        languages = self._connection.execute(
            f"SELECT language, COUNT(*) AS n FROM paragraph WHERE {living} GROUP BY language ORDER BY n DESC, language"
        )
        return int(articles["n"]) if articles else 0, {record["language"]: record["n"] for record in languages}

    def purge(self, oldest: int) -> None:
        """Drop the records that only generations before ``oldest`` saw."""
        for table in ("article", "paragraph"):
            self._connection.execute(f"DELETE FROM {table} WHERE removed <= ?", [oldest])
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _prepare(self) -> None:
        if self._one("SELECT 1 FROM sqlite_master WHERE name = 'article'", []) is None:
            self._connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        for table in ("article", "paragraph"):
            unfinished = f"SELECT 1 FROM {table} WHERE added > ? OR removed > ? LIMIT 1"
            if self._one(unfinished, [self._base, self._base]) is None:
                continue
            self._connection.execute(f"DELETE FROM {table} WHERE added > ?", [self._base])
            self._connection.execute(f"UPDATE {table} SET removed = NULL WHERE removed > ?", [self._base])

    def _rows(self, article_id: str) -> dict[tuple[str, str, str, str], int]:
        found = self._connection.execute(
            f"SELECT row, id, heading, title, language FROM paragraph WHERE article_id = ? AND {self._visible}",
            [article_id],
        )
        return {(one["id"], one["heading"], one["title"], one["language"]): one["row"] for one in found}

    def _insert(self, draft: Draft, paragraph: NewParagraph) -> int:
        inserted = self._connection.execute(
            "INSERT INTO paragraph (id, article_id, title, heading, text, language, text_hash, added)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [paragraph.id, draft.id, draft.title, paragraph.heading, paragraph.text, paragraph.language]
            + [paragraph.text_hash, self._target],
        )
        return int(inserted.lastrowid or 0)

    def _retire(self, table: str, key: str, values: Iterable[int]) -> None:
        self._connection.executemany(
            f"UPDATE {table} SET removed = ? WHERE {key} = ?", [(self._target, value) for value in values]
        )

    def _one(self, statement: str, values: list[Any]) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

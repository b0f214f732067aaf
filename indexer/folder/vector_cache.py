"""What was embedded and is not committed yet: a run that is cut off leaves it to the next one.

It also lets a commit of any size be written in batches: no more vectors are in memory than one part has.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import numpy as np

from paraglot.indexer.folder.embed import Embedded
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.search import disk
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.parts.sentence_records import Records, record_type

_SCHEMA = """
CREATE TABLE IF NOT EXISTS embedded (
    place INTEGER PRIMARY KEY,      -- in the order of writing, so that large values are only ever appended
    key BLOB NOT NULL UNIQUE, vector BLOB NOT NULL, sentences BLOB
);
"""

_SETTLED = 200
"""Vectors that a run which is killed loses at most, but for those of one batch that came together."""


def left_by_a_run(folder: Path) -> int:
    """How many texts a run over the index in ``folder`` that did not commit left embedded."""
    path = IndexLayout(folder).pending_vectors
    if not path.exists():
        return 0
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT COUNT(*) FROM embedded").fetchone()[0])
    return 0


class VectorCache:
    """Vectors by the text, its title where that counts, and the encoder. Lost power may empty it, never falsify it."""

    def __init__(self, path: Path, fingerprint: str, dimension: int, sentences: bool) -> None:
        """Open the cache, made if need be; one that cannot be read is made anew."""
        self._path, self._dimension, self._sentences = path, dimension, sentences
        self._unsettled = 0
        self._context = f"{fingerprint}\0{dimension}\0{sentences}"
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:  # the disk refuses, and would again
                raise
            remove_cache(path)
            self._connection = self._open()

    def _settle(self) -> None:
        self._connection.commit()
        self._unsettled = 0

    def close(self) -> None:
        """Close the file; it stays for the next run."""
        try:
            if self._unsettled:
                self._settle()
        finally:
            self._connection.close()

    def clear(self) -> None:
        """Remove the file: all that it holds is committed."""
        self._unsettled = 0
        self._connection.close()
        remove_cache(self._path)

    def missing(self, rows: Sequence[NewRow]) -> tuple[list[NewRow], int]:
        """Those of ``rows`` whose vectors are not here, one for each text; and how many an earlier run left here."""
        sought = {self._key(row): row for row in reversed(rows)}
        cached = self._select("key, place", list(sought))
        missing = sorted((row for key, row in sought.items() if key not in cached), key=lambda row: row.row)
        left = {key for key, (_, place) in cached.items() if int(place) <= self._left}
        return missing, sum(self._key(row) in left for row in rows)

    def put(self, rows: Sequence[NewRow], embedded: Embedded) -> None:
        """Keep what was embedded of ``rows``."""
        sentences: Sequence[Records | None] = embedded.sentences or [None] * len(rows)
        records = [
            (self._key(row), vector.tobytes(), None if records is None else records.tobytes())
            for row, vector, records in zip(rows, embedded.vectors, sentences, strict=True)
        ]
        self._connection.executemany(
            "INSERT OR IGNORE INTO embedded (key, vector, sentences) VALUES (?, ?, ?)", records
        )
        self._unsettled += len(records)
        if self._unsettled >= _SETTLED:
            self._settle()

    def get(self, rows: Sequence[NewRow]) -> Embedded:
        """What is kept of ``rows``, in their order. Raises `KeyError` where something is missing."""
        keys = [self._key(row) for row in rows]
        by_key = self._select("key, vector, sentences", keys)
        vectors = np.stack([np.frombuffer(by_key[key][1], np.float32) for key in keys])
        kind = record_type(self._dimension)
        sentences = [np.frombuffer(by_key[key][2], kind) for key in keys] if self._sentences else None
        return Embedded(vectors, sentences)

    def _open(self) -> sqlite3.Connection:
        disk.make_private(self._path)
        connection = sqlite3.connect(self._path)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
            connection.execute("SELECT COUNT(*) FROM (SELECT key FROM embedded LIMIT 1)").fetchone()
            [self._left] = connection.execute("SELECT COALESCE(MAX(place), 0) FROM embedded").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _select(self, columns: str, keys: Sequence[bytes]) -> dict[bytes, tuple[bytes, ...]]:
        """The ``columns`` of those of ``keys`` that are here; the key is the first of them."""
        selected: dict[bytes, tuple[bytes, ...]] = {}
        for first in range(0, len(keys), 500):
            batch = keys[first : first + 500]
            marks = ",".join("?" * len(batch))
            statement = f"SELECT {columns} FROM embedded WHERE key IN ({marks})"
            selected.update((record[0], record) for record in self._connection.execute(statement, batch))
        return selected

    def _key(self, row: NewRow) -> bytes:
        """A title counts where a paragraph is read under it, which is where sentences are kept."""
        title = row.title if self._sentences else ""
        return hashlib.sha256(f"{self._context}\0{row.text_hash}\0{title}".encode()).digest()


def remove_cache(path: Path) -> None:
    """Remove the cache's files; what cannot be removed now is no harm."""
    with suppress(OSError):
        for name in ("", "-wal", "-shm"):
            disk.remove_file(path.with_name(path.name + name))

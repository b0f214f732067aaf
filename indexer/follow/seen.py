"""What was fetched already, beside the index: of no generation, and written only after the commit that it speaks of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from paraglot.search import disk
from paraglot.search.errors import DiskFailure


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of an address.

    ``etag`` and ``modified`` are what its last answer said, to be sent back; ``lastmod`` what a sitemap said of it;
    ``checked`` and ``not_before`` are times in seconds; ``article`` is the id of the article that its page is.
    """

    url: str
    etag: str = ""
    modified: str = ""
    lastmod: str = ""
    checked: float = 0.0
    not_before: float = 0.0
    article: str = ""


_COLUMNS = ", ".join(field.name for field in fields(Note))
_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (
    url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL, lastmod TEXT NOT NULL, checked REAL NOT NULL,
    not_before REAL NOT NULL, article TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (generation INTEGER NOT NULL);
"""


class Seen:
    """The notes of one index, read while a run goes on and written at its end."""

    def __init__(self, path: Path, generation: int) -> None:
        """``generation``: the one that is committed; notes of a later one, which a rollback took back, do not count."""
        self._path = path
        self._notes: dict[str, Note] = {}
        self._stale = False
        if path.exists():
            self._read(generation)

    def of(self, url: str) -> Note:
        """What is known of an address."""
        return self._notes.get(url) or Note(url)

    def write(self, notes: Iterable[Note], generation: int) -> None:
        """Keep what a run found out. Raises `DiskFailure`."""
        disk.make_private(self._path)
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
                connection.executescript(_SCHEMA)
                if self._stale:
                    connection.execute("DELETE FROM seen")
                marks = ", ".join("?" * len(fields(Note)))
                connection.executemany(
                    f"INSERT OR REPLACE INTO seen ({_COLUMNS}) VALUES ({marks})", map(astuple, notes)
                )
                connection.execute("DELETE FROM state")
                connection.execute("INSERT INTO state VALUES (?)", [generation])
        except sqlite3.Error as error:
            raise DiskFailure(
                f"{self._path}: {error}.", "See that the index's disk has room and can be written."
            ) from error

    def _read(self, generation: int) -> None:
        """A file that is none of ours is as one that is not there: all is fetched again."""
        try:
            with closing(sqlite3.connect(self._path, timeout=10)) as connection:
                [noted] = connection.execute("SELECT MAX(generation) FROM state").fetchone()
                self._stale = noted is None or noted > generation
                if not self._stale:
                    notes = (Note(*record) for record in connection.execute(f"SELECT {_COLUMNS} FROM seen"))
                    self._notes = {note.url: note for note in notes}
        except sqlite3.DatabaseError:
            disk.remove_file(self._path)

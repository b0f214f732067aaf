"""The queue of writes: what was acknowledged over HTTP and is not yet in the index, and what became of it.

A SQLite database with its log flushed at every transaction: what `TaskQueue.add` returned from outlives a kill. Any
process may add; one, `paraglot.api.http.queue.writer`, takes the tasks out in their order and commits many at once.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from paraglot.indexer.corpus.drafts import Draft
from paraglot.search import disk
from paraglot.search.errors import DiskFailure, NotFound

Status: TypeAlias = Literal["enqueued", "processing", "succeeded", "failed"]

MAX_WAITING_BYTES = 1_000_000_000
KEPT_TASKS = 10_000
"""Finished tasks that can still be asked for."""
MOST_NAMED = 20
"""Skipped lines and remarks that a task names; the rest of the skipped it counts."""
MOST_SHOWN = 100
"""Characters of a text that a remark shows."""

Change: TypeAlias = tuple[str, Draft | None]
"""An article's id, and what becomes of it: None removes it."""

_SCHEMA = """
CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT, status TEXT NOT NULL, enqueued TEXT NOT NULL, finished TEXT,
    articles INTEGER NOT NULL, size_bytes INTEGER NOT NULL, skipped INTEGER NOT NULL, skipped_lines TEXT NOT NULL,
    generation INTEGER, error TEXT, attempts INTEGER NOT NULL DEFAULT 0, remarks TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX task_status ON task (status) WHERE status IN ('enqueued', 'processing');
CREATE TABLE change (number INTEGER PRIMARY KEY, task INTEGER NOT NULL, article_id TEXT NOT NULL, draft TEXT);
CREATE INDEX change_task ON change (task);
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One write. Times are ISO 8601 in UTC; ``generation`` is the first that shows it.

    ``articles`` counts what is to be put or removed, and once it is done what was: nothing for a removal of what was
    not there. ``skipped`` counts the lines that were no article, the first of which ``skipped_lines`` names;
    ``remarks`` what of the others was read otherwise than it was given. ``error`` says why it failed, or why it still
    waits.
    """

    id: int
    status: Status
    enqueued: str
    finished: str | None
    articles: int
    skipped: int
    skipped_lines: Sequence[str]
    generation: int | None
    error: str | None
    attempts: int = 0
    remarks: Sequence[str] = ()

    @property
    def done(self) -> bool:
        """Whether nothing more will become of it."""
        return self.status in ("succeeded", "failed")


@dataclass(frozen=True, slots=True)
class ReadLines:
    """What is to be told of how a body was read: how many lines are no articles, the first `MOST_NAMED` with their
    reasons, and as many remarks on the others.
    """

    skipped: int = 0
    skipped_lines: Sequence[str] = ()
    remarks: Sequence[str] = ()


class QueueFull(Exception):
    """More waits to be written than is taken in."""


class TaskQueue:
    """The queue of one index. Safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the database, made if need be."""
        disk.make_folder(path.parent)
        disk.make_private(path)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._connection.row_factory = sqlite3.Row
        try:
            for pragma in ("auto_vacuum = FULL", "journal_mode = WAL", "synchronous = FULL"):
                self._connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error as error:
            self._connection.close()
            raise _refused(error) from error
        with self._writing() as write:
            if write.execute("SELECT 1 FROM sqlite_master WHERE name = 'task'").fetchone() is None:
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    write.execute(statement)
            elif "remarks" not in {column["name"] for column in write.execute("PRAGMA table_info(task)")}:  # of before
                write.execute("ALTER TABLE task ADD COLUMN remarks TEXT NOT NULL DEFAULT '[]'")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def add(self, changes: Iterable[Change], read: ReadLines | None = None) -> Task:
        """Take in one write; when this returns, the disk has it. Raises `QueueFull`."""
        lines = read or ReadLines()
        with self._writing() as write:
            waiting = write.execute(f"SELECT SUM(size_bytes) FROM task WHERE {_WAITING}").fetchone()[0]
            if (waiting or 0) > MAX_WAITING_BYTES:
                raise QueueFull
            task_id = write.execute(
                "INSERT INTO task (status, enqueued, articles, size_bytes, skipped, skipped_lines, remarks)"
                " VALUES ('enqueued', ?, 0, 0, ?, ?, ?)",
                [_now(), lines.skipped, _listed(lines.skipped_lines), _listed(lines.remarks)],
            ).lastrowid
            write.executemany(
                "INSERT INTO change (task, article_id, draft) VALUES (?, ?, ?)",
                ((task_id, article_id, draft.to_json() if draft else None) for article_id, draft in changes),
            )
            write.execute(
                "UPDATE task SET (articles, size_bytes) ="
                " (SELECT COUNT(*), COALESCE(SUM(LENGTH(draft)), 0) FROM change WHERE task = task.id) WHERE id = ?",
                [task_id],
            )
        return self.task(int(task_id or 0))

    def task(self, task_id: int) -> Task:
        """One task. Raises `NotFound`, also for one that ended long ago."""
        found = self._all("SELECT * FROM task WHERE id = ?", [task_id])
        if not found:
            raise NotFound(f"There is no task {task_id}, or it ended long ago.")
        return found[0]

    def newest(self, limit: int) -> list[Task]:
        """The newest tasks first."""
        return self._all("SELECT * FROM task ORDER BY id DESC LIMIT ?", [limit])

    def waiting(self) -> int:
        """How many tasks are not done."""
        return len(self._all(f"SELECT * FROM task WHERE {_WAITING}", []))

    def take(self, most_articles: int, wary_after: int) -> list[Task]:
        """The next tasks to commit together: the oldest, and further ones up to ``most_articles`` in all.

        A task that a writer has begun ``wary_after`` times without ending it comes alone.
        """
        taken: list[Task] = []
        for task in self._all(f"SELECT * FROM task WHERE {_WAITING} ORDER BY id LIMIT 1000", []):
            wary = task.attempts >= wary_after
            if taken and (wary or sum(earlier.articles for earlier in taken) + task.articles > most_articles):
                break
            taken.append(task)
            if wary:
                break
        if taken:
            with self._writing() as write:
                write.executemany(
                    "UPDATE task SET status = 'processing', attempts = attempts + 1 WHERE id = ?",
                    [(earlier.id,) for earlier in taken],
                )
        return taken

    def changes(self, tasks: Sequence[Task]) -> dict[str, Draft | None]:
        """What the tasks come to: the last word on each article."""
        last: dict[str, Draft | None] = {}
        with self._lock:
            for task in tasks:
                found = self._connection.execute(
                    "SELECT article_id, draft FROM change WHERE task = ? ORDER BY number", [task.id]
                )
                for record in found:
                    last[record["article_id"]] = Draft.from_json(record["draft"]) if record["draft"] else None
        return last

    def succeeded(self, tasks: Sequence[Task], generation: int, absent: Collection[str] = ()) -> None:
        """Note that ``generation`` shows the tasks; before it no article had one of the ids ``absent``."""
        self._end(tasks, "succeeded", generation, None, self._done(tasks, absent))

    def _done(self, tasks: Sequence[Task], absent: Collection[str]) -> dict[int, int]:
        """How many articles each task put or removed, that were there when its turn came."""
        gone, done = set(absent), dict.fromkeys((task.id for task in tasks), 0)
        statement = "SELECT article_id, draft IS NULL FROM change WHERE task = ? ORDER BY number"
        with self._lock:
            for task in tasks:
                for article_id, removes in self._connection.execute(statement, [task.id]):
                    done[task.id] += not (removes and article_id in gone)
                    (gone.add if removes else gone.discard)(article_id)
        return done

    def failed(self, task: Task, error: str) -> None:
        """Give a task up."""
        self._end([task], "failed", None, error)

    def delayed(self, tasks: Sequence[Task], error: str | None) -> None:
        """Put tasks back that could not be committed now, through no fault of theirs."""
        with self._writing() as write:
            write.executemany(
                "UPDATE task SET status = 'enqueued', attempts = attempts - 1, error = ? WHERE id = ?",
                [(error, task.id) for task in tasks],
            )

    def _end(
        self,
        tasks: Sequence[Task],
        status: Status,
        generation: int | None,
        error: str | None,
        done: Mapping[int, int] | None = None,
    ) -> None:
        with self._writing() as write:
            for task in tasks:
                write.execute(
                    "UPDATE task SET status = ?, finished = ?, generation = ?, error = ?, articles = ? WHERE id = ?",
                    [status, _now(), generation, error, task.articles if done is None else done[task.id], task.id],
                )
                write.execute("DELETE FROM change WHERE task = ?", [task.id])
            newest = max(task.id for task in tasks)
            write.execute(f"DELETE FROM task WHERE id <= ? AND NOT ({_WAITING})", [newest - KEPT_TASKS])

    def _all(self, statement: str, values: list[Any]) -> list[Task]:
        try:
            with self._lock:
                return [_task(record) for record in self._connection.execute(statement, values)]
        except sqlite3.Error as error:
            raise _refused(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                with suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise _refused(error) from error
                raise


def _refused(error: sqlite3.Error) -> DiskFailure:
    return DiskFailure(f"The queue of writes: {error}.", "See that the index's disk has room and can be written.")


_WAITING = "status IN ('enqueued', 'processing')"


def _task(record: sqlite3.Row) -> Task:
    values = {field.name: record[field.name] for field in fields(Task)}
    return Task(**{**values, **{name: json.loads(record[name]) for name in ("skipped_lines", "remarks")}})


def _listed(lines: Sequence[str]) -> str:
    return json.dumps(list(lines), ensure_ascii=False)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

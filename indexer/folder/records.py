"""The paragraph store, the side that writes: records of the generation being prepared, in one SQLite transaction."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from pyroaring import BitMap

from paraglot.indexer.corpus.assemble import Assembled, NewParagraph
from paraglot.indexer.corpus.drafts import Draft
from paraglot.indexer.folder.stored_drafts import NewRow, draft_of
from paraglot.search import disk
from paraglot.search.folder.segment_columns import RowFacts
from paraglot.search.folder.store.article_text import kept_text, whole_texts
from paraglot.search.folder.store.packed_text import packed_text
from paraglot.search.folder.store.schema import (
    ARTICLE_COLUMNS,
    CORPUS_SCHEMA,
    FACTS_VISIBLE,
    FORMER_COLUMNS,
    FORMER_SCHEMA,
    OF_TODAY,
    ONE_ARTICLE_AN_ID,
    PARAGRAPH_COLUMNS,
    SAME_TEXTS,
    SCHEMA,
    SELECT_FACTS,
    VISIBLE,
    record_checksum,
)
from paraglot.search.parts.successors import successors


def _beside(path: Path) -> list[str]:
    """The names of what SQLite keeps beside a database, as far as it is there."""
    return [f"{path.name}{end}" for end in ("-wal", "-shm") if path.with_name(f"{path.name}{end}").exists()]


StoreError = sqlite3.Error
"""What the database raises where it cannot read or write."""


def is_damage(error: StoreError) -> bool:
    """Whether the database file itself is broken; a disk that refuses raises a subclass."""
    return type(error) is sqlite3.DatabaseError


Counts: TypeAlias = tuple[int, Mapping[str, int]]
"""Articles, and paragraphs by language."""


_SAME = ("id", "heading", "title", "language", "text_hash")
"""What a paragraph keeps its row by."""


class Put(NamedTuple):
    """How many paragraphs of an article are new, how many of its former version are gone, which rows, and new rows."""

    added: int
    removed: int
    rows: list[int]
    new: list[NewRow]


_CACHE_KB = 65_536
"""What a write may hold before it spills: a page that changes twice is then written once."""

_PAGE_BYTES = 8192
"""A record is some half a kilobyte, and a page of SQLite's 4 kB leaves an eighth of itself empty."""

_BATCH = 500

_SCHEMAS = {"article": SCHEMA, "former": FORMER_SCHEMA, "corpus": CORPUS_SCHEMA}
"""One table of each → what makes it."""

_TABLES = ("article", "paragraph", "former")
"""Those whose records belong to generations."""


class Records:
    """The records of one write: everything that belongs to ``base``, and what becomes generation ``target``.

    A number is not used twice, not even after a rollback: no cache of answers can take one state for another.
    """

    def __init__(self, path: Path, base: int) -> None:
        """Open the database for writing, made if need be; what an unfinished writer left is cleared away."""
        self._base = base
        self.notes_changed = False
        for name in (path.name, *_beside(path)):
            disk.make_private(path.with_name(name))
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA trusted_schema = OFF")  # it may be a stranger's
        self._connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")  # of a new one
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        highest = self._connection.execute("PRAGMA user_version").fetchone()[0]
        self.target: int = max(base, highest) + 1 if base else 1
        self._visible = VISIBLE.replace(":generation", str(self.target))  # the base's, as far as it is changed by now
        self._prepare()

    def close(self) -> None:
        """Close the database; what was not committed is gone."""
        self._connection.close()

    def commit(self) -> None:
        """Make the records durable. No reader sees them until CURRENT names their generation."""
        self._connection.execute(f"PRAGMA user_version = {self.target}")
        self._connection.execute("COMMIT")

    def commit_notes(self) -> None:
        """Make durable what belongs to no generation, where nothing else changed."""
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Forget all changes."""
        self._connection.execute("ROLLBACK")

    def begin(self) -> None:
        """Start the one transaction of this write."""
        self._connection.execute("BEGIN IMMEDIATE")

    def mend_doubled(self) -> tuple[list[str], list[int]]:
        """See that an id has one article, the first: returns the ids that had several, and the rows that are gone.

        Earlier versions let a second use in. With the others go paragraphs that belong to no article any more. The
        store is read through for it once; from then on its own index refuses.
        """
        if self._one("SELECT 1 FROM sqlite_master WHERE name = 'article_living'", []) is not None:
            return [], []
        articles = self._connection.execute(f"SELECT key, id, layout FROM article WHERE {self._visible} ORDER BY key")
        first: dict[str, int] = {}
        superseded: list[tuple[int, str]] = []
        living_rows = BitMap()
        for record in articles:
            if first.setdefault(record["id"], record["key"]) == record["key"]:
                living_rows |= BitMap(row for row, _, _ in json.loads(record["layout"]))
            else:
                superseded.append((record["key"], record["id"]))
        records = self._connection.execute(f"SELECT row FROM paragraph WHERE {self._visible} ORDER BY row")
        removed = [record["row"] for record in records if record["row"] not in living_rows]
        self._retire("article", "key", [key for key, _ in superseded])
        self._retire("paragraph", "row", removed)
        if superseded or removed:
            self._connection.execute("DELETE FROM corpus")  # what was said of one belongs to what was there
        self._connection.execute(ONE_ARTICLE_AN_ID)
        return sorted({id_ for _, id_ in superseded}), removed

    def input_hash(self, article_id: str) -> str | None:
        """The hash of what the article was last read from; None if the index does not have it."""
        record = self._one(f"SELECT input_hash FROM article WHERE id = ? AND {self._visible}", [article_id])
        return None if record is None else str(record["input_hash"])

    def put(self, draft: Draft, article: Assembled, input_hash: str) -> Put:
        """Record an article.

        A paragraph whose text, vector, heading, title and language are as before keeps its row, unless something else
        that columns have of the article changed: rows never change what they are.
        """
        before = self._rows(draft.id)
        former = set(before)
        self._note_former(draft.id, before, [paragraph.id for paragraph in article.paragraphs])
        keeps = self._says_the_same(draft)
        layout = []
        keys = set()
        new = []
        for paragraph in article.paragraphs:
            key = (paragraph.id, paragraph.heading, draft.title, paragraph.language, paragraph.text_hash)
            keys.add(key)
            row = before.pop(key, None) if keeps else None
            if row is None:
                new.append(self._insert(draft, paragraph))
                row = new[-1].row
            layout.append([row, paragraph.start, paragraph.end])
        self._retire("paragraph", "row", before.values())
        self._connection.execute(
            f"UPDATE article SET removed = ? WHERE id = ? AND {self._visible}", [self.target, draft.id]
        )
        text = kept_text(draft.text, [((part.start, part.end), part.text) for part in article.paragraphs])
        values: list[Any] = [draft.id, draft.title, text, article.language, draft.url, draft.date, draft.source]
        values += [_json(draft.attributes), _json(layout), draft.language, int(draft.plain)]
        values += [_json(draft.marks())]
        self._add("article", ARTICLE_COLUMNS, [*values, input_hash, self.target])
        return Put(len(keys - former), len(former - keys), list(before.values()), new)

    def remove(self, article_id: str) -> list[int]:
        """Remove an article. Returns the rows that are gone; none if the index does not have it."""
        rows = list(self._rows(article_id).values())
        self._retire("paragraph", "row", rows)
        for table, key in (("article", "id"), ("former", "article_id")):
            statement = f"UPDATE {table} SET removed = ? WHERE {key} = ? AND {self._visible}"
            self._connection.execute(statement, [self.target, article_id])
        return rows

    def new_rows(self) -> list[int]:
        """The rows added by this write, ascending."""
        statement = "SELECT row FROM paragraph WHERE added = ? AND removed IS NULL ORDER BY row"
        records = self._connection.execute(statement, [self.target])
        return [record["row"] for record in records]

    def living_rows(self) -> list[int]:
        """All rows of the generation being prepared, ascending."""
        return self._rows_of(self.target)

    def base_rows(self) -> list[int]:
        """All rows of the base, ascending."""
        return self._rows_of(self._base)

    def _rows_of(self, generation: int) -> list[int]:
        visible = VISIBLE.replace(":generation", str(generation))
        return [record["row"] for record in self._connection.execute(f"SELECT row FROM paragraph WHERE {visible}")]

    def read_rows(self, rows: Sequence[int], texts: bool = True) -> Iterator[NewRow]:
        """The paragraphs of ``rows``, which ascend, in that order; without ``texts`` those are left empty."""
        columns = ", ".join(name if texts or name != "text" else "'' AS text" for name in NewRow.__slots__)
        for first in range(0, len(rows), _BATCH):
            batch = rows[first : first + _BATCH]
            marks = ",".join("?" * len(batch))
            statement = f"SELECT {columns} FROM paragraph WHERE row IN ({marks}) ORDER BY row"
            yield from [NewRow.of(record) for record in self._connection.execute(statement, batch).fetchall()]

    def read_facts(self, rows: Sequence[int]) -> Iterator[RowFacts]:
        """What becomes columns of ``rows``, which ascend, in that order."""
        visible = FACTS_VISIBLE.replace(":generation", str(self.target))
        for first in range(0, len(rows), _BATCH):
            batch = rows[first : first + _BATCH]
            statement = f"{SELECT_FACTS} WHERE {visible} AND paragraph.row IN ({','.join('?' * len(batch))})"
            records = self._connection.execute(f"{statement} ORDER BY paragraph.row", batch)
            yield from [RowFacts(**record) for record in records.fetchall()]

    def embedded_rows(self, rows: Sequence[int], same_title: bool) -> dict[int, int]:
        """For each of ``rows`` whose text (under the same title, if that counts) the base has too, under whatever
        article: row → a base row. ``rows`` ascend.
        """
        if not rows:
            return {}
        title = "AND old.title = new.title" if same_title else ""
        statement = SAME_TEXTS.format(title=title)
        records = self._connection.execute(statement, [rows[0], rows[-1], self._base, self._base])
        return {record["new"]: record["old"] for record in records}

    def note_origin(self, article_id: str, root: str, path: str) -> str | None:
        """Remember where an article was read from. Returns the root that it came from before, where that is another."""
        before = self._one("SELECT root, path FROM origin WHERE id = ?", [article_id])
        if before is None or (before["root"], before["path"]) != (root, path):
            self._connection.execute("INSERT OR REPLACE INTO origin VALUES (?, ?, ?)", [article_id, root, path])
            self.notes_changed = True
        return str(before["root"]) if before is not None and before["root"] != root else None

    def note_corpus(self, fingerprint: str, generation: int, remembered: str) -> None:
        """Remember that reading a corpus gives just what ``generation`` has, and what a run over it says."""
        values = [fingerprint, generation, remembered]
        self._connection.execute("INSERT OR REPLACE INTO corpus VALUES (?, ?, ?)", values)
        self.notes_changed = True

    def noted_corpus(self, fingerprint: str) -> str | None:
        """What was said of a corpus that gives just what the base has; None where that is not known."""
        statement = "SELECT found FROM corpus WHERE fingerprint = ? AND generation = ?"
        noted = self._one(statement, [fingerprint, self._base])
        return None if noted is None else str(noted["found"])

    def note_seen(self, article_id: str) -> None:
        """Remember, for this write only, that the corpus still has an article."""
        self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", [article_id])

    def vanished(self, roots: Iterable[str], unreadable: Iterable[str]) -> Iterator[str]:
        """The articles that once came from ``roots`` and were not seen now, but for those in ``unreadable`` places."""
        prefixes = tuple(unreadable)
        for root in roots:
            records = self._connection.execute(
                "SELECT id, path FROM origin WHERE root = ? AND id NOT IN (SELECT id FROM seen) AND EXISTS"
                f" (SELECT 1 FROM article WHERE article.id = origin.id AND {self._visible}) ORDER BY id",
                [root],
            ).fetchall()
            yield from (record["id"] for record in records if not record["path"].startswith(prefixes))

    def drafts(self) -> Iterator[Draft]:
        """Every article as it was read, in the order of ids."""
        last = ""
        statement = f"SELECT * FROM article WHERE id > ? AND {self._visible} ORDER BY id LIMIT {_BATCH}"
        while records := self._connection.execute(statement, [last]).fetchall():
            texts = whole_texts(records, lambda rows: {row.row: row.text for row in self.read_rows(sorted(rows))})
            yield from (draft_of({**record, "text": text}) for record, text in zip(records, texts, strict=True))
            last = records[-1]["id"]

    def is_as_stored(self, draft: Draft, article: Assembled) -> bool:
        """Whether an article of the base has just these paragraphs."""
        title, paragraphs = draft.title, article.paragraphs
        expected = Counter((new.id, new.heading, title, new.language, new.text_hash) for new in paragraphs)
        return expected == Counter(self._rows(draft.id).keys())

    def counts(self, base: Counts | None) -> Counts:
        """Those of the generation being prepared; from the ``base``'s, if given, by what was changed alone."""
        articles, languages = base or (0, {})
        counted = Counter(languages)
        added = f"added = {self.target} AND removed IS NULL" if base else VISIBLE
        removed = f"removed = {self.target} AND added <= {self._base}"
        for sign, condition in [(1, added), (-1, removed)][: 2 if base else 1]:
            condition = condition.replace(":generation", str(self.target))
            [count] = self._connection.execute(f"SELECT COUNT(*) FROM article WHERE {condition}").fetchone()
            articles += sign * count
            statement = f"SELECT language, COUNT(*) FROM paragraph WHERE {condition} GROUP BY language"
            for language, count in self._connection.execute(statement):
                counted[language] += sign * count
        counted = +counted  # without those of which nothing is left
        return articles, dict(sorted(counted.items(), key=lambda entry: (-entry[1], entry[0])))

    def purge(self, oldest: int) -> None:
        """Drop the records that only generations before ``oldest`` saw."""
        purged = self._connection.execute("SELECT id FROM article WHERE removed <= ?", [oldest]).fetchall()
        for table in _TABLES:
            self._connection.execute(f"DELETE FROM {table} WHERE removed <= ?", [oldest])
        # Not when an article is removed: a write that is cut off, or rolled back, gives it back.
        purged_ids = [(record["id"],) for record in purged]
        self._connection.executemany(
            "DELETE FROM origin WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM article WHERE id = ?1)", purged_ids
        )
        self._connection.execute("DELETE FROM corpus WHERE generation < ?", [oldest])
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _prepare(self) -> None:
        self._connection.execute("CREATE TEMP TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        for table, schema in _SCHEMAS.items():
            if self._one("SELECT 1 FROM sqlite_master WHERE name = ?", [table]) is None:
                self._connection.executescript(f"BEGIN; {schema} COMMIT;")
        self._connection.executescript(OF_TODAY)
        if self._one("SELECT 1 FROM corpus WHERE generation > ?", [self._base]) is not None:
            self._connection.execute("DELETE FROM corpus WHERE generation > ?", [self._base])
        for table in _TABLES:
            unfinished = f"SELECT 1 FROM {table} WHERE added > ? OR removed > ? LIMIT 1"
            if self._one(unfinished, [self._base, self._base]) is None:
                continue
            if table == "article":  # a generation that is gone back to may hold ids twice
                self._connection.execute("DROP INDEX IF EXISTS article_living")
            self._connection.execute(f"DELETE FROM {table} WHERE added > ?", [self._base])
            self._connection.execute(f"UPDATE {table} SET removed = NULL WHERE removed > ?", [self._base])

    def _note_former(self, article_id: str, before: Mapping[tuple[str, ...], int], after: list[str]) -> None:
        """Record which paragraphs the new version has no more, and forget those that it has again."""
        known = self._connection.execute(
            f"SELECT rowid, id FROM former WHERE article_id = ? AND {self._visible}", [article_id]
        ).fetchall()
        living = set(after)
        self._retire("former", "rowid", [record["rowid"] for record in known if record["id"] in living])
        record = self._one(f"SELECT layout FROM article WHERE id = ? AND {self._visible}", [article_id])
        if record is None:
            return
        ids = {row: key[0] for key, row in before.items()}
        order = [ids[row] for row, _, _ in json.loads(record["layout"])]
        for id_, successor in successors(order, after).items():
            self._add("former", FORMER_COLUMNS, [id_, article_id, successor, self.target])

    def _says_the_same(self, draft: Draft) -> bool:
        """Whether the article has what columns keep of it as before; its title stands with each paragraph."""
        statement = f"SELECT url, date, source, attributes FROM article WHERE id = ? AND {self._visible}"
        before = self._one(statement, [draft.id])
        return before is not None and tuple(before) == (draft.url, draft.date, draft.source, _json(draft.attributes))

    def _rows(self, article_id: str) -> dict[tuple[str, ...], int]:
        statement = f"SELECT row, {', '.join(_SAME)} FROM paragraph WHERE article_id = ? AND {self._visible}"
        records = self._connection.execute(statement, [article_id])
        return {tuple(record)[1:]: record["row"] for record in records}

    def _insert(self, draft: Draft, paragraph: NewParagraph) -> NewRow:
        text = packed_text(paragraph.text)
        values = [paragraph.id, draft.id, draft.title, paragraph.heading, text, paragraph.language]
        row = self._add("paragraph", PARAGRAPH_COLUMNS, [*values, paragraph.text_hash, self.target])
        return NewRow(row, draft.title, paragraph.heading, paragraph.text, paragraph.text_hash, paragraph.language)

    def _add(self, table: str, columns: Sequence[str], values: list[Any]) -> int:
        marks = ", ".join("?" * (len(columns) + 1))
        statement = f"INSERT INTO {table} ({', '.join(columns)}, checksum) VALUES ({marks})"
        return int(self._connection.execute(statement, [*values, record_checksum(values)]).lastrowid or 0)

    def _retire(self, table: str, key: str, values: Iterable[int]) -> None:
        self._connection.executemany(
            f"UPDATE {table} SET removed = ? WHERE {key} = ?", [(self.target, value) for value in values]
        )

    def _one(self, statement: str, values: list[Any]) -> sqlite3.Row | None:
        record: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return record


def _json(value: object) -> str:
    value = dict(value) if isinstance(value, Mapping) else value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

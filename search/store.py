"""The paragraph store, the side that reads: articles and paragraphs of one generation, out of SQLite.

The database holds all generations at once: a record carries the generation that added it and the one that removed it,
so a reader of generation g sees exactly g while a writer prepares g + 1 beside it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal
from zlib import crc32

from pyroaring import BitMap

from search.attributes import Attributes
from search.errors import IndexDamaged, NotFound, ParagraphChanged
from search.manifest import DAMAGED_REMEDY
from search.types import Article, ArticleHead, Paragraph

SCHEMA = """
CREATE TABLE article (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,
    url TEXT, date TEXT, source TEXT, attributes TEXT NOT NULL,
    layout TEXT NOT NULL,           -- JSON: [[row, start, end], …] in the order of the text
    given_language TEXT,            -- as the input gave it
    plain INTEGER NOT NULL,         -- whether paragraphs are found by the rules for plain text
    marks TEXT NOT NULL,            -- JSON: what a reader knows of the paragraphs beside the text
    input_hash TEXT NOT NULL,       -- of all that was read; the same hash needs no work
    checksum INTEGER NOT NULL,      -- `record_checksum` of ARTICLE_COLUMNS
    added INTEGER NOT NULL, removed INTEGER
);
CREATE INDEX article_by_id ON article (id);
CREATE TABLE paragraph (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, article_id TEXT NOT NULL, title TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
    language TEXT NOT NULL, text_hash TEXT NOT NULL,
    checksum INTEGER NOT NULL,      -- `record_checksum` of PARAGRAPH_COLUMNS
    added INTEGER NOT NULL, removed INTEGER
);
CREATE INDEX paragraph_by_id ON paragraph (id);
CREATE INDEX paragraph_by_article ON paragraph (article_id);
CREATE INDEX paragraph_by_text ON paragraph (text_hash);
CREATE INDEX article_by_added ON article (added);
CREATE INDEX article_by_removed ON article (removed) WHERE removed IS NOT NULL;
CREATE INDEX paragraph_by_added ON paragraph (added);
CREATE INDEX paragraph_by_removed ON paragraph (removed) WHERE removed IS NOT NULL;
CREATE TABLE origin (               -- where each article was last read from; of no generation
    id TEXT PRIMARY KEY, root TEXT NOT NULL, path TEXT NOT NULL
) WITHOUT ROWID;
"""

FORMER_SCHEMA = """
CREATE TABLE former (               -- paragraphs that an article of the index had once
    id TEXT NOT NULL, article_id TEXT NOT NULL,
    successor TEXT,                 -- id of the paragraph that took its place
    checksum INTEGER NOT NULL,      -- `record_checksum` of FORMER_COLUMNS
    added INTEGER NOT NULL, removed INTEGER
);
CREATE INDEX former_by_article ON former (article_id, id);
CREATE INDEX former_by_added ON former (added);
CREATE INDEX former_by_removed ON former (removed) WHERE removed IS NOT NULL;
"""
"""A store that was made before this table was thought of has none until the next write."""

CORPUS_SCHEMA = """
CREATE TABLE corpus (               -- corpora whose reading would change nothing of a generation; of no generation
    fingerprint TEXT PRIMARY KEY, generation INTEGER NOT NULL,
    found TEXT NOT NULL             -- JSON: what a run over it says
) WITHOUT ROWID;
"""
"""Likewise; no reader needs it."""

GIST_SCHEMA = """
CREATE TABLE gist (                 -- what queries compare of a paragraph's words, as search/gist.py packs it
    row INTEGER PRIMARY KEY REFERENCES paragraph (row) ON DELETE CASCADE,
    marks_by TEXT NOT NULL, marks BLOB NOT NULL, pieces_by TEXT NOT NULL, pieces BLOB NOT NULL,
    checksum INTEGER NOT NULL       -- `gist_checksum`
);
"""
"""Likewise; a row that is not in it is read when it is asked for."""

ARTICLE_COLUMNS = (
    *("id", "title", "text", "language", "url", "date", "source", "attributes", "layout", "given_language", "plain"),
    *("marks", "input_hash", "added"),
)
PARAGRAPH_COLUMNS = ("id", "article_id", "title", "heading", "text", "language", "text_hash", "added")
FORMER_COLUMNS = ("id", "article_id", "successor", "added")
GIST_COLUMNS = ("row", "marks_by", "marks", "pieces_by", "pieces")
"""What a checksum is of, in its order: all that never changes. The rest is checked against the other stores."""

VISIBLE = "added <= :generation AND (removed IS NULL OR removed > :generation)"
"""The records that belong to a generation."""

_HEAD = "id, title, language, url, date, source, layout"
"""The columns of an article that its paragraphs need: not its text, which may be long."""

_BATCH = 500


class Store:
    """Articles and paragraphs of one generation. Safe to share between threads."""

    def __init__(self, path: Path, generation: int) -> None:
        """Open for reading. Raises `IndexDamaged` when the file is missing or is not our database."""
        self.generation = generation
        self._path = path
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._by_language: dict[str, BitMap] | None = None
        self.attributes = Attributes(lambda statement: self._select(statement.format(visible=VISIBLE), []))
        self._rows: list[int] | None = None
        try:
            self._connection = _open(path)
        except sqlite3.Error as error:
            raise IndexDamaged(f"{path}: {error}.", DAMAGED_REMEDY) from error

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, in that order. Unknown rows raise `NotFound`."""
        chosen = self._each(f"SELECT * FROM paragraph WHERE row IN (:marks) AND {VISIBLE}", rows)
        records = {record["row"]: record for record in chosen}
        articles = self._articles({record["article_id"] for record in records.values()}, _HEAD)
        try:
            return [_paragraph(records[row], articles[records[row]["article_id"]]) for row in rows]
        except KeyError as error:
            raise NotFound(f"Generation {self.generation} has no row {error}.") from None

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        chosen = self._each("SELECT row, article_id FROM paragraph WHERE row IN (:marks)", rows)
        return {record["row"]: record["article_id"] for record in chosen}

    def rows_of(self, article_id: str) -> list[int]:
        """The rows of an article, in the order of its text; none where it is not there."""
        record = self._articles([article_id], "id, layout").get(article_id)
        return [] if record is None else [row for row, _, _ in json.loads(record["layout"])]

    def neighbours(self, rows: Sequence[int], count: int) -> dict[int, tuple[list[int], list[int]]]:
        """For each of ``rows`` up to ``count`` rows before and after it in its article, in the order of the text."""
        ids = self.article_ids(rows)
        records = self._articles(set(ids.values()), "id, layout")
        layouts = {id_: [row for row, _, _ in json.loads(record["layout"])] for id_, record in records.items()}
        found = {}
        for row, id_ in ids.items():
            own = layouts[id_]
            at = own.index(row)
            found[row] = own[max(at - count, 0) : at], own[at + 1 : at + 1 + count]
        return found

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head by the paragraph's id. Raises `ParagraphChanged` or `NotFound`."""
        row = self._row(paragraph_id)
        if row is None:
            raise self._missing(paragraph_id)
        return self.paragraphs([row])[0]

    def rows_by_id(self, id_: str) -> list[int]:
        """The row of the paragraph with an id, or the rows of the article with it, in order; none: nobody has it.

        For a paragraph that its article changed, the row of its successor.
        """
        row = self._row(id_)
        if row is not None:
            return [row]
        missing = self._missing(id_)
        if isinstance(missing, ParagraphChanged) and missing.successor:
            return self.rows_by_id(missing.successor)
        return self.rows_of(id_)

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order. Raises `NotFound`."""
        record = self._articles([article_id]).get(article_id)
        if record is None:
            raise NotFound(f"There is no article {article_id!r}.")
        rows = [row for row, _, _ in json.loads(record["layout"])]
        return _article(record), [paragraph for paragraph, _ in self.paragraphs(rows)]

    def rows(self) -> list[int]:
        """All rows, ascending."""
        if self._rows is None:
            self._rows = sorted(BitMap.union(BitMap(), *self._languages().values()))
        return self._rows

    def checksums(self) -> dict[int, int]:
        """Row → checksum of its paragraph: the same only where the paragraph is."""
        found = self._select(f"SELECT row, checksum FROM paragraph WHERE {VISIBLE}", [])
        return {record["row"]: record["checksum"] for record in found}

    def records(self) -> Iterator[sqlite3.Row]:
        """Every article's record, in the order of ids."""
        last = ""
        statement = f"SELECT * FROM article WHERE id > ? AND {VISIBLE} ORDER BY id LIMIT {_BATCH}"
        while found := self._select(statement, [last]):
            yield from found
            last = found[-1]["id"]

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``; "und" for a row that is not in the index."""
        wanted = BitMap(rows)
        found = {row: tag for tag, own in self._languages().items() for row in own & wanted}
        return [found.get(row, "und") for row in rows]

    def rows_in_languages(self, tags: Iterable[str]) -> BitMap:
        """The rows whose language is one of ``tags`` or a variety of one (``zh`` includes ``zh-TW``)."""
        wanted = [tag.lower() for tag in tags]
        matching = [
            rows
            for language, rows in self._languages().items()
            if any(language == tag or language.startswith(tag + "-") for tag in wanted)
        ]
        return BitMap.union(*matching) if matching else BitMap()

    def _languages(self) -> dict[str, BitMap]:
        """The rows of each language, its tag in lower case; read once."""
        with self._reading:
            if self._by_language is None:
                by_language: dict[str, BitMap] = {}
                for record in self._select(f"SELECT row, language FROM paragraph WHERE {VISIBLE}", []):
                    by_language.setdefault(record["language"].lower(), BitMap()).add(record["row"])
                self._by_language = by_language
            return self._by_language

    def rows_from(self, wanted: Callable[[str], bool]) -> BitMap:
        """The rows of articles whose source is ``wanted``."""
        sources = self._select(f"SELECT id, source FROM article WHERE source IS NOT NULL AND {VISIBLE}", [])
        ids = [record["id"] for record in sources if wanted(record["source"])]
        chosen = self._each(f"SELECT row FROM paragraph WHERE article_id IN (:marks) AND {VISIBLE}", ids)
        return BitMap(record["row"] for record in chosen)

    def bodies(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading."""
        chosen = self._each(f"SELECT row, text FROM paragraph WHERE row IN (:marks) AND {VISIBLE}", rows)
        found = {record["row"]: record["text"] for record in chosen}
        return [found[row] for row in rows]

    def gists(self, part: Literal["marks", "pieces"], rows: Sequence[int], by: str) -> dict[int, bytes]:
        """Row → a part of its gist, of those of ``rows`` that have a sound one made ``by`` just this."""
        if not self._has("gist"):
            return {}
        chosen = self._each("SELECT * FROM gist WHERE row IN (:marks)", rows)
        return {one["row"]: one[part] for one in chosen if one[f"{part}_by"] == by and is_sound_gist(one)}

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``, as the keyword index has them."""
        wanted = f"SELECT row, title, heading, text FROM paragraph WHERE row IN (:marks) AND {VISIBLE}"
        for record in self._each(wanted, list(rows)):
            yield record["row"], (record["title"], f"{record['heading']}\n{record['text']}")

    def _row(self, paragraph_id: str) -> int | None:
        found = self._select(f"SELECT row FROM paragraph WHERE id = ? AND {VISIBLE}", [paragraph_id])
        return found[0]["row"] if found else None

    def _missing(self, paragraph_id: str) -> NotFound:
        """Why there is no such paragraph: from one successor to the next, each of which changed later."""
        last, changed = paragraph_id, 0
        while found := self._former(last, changed):
            last, changed = found["successor"], found["added"]
            if last is None or self._row(last) is not None:
                return ParagraphChanged(paragraph_id, last)
        return NotFound(f"There is no paragraph {paragraph_id!r}.")

    def _former(self, paragraph_id: str, after: int) -> sqlite3.Row | None:
        if not self._has("former"):
            return None
        statement = f"SELECT successor, added FROM former WHERE article_id = ? AND id = ? AND added > ? AND {VISIBLE}"
        found = self._select(statement, [paragraph_id.rpartition("~")[0], paragraph_id, after])
        return found[0] if found else None

    def _has(self, table: str) -> bool:
        return bool(self._select("SELECT 1 FROM sqlite_master WHERE name = ?", [table]))

    def _articles(self, ids: Iterable[str], columns: str = "*") -> dict[str, sqlite3.Row]:
        chosen = f"SELECT {columns} FROM article WHERE id IN (:marks) AND {VISIBLE}"
        return {record["id"]: record for record in self._each(chosen, sorted(ids))}

    def _each(self, statement: str, values: Sequence[object]) -> Iterator[sqlite3.Row]:
        """The records of a statement in which ``:marks`` stands for ``values``: so many at a time as SQLite takes."""
        for first in range(0, len(values), _BATCH):
            batch = values[first : first + _BATCH]
            yield from self._select(statement.replace(":marks", ",".join("?" * len(batch))), batch)

    def _select(self, statement: str, values: Sequence[object]) -> list[sqlite3.Row]:
        statement = statement.replace(":generation", str(self.generation))
        try:
            with self._lock, closing(self._connection.execute(statement, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise IndexDamaged(f"{self._path}: {error}.", DAMAGED_REMEDY) from error


def record_checksum(values: Sequence[object]) -> int:
    """64 bits of a hash of a record's values, as SQLite keeps integers."""
    content = json.dumps(list(values), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)


def gist_checksum(row: int, marks_by: str, marks: bytes, pieces_by: str, pieces: bytes) -> int:
    """That of a gist's record; quick, because every query looks at a hundred."""
    return crc32(b"\0".join([f"{row} {marks_by} {pieces_by}".encode(), marks, pieces]))


def is_sound_gist(record: sqlite3.Row) -> bool:
    """Whether a gist's record is as its checksum says."""
    values = [record[name] for name in GIST_COLUMNS]
    kinds = [type(value) for value in values]
    return kinds == [int, str, bytes, str, bytes] and record["checksum"] == gist_checksum(*values)


def _open(path: Path) -> sqlite3.Connection:
    def connect(parameters: str) -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{parameters}", uri=True, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("SELECT 1 FROM article LIMIT 1").close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    try:
        return connect("mode=ro")
    except sqlite3.OperationalError:
        # On a read-only medium SQLite cannot make its shared-memory file; nobody can be writing there either.
        wal = path.with_name(path.name + "-wal")
        if not path.exists() or (wal.exists() and wal.stat().st_size > 0):
            raise
        return connect("mode=ro&immutable=1")


def _article(record: sqlite3.Row) -> Article:
    return Article(
        id=record["id"],
        title=record["title"],
        text=record["text"],
        language=record["language"],
        url=record["url"],
        date=record["date"],
        source=record["source"],
        attributes=json.loads(record["attributes"]),
    )


def _paragraph(record: sqlite3.Row, article: sqlite3.Row) -> tuple[Paragraph, ArticleHead]:
    layout = json.loads(article["layout"])
    position = next(index for index, entry in enumerate(layout) if entry[0] == record["row"])
    paragraph = Paragraph(
        row=record["row"],
        id=record["id"],
        article_id=record["article_id"],
        position=position,
        text=record["text"],
        language=record["language"],
        heading=record["heading"],
        start=layout[position][1],
        end=layout[position][2],
    )
    return paragraph, ArticleHead(**{name: article[name] for name in ArticleHead.__slots__})

"""The paragraph store, the side that reads: articles and paragraphs of one generation, out of SQLite.

The database holds all generations at once: a record carries the generation that added it and the one that removed it,
so a reader of generation g sees exactly g while a writer prepares g + 1 beside it.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from paraglot.search.deadline import check
from paraglot.search.errors import IndexDamaged, NotFound, ParagraphChanged
from paraglot.search.folder.attributes import Attributes
from paraglot.search.folder.columns import Columns, Segment
from paraglot.search.folder.manifest import DAMAGED_REMEDY, MEND_REMEDY
from paraglot.search.folder.segment_columns import RowFacts, build_columns
from paraglot.search.folder.store.article_text import whole_texts
from paraglot.search.folder.store.entities import article_of, paragraph_of
from paraglot.search.folder.store.packed_text import unpacked_text
from paraglot.search.folder.store.schema import (
    ARTICLE_COLUMNS,
    FACTS_VISIBLE,
    FORMER_COLUMNS,
    PARAGRAPH_COLUMNS,
    SELECT_FACTS,
    VISIBLE,
    Record,
    record_checksum,
    store_failure,
)
from paraglot.search.parts.gist import PackedGists
from paraglot.search.parts.lru_cache import LruCache
from paraglot.search.text.normal_form import id_form
from paraglot.search.types import Article, ArticleHead, Paragraph

_BATCH = 500

KEPT_CHARACTERS = 500_000
"""Of paragraphs, and of articles, that were read last: stages of a query, and queries, ask for the same ones."""

_T = TypeVar("_T")
_K = TypeVar("_K", bound=Hashable)

Layout: TypeAlias = list[tuple[int, int, int]]


class Store:
    """Articles and paragraphs of one generation. Safe to share between threads.

    Whatever is read is held against its checksum; what does not fit raises `IndexDamaged`.
    """

    def __init__(self, path: Path, generation: int, columns: Columns | None = None) -> None:
        """Open for reading; without ``columns`` they are made of what the database has, when first asked for.

        Raises `IndexDamaged` when the file is missing or is not our database.
        """
        self.generation = generation
        self._path = path
        self._lock = threading.Lock()
        self._kept_paragraphs: LruCache[int, Record] = LruCache(KEPT_CHARACTERS, _characters)
        self._kept_articles: LruCache[str, list[Record]] = LruCache(
            KEPT_CHARACTERS, lambda records: sum(map(_article_characters, records))
        )
        if columns:
            self.columns = columns
        try:
            self._connection = open_read_only(path)
        except sqlite3.Error as error:
            raise store_failure(path, error) from error

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def paragraphs(self, rows: Sequence[int]) -> list[tuple[Paragraph, ArticleHead]]:
        """The paragraphs of ``rows`` and the heads of their articles, in that order."""
        records = self._paragraphs(rows)
        articles = self._articles({record["article_id"] for record in records.values()})
        return [self._paragraph(records[row], articles.get(records[row]["article_id"], ())) for row in rows]

    @cached_property
    def columns(self) -> Columns:
        """What belongs to each row. Raises `IndexDamaged`."""
        return Columns([Segment(build_columns(self._facts()))], BitMap())

    @cached_property
    def attributes(self) -> Attributes:
        """The attributes of the articles."""
        return Attributes(self.columns)

    def article_ids(self, rows: Sequence[int]) -> dict[int, str]:
        """The id of the article of each of ``rows``."""
        return self._all(rows, self.columns.article_ids(rows))

    def rows_of(self, article_id: str) -> list[int]:
        """The rows of an article, in the order of its text; none where it is not there."""
        article_id = id_form(article_id)
        records = self._articles([article_id]).get(article_id, ())
        return self._rows_in(records[0]) if records else []

    def neighbours(self, rows: Sequence[int], count: int) -> dict[int, tuple[list[int], list[int]]]:
        """For each of ``rows`` up to ``count`` rows before and after it in its article, in the order of the text."""
        ids = self.article_ids(rows)
        records = self._articles(set(ids.values()))
        layouts = {id_: [self._rows_in(record) for record in articles] for id_, articles in records.items()}
        beside = {}
        for row, id_ in ids.items():
            layout = next((rows_in for rows_in in layouts.get(id_, ()) if row in rows_in), None)
            if layout is None:
                raise self._in_no_article(row)
            at = layout.index(row)
            beside[row] = layout[max(at - count, 0) : at], layout[at + 1 : at + 1 + count]
        return beside

    def paragraph(self, paragraph_id: str) -> tuple[Paragraph, ArticleHead]:
        """A paragraph and its article's head by the paragraph's id. Raises `ParagraphChanged` or `NotFound`."""
        paragraph_id = id_form(paragraph_id)
        row = self._row(paragraph_id)
        if row is None:
            raise self._missing(paragraph_id)
        return self.paragraphs([row])[0]

    def rows_by_id(self, id_: str) -> list[int]:
        """The row of the paragraph with an id, or the rows of the article with it, in order; none: nobody has it.

        For a paragraph that its article changed, the row of its successor.
        """
        id_ = id_form(id_)
        row = self._row(id_)
        if row is not None:
            return [row]
        missing = self._missing(id_)
        if isinstance(missing, ParagraphChanged) and missing.successor:
            return self.rows_by_id(missing.successor)
        return self.rows_of(id_)

    def article(self, article_id: str) -> tuple[Article, list[Paragraph]]:
        """An article and its paragraphs in order. Raises `NotFound`."""
        article_id = id_form(article_id)
        records = self._articles([article_id]).get(article_id)
        if not records:
            raise NotFound(f"There is no article {article_id!r}.")
        [text] = self._texts(records[:1])
        return article_of(records[0], text), [paragraph for paragraph, _ in self.paragraphs(self._rows_in(records[0]))]

    def rows(self) -> list[int]:
        """All rows, ascending."""
        return list(self.columns.live_rows)

    def checksums(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All rows, ascending, and the checksum of each one's paragraph: the same only where the paragraph is."""
        return self.columns.checksums()

    def records(self) -> Iterator[dict[str, Any]]:
        """Every article's record with its whole text, in the order of ids; of several with one id the first."""
        last = ""
        first = f"SELECT MIN(key) FROM article WHERE id > ? AND {VISIBLE} GROUP BY id ORDER BY id LIMIT {_BATCH}"
        statement = f"SELECT * FROM article WHERE key IN ({first}) ORDER BY id"
        while batch := self._select(statement, [last]):
            for record, text in zip(batch, self._texts(batch), strict=True):
                yield {**record, "text": text}
            last = batch[-1]["id"]

    def doubled_ids(self) -> list[str]:
        """The ids that several articles have, which no sound index holds; the next write mends it."""
        twice = f"SELECT id FROM article WHERE {VISIBLE} GROUP BY id HAVING COUNT(*) > 1 ORDER BY id"
        return [record["id"] for record in self._select(twice, [])]

    def languages(self, rows: Sequence[int]) -> list[str]:
        """The language of each of ``rows``, its tag in lower case; "und" for a row that is not in the index."""
        return self.columns.languages(rows)

    def rows_in_languages(self, tags: Iterable[str]) -> BitMap:
        """The rows whose language is one of ``tags`` or a variety of one (``zh`` includes ``zh-TW``)."""
        return self.attributes.rows_in_languages(tags)

    def rows_from(self, predicate: Callable[[str], bool]) -> BitMap:
        """The rows of articles whose source the ``predicate`` is true of."""
        return self.attributes.rows_from(predicate)

    def bodies(self, rows: Sequence[int]) -> list[str]:
        """The text of each of ``rows``, without title and heading."""
        paragraphs = self._paragraphs(rows)
        return [paragraphs[row]["text"] for row in rows]

    def gists(self, part: Literal["marks", "pieces"], rows: Sequence[int], by: str) -> tuple[list[int], PackedGists]:
        """Those of ``rows`` that have a part of the gist made ``by`` just this, and these."""
        return self.columns.gists(part, rows, by)

    def texts(self, rows: Iterable[int]) -> Iterator[tuple[int, tuple[str, str]]]:
        """(row, (title, heading and text)) of each of ``rows``, as the keyword index has them."""
        for row, record in self._paragraphs(list(rows)).items():
            yield row, (record["title"], f"{record['heading']}\n{record['text']}")

    def _row(self, paragraph_id: str) -> int | None:
        records = self._select(f"SELECT row FROM paragraph WHERE id = ? AND {VISIBLE}", [paragraph_id])
        return records[0]["row"] if records else None

    def _missing(self, paragraph_id: str) -> NotFound:
        """Why there is no such paragraph: from one successor to the next, each of which changed later."""
        last, changed = paragraph_id, 0
        while former := self._former(last, changed):
            last, changed = former["successor"], former["added"]
            if last is None or self._row(last) is not None:
                return ParagraphChanged(paragraph_id, last)
        return NotFound(f"There is no paragraph {paragraph_id!r}.")

    def _former(self, paragraph_id: str, after: int) -> Record | None:
        if not self._has("former"):
            return None
        statement = f"SELECT * FROM former WHERE article_id = ? AND id = ? AND added > ? AND {VISIBLE}"
        records = self._select(statement, [paragraph_id.rpartition("~")[0], paragraph_id, after])
        return self._sound(records[0], FORMER_COLUMNS, "the former paragraph") if records else None

    def _has(self, table: str) -> bool:
        return bool(self._select("SELECT 1 FROM sqlite_master WHERE name = ?", [table]))

    def _articles(self, ids: Iterable[str]) -> dict[str, list[Record]]:
        """The records of each of ``ids`` that is there: one, but where an earlier version let an id in twice."""
        chosen = f"SELECT * FROM article WHERE id IN (:marks) AND {VISIBLE} ORDER BY key"
        by_id, missing = _known(self._kept_articles, sorted(ids))
        read: dict[str, list[Record]] = {}
        for record in self._each(chosen, missing):
            read.setdefault(record["id"], []).append(self._sound(record, ARTICLE_COLUMNS, "article"))
        return by_id | {id_: self._kept_articles.put(id_, records) for id_, records in read.items()}

    def _paragraphs(self, rows: Sequence[int]) -> dict[int, Record]:
        """The records of ``rows``, all of which must be there."""
        by_row, missing = _known(self._kept_paragraphs, rows)
        for record in self._each(f"SELECT * FROM paragraph WHERE row IN (:marks) AND {VISIBLE}", missing):
            sound = self._sound(record, PARAGRAPH_COLUMNS, "paragraph")
            by_row[record["row"]] = self._kept_paragraphs.put(record["row"], self._unpacked(sound))
        return self._all(rows, by_row)

    def _unpacked(self, paragraph: Record) -> Record:
        try:
            return {**paragraph, "text": unpacked_text(paragraph["text"])}
        except ValueError as error:
            message = f"{self._path}: paragraph {paragraph['id']!r} cannot be read ({error})."
            raise IndexDamaged(message, DAMAGED_REMEDY) from error

    def _texts(self, articles: Sequence[Record]) -> list[str]:
        """The whole text of each article."""
        try:
            return whole_texts(articles, lambda rows: dict(zip(rows, self.bodies(rows), strict=True)))
        except ValueError as error:
            raise IndexDamaged(f"{self._path}: no text can be made of an article ({error}).", DAMAGED_REMEDY) from error

    def _all(self, rows: Sequence[int], by_row: dict[int, _T]) -> dict[int, _T]:
        for row in rows:
            if row not in by_row:
                raise IndexDamaged(f"{self._path}: the paragraph of row {row} is missing.", DAMAGED_REMEDY)
        return by_row

    def _sound(self, record: Record, columns: Sequence[str], what: str) -> Record:
        if record["checksum"] != record_checksum([record[name] for name in columns]):
            raise IndexDamaged(f"{self._path}: {what} {record['id']!r} is not what its checksum says.", DAMAGED_REMEDY)
        return record

    def _facts(self) -> Iterator[RowFacts]:
        """All rows with what their articles say, each held against its checksum."""
        for article in self._select(f"SELECT * FROM article WHERE {VISIBLE}", []):
            self._sound(article, ARTICLE_COLUMNS, "article")
        last = 0
        for record in self._select(f"{SELECT_FACTS} WHERE {FACTS_VISIBLE} ORDER BY paragraph.row, article.key", []):
            if record["row"] != last:
                last = record["row"]
                yield RowFacts(**record)

    def _paragraph(self, record: Record, articles: Sequence[Record]) -> tuple[Paragraph, ArticleHead]:
        for article in articles:
            for position, (row, start, end) in enumerate(self._layout(article)):
                if row == record["row"]:
                    return paragraph_of(record, article, position, start, end)
        raise self._in_no_article(record["row"])

    def _layout(self, article: Record) -> Layout:
        """The row, the begin and the end of each paragraph of an article, in the order of its text."""
        layout: Layout = json.loads(article["layout"])
        return layout

    def _rows_in(self, article: Record) -> list[int]:
        return [row for row, _, _ in self._layout(article)]

    def _in_no_article(self, row: int) -> IndexDamaged:
        return IndexDamaged(f"{self._path}: the paragraph of row {row} is in no article.", MEND_REMEDY)

    def _each(self, statement: str, values: Sequence[object]) -> Iterator[Record]:
        """The records of a statement in which ``:marks`` stands for ``values``: so many at a time as SQLite takes."""
        for first in range(0, len(values), _BATCH):
            batch = values[first : first + _BATCH]
            yield from self._select(statement.replace(":marks", ",".join("?" * len(batch))), batch)

    def _select(self, statement: str, values: Sequence[object]) -> list[Record]:
        check()
        statement = statement.replace(":generation", str(self.generation))
        try:
            with self._lock, closing(self._connection.execute(statement, values)) as cursor:
                return cursor.fetchall()
        except sqlite3.Error as error:
            raise store_failure(self._path, error) from error


def _characters(record: Record) -> int:
    return len(record["text"])


def _article_characters(record: Record) -> int:
    return sum(len(record[name]) for name in ("text", "layout", "marks", "attributes"))


def _known(kept: LruCache[_K, _T], keys: Iterable[_K]) -> tuple[dict[_K, _T], list[_K]]:
    """The values of those of ``keys`` that are kept, and the others."""
    cached = {key: kept.find(key) for key in keys}
    known = {key: value for key, value in cached.items() if value is not None}
    return known, [key for key in cached if key not in known]


def count_records(path: Path, generation: int) -> dict[str, int]:
    """How many records of each table belong to a generation; SQLite's own indexes are read, no record. Raises
    `IndexDamaged` where it is not our database, `DiskFailure`.
    """
    try:
        with closing(open_read_only(path)) as connection:
            # Added later and removed before exclude each other.
            statement = (
                "SELECT (SELECT COUNT(*) FROM {0}) - (SELECT COUNT(*) FROM {0} WHERE added > ?1)"
                " - (SELECT COUNT(*) FROM {0} WHERE removed <= ?1)"
            )
            return {
                table: connection.execute(statement.format(table), [generation]).fetchone()[0]
                for table in ("article", "paragraph")
            }
    except sqlite3.Error as error:
        raise store_failure(path, error) from error


def open_read_only(path: Path) -> sqlite3.Connection:
    """The database, to be read. Raises `sqlite3.Error`."""

    def connect(parameters: str) -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{parameters}", uri=True, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA trusted_schema = OFF")  # a database may be a stranger's
        try:
            connection.execute("SELECT 1 FROM article LIMIT 1").close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    try:
        return connect("mode=ro")
    except sqlite3.OperationalError:
        # On a read-only or full medium SQLite cannot make its shared-memory file; nobody can be writing there either.
        wal = path.with_name(path.name + "-wal")
        if not path.exists() or (wal.exists() and wal.stat().st_size > 0):
            raise
        return connect("mode=ro&immutable=1")

"""What the paragraph store is made of: its tables, and the checksums that its records carry."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from paraglot.search.errors import DiskFailure, IndexDamaged
from paraglot.search.folder.manifest import DAMAGED_REMEDY

Record: TypeAlias = sqlite3.Row | dict[str, Any]
"""Of a table, by columns: as SQLite gives it, or with what is packed in it unpacked."""

SCHEMA = """
CREATE TABLE article (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL,             -- as `article_text` keeps it
    language TEXT NOT NULL,
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
    id TEXT NOT NULL, article_id TEXT NOT NULL, title TEXT NOT NULL, heading TEXT NOT NULL,
    text TEXT NOT NULL,             -- as `packed_text` keeps it
    language TEXT NOT NULL, text_hash TEXT NOT NULL,  -- and ":" with that of the vector that it came with
    checksum INTEGER NOT NULL,      -- `record_checksum` of PARAGRAPH_COLUMNS
    added INTEGER NOT NULL, removed INTEGER
);
CREATE INDEX paragraph_by_id ON paragraph (id);
CREATE INDEX paragraph_by_article ON paragraph (article_id);
CREATE INDEX article_by_added ON article (added);
CREATE INDEX article_by_removed ON article (removed) WHERE removed IS NOT NULL;
CREATE INDEX paragraph_by_added ON paragraph (added);
CREATE INDEX paragraph_by_removed ON paragraph (removed) WHERE removed IS NOT NULL;
CREATE TABLE origin (               -- where each article was last read from; of no generation
    id TEXT PRIMARY KEY, root TEXT NOT NULL, path TEXT NOT NULL
) WITHOUT ROWID;
"""

OF_TODAY = """
DROP TABLE IF EXISTS gist;
DROP INDEX IF EXISTS paragraph_by_text;
CREATE INDEX IF NOT EXISTS paragraph_by_hash ON paragraph (substr(text_hash, 1, 8), added);
"""
"""Run by each writer: it takes away what earlier versions had and nothing needs, and adds what they had not."""

SAME_TEXTS = (
    "SELECT new.row AS new, MIN(old.row) AS old FROM paragraph AS new JOIN paragraph AS old"
    " ON substr(old.text_hash, 1, 8) = substr(new.text_hash, 1, 8) AND old.text_hash = new.text_hash {title}"
    " WHERE new.row BETWEEN ? AND ? AND new.removed IS NULL"
    " AND old.added <= ? AND (old.removed IS NULL OR old.removed > ?) GROUP BY new.row"
)
"""For new rows from one to another the first row of a generation with the same text: by the index above."""

ONE_ARTICLE_AN_ID = "CREATE UNIQUE INDEX article_living ON article (id) WHERE removed IS NULL"
"""What every writer sees to. A store without it may hold one id twice: earlier versions let that happen."""

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

ARTICLE_COLUMNS = (
    *("id", "title", "text", "language", "url", "date", "source", "attributes", "layout", "given_language", "plain"),
    *("marks", "input_hash", "added"),
)
PARAGRAPH_COLUMNS = ("id", "article_id", "title", "heading", "text", "language", "text_hash", "added")
FORMER_COLUMNS = ("id", "article_id", "successor", "added")
"""What a checksum is of, in its order: all that never changes. The rest is checked against the other stores."""

VISIBLE = "added <= :generation AND (removed IS NULL OR removed > :generation)"
"""The records that belong to a generation."""

SELECT_FACTS = (
    "SELECT paragraph.row, paragraph.checksum, paragraph.language, article.id, article.title, article.url,"
    " article.date, article.source, article.attributes, paragraph.id AS paragraph"
    " FROM paragraph JOIN article ON article.id = paragraph.article_id"
)
FACTS_VISIBLE = " AND ".join(
    f"{table}.added <= :generation AND ({table}.removed IS NULL OR {table}.removed > :generation)"
    for table in ("paragraph", "article")
)
"""What `paraglot.search.folder.segment_columns` makes columns of; of several articles under one id the first counts."""

_OF_THE_DISK = {8, 10, 13, 14}
"""SQLite's codes for a database that is read-only, for errors of input and output, a full disk, a file not opened."""


def store_failure(path: Path, error: sqlite3.Error) -> IndexDamaged | DiskFailure:
    """What an error of the database means: that the disk refuses, or that the file is damaged."""
    if (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF in _OF_THE_DISK and path.exists():
        return DiskFailure(f"{path}: {error}.", "See that the disk has room and that the folder can be read.")
    return IndexDamaged(f"{path}: {error}.", DAMAGED_REMEDY)


def _hexadecimal(value: bytes) -> dict[str, str]:
    return {"bytes": value.hex()}


_AS_JSON = json.JSONEncoder(ensure_ascii=False, default=_hexadecimal).encode


def record_checksum(values: Sequence[object]) -> int:
    """64 bits of a hash of a record's values, as SQLite keeps integers."""
    content = _AS_JSON(list(values)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)

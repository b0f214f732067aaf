"""Whether an index is whole: every file as its checksum says, every record as its checksum says, every store with the
same rows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from pyroaring import BitMap

from paraglot.indexer.opensearch.care import faults_on_cluster
from paraglot.search.errors import DiskFailure, IndexDamaged
from paraglot.search.folder.columns import bitmap
from paraglot.search.folder.dense import read_part, read_shared
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import MEND_REMEDY
from paraglot.search.folder.sentence_index import read_sentence_part
from paraglot.search.folder.snapshot import Snapshot, lease_generation, open_generation, served_manifest
from paraglot.search.folder.soundness import unsound_files
from paraglot.search.folder.store.packed_text import unpacked_text
from paraglot.search.folder.store.schema import (
    ARTICLE_COLUMNS,
    FORMER_COLUMNS,
    PARAGRAPH_COLUMNS,
    VISIBLE,
    record_checksum,
    store_failure,
)
from paraglot.search.folder.store.store import open_read_only
from paraglot.search.types.address import Address

MOST_FAULTS = 100
"""More are not listed: the index is beyond naming them."""

REMEDY = (
    "The next write makes words and vectors anew from the store (paraglot rebuild does it now); for the store itself go"
    " back (paraglot rollback), restore a backup, or index the corpus again."
)


@dataclass(slots=True)
class Verification:
    """What was looked at, and every ``fault`` in words, each with the file or record that it is in.

    ``remedy`` is for all of them; empty where there is none.
    """

    generation: int
    files: int = 0
    articles: int = 0
    paragraphs: int = 0
    faults: list[str] = field(default_factory=list)
    remedy: str = ""


def verify_index(index: Address) -> Verification:
    """Read the committed generation through; on a cluster, count it. Readers and writers go on meanwhile.

    Raises `IndexMissing`, `IndexMismatch`, `DiskFailure` or `ClusterFailure`; what is damaged is named in the result.
    """
    if not isinstance(index, Path):
        manifest, faults = faults_on_cluster(index)
        remedy = "Index the corpus again, or restore a snapshot of the cluster." if faults else ""
        return Verification(manifest.generation, 0, manifest.articles, manifest.paragraphs, faults, remedy)
    layout = IndexLayout(index)
    try:
        generation, lease = lease_generation(layout)
        with lease:
            return verify_generation(layout, generation.number)
    except IndexDamaged as error:
        return Verification(0, faults=[error.message], remedy=error.remedy)


def verify_generation(layout: IndexLayout, number: int) -> Verification:
    """Read one generation through, which is held or nobody else's. Raises as `verify_index` does."""
    generation, verification = layout.generation(number), Verification(number)
    try:
        manifest = served_manifest(layout, generation)
        verification.files = len(manifest.files)
        faults = unsound_files(generation, manifest, anew=True)
        verification.faults += [f"{generation.folder / name}: {fault}" for name, fault in islice(faults, MOST_FAULTS)]
        if not verification.faults:  # nothing can be said of stores whose files are damaged
            verification.faults += islice(_stores(layout, verification), MOST_FAULTS)
        verification.remedy = REMEDY if verification.faults else ""
    except IndexDamaged as error:
        verification.faults.append(error.message)
        verification.remedy = error.remedy
    return verification


def _stores(layout: IndexLayout, verification: Verification) -> Iterator[str]:
    snapshot = open_generation(layout, verification.generation)
    try:
        yield from (error.message for error in snapshot.lost.values() if isinstance(error, IndexDamaged))
        yield from _store(layout.store, snapshot, verification)
    finally:
        snapshot.close()


def _store(path: Path, snapshot: Snapshot, verification: Verification) -> Iterator[str]:
    """The faults of the database, and of the other stores beside it."""
    try:
        with closing(open_read_only(path)) as connection:
            faults = [record[0] for record in connection.execute(f"PRAGMA integrity_check({MOST_FAULTS})")]
            if faults != ["ok"]:
                yield from (f"{path}: {' '.join(str(fault).split())}." for fault in faults)
                return
            # No statement of ours makes them; in a stranger's database they would run with our own.
            for record in connection.execute("SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'view')"):
                yield f"{path}: holds a {record['type']}, {record['name']!r}."
            yield from _records(path, connection, snapshot, verification)
    except sqlite3.Error as error:
        failure = store_failure(path, error)
        if isinstance(failure, DiskFailure):
            raise failure from error
        yield failure.message
    except ValueError as error:
        yield f"{path}: {error}."


def _records(
    path: Path, connection: sqlite3.Connection, snapshot: Snapshot, verification: Verification
) -> Iterator[str]:
    manifest = snapshot.manifest
    visible = VISIBLE.replace(":generation", str(manifest.generation))
    rows, laid_out, languages = BitMap(), BitMap(), dict.fromkeys(manifest.languages, 0)
    for id_ in snapshot.store.doubled_ids():
        yield f"{path}: there is more than one article {id_!r}. {MEND_REMEDY}"
    for record in connection.execute(f"SELECT * FROM paragraph WHERE {visible}"):
        rows.add(record["row"])
        languages[record["language"]] = languages.get(record["language"], 0) + 1
        if record["checksum"] != _checksum(record, PARAGRAPH_COLUMNS) or not _has_its_text(record):
            yield f"{path}: paragraph {record['id']!r} is not what its checksum says."
    for record in connection.execute(f"SELECT * FROM article WHERE {visible}"):
        verification.articles += 1
        if record["checksum"] != _checksum(record, ARTICLE_COLUMNS):
            yield f"{path}: article {record['id']!r} is not what its checksum says."
            continue
        laid_out |= BitMap(row for row, _, _ in json.loads(record["layout"]))
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'former'").fetchone():
        for record in connection.execute(f"SELECT * FROM former WHERE {visible}"):
            if record["checksum"] != _checksum(record, FORMER_COLUMNS):
                yield f"{path}: the former paragraph {record['id']!r} is not what its checksum says."
    verification.paragraphs = len(rows)
    if verification.articles != manifest.articles or languages != dict(manifest.languages):
        yield f"{path}: articles or languages are not counted as in the manifest."
    yield from _differences(path, "the articles", rows, laid_out)
    yield from _rows(snapshot, path, rows)


def _has_its_text(paragraph: sqlite3.Row) -> bool:
    """Whether the text is what its hash is of. Raises `ValueError`."""
    text_hash: str = paragraph["text_hash"].partition(":")[0]
    return hashlib.sha256(unpacked_text(paragraph["text"]).encode()).hexdigest() == text_hash


def _rows(snapshot: Snapshot, path: Path, rows: BitMap) -> Iterator[str]:
    """Every index must have just the rows of the store."""
    generation = IndexLayout(path.parent).generation(snapshot.manifest.generation)
    if "keyword" not in snapshot.lost:
        yield from _differences(generation.keyword, "the store", snapshot.keyword.rows(), rows)
    yield from _differences(generation.columns, "the store", snapshot.store.columns.live_rows, rows)
    stored_rows = BitMap()
    for number in snapshot.manifest.dense_parts:
        of_part = bitmap(read_part(generation.part(number)).rows)
        stored_rows |= of_part
        if snapshot.manifest.sentences:
            beside = read_sentence_part(generation, number).rows
            yield from _differences(generation.sentence_rows(number), "the dense part", bitmap(beside), of_part)
    stored_rows |= bitmap(read_shared(generation)[0])
    yield from _missing(generation.dense, "the store", stored_rows, rows)


def _missing(place: Path, other: str, rows: BitMap, expected: BitMap) -> Iterator[str]:
    if missing := expected - rows:
        yield f"{place}: {len(missing)} rows of {other} are missing, such as {missing[0]}."


def _differences(place: Path, other: str, rows: BitMap, expected: BitMap) -> Iterator[str]:
    yield from _missing(place, other, rows, expected)
    if more := rows - expected:
        yield f"{place}: {len(more)} rows are not among those of {other}, such as {more[0]}."


def _checksum(record: sqlite3.Row, columns: tuple[str, ...]) -> int:
    return record_checksum([record[name] for name in columns])

"""A live index in one file: the committed generation and a copy of the store, as a tar archive.

Readers and writers go on meanwhile: the generation is held as a reader holds it, and SQLite copies its own database.
It is read through first, as `restore` will do: a backup that cannot be restored is none.
"""

from __future__ import annotations

import sqlite3
import tarfile
import tempfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import IO

from paraglot.indexer.care.verify import verify_generation
from paraglot.indexer.write import disk_errors
from paraglot.search import disk
from paraglot.search.errors import DiskFailure, IndexDamaged, ParaglotError
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import read_manifest
from paraglot.search.folder.snapshot import lease_generation

MANIFEST = "manifest.json"
STORE = "store.sqlite"
RULES = "rules.toml"


def back_up(folder: Path, file: Path) -> int:
    """Write the committed generation of an index to ``file``, which appears when it is whole. Returns its number.

    Raises `IndexMissing`, `IndexDamaged` where the index is not whole, `IndexMismatch`, `DiskFailure`, and
    `ParaglotError` where ``file`` exists; then no file is written.
    """
    layout = IndexLayout(folder)
    _refuse_existing(file)
    draft, copy = file.with_name(f".{file.name}.draft"), file.with_name(f".{file.name}.store")
    with disk_errors(layout):
        generation, lease = lease_generation(layout)
        with lease:
            _refuse_damaged(layout, generation)
            try:
                _copy_store(layout.store, copy)
                disk.write_through(draft, lambda out: _pack(out, generation, copy, layout.rules))
                disk.replace_file(draft, file)
                disk.sync_folder(file.absolute().parent)
            finally:
                for rest in (copy, draft):
                    disk.remove_file(rest)
        return generation.number


def stream_back_up(folder: Path, out: IO[bytes]) -> int:
    """The same, written to a stream: what reads it must look whether it ended well. Returns the generation's number."""
    layout = IndexLayout(folder)
    with disk_errors(layout), tempfile.TemporaryDirectory() as temporary:
        generation, lease = lease_generation(layout)
        with lease:
            _refuse_damaged(layout, generation)
            copy = Path(temporary) / STORE
            _copy_store(layout.store, copy)
            _pack(out, generation, copy, layout.rules, streamed=True)
        return generation.number


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise ParaglotError(f"{file}: the file exists already.", "Name a new file.")
    if not file.absolute().parent.is_dir():
        raise DiskFailure(f"{file.absolute().parent}: there is no such folder.")


def _refuse_damaged(layout: IndexLayout, generation: Generation) -> None:
    verification = verify_generation(layout, generation.number)
    if verification.faults:
        more = f" (and {len(verification.faults) - 1} more: paraglot verify)" if verification.faults[1:] else ""
        raise IndexDamaged(
            f"The index is damaged, no backup was written: {verification.faults[0]}{more}", verification.remedy
        )


def _copy_store(store: Path, copy: Path) -> None:
    disk.remove_file(copy)
    disk.make_private(copy)
    address = f"{store.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _pack(out: IO[bytes], generation: Generation, store: Path, rules: Path, streamed: bool = False) -> None:
    """The manifest first, then its files, then the store, then the rules where there are any."""
    with tarfile.open(fileobj=out, mode="w|" if streamed else "w") as archive:
        archive.add(generation.manifest, MANIFEST)
        for record in read_manifest(generation.manifest).files:
            archive.add(generation.folder / record.name, record.name)
        archive.add(store, STORE)
        if rules.exists():
            content = rules.read_bytes()  # at once: the file may be replaced at any time
            member = tarfile.TarInfo(RULES)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))

"""A live index in one file, and back: the committed generation and a copy of the store, as a tar archive.

Readers and writers go on meanwhile: the generation is held as a reader holds it, and SQLite copies its own database.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import IO

from indexer import commit
from indexer.lock import writer_lock
from indexer.verify import verify_index
from indexer.write import disk_errors
from search import disk
from search.errors import DiskFailure, IndexDamaged, RosettaError
from search.layout import Generation, IndexLayout
from search.manifest import read_manifest
from search.snapshot import hold_generation

_MANIFEST = "manifest.json"
_STORE = "store.sqlite"
_RULES = "rules.toml"


def back_up(folder: Path, file: Path) -> int:
    """Write the committed generation of an index to ``file``, which appears when it is whole. Returns its number.

    Raises `IndexMissing`, `IndexDamaged`, `IndexMismatch`, `DiskFailure`, and `RosettaError` where ``file`` exists.
    """
    layout = IndexLayout(folder)
    _refuse_existing(file)
    draft, copy = file.with_name(f".{file.name}.draft"), file.with_name(f".{file.name}.store")
    with disk_errors(layout):
        generation, lease = hold_generation(layout)
        with lease:
            try:
                _copy_store(layout.store, copy)
                disk.write_through(draft, lambda out: _pack(out, generation, copy, layout.rules))
                disk.replace_file(draft, file)
                disk.sync_folder(file.absolute().parent)
            finally:
                for rest in (copy, draft):
                    disk.remove_file(rest)
        return generation.number


def restore(file: Path, folder: Path) -> int:
    """Make an index in ``folder``, which must be empty or not exist, out of a backup. Returns the generation.

    The index is read through before it is served. Raises `IndexDamaged` where the backup is not whole, `DiskFailure`,
    and `RosettaError` where the folder is not empty.
    """
    layout = IndexLayout(folder)
    if folder.exists() and any(path != layout.lock for path in folder.iterdir()):
        raise RosettaError(f"{folder}: there is something in the folder.", "Restore into a new folder: --index NEW")
    with disk_errors(layout):
        disk.make_folder(layout.generations)
        with writer_lock(layout.lock):
            try:
                number = _unpack(file, layout)
            except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
                _clear(layout)
                raise IndexDamaged(f"{file}: not a whole backup ({error}).", "Restore another backup.") from error
            commit.point_current(layout, number)
    if faults := verify_index(folder).faults:
        _clear(layout)
        raise IndexDamaged(f"{file}: the backup is damaged: {faults[0]}", "Restore another backup.")
    return number


def _clear(layout: IndexLayout) -> None:
    disk.remove_file(layout.current)
    disk.remove_file(layout.rules)
    disk.remove_tree(layout.generations)
    for path in layout.folder.glob(f"{layout.store.name}*"):
        disk.remove_file(path)


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise RosettaError(f"{file}: the file exists already.", "Name a new file.")
    if not file.absolute().parent.is_dir():
        raise DiskFailure(f"{file.absolute().parent}: there is no such folder.")


def _copy_store(store: Path, copy: Path) -> None:
    disk.remove_file(copy)
    address = f"{store.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def _pack(out: IO[bytes], generation: Generation, store: Path, rules: Path) -> None:
    """The manifest first, then its files, then the store, then the rules where there are any."""
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.add(generation.manifest, _MANIFEST)
        for record in read_manifest(generation.manifest).files:
            archive.add(generation.folder / record.name, record.name)
        archive.add(store, _STORE)
        if rules.exists():
            content = rules.read_bytes()  # at once: the file may be replaced at any time
            member = tarfile.TarInfo(_RULES)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))


def _unpack(file: Path, layout: IndexLayout) -> int:
    """Write the files of a backup where an index has them, those that the manifest names and no others."""
    with tarfile.open(file, mode="r:") as archive:
        draft = layout.generations / _MANIFEST
        first = archive.next()
        if first is None or first.name != _MANIFEST:
            raise ValueError("it does not begin with a manifest")
        _write(archive, first, draft)
        manifest = read_manifest(draft)
        generation = layout.generation(manifest.generation)
        disk.make_folder(generation.folder)
        disk.replace_file(draft, generation.manifest)
        wanted = {record.name: generation.folder / record.name for record in manifest.files}
        wanted |= {_STORE: layout.store, _RULES: layout.rules}
        for member in archive:
            if member.name != _MANIFEST:
                _write(archive, member, _inside(layout.folder, wanted.pop(member.name)))
    wanted.pop(_RULES, None)
    if wanted:
        raise ValueError(f"{next(iter(wanted))} is missing")
    disk.sync_folder(generation.folder)
    disk.sync_folder(layout.generations)
    return manifest.generation


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(member) if member.isfile() else None
    if content is None:
        raise ValueError(f"{member.name} is no file")
    disk.make_folder(path.parent)
    with content:
        disk.write_through(path, lambda out: shutil.copyfileobj(content, out))
    if path.stat().st_size != member.size:
        raise ValueError(f"{member.name} is cut off")


def _inside(folder: Path, path: Path) -> Path:
    """A manifest is a stranger's too: its names lead nowhere else. Raises `ValueError`."""
    if not Path(os.path.abspath(path)).is_relative_to(os.path.abspath(folder)):  # noqa: PTH100
        raise ValueError(f"{path} leads out of the folder")
    return path

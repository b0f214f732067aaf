"""An index out of a backup, which may be a stranger's: nothing of it is served, and nothing runs, before all is read.

What is unpacked lies in a folder of its own within the index's until it is verified; only then it takes its place, and
CURRENT names it last. Whatever is raised before, the folder is as it was.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from paraglot.indexer.care.backup import MANIFEST, RULES, STORE
from paraglot.indexer.care.verify import verify_generation
from paraglot.indexer.folder import commit
from paraglot.indexer.folder.lock import writer_lock
from paraglot.indexer.write import disk_errors
from paraglot.search import disk
from paraglot.search.errors import IndexDamaged, ParaglotError
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import read_manifest
from paraglot.search.folder.snapshot import was_committed


def restore(file: Path, folder: Path) -> int:
    """Make an index in ``folder``, which must be empty or not exist, out of a backup. Returns the generation.

    Raises `IndexDamaged` where the backup is not whole, `DiskFailure`, and `ParaglotError` where the folder is not
    empty or there is no such file; then nothing is left of the attempt.
    """
    if not file.is_file():
        raise ParaglotError(f"{file}: there is no such file.", "Make one: paraglot backup FILE")
    layout = IndexLayout(folder)
    rest = _rest(layout)
    if folder.exists() and any(path not in rest for path in folder.iterdir()):
        raise ParaglotError(f"{folder}: there is something in the folder.", "Restore into a new folder: --index NEW")
    with disk_errors(layout), _folder(layout), writer_lock(layout.lock):
        try:
            for path in rest - {layout.lock}:
                _remove(path)
            number = _unpacked(file, layout)
            commit.point_current(layout, number)
        except BaseException:
            with suppress(OSError):
                _remove(layout.current)
                for path in _rest(layout) - {layout.lock}:
                    _remove(path)
            raise
        with suppress(OSError):
            disk.remove_tree(layout.restoring)
    return number


def _unpacked(file: Path, layout: IndexLayout) -> int:
    """The generation of a backup, whose files are where an index has them, read through and whole."""
    draft = IndexLayout(layout.restoring)
    disk.make_folder(draft.generations)
    try:
        number = _unpack(file, draft)
    except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
        raise IndexDamaged(f"{file}: not a whole backup ({error}).", "Restore another backup.") from error
    except IndexDamaged as error:
        raise IndexDamaged(f"{file}: not a whole backup ({error.message})", "Restore another backup.") from error
    if faults := verify_generation(draft, number).faults:
        raise IndexDamaged(f"{file}: the backup is damaged: {faults[0]}", "Restore another backup.")
    for record in read_manifest(draft.generation(number).manifest).files:
        disk.set_time(draft.generation(number).folder / record.name, record.modified_ns)
    if draft.rules.exists():
        disk.replace_file(draft.rules, layout.rules)
    disk.replace_file(draft.store, layout.store)
    disk.replace_file(draft.generations, layout.generations)
    disk.sync_folder(layout.folder)
    return number


def _unpack(file: Path, layout: IndexLayout) -> int:
    """Write the files of a backup where an index has them, those that the manifest names and no others."""
    with tarfile.open(file, mode="r:") as archive:
        draft = layout.generations / MANIFEST
        first = archive.next()
        if first is None or first.name != MANIFEST:
            raise ValueError("it does not begin with a manifest")
        _write(archive, first, draft)
        manifest = read_manifest(draft)
        generation = layout.generation(manifest.generation)
        disk.make_folder(generation.folder)
        disk.replace_file(draft, generation.manifest)
        sizes = {record.name: record.size_bytes for record in manifest.files}
        targets = {name: generation.folder / name for name in sizes}
        targets |= {STORE: layout.store, RULES: layout.rules}
        for member in archive:
            if member.name != MANIFEST:
                if member.size != sizes.get(member.name, member.size):
                    raise ValueError(f"{member.name} has another size than the manifest says")
                _write(archive, member, targets.pop(member.name))
    targets.pop(RULES, None)
    if targets:
        raise ValueError(f"{next(iter(targets))} is missing")
    disk.sync_folder(generation.folder)
    disk.sync_folder(layout.generations)
    return manifest.generation


def _write(archive: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
    content = archive.extractfile(member) if member.isreg() and not member.issparse() else None
    if content is None:
        raise ValueError(f"{member.name} is no file")
    disk.make_folder(path.parent)
    with content:
        disk.write_through(path, lambda out: shutil.copyfileobj(content, out))
    if path.stat().st_size != member.size:
        raise ValueError(f"{member.name} is cut off")


def _rest(layout: IndexLayout) -> set[Path]:
    """What may lie in a folder that is restored into: a lock, what a first run left that committed nothing, and what a
    restoring left that was killed."""
    was_killed = layout.restoring.is_dir()
    if layout.current.exists() or (was_committed(layout) and not was_killed):
        return {layout.lock}
    names = (layout.store.name, layout.pending_vectors.name)
    begun = {path for name in names for path in layout.folder.glob(f"{name}*")}
    of_a_restoring = {layout.restoring, layout.rules} if was_killed else set()
    return begun | of_a_restoring | {layout.lock, layout.generations, layout.current_draft}


@contextmanager
def _folder(layout: IndexLayout) -> Iterator[None]:
    """The folder of an index; one that was made for this, and its lock, go again when it is refused."""
    had = [path.exists() for path in (layout.folder, layout.lock)]
    disk.make_folder(layout.folder)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            if not had[1]:
                disk.remove_file(layout.lock)
            if not had[0]:
                layout.folder.rmdir()
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        disk.remove_tree(path)
    else:
        disk.remove_file(path)

"""A corpus is files and folders: which files are read, by which reader, under which article id."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from indexer.drafts import Draft, Place, Skipped, printable
from indexer.jsonlines import read_json_lines
from indexer.plaintext import read_plain_text

JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
TEXT_SUFFIXES = (".txt", ".text", "")


def read_corpus(paths: Iterable[Path]) -> Iterator[Draft | Skipped]:
    """Every article under ``paths``, and the place and reason of everything that is none.

    The id of a plain text is its path below the folder that was named (of a file that was named: its name). A second
    use of an id is skipped. Raises nothing for bad inputs.
    """
    first_use: dict[str, Place] = {}
    for found in _read_all(paths):
        earlier = first_use.setdefault(found.id, found.place) if isinstance(found, Draft) else found.place
        if isinstance(found, Draft) and earlier is not found.place:
            yield Skipped(found.place, f"a second use of the id {found.id!r}, first used at {earlier}")
        else:
            yield found


def _read_all(paths: Iterable[Path]) -> Iterator[Draft | Skipped]:
    for path in paths:
        if path.is_dir():
            unreadable: list[OSError] = []
            for file in _files(path, unreadable.append):
                yield from _read(file, file.relative_to(path).as_posix())
            for error in unreadable:
                yield Skipped(Place(Path(error.filename)), f"the folder cannot be read: {error.strerror}")
        elif path.exists():
            yield from _read(path, path.name)
        else:
            yield Skipped(Place(path), "there is no such file or folder")


def _files(folder: Path, failed: Callable[[OSError], None]) -> Iterator[Path]:
    """The files below a folder in a fixed order; hidden ones are left out, links to folders not followed.

    ``failed`` is called for each folder that cannot be read.
    """
    for root, folders, names in os.walk(folder, onerror=failed):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def _read(path: Path, article_id: str) -> Iterator[Draft | Skipped]:
    suffix = path.suffix.lower()
    try:
        if not path.is_file():
            yield Skipped(Place(path), "not a regular file")
        elif not printable(article_id):
            yield Skipped(Place(path), "the file's name holds characters that cannot be printed")
        elif suffix in JSON_SUFFIXES:
            yield from read_json_lines(path)
        elif suffix in TEXT_SUFFIXES:
            yield read_plain_text(path, article_id)
        else:
            yield Skipped(Place(path), f"{suffix} files are not read: plain text (.txt) and JSON lines (.jsonl) are")
    except OSError as error:
        yield Skipped(Place(path), f"cannot be read: {error.strerror or error}")

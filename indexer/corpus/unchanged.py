"""Whether a corpus is, to the byte, what an earlier run read into the state that the index is in: no work then.

What is compared is the content of all files, how they are read, and the code and the installed packages that read them.
So a run over an unchanged corpus costs a hash of its bytes, whatever its readers cost. Files that change while they are
read, standard input, and what cannot be opened are never taken for unchanged.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from paraglot.indexer.corpus.assemble import READING
from paraglot.indexer.corpus.corpus import STDIN, files_below
from paraglot.indexer.corpus.drafts import Place, Skipped
from paraglot.indexer.readers.inputs import Options

MOST_SKIPPED = 1000
"""A run that skips more inputs is not remembered."""

CODE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a corpus was when it was looked at: the hash of all that an index depends on, and the files' times."""

    content: str
    times: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a run found: how many articles, what it skipped, left out and warned of."""

    articles: int
    skipped: tuple[Skipped, ...]
    left_out: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_json(self) -> str:
        """All of it, for `from_json`."""
        skipped = [[*_place(skipped.place), skipped.reason] for skipped in self.skipped]
        return json.dumps([self.articles, skipped, self.left_out, self.warnings])

    @classmethod
    def from_json(cls, written: str) -> Remembered:
        """What `to_json` wrote."""
        articles, skipped, left_out, warnings = json.loads(written)
        inputs = (Skipped(Place(Path(path), line, member), reason) for path, line, member, reason in skipped)
        return cls(articles, tuple(inputs), left_out, tuple(warnings))


def fingerprint(corpus: Sequence[Path], options: Options, prune: bool) -> Fingerprint | None:
    """Read the bytes of a corpus. None where that does not tell what a reader would find."""
    try:
        digest, times = hashlib.sha256(_rules(options, prune)), hashlib.sha256()
        for name, path in _files(corpus):
            with path.open("rb") as file:
                times.update(_times(name, os.fstat(file.fileno())))
                content = hashlib.file_digest(file, "sha256").digest()
            digest.update(name + content)
        return Fingerprint(digest.hexdigest(), times.hexdigest())
    except OSError:
        return None


def is_still(corpus: Sequence[Path], fingerprint: Fingerprint) -> bool:
    """Whether the files are those that were looked at: none came, went or was written to."""
    times = hashlib.sha256()
    try:
        for name, path in _files(corpus):
            times.update(_times(name, path.stat()))
    except OSError:
        return False
    return times.hexdigest() == fingerprint.times


def _files(corpus: Sequence[Path]) -> Iterator[tuple[bytes, Path]]:
    """All files of a corpus, each with its name as the user gives it. Raises `OSError` where one cannot be read."""
    for path in corpus:
        if path == STDIN:
            raise OSError("standard input is read once")
        root = os.fsencode(os.path.abspath(path))  # noqa: PTH100 (links stay, as in `paraglot.indexer.build`)
        for file in files_below(path, _raise) if path.is_dir() else [path]:
            if not file.is_file():
                raise OSError(f"{file} is no regular file")
            target = os.fsencode(file.resolve()) if file.is_symlink() else b""
            yield b"\0".join((root, os.fsencode(path), os.fsencode(file), target, b"")), file


def _times(name: bytes, status: os.stat_result) -> bytes:
    numbers = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)
    return name + repr(numbers).encode()


def _rules(options: Options, prune: bool) -> bytes:
    """All but the files that decides what a corpus becomes: a changed reader need not be told of anywhere."""
    return json.dumps([READING, options.rules(), prune, *_code(CODE, tuple(sys.path))], sort_keys=True).encode()


@lru_cache(maxsize=2)  # a process goes on with the code that it has loaded
def _code(ours: Path, paths: Sequence[str]) -> tuple[str, list[str], str]:
    """What reads: Python's version, the packages that are installed, and a hash of our code."""
    code = hashlib.sha256()
    for folder in ("indexer", "search"):
        for file in sorted((ours / folder).rglob("*.py")):
            code.update(file.read_bytes())
    folders = [folder for folder in map(Path, paths) if folder.is_dir()]
    packages = sorted(entry.name for folder in folders for entry in folder.glob("*.dist-info"))
    return sys.version, packages, code.hexdigest()


def _place(place: Place) -> tuple[str, int, str]:
    return str(place.path), place.line, place.member


def _raise(error: OSError) -> None:
    raise error

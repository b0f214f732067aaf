"""The manifest: what one generation is made of, and the check that today's code can read it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from paraglot.search.encoders.load import name_today
from paraglot.search.errors import IndexDamaged, IndexMismatch
from paraglot.search.types import EncoderSpec

FORMAT = 9
"""Version of all that lies in an index folder. Grows when an older reader would go wrong: before 7 words were Whoosh's
always, before 8 articles had their texts whole, before 9 vectors were in single precision.
"""

COLUMNS_SINCE = 6
"""Before, what belongs to a row was read from the store, and equal paragraphs could share one vector."""

READABLE = (4, 5, 6, 7, 8, FORMAT)
"""What this version reads. A commit writes `FORMAT`."""

KEYWORDS_SINCE = 6
"""The words of a format before are indexed anew by the next write, and until then not searched."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a generation, its name relative to the generation's folder; ``modified_ns`` is when it was written, 0
    where that is not known.
    """

    name: str
    size_bytes: int
    sha256: str
    modified_ns: int = 0


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """What a generation is made of. ``created`` is ISO 8601 in UTC; ``languages`` counts paragraphs per tag.

    ``sentences`` says whether the vectors of sentences are kept, in parts of the same numbers as the dense ones.
    """

    generation: int
    created: str
    encoder: EncoderSpec
    analyzer: str
    keyword_engine: str
    articles: int
    paragraphs: int
    languages: Mapping[str, int]
    sentences: bool
    files: tuple[FileRecord, ...] = ()
    format: int = FORMAT
    dense_parts: tuple[int, ...] = field(default=())

    def to_json(self) -> str:
        """The manifest as it is stored, with a checksum of itself."""
        fields = asdict(self)
        return (
            json.dumps({**fields, "checksum": _checksum(fields)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        )


def read_manifest(path: Path) -> IndexManifest:
    """Read a manifest. Raises `IndexDamaged` when it is gone or not one, `IndexMismatch` when its format is another."""
    try:
        data = json.loads(path.read_text("utf-8"))
        if data["format"] not in READABLE:
            raise IndexMismatch(
                f"{path.parent}: the index has format {data['format']}, this version reads format {max(READABLE)}.",
                "Index the corpus again into a new folder: paraglot index CORPUS --index NEW_FOLDER",
            )
        if data.pop("checksum") != _checksum(data):
            raise ValueError("its checksum is another")
        encoder = data["encoder"]
        encoder["languages"] = tuple(encoder["languages"])
        spec = EncoderSpec(**encoder)
        data["encoder"] = replace(spec, name=name_today(spec))
        data["files"] = tuple(FileRecord(**record) for record in data["files"])
        data["dense_parts"] = tuple(data["dense_parts"])
        manifest = IndexManifest(**data)
        _check(manifest)
        return manifest
    except FileNotFoundError:
        raise IndexDamaged(f"{path}: the file is missing.", DAMAGED_REMEDY) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{path}: not a manifest ({error}).", DAMAGED_REMEDY) from error


def _check(manifest: IndexManifest) -> None:
    """A manifest may be a stranger's: its numbers are numbers, and its files lie in the generation. Raises
    `ValueError`.
    """
    numbers = [manifest.generation, manifest.articles, manifest.paragraphs, manifest.encoder.dimension]
    numbers += [*manifest.dense_parts, *manifest.languages.values(), *(file.size_bytes for file in manifest.files)]
    numbers += [file.modified_ns for file in manifest.files]
    if not all(type(number) is int and number >= 0 for number in numbers) or manifest.generation < 1:
        raise ValueError("a number in it is none")
    for record in manifest.files:
        if not _FILE_NAME.fullmatch(record.name):
            raise ValueError(f"{record.name!r} is no name of a file of an index")


_FILE_NAME = re.compile(r"(keyword|columns|dense|sentences)/[A-Za-z0-9_]([A-Za-z0-9_-]|\.(?!\.))*")
"""A folder of a generation and a file in it: no name leads anywhere else."""


def _checksum(fields: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


DAMAGED_REMEDY = "Restore the index folder from a backup, or index the corpus again into a new folder."
MEND_REMEDY = "The next write mends it: paraglot index CORPUS, or paraglot rebuild"
KEYWORDS_REMEDY = "The next write makes them anew and embeds nothing: paraglot index CORPUS, or paraglot rebuild"
REBUILD_REMEDY = "Make it anew from its own store: paraglot rebuild"

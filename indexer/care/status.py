"""What an index is made of and what it takes: read off its folder and the store, without opening the indexes."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from paraglot.search.errors import ParaglotError
from paraglot.search.folder.arrays import map_arrays
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import IndexManifest, read_manifest
from paraglot.search.folder.snapshot import committed_number
from paraglot.search.folder.store.store import Store


@dataclass(frozen=True, slots=True)
class KeptGeneration:
    """A generation whose files are still there. ``served``: whether it is the committed one."""

    number: int
    created: str
    articles: int
    paragraphs: int
    served: bool


@dataclass(frozen=True, slots=True)
class Status:
    """``sizes_bytes`` has the store, the indexes of the committed generation, and what lies there beside them.

    ``recall``: how many of the ten nearest paragraphs a search by meaning finds, where some are searched by codes of
    their vectors, as it was measured when they were written; None: it is exact. ``doubled_ids`` should be none: more
    than one article has each of them.
    """

    manifest: IndexManifest
    age_s: float
    sizes_bytes: dict[str, int]
    generations: list[KeptGeneration]
    doubled_ids: list[str]
    recall: float | None = None

    @property
    def bytes_per_paragraph(self) -> dict[str, int]:
        """`sizes_bytes` over the number of paragraphs."""
        return {name: round(size / max(1, self.manifest.paragraphs)) for name, size in self.sizes_bytes.items()}


def index_status(folder: Path) -> Status:
    """The status of an index. Raises `IndexMissing`, `IndexDamaged`, `IndexMismatch` or `DiskFailure`."""
    layout = IndexLayout(folder)
    number = committed_number(layout)
    manifest = read_manifest(layout.generation(number).manifest)
    age_s = (datetime.now(UTC) - datetime.fromisoformat(manifest.created)).total_seconds()
    sizes, generations = _sizes(layout, layout.generation(number)), kept_generations(layout, number)
    with closing(Store(layout.store, number)) as store:
        return Status(
            manifest, age_s, sizes, generations, store.doubled_ids(), _recall(layout.generation(number), manifest)
        )


def _recall(generation: Generation, manifest: IndexManifest) -> float | None:
    coded = [path for part in manifest.dense_parts if (path := generation.coarse(part)).exists()]
    return min((float(map_arrays(path)[0]["recall"]) for path in coded), default=None)


def kept_generations(layout: IndexLayout, served: int) -> list[KeptGeneration]:
    """The generations that can be gone back to, or forward, and the served one; ascending."""
    generations = []
    for number in layout.generation_numbers():
        with suppress(ParaglotError):  # debris has no manifest
            manifest = read_manifest(layout.generation(number).manifest)
            generations.append(
                KeptGeneration(number, manifest.created, manifest.articles, manifest.paragraphs, number == served)
            )
    return generations


def _sizes(layout: IndexLayout, generation: Generation) -> dict[str, int]:
    names = ("keyword", "columns", "dense", "sentences")
    folders = {name: generation.folder / name for name in names}
    sizes = {"store": _files_bytes(layout.folder, "store.sqlite*")}
    sizes |= {name: _files_bytes(folder, "*") for name, folder in folders.items()}
    sizes["pending_vectors"] = _files_bytes(layout.folder, f"{layout.pending_vectors.name}*")
    sizes_by_inode: dict[int, int] = {}
    for path in layout.folder.rglob("*"):
        with suppress(OSError):  # a writer may remove it under us
            if path.is_file():
                sizes_by_inode[path.stat().st_ino] = path.stat().st_size
    return sizes | {"all": sum(sizes_by_inode.values())}


def _files_bytes(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern) if path.is_file()) if folder.is_dir() else 0

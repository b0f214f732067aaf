"""What a write goes on from: the committed generation, as far as it can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pyroaring import BitMap

from paraglot.search.errors import IndexDamaged
from paraglot.search.folder.columns import open_columns
from paraglot.search.folder.dense import open_dense
from paraglot.search.folder.keyword.keyword import open_keyword
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.folder.manifest import COLUMNS_SINCE, DAMAGED_REMEDY, IndexManifest
from paraglot.search.folder.sentence_index import open_sentences
from paraglot.search.folder.snapshot import served_manifest
from paraglot.search.folder.soundness import Part, lost_parts
from paraglot.search.folder.store.store import count_records
from paraglot.search.text.analysis import ANALYZER

Base: TypeAlias = tuple[Generation, IndexManifest]


def read_base(layout: IndexLayout, current: int) -> Base | None:
    """The committed generation. Its store must be there, with all that the manifest counts: all else can be made from
    it. Raises `IndexDamaged`.
    """
    if current == 0:
        return None
    generation = layout.generation(current)
    manifest = served_manifest(layout, generation)
    check_store(layout, manifest)
    return generation, manifest


def check_store(layout: IndexLayout, manifest: IndexManifest) -> None:
    """See that the store is our database and holds what a generation counts.

    A file that was emptied, or another database in its place, would otherwise be filled as if it were new. Raises
    `IndexDamaged`, `DiskFailure`.
    """
    if not layout.store.exists():
        raise IndexDamaged(f"{layout.store}: the file is missing.", DAMAGED_REMEDY)
    counted = count_records(layout.store, manifest.generation)
    for table, expected in (("article", manifest.articles), ("paragraph", manifest.paragraphs)):
        if counted[table] < expected:
            raise IndexDamaged(
                f"{layout.store}: generation {manifest.generation} has {expected} {table}s,"
                f" the store {counted[table]}.",
                DAMAGED_REMEDY,
            )


def unsound_parts(base: Base | None, *, other_words: bool = False) -> dict[Part, str]:
    """The parts of a base on which nothing can be built, and why: damaged, or of another analyzer.

    ``other_words``: its words are not built on. Raises `IndexMismatch` where else their engine is not here.
    """
    if base is None:
        return {}
    generation, manifest = base
    faults = {part: error.message for part, error in lost_parts(generation, manifest).items()}
    opening: dict[Part, Callable[[], object]] = {
        "dense": lambda: open_dense(generation, manifest.dense_parts, BitMap()),
    }
    if not other_words:
        opening["keyword"] = lambda: open_keyword(generation, manifest.languages, manifest.keyword_engine).close()
    if manifest.format >= COLUMNS_SINCE:
        opening["columns"] = lambda: open_columns(generation, manifest.dense_parts)
    if manifest.sentences:
        opening["sentences"] = lambda: open_sentences(generation, manifest.dense_parts)
    for part, opened in opening.items():
        try:
            if part not in faults and not (part == "sentences" and "dense" in faults):  # they are made anew together
                opened()
        except IndexDamaged as error:
            faults[part] = error.message
    if manifest.analyzer != ANALYZER:
        faults.setdefault("keyword", f"The words are of the analyzer {manifest.analyzer}, this is {ANALYZER}.")
    return faults

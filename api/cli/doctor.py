"""What is here and whether it works: the models that can be used, and an examination of an installation."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from paraglot.api.cli.output import counted
from paraglot.indexer.care.status import index_status
from paraglot.search.encoders.load import BUILTIN, load_encoder
from paraglot.search.engine.places import open_place
from paraglot.search.errors import IndexMismatch, ParaglotError
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import KEYWORDS_REMEDY, MEND_REMEDY, REBUILD_REMEDY
from paraglot.search.folder.snapshot import open_snapshot
from paraglot.search.query.rules.file import RulesFile
from paraglot.search.text.analysis import ANALYZER
from paraglot.search.types.address import Address, ClusterAddress

PACKAGES = ("paraglot", "numpy", "faiss-cpu", "whoosh3", "sentencepiece", "fastapi", "uvicorn")
CLIENT = "opensearch-py"
LOW_DISK_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``remedy`` says what to do where it is not ``ok``."""

    subject: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(index: Address, service: Path = Path("service")) -> list[Finding]:
    """Look at versions, the disk, the index and its encoder; ``service`` is the folder of the service."""
    if isinstance(index, Path):
        return [_python(), *map(_package, PACKAGES), _disk(index), *_index(index)]
    return [_python(), *map(_package, (*PACKAGES, CLIENT)), _disk(service), *_on_cluster(index)]


def _python() -> Finding:
    detail = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= (3, 11), detail, "" if sys.version_info >= (3, 11) else "Use 3.11+.")


def _package(name: str) -> Finding:
    try:
        return Finding(name, True, version(name))
    except PackageNotFoundError:
        extra = "'paraglot[opensearch]'" if name == CLIENT else "paraglot"
        return Finding(name, False, "not installed", f"pip install {extra}")


def _disk(folder: Path) -> Finding:
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    enough = free >= LOW_DISK_BYTES
    return Finding(
        "disk", enough, f"{free / 1e9:.1f} GB free at {existing}", "" if enough else "Make room on this disk."
    )


def _index(folder: Path) -> Iterator[Finding]:
    name = BUILTIN
    try:
        snapshot = open_snapshot(IndexLayout(folder))
        manifest, doubled = snapshot.manifest, snapshot.store.doubled_ids()
        lost = [*snapshot.lost.values(), *_old_words(manifest.analyzer)]
        snapshot.close()
        name = manifest.encoder.name
        yield _attempt("rules", lambda: _rules(IndexLayout(folder)))
        detail = (
            f"{folder}: generation {manifest.generation}, {counted(manifest.paragraphs, 'paragraph')}{_sizes(folder)}"
        )
        for error in lost:
            yield Finding("index", False, f"{folder}: {error.message}", error.remedy)
        if doubled:
            many = counted(len(doubled), "id has", "ids have")
            detail = f"{detail}; {many} more than one article, such as {doubled[0]!r}"
        yield Finding("index", not doubled, detail, MEND_REMEDY if doubled else "")
        yield _attempt(f"encoder {name}", lambda: _encoder(name, manifest.encoder.fingerprint))
    except ParaglotError as error:
        yield Finding("index", False, error.message, error.remedy)
        yield _attempt(f"encoder {name}", lambda: _encoder(name, None))


def _on_cluster(address: ClusterAddress) -> Iterator[Finding]:
    try:
        with closing(open_place(address).current()) as snapshot:
            manifest, lost = snapshot.manifest, snapshot.lost
        for error in lost.values():
            yield Finding("index", False, f"{address}: {error.message}", error.remedy)
        yield Finding("index", True, f"{address}: generation {manifest.generation}, {manifest.paragraphs} paragraphs")
        name = manifest.encoder.name
        yield _attempt(f"encoder {name}", lambda: _encoder(name, manifest.encoder.fingerprint))
    except ParaglotError as error:
        yield Finding("index", False, error.message, error.remedy)


def _sizes(folder: Path) -> str:
    """The bytes that a paragraph takes in each store."""
    found = index_status(folder).bytes_per_paragraph
    each = ", ".join(f"{name} {size:,}" for name, size in found.items() if size)
    return f" of so many bytes each: {each}" if each else ""


def _old_words(analyzer: str) -> list[ParaglotError]:
    if analyzer == ANALYZER:
        return []
    return [IndexMismatch(f"the words are of the analyzer {analyzer}, this is {ANALYZER}.", KEYWORDS_REMEDY)]


def _rules(layout: IndexLayout) -> str:
    now = RulesFile(layout.rules).now()
    if now.fault:
        raise ParaglotError(now.fault, f"Mend or remove {layout.rules}.")
    return f"{len(now.rules.synonyms)} of synonyms, {len(now.rules.pins)} of pinned results"


def _encoder(name: str, fingerprint: str | None) -> str:
    spec = load_encoder(name).spec
    if fingerprint not in (None, spec.fingerprint):
        raise ParaglotError("not the version that the index was made with", REBUILD_REMEDY)
    return f"{spec.dimension} dimensions, {len(spec.languages) or 'unknown'} languages"


def _attempt(subject: str, work: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, work())
    except ParaglotError as error:
        return Finding(subject, False, error.message, error.remedy)

"""An index is data: nothing that lies in one is run."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
import whoosh.index
from whoosh.codec import whoosh3
from whoosh.filedb import structfile

from paraglot.api.cli.doctor import examine
from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.verify import verify_index
from paraglot.search import disk
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import ParaglotError
from paraglot.search.folder.keyword import files as keyword_files
from paraglot.search.folder.keyword.files import Refused, load, loads
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import FileRecord, IndexManifest, read_manifest
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES

Write = Callable[[list[dict[str, object]]], Path]


class Planted:
    """Pickled, it makes whoever reads it back call a function: here a marker appears."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


def test_the_plant_works(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    pickle.loads(pickle.dumps(Planted(marker)))
    assert marker.exists()


# Whoosh's pickles, one kind after another


def in_dump(monkeypatch: pytest.MonkeyPatch, marker: Path, chosen: Callable[[Any], bool]) -> None:
    real = structfile.dump
    plant = lambda value, file, *rest: real(Planted(marker) if chosen(value) else value, file, *rest)  # noqa: E731
    monkeypatch.setattr(structfile, "dump", plant)


def in_term(monkeypatch: pytest.MonkeyPatch, marker: Path) -> None:
    real = whoosh3.W3TermInfo.to_bytes

    def inlined(own: whoosh3.W3TermInfo) -> bytes:
        plain: bytes = real(own)
        return b"\1" + plain[1 : own._struct.size] + pickle.dumps(Planted(marker))

    monkeypatch.setattr(whoosh3.W3TermInfo, "to_bytes", inlined)


PLACES: dict[str, Callable[[pytest.MonkeyPatch, Path], None]] = {
    "a hash table's extras": lambda patch, marker: in_dump(
        patch, marker, lambda one: isinstance(one, dict) and "fieldmap" in one
    ),
    "postings within a term": in_term,
}


def everything_that_reads(folder: Path, tmp_path: Path, corpus: Path) -> Iterator[Callable[[], object]]:
    def search() -> None:
        with Engine(folder) as engine:
            for mode in ("hybrid", "keyword", "semantic"):
                engine.search(SearchRequest("bread tax Brot", mode=mode, limit=50))  # type: ignore[arg-type]

    yield lambda: verify_index(folder)
    yield search
    yield lambda: examine(folder)
    yield lambda: list(export_articles(folder))
    yield lambda: back_up(folder, tmp_path / "copy.tar")
    yield lambda: restore(tmp_path / "copy.tar", tmp_path / "restored")
    yield lambda: index_corpus(folder, [corpus])
    yield lambda: rebuild_index(folder)


# Whoosh does not close what it stumbles over.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("place", PLACES)
def test_a_planted_pickle_runs_nowhere(
    tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    marker, folder = tmp_path / "marker", tmp_path / "index"
    with monkeypatch.context() as patch:
        PLACES[place](patch, marker)
        index_corpus(folder, [write_corpus(ARTICLES)], "fake", keyword="whoosh")
    assert any(b"touch" in path.read_bytes() for path in folder.rglob("keyword/*"))
    more = write_corpus([{"id": "more", "text": "More bread.", "language": "en"}])
    for read in everything_that_reads(folder, tmp_path, more):
        with suppress(ParaglotError):
            read()
        assert not marker.exists()


def test_only_what_an_index_needs_is_known() -> None:
    kinds: list[Any] = [print, int, eval, Path("x"), io.BytesIO, type, keyword_files.load, whoosh.index.FileIndex]
    for one in kinds:
        with pytest.raises(Refused, match="which no index needs"):
            loads(pickle.dumps(one))
    assert load(io.BytesIO(pickle.dumps({"a": [1, "x", None]}, 2))) == {"a": [1, "x", None]}


def test_whoosh_keeps_no_other_way_to_read_a_pickle(small_index: Path) -> None:
    """Of the modules that reading and writing an index load: those in ``externalsort`` are of its own scratch files,
    those in ``loading`` are reached from formats that are not read any more.
    """
    import sys

    with Engine(small_index) as engine:
        engine.search(SearchRequest("bread"))
    others = {
        (name, own)
        for name, module in sys.modules.items()
        if name.startswith("whoosh.")
        for own, value in vars(module).items()
        if value in (pickle, pickle.load, pickle.loads, pickle.Unpickler)
        or getattr(value, "__module__", "") == "marshal"
    }
    assert {name for name, _ in others} <= {"whoosh.externalsort", "whoosh.util.loading"}
    assert whoosh.index.toc_loaders == {}


# Other files


def sign(folder: Path, change: Callable[[IndexManifest], IndexManifest] = lambda one: one) -> None:
    """Give a manifest the checksums of the files that are there, as whoever made the index could."""
    generation = IndexLayout(folder).generation(1)
    manifest = read_manifest(generation.manifest)
    files = tuple(
        FileRecord(path.relative_to(generation.folder).as_posix(), path.stat().st_size, disk.sha256(path))
        for path in sorted(generation.folder.rglob("*/*"))
    )
    generation.manifest.write_text(change(replace(manifest, files=files)).to_json(), "utf-8")


@pytest.mark.parametrize(
    "name",
    ["sentences/part-000001.npy", "sentences/part-000001.rows.npy", "dense/shared.npy", "columns/part-000001.columns"],
)
def test_a_pickle_in_an_array_runs_nowhere(small_index: Path, tmp_path: Path, write_corpus: Write, name: str) -> None:
    marker = tmp_path / "marker"
    file = IndexLayout(small_index).generation(1).folder / name
    with file.open("wb") as out:
        np.save(out, np.array([[Planted(marker)], [None]], object), allow_pickle=True)
    assert b"touch" in file.read_bytes()
    sign(small_index)
    more = write_corpus([{"id": "more", "text": "More bread.", "language": "en"}])
    for read in everything_that_reads(small_index, tmp_path, more):
        with suppress(ParaglotError):
            read()
        assert not marker.exists()


def test_another_kind_of_faiss_index_is_refused(small_index: Path) -> None:
    part = IndexLayout(small_index).generation(1).part(1)
    dimension = faiss.read_index(str(part)).d
    flat, kinds = faiss.IndexFlatIP(dimension), faiss.ScalarQuantizer
    others = [
        flat,
        faiss.IndexPreTransform(flat),
        faiss.IndexIDMap(faiss.IndexFlatL2(dimension)),
        faiss.IndexIDMap(faiss.IndexScalarQuantizer(dimension, kinds.QT_fp16, faiss.METRIC_L2)),
        faiss.IndexIDMap(faiss.IndexScalarQuantizer(dimension, kinds.QT_bf16, faiss.METRIC_INNER_PRODUCT)),
    ]
    for other in others:
        faiss.write_index(other, str(part))
        sign(small_index)
        assert any("part-000001.faiss: FAISS cannot read it" in one for one in verify_index(small_index).faults)


def test_a_store_with_statements_of_its_own_is_refused(small_index: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(IndexLayout(small_index).store)) as connection, connection:
        connection.execute("CREATE TRIGGER extra AFTER DELETE ON article BEGIN DELETE FROM paragraph; END")
    assert any("holds a trigger, 'extra'" in one for one in verify_index(small_index).faults)

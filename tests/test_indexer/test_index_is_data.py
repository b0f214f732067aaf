"""An index is data: nothing that lies in one, or in a backup, is run, and no name in one leads out of it."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
from paraglot.search.engine import Engine
from paraglot.search.errors import DiskFailure, IndexDamaged, ParaglotError
from paraglot.search.folder import keyword_files
from paraglot.search.folder.keyword_files import Refused, load, loads
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
        index_corpus(folder, [write_corpus(ARTICLES)], "fake")
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
    flat = faiss.IndexFlatIP(dimension)
    for other in (flat, faiss.IndexIDMap(faiss.IndexFlatL2(dimension)), faiss.IndexPreTransform(flat)):
        faiss.write_index(other, str(part))
        sign(small_index)
        assert any("part-000001.faiss: FAISS cannot read it" in one for one in verify_index(small_index).faults)


def test_a_store_with_statements_of_its_own_is_refused(small_index: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(IndexLayout(small_index).store)) as connection, connection:
        connection.execute("CREATE TRIGGER extra AFTER DELETE ON article BEGIN DELETE FROM paragraph; END")
    assert any("holds a trigger, 'extra'" in one for one in verify_index(small_index).faults)


# Names and numbers in a manifest


def resigned(manifest: dict[str, Any]) -> bytes:
    fields = {name: value for name, value in manifest.items() if name != "checksum"}
    checksum = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    return json.dumps({**fields, "checksum": checksum}).encode()


def renamed(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    first, *rest = manifest["files"]
    return {**manifest, "files": [{**first, "name": name}, *rest]}


NAMES = (
    *(
        "../../service/keys.json",
        "../../../outside",
        "/tmp/outside",
        "keyword/../../../outside",
        "keyword/..",
        "service/x",
    ),
    *(
        "keyword/a/b",
        "keyword/",
        "",
        ".",
        "manifest.json",
        "store.sqlite",
        "keyword/x\\..\\y",
        "keyword/\0x",
        "dense/..x",
    ),
)
MANIFESTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    **{f"file {name!r}": lambda manifest, name=name: renamed(manifest, name) for name in NAMES},  # type: ignore[misc]
    **{
        f"generation {number!r}": lambda manifest, number=number: {**manifest, "generation": number}  # type: ignore[misc]
        for number in ("../../../escaped", "/tmp/escaped", "1", 0, -1, 1.5, True, None, [1])
    },
    "part": lambda manifest: {**manifest, "dense_parts": ["../x"]},
    "size": lambda manifest: {**manifest, "files": [{**manifest["files"][0], "size_bytes": "1"}, *manifest["files"][1:]]},
}  # fmt: skip


def listing(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    (folder / "corpus.jsonl").write_text("".join(json.dumps(one) + "\n" for one in ARTICLES), "utf-8")
    index_corpus(folder / "index", [folder / "corpus.jsonl"], "fake")
    back_up(folder / "index", folder / "news.tar")
    return folder / "news.tar"


def with_manifest(backup: Path, target: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Path:
    """A backup whose manifest says something else, and whose files go by the names in it."""
    with tarfile.open(backup) as source, tarfile.open(target, "w") as out:
        manifest = json.load(source.extractfile("manifest.json"))  # type: ignore[arg-type]
        changed = change(manifest)
        names = {
            old["name"]: new["name"] for old, new in zip(manifest["files"], changed["files"], strict=True)
        }  # fmt: skip
        for member in source:
            content = source.extractfile(member).read()  # type: ignore[union-attr]
            content = resigned(changed) if member.name == "manifest.json" else content
            told = tarfile.TarInfo(names.get(member.name, member.name))
            told.size = len(content)
            out.addfile(told, io.BytesIO(content))
    return target


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_manifest_leads_nowhere_else(backup: Path, tmp_path: Path, case: str) -> None:
    evil = with_manifest(backup, tmp_path / "evil.tar", MANIFESTS[case])
    with pytest.raises(IndexDamaged, match=r"evil\.tar: not a whole backup"):
        restore(evil, tmp_path / "deep" / "inside" / "restored")
    assert listing(tmp_path) - {tmp_path / "deep", tmp_path / "deep" / "inside"} == {evil}


def links(kind: bytes, target: str) -> Callable[[tarfile.TarInfo], tarfile.TarInfo]:
    def change(member: tarfile.TarInfo) -> tarfile.TarInfo:
        if member.name.endswith(".faiss"):
            member.type, member.linkname, member.size = kind, target, 0
        return member

    return change


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_members_that_are_no_files_are_refused(backup: Path, tmp_path: Path, kind: bytes) -> None:
    evil, change = tmp_path / "evil.tar", links(kind, "../../../outside")
    with tarfile.open(backup) as source, tarfile.open(evil, "w") as out:
        for member in source:
            content = source.extractfile(member)
            out.addfile(change(member), content if member.isreg() else None)
    with pytest.raises(IndexDamaged):
        restore(evil, tmp_path / "restored")
    assert listing(tmp_path) == {evil}


def test_members_beyond_the_manifest_are_refused(backup: Path, tmp_path: Path) -> None:
    """Keys above all."""
    for name in (
        "service/keys.json",
        "keys.json",
        "../service/keys.json",
        "rules.toml/x",
        "CURRENT",
        "manifest.json.x",
    ):
        evil = tmp_path / "evil.tar"
        evil.write_bytes(backup.read_bytes())
        with tarfile.open(evil, "a") as out:
            member = tarfile.TarInfo(name)
            member.size = 2
            out.addfile(member, io.BytesIO(b"[]"))
        with pytest.raises(IndexDamaged, match="not a whole backup"):
            restore(evil, tmp_path / "restored")
        assert listing(tmp_path) == {evil}


# Refused restores leave nothing, and what is not verified is not served


STEPS = [name for name in dir(disk) if name.startswith(("write_", "link_", "replace_", "sync_", "make_"))]


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException, seen: list[int]) -> Iterator[None]:
    """The disk's ``at``-th durable step raises, and every one after it; ``seen`` counts them."""

    def step(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any) -> Any:
            seen.append(1)
            if len(seen) > at:
                raise error
            return real(*given)

        return call

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(disk, name, step(getattr(disk, name)))
        yield


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(5, "Input/output error")], ids=str)
def test_a_restore_that_the_disk_refuses_leaves_nothing(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    target, at = tmp_path / "restored", 0
    while True:
        seen: list[int] = []
        try:
            with failing(monkeypatch, at, error, seen):
                restore(backup, target)
            break
        except DiskFailure:
            assert listing(tmp_path) == set(), at
        at += 1
    assert at > 15
    assert verify_index(target).faults == []


class Killed(BaseException):
    """What no handler of ours is there for."""


def test_a_restore_that_is_killed_serves_nothing_and_can_be_done_again(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed: nothing is cleaned away. Until the last step nobody sees an index, and the next restore clears it."""
    from paraglot.indexer.care import restore as module

    target, at = tmp_path / "restored", 0
    while True:
        with monkeypatch.context() as patch:
            patch.setattr(module, "_remove", lambda _: None)
            patch.setattr(disk, "remove_tree", lambda _: None)
            try:
                with failing(patch, at, Killed(), []):
                    restore(backup, target)
            except Killed:
                pass
            else:
                break
        served = (target / "CURRENT").exists()
        if served:
            assert verify_index(target).faults == []
            break
        assert restore(backup, target) == 1
        assert {path.name for path in target.iterdir()} == {"CURRENT", "generations", "store.sqlite", "writer.lock"}
        disk.remove_tree(target)
        at += 1
    assert at > 15


def test_current_appears_after_the_verification(backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from paraglot.indexer.care import restore as module

    real = module.verify_generation
    served: list[bool] = []

    def verify(layout: IndexLayout, number: int) -> Any:
        served.append(any(path.name == "CURRENT" for path in (tmp_path / "restored").rglob("*")))
        return real(layout, number)

    monkeypatch.setattr(module, "verify_generation", verify)
    restore(backup, tmp_path / "restored")
    assert served == [False]

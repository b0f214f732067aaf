"""A backup is data: no name in one leads out of the index, and one that is refused or cut off leaves nothing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.verify import verify_index
from paraglot.search import disk
from paraglot.search.errors import DiskFailure, IndexDamaged
from paraglot.search.folder.layout import IndexLayout
from tests.conftest import ARTICLES

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


@pytest.mark.slow
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

"""Damaged index folders: reader and writer name what is wrong, and the writer clears nothing away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import DiskFailure, IndexDamaged, ParaglotError
from paraglot.search.types import SearchRequest

Write = Callable[[list[dict[str, object]]], Path]


def garble(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, tuple[str, Callable[[Path], object], type[ParaglotError]]] = {
    "CURRENT is empty": ("CURRENT", lambda path: path.write_text(""), IndexDamaged),
    "CURRENT is a negative number": ("CURRENT", lambda path: path.write_text("-5"), IndexDamaged),
    "CURRENT is gone": ("CURRENT", Path.unlink, IndexDamaged),
    "CURRENT cannot be read": ("CURRENT", to_folder, DiskFailure),
    "the generation is gone": ("generations/2", shutil.rmtree, IndexDamaged),
    "the manifest is gone": ("generations/2/manifest.json", Path.unlink, IndexDamaged),
    "the store is gone": ("store.sqlite", Path.unlink, IndexDamaged),
    "the store is garbage": ("store.sqlite", garble, IndexDamaged),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_reader_and_writer_name_the_damage_and_leave_it(small_index: Path, write_corpus: Write, damage: str) -> None:
    more = write_corpus([{"id": "new", "text": "New bread.", "language": "en"}])
    index_corpus(small_index, [more])
    name, do, error = DAMAGES[damage]
    do(small_index / name)
    before = sorted(path for path in small_index.rglob("*.*") if "sqlite-" not in path.name)
    with pytest.raises(error, match=name.rpartition("/")[0] or name) as caught:
        Engine(small_index)
    assert caught.value.remedy
    more.write_text('{"id": "newest", "text": "Newest bread.", "language": "en"}')
    with pytest.raises(error, match=name.rpartition("/")[0] or name):
        index_corpus(small_index, [more])
    assert sorted(path for path in small_index.rglob("*.*") if "sqlite-" not in path.name) == before


def test_damage_that_only_a_query_meets(small_index: Path) -> None:
    store = small_index / "store.sqlite"
    content = bytearray(store.read_bytes())
    page_bytes = int.from_bytes(content[16:18], "big")
    start = content.rindex(b"The council raised") // page_bytes * page_bytes
    content[start : start + page_bytes] = b"\xff" * page_bytes
    store.write_bytes(content)
    with Engine(small_index) as engine, pytest.raises(IndexDamaged, match=r"store\.sqlite"):
        engine.search(SearchRequest("bread"))


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(DiskFailure, match=f"See that {file} is a folder"):
        Engine(file)

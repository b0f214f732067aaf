"""Looking after an index: status, verify, rollback, prune."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.status import index_status
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged, IndexLocked, IndexMissing, NotFound
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES
from tests.test_indexer.test_build import everything

Write = Callable[[list[dict[str, object]]], Path]


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_status(small_index: Path) -> None:
    delete_articles(small_index, ["tax"])
    found = index_status(small_index)
    assert (found.manifest.generation, found.manifest.languages) == (2, {"de": 3, "zh-TW": 2})
    assert 0 <= found.age_s < 1000
    assert [(one.number, one.articles, one.served) for one in found.generations] == [(1, 3, False), (2, 2, True)]
    assert found.sizes_bytes["store"] >= (small_index / "store.sqlite").stat().st_size
    dense = IndexLayout(small_index).generation(2).dense
    assert found.sizes_bytes["dense"] == sum(path.stat().st_size for path in dense.iterdir())
    assert found.sizes_bytes["pending_vectors"] == 0
    assert found.bytes_per_paragraph["dense"] == round(found.sizes_bytes["dense"] / 5)
    assert found.recall is None
    with pytest.raises(IndexMissing):
        index_status(small_index / "none")


def test_a_whole_index_verifies(small_index: Path) -> None:
    delete_articles(small_index, ["tax"])
    found = verify_index(small_index)
    assert (found.generation, found.articles, found.paragraphs, found.faults) == (2, 2, 5, [])
    manifest = index_status(small_index).manifest
    assert found.files == len(manifest.files) > 4


def test_a_flipped_byte_is_found_and_named_whatever_the_file(small_index: Path) -> None:
    """Every file of the generation, at its beginning, middle and end; the manifest itself too."""
    generation = IndexLayout(small_index).generation(1)
    files = [path for path in sorted(generation.folder.rglob("*")) if path.is_file()]
    assert len(files) >= 6
    for path in files:
        size = path.stat().st_size
        for place in (0, size // 2, size - 1):
            flip(path, place)
            faults = verify_index(small_index).faults
            assert any(path.name in fault or path.parent.name in fault for fault in faults), (path, place)
            flip(path, place)
    assert verify_index(small_index).faults == []


@pytest.mark.parametrize("text", ["The council raised", "The tax on bread", "Gazette", "Stadt", "tax~"])
def test_a_flipped_byte_in_the_store_is_named_by_record(small_index: Path, text: str) -> None:
    store = IndexLayout(small_index).store
    place = store.read_bytes().rindex(text.encode())
    flip(store, place + len(text) - 1)
    [fault, *_] = verify_index(small_index).faults
    assert str(store) in fault


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE paragraph SET removed = 1 WHERE row = 3", r"keyword: 1 rows are not among those of the store.* 3\."),
        ("UPDATE article SET removed = 1 WHERE id = 'tax'", "rows are not among those of the articles"),
        ("UPDATE paragraph SET language = 'fr' WHERE row = 3", "is not what its checksum says"),
    ],
)
def test_stores_that_differ_are_named(small_index: Path, statement: str, fault: str) -> None:
    connection = sqlite3.connect(IndexLayout(small_index).store)
    with connection:
        connection.execute(statement)
    connection.close()
    import re

    assert any(re.search(fault, one) for one in verify_index(small_index).faults)


def test_a_missing_file_is_named(small_index: Path) -> None:
    part = IndexLayout(small_index).generation(1).part(1)
    part.unlink()
    assert verify_index(small_index).faults == [f"{part}: the file is missing."]


def test_rollback_and_forward(small_index: Path, write_corpus: Write) -> None:
    before = everything(small_index)
    delete_articles(small_index, ["tax"])
    after = everything(small_index)
    assert roll_back(small_index).number == 1
    assert everything(small_index) == before
    assert verify_index(small_index).faults == []
    assert roll_back(small_index, to=2).number == 2
    assert everything(small_index) == after
    roll_back(small_index)
    extra = {"id": "extra", "text": "One more.", "language": "en"}
    report = index_corpus(small_index, [write_corpus([extra])])
    assert report.generation == 3  # not 2 again
    assert everything(small_index) == before | {"extra": everything(small_index)["extra"]}
    assert verify_index(small_index).faults == []
    assert IndexLayout(small_index).generation_numbers() == [1, 3]
    with pytest.raises(NotFound, match=r"no generation 2 any more; there are: 1, 3"):
        roll_back(small_index, to=2)
    with pytest.raises(NotFound, match=r"no generation 99; there are: 1, 3"):
        roll_back(small_index, to=99)


def test_a_rolled_back_generation_is_not_taken_from_its_readers(
    small_index: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paraglot.indexer.folder import commit

    monkeypatch.setattr(commit, "READERS_WAIT_S", 0)
    delete_articles(small_index, ["tax"])
    extra = write_corpus([{"id": "extra", "text": "One more.", "language": "en"}])
    with Engine(small_index) as engine:
        roll_back(small_index)
        with pytest.raises(IndexLocked, match="rolled back and is still being read"):
            index_corpus(small_index, [extra])
        assert len(engine.search(SearchRequest("bread", limit=50)).hits) == 5
        assert engine.refresh()
        assert index_corpus(small_index, [extra]).committed
        assert engine.refresh()
        assert engine.manifest.generation == 3


def test_rollback_refuses_what_is_not_whole(small_index: Path) -> None:
    delete_articles(small_index, ["tax"])
    IndexLayout(small_index).generation(1).part(1).unlink()
    with pytest.raises(IndexDamaged, match="part-000001"):
        roll_back(small_index)
    assert IndexLayout(small_index).current_number() == 2
    with pytest.raises(NotFound, match="there are: 1, 2"):
        roll_back(small_index, to=7)


def folder_of(path: Path, names: str) -> Path:
    path.mkdir(exist_ok=True)
    for name in names:
        (path / f"{name}.txt").write_text(f"Title {name}\n\nA paragraph about {name} and bread.")
    return path


def test_prune_removes_what_vanished_from_the_same_place(tmp_path: Path, write_corpus: Write) -> None:
    index, news = tmp_path / "index", folder_of(tmp_path / "news", "abc")
    index_corpus(index, [news, write_corpus(ARTICLES)], "fake")
    (news / "b.txt").unlink()
    assert not index_corpus(index, [news]).committed
    report = index_corpus(index, [news], prune=True)
    assert (report.articles_removed, report.articles_unchanged, report.paragraphs_removed) == (1, 2, 1)
    assert sorted(everything(index)) == ["a.txt", "c.txt", "steuer", "tax", "税"]
    assert not index_corpus(index, [news], prune=True).committed


def test_prune_spares_what_cannot_be_read(tmp_path: Path) -> None:
    index, news = tmp_path / "index", folder_of(tmp_path / "news", "ab")
    lines = [{"id": f"n{number}", "text": f"Note {number}.", "language": "en"} for number in range(3)]
    (news / "notes.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines))
    index_corpus(index, [news], "fake")
    (news / "a.txt").write_bytes(b"")
    (news / "notes.jsonl").write_text(json.dumps(lines[0]) + "\n{broken\n")
    report = index_corpus(index, [news], prune=True)
    assert (len(report.skipped), report.articles_removed) == (2, 0)
    assert sorted(everything(index)) == ["a.txt", "b.txt", "n0", "n1", "n2"]


def test_prune_of_a_place_that_gives_nothing_removes_nothing(tmp_path: Path) -> None:
    index, news = tmp_path / "index", folder_of(tmp_path / "news", "ab")
    index_corpus(index, [news], "fake")
    for path in news.iterdir():
        path.unlink()
    report = index_corpus(index, [news], prune=True)
    assert report.warnings == [f"{news}: no article was read, so none was pruned."]
    assert (report.committed, report.articles) == (False, 2)


def test_an_id_from_another_place_is_told(tmp_path: Path, write_corpus: Write) -> None:
    index, news, blog = tmp_path / "index", folder_of(tmp_path / "news", "ab"), folder_of(tmp_path / "blog", "b")
    index_corpus(index, [news], "fake")
    report = index_corpus(index, [blog])
    [warning] = report.warnings
    assert warning.startswith(f"Read from another place before: 1, such as 'b.txt' from {news}; replaced.")
    # Now it belongs to the other place: pruning the first does not take it away.
    (news / "b.txt").unlink()
    assert index_corpus(index, [news], prune=True).articles_removed == 0
    articles = copy.deepcopy(ARTICLES[:1])
    assert index_corpus(index, [write_corpus(articles)]).warnings == []

"""A corpus that has not changed is not read again, and everything that might have changed it is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paraglot.indexer import build
from paraglot.indexer.build import Report, delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.corpus import unchanged
from paraglot.indexer.folder import commit
from paraglot.indexer.readers.inputs import Options
from paraglot.search.engine.engine import open_index
from paraglot.search.errors import DiskFailure


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "bread.txt").write_text("Bread\n\nThe council taxed the bread of every baker.", "utf-8")
    (folder / "river.txt").write_text("River\n\nThe river rose over the old stone bridge.", "utf-8")
    return folder


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Gets an entry whenever a corpus is really read."""
    made: list[int] = []
    read = build.read_corpus

    def counted(*arguments: object) -> object:
        made.append(1)
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(build, "read_corpus", counted)
    return made


def index(folder: Path, corpus: Path, *, prune: bool = False, options: Options | None = None) -> Report:
    return index_corpus(folder, [corpus], "fake", options=options or Options(), prune=prune)


def ids(folder: Path) -> list[str]:
    with open_index(folder) as engine, engine.snapshot() as snapshot:
        return sorted(record["id"] for record in snapshot.store.records())


def ship(tmp_path: Path) -> Path:
    other = tmp_path / "other"
    other.mkdir()
    (other / "ship.txt").write_text("Ship\n\nThe ship left the harbour at noon.", "utf-8")
    return other


def test_an_unchanged_corpus_is_not_read_and_nothing_is_written(
    tmp_path: Path, corpus: Path, readings: list[int]
) -> None:
    folder = tmp_path / "index"
    first = index(folder, corpus)
    before = (folder / "store.sqlite").stat()
    second = index(folder, corpus)
    assert len(readings) == 1
    assert (second.articles_unchanged, second.committed, second.generation) == (2, False, 1)
    assert (second.articles, second.paragraphs, second.languages) == (first.articles, first.paragraphs, first.languages)
    after = (folder / "store.sqlite").stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_size) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
        before.st_size,
    )


def test_what_was_skipped_is_told_again(tmp_path: Path, corpus: Path, readings: list[int]) -> None:
    (corpus / "empty.txt").write_bytes(b"")
    first, second = index(tmp_path / "index", corpus), index(tmp_path / "index", corpus)
    assert len(readings) == 1
    assert [str(one) for one in second.skipped] == [str(one) for one in first.skipped]
    assert str(second.skipped[0]).startswith(f"{corpus / 'empty.txt'}:1: ")


def test_a_changed_byte_is_seen_though_size_and_time_are_as_before(tmp_path: Path, corpus: Path) -> None:
    index(tmp_path / "index", corpus)
    file = corpus / "river.txt"
    status = file.stat()
    file.write_bytes(file.read_bytes().replace(b"rose", b"sank"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    report = index(tmp_path / "index", corpus)
    assert (report.articles_changed, report.articles_unchanged, report.paragraphs_embedded) == (1, 1, 1)


def test_a_new_file_and_a_missing_one_are_seen(tmp_path: Path, corpus: Path) -> None:
    index(tmp_path / "index", corpus)
    (corpus / "river.txt").rename(corpus / "stream.txt")
    assert index(tmp_path / "index", corpus).articles_added == 1
    assert ids(tmp_path / "index") == ["bread.txt", "river.txt", "stream.txt"]
    assert index(tmp_path / "index", corpus, prune=True).articles_removed == 1
    assert ids(tmp_path / "index") == ["bread.txt", "stream.txt"]


@pytest.mark.parametrize("change", [Options(format="markdown"), Options(fields={"title": "headline"})])
def test_other_options_read_again(tmp_path: Path, corpus: Path, readings: list[int], change: Options) -> None:
    index(tmp_path / "index", corpus)
    index(tmp_path / "index", corpus, options=change)
    assert len(readings) == 2


@pytest.mark.parametrize("change", ["READING", "code", "package"])
def test_other_rules_of_reading_read_again(
    tmp_path: Path, corpus: Path, readings: list[int], monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    index(tmp_path / "index", corpus)
    if change == "READING":
        monkeypatch.setattr(unchanged, "READING", "another")
    elif change == "code":
        (tmp_path / "code" / "indexer").mkdir(parents=True)
        (tmp_path / "code" / "indexer" / "reader.py").write_text("")
        monkeypatch.setattr(unchanged, "CODE", tmp_path / "code")
    else:
        (tmp_path / "packages" / "lxml-99.dist-info").mkdir(parents=True)
        monkeypatch.syspath_prepend(tmp_path / "packages")
    index(tmp_path / "index", corpus)
    assert len(readings) == 2


def test_a_deleted_article_comes_back(tmp_path: Path, corpus: Path) -> None:
    index(tmp_path / "index", corpus)
    delete_articles(tmp_path / "index", ["river.txt"])
    assert index(tmp_path / "index", corpus).articles_added == 1
    assert ids(tmp_path / "index") == ["bread.txt", "river.txt"]


def test_a_rollback_is_not_the_state_that_was_read_into(tmp_path: Path, corpus: Path) -> None:
    index(tmp_path / "index", corpus)
    (corpus / "road.txt").write_text("Road\n\nThe road to the mill is closed.", "utf-8")
    index(tmp_path / "index", corpus)
    roll_back(tmp_path / "index")
    assert ids(tmp_path / "index") == ["bread.txt", "river.txt"]
    assert index(tmp_path / "index", corpus).articles_added == 1
    assert ids(tmp_path / "index") == ["bread.txt", "river.txt", "road.txt"]


def test_after_a_rebuild_it_is_read_once(tmp_path: Path, corpus: Path, readings: list[int]) -> None:
    index(tmp_path / "index", corpus)
    rebuild_index(tmp_path / "index")
    for _ in range(2):
        assert index(tmp_path / "index", corpus).articles_unchanged == 2
    assert len(readings) == 2


def test_a_generation_that_was_never_committed_is_not_believed(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no more")

    with monkeypatch.context() as failing:
        failing.setattr(commit, "point_current", fail)
        with pytest.raises(DiskFailure):
            index(tmp_path / "index", corpus)
    other = ship(tmp_path)
    assert index(tmp_path / "index", other).generation == 1
    assert index(tmp_path / "index", corpus).articles_added == 2
    assert ids(tmp_path / "index") == ["bread.txt", "river.txt", "ship.txt"]


def test_a_file_that_changes_while_it_is_read_is_not_remembered(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, read = corpus / "river.txt", build.read_corpus
    before = file.read_bytes()

    def changing(*arguments: object) -> object:
        file.write_bytes(before.replace(b"rose", b"sank"))
        return read(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(build, "read_corpus", changing)
        index(tmp_path / "index", corpus)
    file.write_bytes(before)
    assert index(tmp_path / "index", corpus).articles_changed == 1


def test_two_corpora_by_turns(tmp_path: Path, corpus: Path, readings: list[int]) -> None:
    other = ship(tmp_path)
    index(tmp_path / "index", corpus)
    index(tmp_path / "index", other)
    for _ in range(3):  # the first is read once more, as the index has become another one
        assert index(tmp_path / "index", corpus).articles_unchanged == 2
        assert index(tmp_path / "index", other).articles_unchanged == 1
    assert len(readings) == 3

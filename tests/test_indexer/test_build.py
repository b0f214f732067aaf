"""Indexing as a whole: what is added, kept, changed and removed, and that the cost follows the change."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paraglot.indexer.build import Report, delete_articles, index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import DiskFailure, IndexLocked, IndexMismatch, IndexMissing, NotFound
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.manifest import read_manifest
from paraglot.search.types import SearchRequest
from tests.conftest import ARTICLES

Write = Callable[[list[dict[str, object]]], Path]


def everything(folder: Path) -> dict[str, list[tuple[str, int, str]]]:
    """All that can be read from an index: article → its paragraphs as (id, position, text)."""
    with Engine(folder) as engine, engine.snapshot() as snapshot:
        rows = snapshot.store.rows_in_languages(snapshot.manifest.languages)
        found: dict[str, list[tuple[str, int, str]]] = {}
        for paragraph, _ in snapshot.store.paragraphs(sorted(rows)):
            found.setdefault(paragraph.article_id, []).append((paragraph.id, paragraph.position, paragraph.text))
        return {article: sorted(own, key=lambda entry: entry[1]) for article, own in found.items()}


def inodes(folder: Path) -> set[int]:
    return {path.stat().st_ino for path in folder.rglob("*") if path.is_file()}


def changes(report: Report) -> tuple[int, int, int, int, int]:
    return (
        report.articles_added,
        report.articles_changed,
        report.articles_removed,
        report.articles_unchanged,
        report.paragraphs_embedded,
    )


def test_the_first_run(small_index: Path) -> None:
    found = everything(small_index)
    assert [text for _, _, text in found["steuer"]] == [
        "Der Rat hat die Steuer erhöht.",
        "Die Bäcker der Altstadt protestierten laut.",
        "Bread heißt Brot.",
    ]
    assert [position for _, position, _ in found["steuer"]] == [0, 1, 2]
    manifest = read_manifest(IndexLayout(small_index).generation(1).manifest)
    assert (manifest.articles, manifest.paragraphs) == (3, 7)
    assert manifest.languages == {"de": 3, "en": 2, "zh-TW": 2}
    assert manifest.encoder.name == "fake"


def test_a_second_run_writes_nothing(small_index: Path, write_corpus: Write) -> None:
    before = {path: path.stat().st_mtime_ns for path in (small_index / "generations").rglob("*")}
    report = index_corpus(small_index, [write_corpus(ARTICLES)])
    assert changes(report) == (0, 0, 0, 3, 0)
    assert (report.committed, report.generation) == (False, 1)
    assert {path: path.stat().st_mtime_ns for path in (small_index / "generations").rglob("*")} == before


def test_a_changed_article_embeds_only_its_changed_paragraph(small_index: Path, write_corpus: Write) -> None:
    before = everything(small_index)
    articles = copy.deepcopy(ARTICLES)
    articles[1]["text"] = "Ein neuer Anfang.\n\n" + str(articles[1]["text"]).replace("protestierten", "schwiegen")
    report = index_corpus(small_index, [write_corpus(articles)])
    assert changes(report) == (0, 1, 0, 2, 2)
    assert (report.paragraphs_added, report.paragraphs_removed) == (2, 1)
    after = everything(small_index)
    assert [text for _, _, text in after["steuer"]] == [
        "Ein neuer Anfang.",
        "Der Rat hat die Steuer erhöht.",
        "Die Bäcker der Altstadt schwiegen laut.",
        "Bread heißt Brot.",
    ]
    assert after["steuer"][1][0] == before["steuer"][0][0]
    assert after["steuer"][3][0] == before["steuer"][2][0]
    assert (after["tax"], after["税"]) == (before["tax"], before["税"])


@pytest.mark.parametrize(("sentences", "embedded"), [(False, 0), (True, 2)])
def test_a_new_title_embeds_again_where_paragraphs_are_read_under_it(
    tmp_path: Path, write_corpus: Write, sentences: bool, embedded: int
) -> None:
    folder = tmp_path / "index"
    index_corpus(folder, [write_corpus(ARTICLES)], "fake", sentences=sentences)
    articles = copy.deepcopy(ARTICLES)
    articles[0]["title"] = "Levies"
    report = index_corpus(folder, [write_corpus(articles)])
    assert changes(report) == (0, 1, 0, 2, embedded)
    with Engine(folder) as engine:
        [hit, _] = engine.search(SearchRequest("levies", mode="keyword")).hits
        assert hit.article.title == "Levies"


def test_a_text_known_from_elsewhere_is_not_embedded_again(small_index: Path, write_corpus: Write) -> None:
    title = str(ARTICLES[1]["title"])
    twin = {"id": "twin", "title": title, "text": "Bread heißt Brot.\n\nNew.\n\nNew.", "language": "de"}
    report = index_corpus(small_index, [write_corpus([twin])])
    assert (report.paragraphs_added, report.paragraphs_embedded) == (3, 1)
    assert [paragraph_id for paragraph_id, _, _ in everything(small_index)["twin"]][2].endswith(".2")
    with Engine(small_index) as engine, engine.snapshot() as snapshot:
        assert snapshot.sentences is not None
        rows = [snapshot.store.article(name)[1][place].row for name, place in (("steuer", 2), ("twin", 0))]
        first, second = snapshot.dense.vectors(rows)
        assert first.tolist() == second.tolist()
        first, second = snapshot.sentences.records(rows)
        assert (len(first), first.tobytes()) == (1, second.tobytes())


def test_sentences_are_kept_where_asked_for(tmp_path: Path, write_corpus: Write) -> None:
    corpus = write_corpus(ARTICLES)
    index_corpus(tmp_path / "without", [corpus], "fake", sentences=False)
    assert not IndexLayout(tmp_path / "without").generation(1).sentences.exists()
    with pytest.raises(IndexMismatch, match="made without the vectors of sentences"):
        index_corpus(tmp_path / "without", [corpus], sentences=True)
    index_corpus(tmp_path / "with", [corpus], "fake")
    manifest = read_manifest(IndexLayout(tmp_path / "with").generation(1).manifest)
    assert manifest.sentences
    assert {"sentences/part-000001.npy", "sentences/part-000001.rows.npy"} <= {one.name for one in manifest.files}
    with pytest.raises(IndexMismatch, match="made with the vectors of sentences"):
        index_corpus(tmp_path / "with", [corpus], sentences=False)


def test_an_older_format_is_refused_with_the_command_that_mends_it(small_index: Path, write_corpus: Write) -> None:
    path = IndexLayout(small_index).generation(1).manifest
    path.write_text(path.read_text("utf-8").replace('"format": 9', '"format": 1'), "utf-8")
    for attempt in (lambda: Engine(small_index), lambda: index_corpus(small_index, [write_corpus(ARTICLES)])):
        with pytest.raises(IndexMismatch, match=r"format 1, this version reads format 9.*paraglot index CORPUS"):
            attempt()


def test_the_old_generation_is_linked_not_copied(small_index: Path, write_corpus: Write) -> None:
    before = inodes(small_index / "generations" / "1" / "keyword")
    extra = {"id": "extra", "title": "", "text": "One more.", "language": "en"}
    index_corpus(small_index, [write_corpus([extra])])
    shared = before & inodes(small_index / "generations" / "2" / "keyword")
    assert len(shared) >= 1
    assert sorted(everything(small_index)) == ["extra", "steuer", "tax", "税"]


def test_deleting(small_index: Path) -> None:
    report = delete_articles(small_index, ["tax", "tax"])
    assert changes(report) == (0, 0, 1, 0, 0)
    assert sorted(everything(small_index)) == ["steuer", "税"]
    with Engine(small_index) as engine:
        assert all(hit.article.id != "tax" for hit in engine.search(SearchRequest("bread tax bakers")).hits)
    with pytest.raises(NotFound, match="'tax'"):
        delete_articles(small_index, ["税", "tax"])
    assert sorted(everything(small_index)) == ["steuer", "税"]


def test_deleting_all_and_starting_again(small_index: Path, write_corpus: Write) -> None:
    delete_articles(small_index, ["tax", "steuer", "税"])
    with Engine(small_index) as engine:
        assert engine.search(SearchRequest("bread")).hits == []
    index_corpus(small_index, [write_corpus(ARTICLES)])
    assert sorted(everything(small_index)) == ["steuer", "tax", "税"]


def test_deleting_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        delete_articles(tmp_path / "none", ["tax"])
    assert not (tmp_path / "none").exists()


def test_another_encoder_is_refused(small_index: Path, write_corpus: Write) -> None:
    with pytest.raises(IndexMismatch, match="'fake', not 'builtin'"):
        index_corpus(small_index, [write_corpus(ARTICLES)], "builtin")


def test_old_generations_go_and_open_ones_stay(small_index: Path, write_corpus: Write) -> None:
    engine = Engine(small_index)
    for number in range(5):
        extra = {"id": "extra", "title": "", "text": f"Version {number}.", "language": "en"}
        index_corpus(small_index, [write_corpus([extra])])
    assert IndexLayout(small_index).generation_numbers() == [1, 5, 6]
    assert sorted(hit.article.id for hit in engine.search(SearchRequest("bread tax")).hits).count("extra") == 0
    engine.close()
    index_corpus(small_index, [write_corpus([{"id": "last", "text": "Last.", "language": "en"}])])
    assert IndexLayout(small_index).generation_numbers() == [6, 7]
    with sqlite3.connect(IndexLayout(small_index).store) as connection:
        assert connection.execute("SELECT COUNT(*) FROM paragraph WHERE removed <= 6").fetchone() == (0,)
    connection.close()


def test_a_second_writer_is_told_who_writes(small_index: Path, write_corpus: Write) -> None:
    from paraglot.indexer.folder.lock import writer_lock

    with (
        writer_lock(IndexLayout(small_index).lock),
        pytest.raises(IndexLocked, match=r"process \d+ on \S+ \(since 2\S+\)"),
    ):
        index_corpus(small_index, [write_corpus(ARTICLES)])


def test_a_folder_that_cannot_be_written(tmp_path: Path, write_corpus: Write) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskFailure, match="Not a directory"):
        index_corpus(tmp_path / "file" / "index", [write_corpus(ARTICLES)], "fake")


def test_a_failing_disk_leaves_the_last_commit(
    small_index: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paraglot.search import disk

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    before = everything(small_index)
    extra = write_corpus([{"id": "extra", "text": "One more.", "language": "en"}])
    with monkeypatch.context() as patch:
        patch.setattr(disk, "write_file", full)
        with pytest.raises(DiskFailure, match=r"No space left on device. The last commit is whole"):
            index_corpus(small_index, [extra])
    assert everything(small_index) == before
    assert index_corpus(small_index, [extra]).committed


actions = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.lists(st.sampled_from("uvwxyz"), min_size=1, max_size=4)),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just([])),
    ),
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=12)
@given(actions)
def test_any_history_ends_where_a_fresh_index_does(history: list[tuple[str, str, list[str]]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        corpus = Path(temporary) / "corpus.jsonl"
        old, fresh = Path(temporary) / "old", Path(temporary) / "fresh"
        living: dict[str, dict[str, object]] = {
            "z": {"id": "z", "title": "z", "paragraphs": ["word u", "word v"], "language": "en"}
        }
        steps: list[tuple[str, str, list[str]]] = [("put", "z", ["u", "v"]), *history]
        for action, name, words in steps:
            if action == "put":
                paragraphs = [f"word {word}" for word in words]
                living[name] = {"id": name, "title": name, "paragraphs": paragraphs, "language": "en"}
                corpus.write_text(json.dumps(living[name]))
                index_corpus(old, [corpus], "fake")
            elif name in living:
                del living[name]
                delete_articles(old, [name])
        corpus.write_text("".join(json.dumps(one) + "\n" for one in living.values()))
        index_corpus(fresh, [corpus], "fake")
        assert everything(old) == everything(fresh)
        with Engine(old) as one, Engine(fresh) as other:
            for query in ("u", "word v", "x y z"):
                found = [
                    {hit.paragraph.id: hit.semantic.score if hit.semantic else None for hit in hits}
                    for hits in (one.search(SearchRequest(query)).hits, other.search(SearchRequest(query)).hits)
                ]
                assert found[0] == pytest.approx(found[1], abs=1e-5)

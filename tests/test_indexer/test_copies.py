"""Rebuild, export, backup and restore: another index with the same articles."""

from __future__ import annotations

import copy
import json
import tarfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from paraglot.indexer import write
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.export import export_articles
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import IndexDamaged, IndexMissing, ParaglotError
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.types import EncoderSpec, SearchRequest
from tests.conftest import ARTICLES
from tests.test_indexer.test_build import everything
from tests.test_indexer.test_operations import flip, folder_of

pytestmark = pytest.mark.slow

Write = Callable[[list[dict[str, object]]], Path]


def answers(folder: Path) -> list[list[tuple[str, float]]]:
    with Engine(folder) as engine:
        return [
            [(hit.paragraph.id, hit.score) for hit in engine.search(SearchRequest(query, limit=50)).hits]
            for query in ("bread tax", "Brot", "面包", "bakers protested")
        ]


class Short(FakeEncoder):
    """Reads five words, and gives other vectors than the fake encoder."""

    @property
    def spec(self) -> EncoderSpec:
        return replace(super().spec, name="short", fingerprint="short-1", max_tokens=5)


def load(name: str) -> FakeEncoder:
    return Short() if name == "short" else FakeEncoder()


def test_a_rebuild_gives_the_same_index_without_embedding(small_index: Path) -> None:
    before, found = everything(small_index), answers(small_index)
    report = rebuild_index(small_index)
    assert (report.committed, report.generation, report.paragraphs_embedded) == (True, 2, 0)
    assert (everything(small_index), answers(small_index)) == (before, found)
    assert verify_index(small_index).faults == []
    assert roll_back(small_index).number == 1


def test_a_rebuild_with_another_encoder_is_the_index_that_it_would_have_made(
    small_index: Path, tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "load_encoder", load)
    monkeypatch.setattr("paraglot.search.encoders.loaded.load_encoder", load)
    with Engine(small_index) as engine:
        engine.search(SearchRequest("bread"))
        report = rebuild_index(small_index, "short")
        assert engine.search(SearchRequest("bread")).generation == 1
        assert engine.refresh()
        answer = engine.search(SearchRequest("bread"))
        assert (answer.generation, answer.warnings) == (2, [])
    assert (report.articles_changed, report.articles_unchanged, report.paragraphs_embedded) == (2, 1, 11)
    fresh = tmp_path / "fresh"
    index_corpus(fresh, [write_corpus(ARTICLES)], "short")
    assert next(text for _, _, text in everything(fresh)["tax"]) == "The council raised the bread"
    assert everything(small_index) == everything(fresh)
    for rebuilt, made in zip(answers(small_index), answers(fresh), strict=True):
        assert [id_ for id_, _ in rebuilt] == [id_ for id_, _ in made]
        # Cosines of sentences hang in their last digit on where in the index the rows lie.
        assert [score for _, score in rebuilt] == pytest.approx([score for _, score in made], abs=1e-5)
    assert verify_index(small_index).faults == []
    assert not index_corpus(small_index, [write_corpus(ARTICLES)]).committed
    rebuild_index(small_index, "fake")
    assert next(text for _, _, text in everything(small_index)["tax"]) == "The council raised the bread tax."


def test_a_rebuild_without_sentences_and_with_them_again(small_index: Path) -> None:
    found = answers(small_index)
    rebuild_index(small_index, sentences=False)
    assert not IndexLayout(small_index).generation(2).sentences.exists()
    assert verify_index(small_index).faults == []
    assert rebuild_index(small_index, sentences=True).paragraphs_embedded == 7
    assert answers(small_index) == found


@pytest.mark.parametrize(
    "name", ["dense/part-000001.faiss", "sentences/part-000001.npy", "keyword/part-000001.postings"]
)
def test_a_rebuild_mends_damaged_files(small_index: Path, name: str) -> None:
    found = answers(small_index)
    [path] = IndexLayout(small_index).generation(1).folder.glob(name)
    flip(path, path.stat().st_size // 2)
    assert verify_index(small_index).faults
    report = rebuild_index(small_index)
    assert report.paragraphs_embedded == (0 if name.startswith("keyword") else 7)
    assert verify_index(small_index).faults == []
    assert answers(small_index) == found


def test_an_index_of_another_analyzer_answers_and_is_made_anew_by_the_next_write(
    small_index: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from paraglot.indexer.folder import base, commit
    from paraglot.search.folder import index

    found = answers(small_index)
    for module in (base, commit, index):
        monkeypatch.setattr(module, "ANALYZER", "another-1")
    with Engine(small_index) as opened:
        answer = opened.search(SearchRequest("bread tax", limit=50))
        assert answer.warnings[0].startswith("Words were not searched: The index was made with the analyzer")
        assert len(answer.hits) == 7
    assert verify_index(small_index).faults == []
    report = index_corpus(small_index, [write_corpus(ARTICLES)])
    assert (report.committed, report.articles_unchanged, report.paragraphs_embedded) == (True, 3, 0)
    assert "this is another-1. It is made anew from the store." in report.warnings[0]
    assert answers(small_index) == found
    assert not index_corpus(small_index, [write_corpus(ARTICLES)]).committed


def test_nothing_to_rebuild(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        rebuild_index(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_an_export_indexes_again_to_the_same_index(tmp_path: Path, write_corpus: Write) -> None:
    given = {"id": "given", "paragraphs": ["A short heading", "One\nparagraph.", "And more."], "tags": [1, {"a": None}]}
    news = folder_of(tmp_path / "news", "ab")
    (news / "c.txt").write_text("Title\n\nA heading\n\nThe text below it is long enough.\n\nSource: Gazette")
    index, again = tmp_path / "index", tmp_path / "again"
    index_corpus(index, [write_corpus([*ARTICLES, given]), news], "fake")
    exported = list(export_articles(index))
    assert [one["id"] for one in exported] == ["a.txt", "b.txt", "c.txt", "given", "steuer", "tax", "税"]
    assert exported[3] == {"title": "", **given, "paragraphs": ["A short heading", "One\nparagraph.", "And more."]}
    assert exported[5] == ARTICLES[0]
    index_corpus(again, [write_corpus(exported)], "fake")
    assert everything(again) == everything(index)
    assert [dict(one) for one in map(dict, answers(again))] == [dict(one) for one in map(dict, answers(index))]
    assert list(export_articles(again)) == exported
    assert not index_corpus(index, [write_corpus(exported)]).committed


def test_backup_and_restore(small_index: Path, tmp_path: Path, write_corpus: Write) -> None:
    delete_articles(small_index, ["税"])
    file, folder = tmp_path / "news.tar", tmp_path / "restored"
    assert back_up(small_index, file) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"corpus.jsonl", "index", "news.tar"}
    assert restore(file, folder) == 2
    assert (everything(folder), answers(folder)) == (everything(small_index), answers(small_index))
    assert verify_index(folder).faults == []
    assert index_corpus(folder, [write_corpus(ARTICLES)]).articles_added == 1
    for refused in (lambda: back_up(small_index, file), lambda: restore(file, folder)):
        with pytest.raises(ParaglotError, match=r"exists already|something in the folder"):
            refused()


def test_a_backup_while_a_writer_commits(small_index: Path, tmp_path: Path) -> None:
    """The writer's commits come between any two steps; what is restored is one of its generations, whole."""
    stop, failures = threading.Event(), list[str]()

    def commits() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            corpus = tmp_path / "more.jsonl"
            corpus.write_text(json.dumps({"id": "more", "text": f"Bread {number}.", "language": "en"}))
            index_corpus(small_index, [corpus])

    writer = threading.Thread(target=commits)
    writer.start()
    try:
        for number in range(4):
            file, folder = tmp_path / f"{number}.tar", tmp_path / str(number)
            generation = back_up(small_index, file)
            assert restore(file, folder) == generation
            texts = everything(folder)
            if generation > 1:
                assert [text for _, _, text in texts["more"]] == [f"Bread {generation - 1}."]
            failures += verify_index(folder).faults
    finally:
        stop.set()
        writer.join()
    assert failures == []


@pytest.mark.parametrize("cut", [0, 100, 5_000, -3_000])
def test_a_backup_that_is_cut_off_is_refused(small_index: Path, tmp_path: Path, cut: int) -> None:
    file, folder = tmp_path / "news.tar", tmp_path / "restored"
    back_up(small_index, file)
    file.write_bytes(file.read_bytes()[:cut] if cut >= 0 else file.read_bytes()[:-12_000])
    with pytest.raises(IndexDamaged, match=r"news\.tar"):
        restore(file, folder)
    with pytest.raises(IndexMissing):
        Engine(folder)


def test_a_backup_with_a_flipped_byte_is_refused(small_index: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "news.tar", tmp_path / "restored"
    back_up(small_index, file)
    place = file.read_bytes().rindex(b"The council raised")
    flip(file, place)
    with pytest.raises(IndexDamaged, match="the backup is damaged"):
        restore(file, folder)
    with pytest.raises(IndexMissing):
        Engine(folder)
    flip(file, place)
    assert restore(file, folder) == 1


def test_a_strangers_backup_writes_nowhere_else(small_index: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "news.tar", tmp_path / "inside" / "restored"
    back_up(small_index, file)
    evil = tmp_path / "evil.tar"
    with tarfile.open(file) as source, tarfile.open(evil, "w") as target:
        for member in source:
            content = source.extractfile(member)
            renamed = copy.copy(member)
            renamed.name = "../../../../outside" if member.name.endswith(".faiss") else member.name
            target.addfile(renamed, content)
    with pytest.raises(IndexDamaged, match=r"evil\.tar: not a whole backup"):
        restore(evil, folder)
    assert not (tmp_path / "outside").exists()


def test_watching_a_folder(tmp_path: Path) -> None:
    from paraglot.indexer.care.watch import changes

    news, stop = folder_of(tmp_path / "news", "a"), threading.Event()
    seen: list[Sequence[str]] = []
    for _ in changes([news], stop):
        seen.append(sorted(path.name for path in news.iterdir()))
        if len(seen) == 1:
            folder_of(news, "b")
        elif "b.txt" in seen[-1]:
            stop.set()
    assert seen[0] == ["a.txt"]
    assert seen[-1] == ["a.txt", "b.txt"]


def test_what_readers_mark_survives_export_and_rebuild(tmp_path: Path, write_corpus: Write) -> None:
    prose = "The council decided on Monday to build a new bridge over the river near the old mill."
    index, again, corpus = tmp_path / "index", tmp_path / "again", tmp_path / "corpus"
    corpus.mkdir()
    for n in range(10):
        text = f"# Title {n}\n\n{prose} {n}\n\n## Why\n\n{prose} So {n}.\n\nFollow this paper wherever you are today."
        (corpus / f"{n}.md").write_text(text, "utf-8")
    report = index_corpus(index, [corpus], "fake")
    assert (report.articles, report.paragraphs) == (10, 30)
    exported = list(export_articles(index))
    assert exported[0]["paragraph_marks"] == {
        "anchors": [[94, "why"]],
        "blocks": [[0, 87, ""], [94, 185, "Why"], [187, 228, "Why"]],
        "scraped": True,
    }
    # As an index has it that an earlier version made: lines that recurred were left out.
    for one in exported:
        one["paragraph_marks"]["furniture"] = ["Follow this paper wherever you are today."]
    index_corpus(index, [write_corpus(exported)], "fake")
    index_corpus(again, [write_corpus(exported)], "fake")
    assert list(export_articles(again)) == exported
    assert not index_corpus(index, [write_corpus(exported)]).committed
    rebuild_index(index, "fake")
    assert list(export_articles(index)) == exported
    with Engine(index) as engine, engine.snapshot() as snapshot:
        _, paragraphs = snapshot.store.article("0.md")
    assert [(one.heading, one.text) for one in paragraphs] == [("", f"{prose} 0"), ("Why", f"{prose} So 0.")]

"""What was embedded before a run was cut off is not embedded again; parts stay small however large a commit is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap

from paraglot.indexer import write
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.backup import back_up
from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.folder import parts
from paraglot.indexer.folder.parts import plan_parts
from paraglot.indexer.folder.vector_cache import left_by_a_run
from paraglot.search.encoders.fake import FakeEncoder
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import EncoderMissing, ParaglotError
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.types import SearchRequest
from tests.test_indexer.test_build import everything

Write = Callable[[list[dict[str, object]]], Path]


def many(count: int, first: int = 0) -> list[dict[str, object]]:
    return [
        {
            "id": f"a{number}",
            "title": "Bread",
            "language": "en",
            "paragraphs": [f"Note {number} on bread.", f"n{number}"],
        }
        for number in range(first, first + count)
    ]


class Dying(FakeEncoder):
    """Encodes ``left`` texts and then is cut off."""

    left = 0
    encoded: list[str] = []  # noqa: RUF012

    def encode_sentences(self, texts: Sequence[str], *arguments: Any, **named: Any) -> Any:
        type(self).left -= len(texts)
        if type(self).left < 0:
            raise KeyboardInterrupt
        type(self).encoded += texts
        return super().encode_sentences(texts, *arguments, **named)


def test_a_run_that_was_cut_off_is_resumed(
    tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "BATCH", 10)
    monkeypatch.setattr(write, "load_encoder", lambda name: Dying())
    corpus, index = write_corpus(many(20)), tmp_path / "index"
    Dying.left, Dying.encoded = 25, []
    with pytest.raises(KeyboardInterrupt):
        index_corpus(index, [corpus], "fake")
    assert len(Dying.encoded) == 20
    assert IndexLayout(index).current_number() == 0
    Dying.left = 1000
    report = index_corpus(index, [corpus], "fake")
    assert (report.paragraphs_embedded, report.paragraphs_resumed, report.paragraphs_added) == (20, 20, 40)
    assert len(set(Dying.encoded)) == len(Dying.encoded) == 40
    assert not list(index.glob("vectors.sqlite*"))
    index_corpus(tmp_path / "fresh", [corpus], "fake")
    with Engine(index) as one, Engine(tmp_path / "fresh") as other:
        request = SearchRequest("note 7 bread", limit=40)
        assert one.rank(request) == other.rank(request)


def test_a_deletion_between_leaves_what_was_embedded(
    tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    index_corpus(index, [write_corpus(many(2))], "fake")
    monkeypatch.setattr(write, "BATCH", 10)
    with monkeypatch.context() as patch:
        patch.setattr(write, "load_encoder", lambda name: Dying())
        Dying.left = 15
        with pytest.raises(KeyboardInterrupt):
            index_corpus(index, [write_corpus(many(20))])
    delete_articles(index, ["a0"])
    report = index_corpus(index, [write_corpus(many(20))])
    assert (report.paragraphs_resumed, report.paragraphs_embedded) == (10, 28)


def test_a_broken_cache_is_made_anew(tmp_path: Path, write_corpus: Write) -> None:
    layout = IndexLayout(tmp_path / "index")
    layout.folder.mkdir()
    layout.pending_vectors.write_bytes(b"\xff" * 5000)
    assert index_corpus(layout.folder, [write_corpus(many(2))], "fake").paragraphs_embedded == 4


def test_one_commit_makes_as_many_parts_as_it_needs(
    tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MAX_PART_BYTES", 4 * 64 * 16)  # 16 rows
    index, whole = tmp_path / "index", tmp_path / "whole"
    index_corpus(index, [write_corpus(many(20))], "fake")
    with Engine(index) as engine:
        assert engine.manifest.dense_parts == (1, 2, 3)
    index_corpus(index, [write_corpus(many(6, first=20))])
    delete_articles(index, [f"a{number}" for number in range(3, 9)])
    assert verify_index(index).faults == []
    monkeypatch.undo()
    index_corpus(whole, [write_corpus(many(3) + many(17, first=9))], "fake")
    assert everything(index) == everything(whole)
    with Engine(index) as one, Engine(whole) as other:
        request = SearchRequest("note 25 bread", limit=50, mode="semantic")
        found = [[(hit.paragraph.id, hit.score) for hit in engine.search(request).hits] for engine in (one, other)]
        assert dict(found[0]) == dict(found[1])


def rows(first: int, last: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.arange(first, last, dtype=np.int64)


def test_the_plan_of_parts() -> None:
    old = [(1, rows(0, 100)), (2, rows(100, 140)), (5, rows(140, 150))]

    def plan(gone: Sequence[int], added: Sequence[int], limit: int = 1000) -> list[tuple[tuple[int, ...], int, bool]]:
        planned = plan_parts(old, BitMap(gone), added, limit)
        return [(one.old, one.size, one.kept) for one in planned]

    one, two, five = ((1,), 100, True), ((2,), 40, True), ((5,), 10, True)
    assert plan([], []) == [one, two, five]
    assert plan([], range(150, 154)) == [one, two, five, ((), 4, False)]
    assert plan([], range(150, 155)) == [one, two, ((5,), 15, False)]
    assert plan([], range(150, 157)) == [one, two, ((5,), 17, False)]
    assert plan([], range(150, 160)) == [((1, 2, 5), 160, False)]  # 10 takes 10, 20 takes 40, 60 takes 100
    assert plan([], range(150, 160), 60) == [one, ((2, 5), 60, False)]
    assert plan([], range(150, 190)) == [((1, 2, 5), 190, False)]
    # Half gone: written anew, alone or with the neighbour that is small beside it; wholly gone: left out.
    assert plan(range(51), []) == [((1,), 49, False), two, five]
    assert plan(range(100, 125), []) == [one, ((2,), 15, False), five]
    assert plan(range(140, 150), []) == [one, two]
    assert plan([*range(60), *range(100, 121)], []) == [((1,), 40, False), ((2,), 19, False), five]
    assert plan([*range(70), *range(100, 121)], []) == [((1, 2), 49, False), five]
    # No part beyond the limit.
    assert plan([], range(150, 260), 100) == [one, two, five, ((), 100, False), ((), 10, False)]


class Lost(Dying):
    """As `Dying`, of an endpoint."""

    def encode_sentences(self, texts: Sequence[str], *arguments: Any, **named: Any) -> Any:
        try:
            return super().encode_sentences(texts, *arguments, **named)
        except KeyboardInterrupt:
            raise EncoderMissing("It is away.") from None


def away(_: str) -> FakeEncoder:
    raise EncoderMissing("It is away.")


def test_a_first_run_without_an_encoder_leaves_nothing_or_what_it_embedded_and_a_backup_takes_its_place(
    tmp_path: Path, small_index: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, index, backup = write_corpus(many(20)), tmp_path / "new" / "index", tmp_path / "backup"
    back_up(small_index, backup)
    monkeypatch.setattr(write, "BATCH", 10)
    Dying.left = 25
    for loaded, lies in ((away, False), (lambda _: Lost(), True)):
        monkeypatch.setattr(write, "load_encoder", loaded)
        with pytest.raises(EncoderMissing):
            index_corpus(index, [corpus])
        assert index.exists() is lies
    assert left_by_a_run(index) == 20
    assert restore(backup, index) == 1
    assert verify_index(index).faults == []
    assert left_by_a_run(index) == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("Dear")
    with pytest.raises(ParaglotError, match="there is something in the folder"):
        restore(backup, tmp_path / "mine")

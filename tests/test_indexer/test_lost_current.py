"""A damaged or missing CURRENT beside a whole generation: all else refuses, and names the rollback that mends it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner

from paraglot.api.cli.main import app
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.rebuild import rebuild_index
from paraglot.indexer.care.rollback import roll_back
from paraglot.indexer.care.verify import verify_index
from paraglot.search import disk
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import DiskFailure, IndexDamaged, IndexMissing, NotFound
from paraglot.search.folder.layout import IndexLayout
from tests.conftest import ARTICLES
from tests.test_indexer.test_build import everything
from tests.test_indexer.test_operations import flip

Write = Callable[[list[dict[str, object]]], Path]

LOSSES: dict[str, Callable[[Path], object]] = {
    "empty": lambda current: current.write_bytes(b""),
    "no number": lambda current: current.write_text("two"),
    "binary": lambda current: current.write_bytes(b"\xff\xfe2"),
    "gone": lambda current: current.unlink(missing_ok=True),
    "of a generation that is not there": lambda current: current.write_text("7\n"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_all_refuse_with_the_command_that_mends(small_index: Path, write_corpus: Write, loss: str) -> None:
    first = everything(small_index)
    delete_articles(small_index, ["tax"])
    second, layout = everything(small_index), IndexLayout(small_index)
    LOSSES[loss](layout.current)
    remedy = f"paraglot rollback --to 2 --index {small_index}"
    corpus = write_corpus(ARTICLES)
    for use in (
        lambda: Engine(small_index),
        lambda: index_corpus(small_index, [corpus]),
        lambda: delete_articles(small_index, ["steuer"]),
        lambda: rebuild_index(small_index),
    ):
        with pytest.raises(IndexDamaged) as refused:
            use()
        assert remedy in refused.value.remedy
    assert layout.generation_numbers() == [1, 2]
    shown = CliRunner().invoke(app, ["verify", "--index", str(small_index)])
    assert (shown.exit_code, remedy in shown.output, "rebuild" in shown.output) == (1, True, False)
    for to, served, there in ((None, 2, second), (1, 1, first), (2, 2, second)):
        LOSSES[loss](layout.current)
        assert roll_back(small_index, to).number == served
        assert everything(small_index) == there
        assert verify_index(small_index).faults == []
    assert index_corpus(small_index, [corpus]).articles == 3


def test_a_first_generation_alone_is_not_taken_for_debris(small_index: Path, write_corpus: Write) -> None:
    before = everything(small_index)
    IndexLayout(small_index).current.unlink()
    for use in (lambda: Engine(small_index), lambda: index_corpus(small_index, [write_corpus(ARTICLES[:1])])):
        with pytest.raises(IndexDamaged, match="CURRENT") as refused:
            use()
        assert f"paraglot rollback --to 1 --index {small_index}" in refused.value.remedy
    assert roll_back(small_index).number == 1
    assert everything(small_index) == before


@pytest.mark.slow
def test_a_first_commit_cut_off_at_any_step_is_begun_anew(
    tmp_path: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of the disk refuses once; until CURRENT is there the folder holds no index, and the next run makes it."""
    corpus, outcomes = write_corpus(ARTICLES[:1]), []
    steps = [name for name in dir(disk) if name.startswith(("write_", "link_", "replace_", "sync_", "remove_"))]
    for fatal in range(100):
        folder, taken = tmp_path / str(fatal), itertools.count()

        def refuse(
            real: Callable[..., object], taken: Iterator[int] = taken, fatal: int = fatal
        ) -> Callable[..., object]:
            def step(*arguments: object) -> object:
                if next(taken) == fatal:
                    raise OSError(28, "No space left on device", str(arguments[0]))
                return real(*arguments)

            return step

        with monkeypatch.context() as patched:
            for name in steps:
                patched.setattr(disk, name, refuse(getattr(disk, name)))
            with suppress(DiskFailure):
                index_corpus(folder, [corpus], "fake")
        outcomes.append(IndexLayout(folder).current.exists())
        if not outcomes[-1]:
            with pytest.raises(IndexMissing):
                Engine(folder)
        index_corpus(folder, [corpus], "fake")
        assert sorted(everything(folder)) == ["tax"]
        if next(taken) <= fatal:
            break
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) >= 8


def test_the_newest_whole_one_is_chosen(small_index: Path) -> None:
    delete_articles(small_index, ["tax"])
    layout = IndexLayout(small_index)
    part = layout.generation(2).removed_rows
    flip(part, part.stat().st_size // 2)
    layout.current.unlink()
    with pytest.raises(IndexDamaged, match=r"removed\.roaring"):
        roll_back(small_index, to=2)
    with pytest.raises(NotFound, match="there are: 1, 2"):
        roll_back(small_index, to=3)
    assert not layout.current.exists()
    assert roll_back(small_index).number == 1
    assert verify_index(small_index).faults == []


def test_none_is_whole(small_index: Path) -> None:
    layout = IndexLayout(small_index)
    layout.current.write_text("")
    part = layout.generation(1).part(1)
    part.unlink()
    with pytest.raises(IndexDamaged, match=r"part-000001\.faiss"):
        roll_back(small_index)
    layout.generation(1).manifest.unlink()
    with pytest.raises(IndexDamaged, match="CURRENT") as refused:
        roll_back(small_index)
    assert "Restore the index folder from a backup" in refused.value.remedy
    assert layout.current.read_text() == ""


def test_a_damaged_manifest_leads_to_the_generation_before(small_index: Path, write_corpus: Write) -> None:
    delete_articles(small_index, ["tax"])
    manifest = IndexLayout(small_index).generation(2).manifest
    flip(manifest, manifest.stat().st_size // 2)
    remedy = f"paraglot rollback --to 1 --index {small_index}"
    for use in (lambda: Engine(small_index), lambda: index_corpus(small_index, [write_corpus(ARTICLES)])):
        with pytest.raises(IndexDamaged, match=r"manifest\.json") as refused:
            use()
        assert remedy in refused.value.remedy
    assert remedy in verify_index(small_index).remedy
    assert roll_back(small_index).number == 1
    assert index_corpus(small_index, [write_corpus(ARTICLES)]).articles == 3


def test_no_index_is_none_to_go_back_to(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        roll_back(tmp_path / "none")
    assert not (tmp_path / "none").exists()

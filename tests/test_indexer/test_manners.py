"""Writers that wait, are told to end, or meet a disk that refuses: one clear line, and the old generation whole."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.kills import ROOT
from paraglot.indexer.build import delete_articles, index_corpus
from paraglot.indexer.care.verify import verify_index
from paraglot.indexer.folder.lock import writer_lock
from paraglot.indexer.folder.vector_cache import left_by_a_run
from paraglot.search import disk
from paraglot.search.engine.engine import Engine
from paraglot.search.errors import DiskFailure, IndexLocked, IndexMissing
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.types import SearchRequest
from tests.commands import paraglot
from tests.conftest import ARTICLES
from tests.test_indexer.test_build import everything

Write = Callable[[list[dict[str, object]]], Path]

EXTRA: dict[str, object] = {"id": "extra", "text": "One more loaf of bread.", "language": "en"}
STEPS = [name for name in dir(disk) if name.startswith(("write_", "link_", "replace_", "sync_", "make_"))]


def test_a_second_writer_waits_if_told_to(small_index: Path, write_corpus: Write) -> None:
    corpus = write_corpus([EXTRA])
    lock = writer_lock(IndexLayout(small_index).lock)
    lock.__enter__()
    threading.Timer(0.4, lambda: lock.__exit__(None, None, None)).start()
    assert index_corpus(small_index, [corpus], wait_s=30).committed


def test_a_second_writer_is_told_who_where_and_since_when(small_index: Path, write_corpus: Write) -> None:
    with writer_lock(IndexLayout(small_index).lock):
        started = time.monotonic()
        who = rf"process {os.getpid()} on \S+ \(since 20\d\d-\d\d-\d\dT\S+\) is"
        for wait in (
            lambda: index_corpus(small_index, [write_corpus([EXTRA])], wait_s=0.3),
            lambda: delete_articles(small_index, ["tax"], wait_s=0.3),
        ):
            with pytest.raises(IndexLocked, match=rf"{who} still writing to this index after 0\.3 seconds") as waited:
                wait()
            assert "--wait" not in str(waited.value)
        assert time.monotonic() - started >= 0.6
        with pytest.raises(IndexLocked, match=rf"{who} writing to this index\. .* wait for it: --wait SECONDS"):
            delete_articles(small_index, ["tax"])


@pytest.mark.slow
@pytest.mark.parametrize("error", [(28, "No space left on device")])
def test_a_disk_that_refuses_at_any_step(
    small_index: Path, write_corpus: Write, monkeypatch: pytest.MonkeyPatch, error: tuple[int, str]
) -> None:
    """The step that fails is the first, the second, … of a whole commit, until one run needs no step more."""
    before, corpus = everything(small_index), write_corpus([EXTRA])
    for fatal in range(100):
        count = 0

        def step(name: str, original: Callable[..., Any], fatal: int = fatal) -> Callable[..., Any]:
            def run(*arguments: Any) -> Any:
                nonlocal count
                count += 1
                if count == fatal + 1:
                    raise OSError(*error, str(arguments[0]))
                return original(*arguments)

            return run

        with monkeypatch.context() as patch:
            for name in STEPS:
                patch.setattr(disk, name, step(name, getattr(disk, name)))
            message = ""
            try:
                index_corpus(small_index, [corpus])
            except DiskFailure as failure:
                message = str(failure)
        assert "\n" not in message
        assert verify_index(small_index).faults == []
        found = everything(small_index)
        assert found == before or (found.keys() - before.keys() == {"extra"})
        if found != before:
            break
        assert f"{error[1]}. The last commit is whole." in message
    assert fatal >= 15  # all steps before the commit itself were made to fail


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from paraglot.api.cli.main import main
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs limits on the size of files")
@pytest.mark.parametrize("limit", [2_000, 100_000])
def test_a_file_system_that_takes_no_more(tmp_path: Path, write_corpus: Write, limit: int) -> None:
    """The system itself refuses, wherever it is first met: in SQLite, Whoosh or a part."""
    index = tmp_path / "index"
    index_corpus(index, [write_corpus(ARTICLES)], "fake")
    before = everything(index)
    many = [{"id": f"n{number}", "text": f"Loaf {number} " * 40, "language": "en"} for number in range(300)]
    command = [sys.executable, "-c", LIMITED, str(limit), "index", str(write_corpus(many)), "--index", str(index)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "The last commit is whole." in line
    assert everything(index) == before
    assert verify_index(index).faults == []
    assert index_corpus(index, [write_corpus(many)]).articles == 303


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_with_the_last_commit(small_index: Path, tmp_path: Path, number: int) -> None:
    before = everything(small_index)
    lines = (json.dumps({"id": f"n{one}", "text": f"Loaf {one}. " * 20, "language": "en"}) for one in range(5_000))
    (tmp_path / "many.jsonl").write_text("\n".join(lines))
    command = [
        sys.executable,
        "-c",
        "from paraglot.api.cli.main import main; main()",
        "index",
        str(tmp_path / "many.jsonl"),
    ]
    process = subprocess.Popen([*command, "--index", str(small_index)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    while not left_by_a_run(small_index):  # the first of several batches is embedded by then
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(number)
    _, messages = process.communicate()
    assert process.returncode == 128 + number
    assert re.fullmatch(
        r"paraglot: [1-5]000 embedded texts kept: the same command goes on from there\.\n"
        r"paraglot: interrupted; the index is as the last commit left it\.\n",
        messages,
    )
    assert everything(small_index) == before
    assert verify_index(small_index).faults == []


@pytest.mark.slow
def test_wrong_paths_are_wrong_usage(small_index: Path, tmp_path: Path) -> None:
    done = paraglot("index", tmp_path / "nope", "--index", small_index)
    assert (done.returncode, done.stderr) == (2, f"paraglot: {tmp_path / 'nope'}: there is no such file or folder.\n")
    assert paraglot("--version").stdout.startswith("paraglot 0.")


def test_an_index_that_is_removed_under_a_service(small_index: Path, write_corpus: Write) -> None:
    """It is served on from the open files, told of, and a new index of the same number takes its place."""
    with Engine(small_index) as engine:
        disk.remove_tree(small_index)
        with pytest.raises(IndexMissing):
            engine.refresh()
        assert engine.search(SearchRequest("bread tax")).hits
        index_corpus(small_index, [write_corpus([EXTRA])], "fake")
        assert engine.refresh()
        assert [hit.article.id for hit in engine.search(SearchRequest("bread")).hits] == ["extra"]
        assert not engine.refresh()

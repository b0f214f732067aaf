"""A commit killed at each of its steps: the last commit stays whole, and the next writer clears up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.kills import ROOT, campaign, served
from paraglot.indexer.build import index_corpus
from paraglot.search.folder.layout import IndexLayout

CHILD = """
import os, shutil, signal, sys
from pathlib import Path
from paraglot.indexer.build import index_corpus
from paraglot.search import disk

base, corpus, results = map(Path, sys.argv[1:])
steps = [name for name in dir(disk) if name.startswith(("write_", "link_", "replace_", "sync_", "remove_", "make_"))]

def index_and_die(folder, fatal):
    count = 0
    def wrap(function):
        def step(*arguments):
            nonlocal count
            if count == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1
            return function(*arguments)
        return step
    for name in steps:
        setattr(disk, name, wrap(getattr(disk, name)))
    index_corpus(folder, [corpus], "fake")

# What is imported late is then imported once, and not by each child. Whoosh leaves no threads, which forks would lose.
index_corpus(results / "none", [corpus], "fake", keyword="whoosh")
import tantivy

fatal = 0
while True:
    folder = results / str(fatal)
    shutil.copytree(base, folder)
    child = os.fork()
    if not child:
        index_and_die(folder, fatal)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
    fatal += 1
print(fatal)
"""


def corpus_of(words: dict[str, list[str]]) -> str:
    return "".join(
        json.dumps({"id": name, "title": name, "paragraphs": [f"bread {word}" for word in own], "language": "en"})
        + "\n"
        for name, own in words.items()
    )


@pytest.mark.slow
@pytest.mark.parametrize("keyword", ["whoosh", "tantivy"])
def test_a_commit_killed_at_each_step(tmp_path: Path, keyword: str) -> None:
    corpus, base, results = tmp_path / "corpus.jsonl", tmp_path / "base", tmp_path / "results"
    versions = [{"a": ["one", "two"], "b": ["three"]}, {"a": ["one", "four"], "b": ["three"]}, {"a": ["five", "one"]}]
    for words in versions[:2]:
        corpus.write_text(corpus_of(words))
        index_corpus(base, [corpus], "fake", keyword=keyword)
    corpus.write_text(corpus_of(versions[2]))
    before = served(base)
    after = before | {"a": ["bread five", "bread one"]}
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(base), str(corpus), str(results)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    steps = int(child.stdout)
    assert steps >= 20
    seen = []
    for step in range(steps):
        folder = results / str(step)
        seen.append(served(folder))
        assert seen[-1] in (before, after), f"killed before step {step}"
        index_corpus(folder, [corpus])
        assert served(folder) == after, f"killed before step {step}"
        layout = IndexLayout(folder)
        assert not layout.current_draft.exists()
        assert layout.generation_numbers()[-1] == layout.current_number() in (3, 4)
    assert before in seen
    assert after in seen


@pytest.mark.slow
@pytest.mark.parametrize("keyword", ["whoosh", "tantivy"])
def test_kills_at_random_moments(tmp_path: Path, keyword: str) -> None:
    result = campaign(tmp_path, kills=2, seed=1, model="fake", keyword=keyword)
    assert result.failures == []
    assert sum(result.outcomes.values()) == 2

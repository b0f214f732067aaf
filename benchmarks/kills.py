"""Kill updates, merges, rebuilds and backups at random moments and see that the index is always whole.

    python benchmarks/kills.py [--kills 500] [--seed 0] [--model fake] [--keyword auto]

Each round starts a real `paraglot` command over a changed corpus (most often `index`, else `rebuild`, `rollback` or
`backup`) and kills it (SIGKILL) after a random part of the time that a whole one takes. Then `verify` must find the
index whole, it must be the old or the new state to the letter, with all that an earlier command said was committed
(a rebuild that ended well is served, a backup that ended well is there and can be restored); and the next
`paraglot index` must succeed and leave no debris. Parts are kept small, so that updates merge them. Tells how far it is
on stderr and prints a summary; exit code 1 on any failure.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from paraglot.indexer.care.restore import restore
from paraglot.indexer.care.verify import verify_index
from paraglot.search.engine.engine import open_index
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import as_folder_snapshot

ROOT = Path(__file__).parent.parent
COMMAND = [
    sys.executable,
    "-c",
    "from paraglot.indexer.folder import parts; parts.MAX_PART_BYTES = 1 << 13;"
    "from paraglot.api.cli.main import main; main()",
]
ARTICLES = 30
ACTIONS = {"index": 6, "rebuild": 2, "rollback": 1, "backup": 2}

Corpus = dict[str, list[str]]


@dataclass(slots=True)
class Campaign:
    """What happened: how each killed command was left, and every failure in words."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def changed(corpus: Corpus, chance: random.Random) -> Corpus:
    """The corpus with a few paragraphs rewritten and a few articles new or gone."""
    after = {name: list(paragraphs) for name, paragraphs in corpus.items()}
    for _ in range(chance.randint(1, 5)):
        name = f"article-{chance.randrange(ARTICLES)}"
        if len(after) > ARTICLES // 2 and chance.random() < 0.2:
            after.pop(name, None)
            continue
        paragraphs = after.setdefault(name, ["The council met about the bread tax."])
        paragraphs.insert(chance.randrange(len(paragraphs) + 1), f"Bread note number {chance.randrange(10**9)}.")
        del paragraphs[8:]
    return after


def write_corpus(path: Path, corpus: Corpus) -> None:
    """The corpus as JSON lines."""
    lines = (
        json.dumps({"id": name, "title": name, "paragraphs": texts, "language": "en"}) for name, texts in corpus.items()
    )
    path.write_text("\n".join(lines) + "\n", "utf-8")


def served(folder: Path) -> Corpus:
    """Every article of the committed generation, read through the engine. Raises `AssertionError` if not all agree."""
    if faults := verify_index(folder).faults:
        raise AssertionError("; ".join(faults))
    with open_index(folder) as engine, engine.snapshot() as served:
        snapshot = as_folder_snapshot(served)
        names = [record["id"] for record in snapshot.store.records()]
        return {name: [paragraph.text for paragraph in snapshot.store.article(name)[1]] for name in names}


class Round:
    """One command that is killed, and what must hold then."""

    def __init__(self, folder: Path, model: str, chance: random.Random, keyword: str) -> None:
        self.corpus_file, self.index, self.backup = folder / "corpus.jsonl", folder / "index", folder / "backup.tar"
        self.restored = folder / "restored"
        self._model, self._keyword, self._chance = model, keyword, chance

    def command(self, action: str) -> list[str]:
        """The command line of an action."""
        own = {
            "index": ["index", str(self.corpus_file), "--prune", "--model", self._model, "--keyword", self._keyword],
            "backup": ["backup", str(self.backup)],
        }
        return [*COMMAND, *own.get(action, [action]), "--index", str(self.index)]

    def kill(self, action: str, whole_run_s: float) -> bool:
        """Start an action and kill it at a random moment. Returns whether it had ended by itself, and well."""
        process = subprocess.Popen(self.command(action), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self._chance.uniform(0.3, 1.1) * whole_run_s)
        acknowledged = process.poll() == 0
        process.kill()
        process.wait()
        return acknowledged

    def generation(self) -> int:
        """The committed generation."""
        return IndexLayout(self.index).current_number()

    def check(
        self, action: str, states: list[Corpus], before: int, acknowledged: bool, outcomes: Counter[str]
    ) -> list[str]:
        """What is wrong after a kill; ``states`` are what may be served, ``before`` is the generation that was."""
        moved = self.generation() != before
        try:
            found = served(self.index)
            if found not in states:
                return ["what is served is neither the old nor the new state"]
            if action == "index" and found != states[moved]:
                return ["the generation and what is served do not belong together"]
            if acknowledged and not self._is_done(action, states, moved):
                return ["acknowledged work is lost"]
            if self.backup.exists():
                restore(self.backup, self.restored)
                if served(self.restored) not in states:
                    return ["the backup is of another state"]
        except Exception as error:
            return [f"not whole: {error}"]
        done = self._is_done(action, states, moved)
        outcomes[f"{action}: {'ended' if acknowledged else 'killed'}, {'done' if done else 'not done'}"] += 1
        return []

    def _is_done(self, action: str, states: list[Corpus], moved: bool) -> bool:
        if action == "backup":
            return self.backup.exists()
        return moved or (action == "index" and states[0] == states[1])


def campaign(folder: Path, kills: int, seed: int, model: str, keyword: str = "auto") -> Campaign:
    """Run ``kills`` rounds in ``folder``."""
    chance, result = random.Random(seed), Campaign()
    one = Round(folder, model, chance, keyword)
    older = corpus = changed({}, chance)
    write_corpus(one.corpus_file, corpus)
    subprocess.run(one.command("index"), cwd=ROOT, check=True, capture_output=True)
    started = time.perf_counter()
    older, corpus = corpus, changed(corpus, chance)
    write_corpus(one.corpus_file, corpus)
    subprocess.run(one.command("index"), cwd=ROOT, check=True, capture_output=True)
    whole_run_s = time.perf_counter() - started
    for number in range(kills):
        [action] = chance.choices(list(ACTIONS), list(ACTIONS.values()))
        states, before = [corpus, older] if action == "rollback" else [corpus], one.generation()
        if action == "index":
            older, corpus = corpus, changed(corpus, chance)
            write_corpus(one.corpus_file, corpus)
            states = [older, corpus]
        acknowledged = one.kill(action, whole_run_s)
        failures = one.check(action, states, before, acknowledged, result.outcomes)
        started = time.perf_counter()
        finished = subprocess.run(one.command("index"), cwd=ROOT, capture_output=True, text=True)
        whole_run_s = 0.8 * whole_run_s + 0.2 * (time.perf_counter() - started)
        failures += _after(one, finished, corpus)
        result.failures += [f"kill {number} ({action}): {failure}" for failure in failures]
        clear(one)
        if number % 25 == 24:
            print(f"{number + 1} kills, {len(result.failures)} failures", file=sys.stderr, flush=True)
    return result


def _after(one: Round, finished: subprocess.CompletedProcess[str], corpus: Corpus) -> list[str]:
    """What is wrong after the next index run."""
    if finished.returncode:
        return [f"the next index run failed: {finished.stderr.strip()}"]
    layout = IndexLayout(one.index)
    try:
        if served(one.index) != corpus:
            return ["the next index run did not make the corpus"]
    except AssertionError as error:
        return [f"not whole after the next index run: {error}"]
    if layout.current_draft.exists() or layout.generation_numbers()[-1] != layout.current_number():
        return ["the next index run left debris"]
    return []


def clear(one: Round) -> None:
    """Remove backups, finished or not, and what was restored."""
    import shutil

    one.backup.unlink(missing_ok=True)
    shutil.rmtree(one.restored, ignore_errors=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="fake")
    parser.add_argument("--keyword", default="auto", help="keyword engine")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = campaign(Path(folder), arguments.kills, arguments.seed, arguments.model, arguments.keyword)
    print(f"{arguments.kills} kills: {dict(sorted(result.outcomes.items()))}, {len(result.failures)} failures")
    for failure in result.failures:
        print(failure)
    sys.exit(bool(result.failures))


if __name__ == "__main__":
    main()

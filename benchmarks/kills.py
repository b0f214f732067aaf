"""Kill `rosetta index` at random moments and see that the index is always whole.

    python benchmarks/kills.py [--kills 200] [--seed 0] [--model fake]

Each round changes the corpus, starts a real `rosetta index`, and kills it (SIGKILL) after a random part of the time
that a whole run takes. Then `rosetta search` must answer from a whole generation, the old or the new one, and the next
`rosetta index` must succeed. Prints a summary; exit code 1 on any failure.
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

from search.engine import open_index
from search.query import KeywordQuery

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]
ARTICLES = 30

Corpus = dict[str, list[str]]


@dataclass(slots=True)
class Campaign:
    """What happened: how each killed run was left, and every failure in words."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def changed(corpus: Corpus, chance: random.Random) -> Corpus:
    """The corpus with a few paragraphs rewritten and a few articles new."""
    after = {name: list(paragraphs) for name, paragraphs in corpus.items()}
    for _ in range(chance.randint(1, 5)):
        name = f"article-{chance.randrange(ARTICLES)}"
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
    """Every article of the committed generation, read through the engine; both legs must know every paragraph."""
    found: Corpus = {}
    with open_index(folder) as engine, engine.snapshot() as snapshot:
        rows, bread = sorted(snapshot.store.rows_in_languages(["en"])), KeywordQuery.of_terms(["bread"])
        for name in {paragraph.article_id for paragraph, _ in snapshot.store.paragraphs(rows)}:
            found[name] = [paragraph.text for paragraph in snapshot.store.article(name)[1]]
        if len(rows) != snapshot.manifest.paragraphs or not all(snapshot.keyword.scores(bread, rows)):
            raise AssertionError("the keyword index and the store differ")
        if len(snapshot.dense.vectors(rows)) != len(rows):
            raise AssertionError("the dense index and the store differ")
        if snapshot.sentences is not None and not all(len(own) for own in snapshot.sentences.records(rows)):
            raise AssertionError("the sentences and the store differ")
    return found


def campaign(folder: Path, kills: int, seed: int, model: str) -> Campaign:
    """Run ``kills`` rounds in ``folder``."""
    chance = random.Random(seed)
    result = Campaign()
    path, index = folder / "corpus.jsonl", folder / "index"
    corpus = changed({}, chance)
    write_corpus(path, corpus)
    command = [*COMMAND, "index", str(path), "--index", str(index), "--model", model]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    started = time.perf_counter()
    write_corpus(path, corpus := changed(corpus, chance))
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    whole_run_s = time.perf_counter() - started
    for number in range(kills):
        before, corpus = corpus, changed(corpus, chance)
        write_corpus(path, corpus)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.1) * whole_run_s)
        process.kill()
        process.wait()
        result.failures += [f"kill {number}: {failure}" for failure in _check(index, before, corpus, result.outcomes)]
        finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if finished.returncode or served(index) != corpus:
            result.failures.append(f"kill {number}: the next index run failed: {finished.stderr.strip()}")
    return result


def _check(index: Path, before: Corpus, after: Corpus, outcomes: Counter[str]) -> list[str]:
    asked = [*COMMAND, "search", "bread tax", "--index", str(index), "--json"]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    if answer.returncode or not json.loads(answer.stdout)["hits"]:
        return [f"search failed: {answer.stderr.strip()}"]
    try:
        found = served(index)
    except Exception as error:
        return [f"the index is not whole: {error}"]
    if found not in (before, after):
        return ["the generation is neither the old nor the new one"]
    outcomes["new generation" if found == after else "old generation"] += 1
    return []


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="fake")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = campaign(Path(folder), arguments.kills, arguments.seed, arguments.model)
    print(f"{arguments.kills} kills: {dict(result.outcomes)}, {len(result.failures)} failures")
    for failure in result.failures:
        print(failure)
    sys.exit(bool(result.failures))


if __name__ == "__main__":
    main()

"""What grows with the index: opening, refreshing, committing one article and asking, at several sizes.

    python benchmarks/scale.py [--sizes 10000 100000] [--folder FOLDER]

Makes indexes of articles of ten paragraphs out of words of fixed frequencies with the fake encoder (with ``--folder``
they are kept and used again), and measures each in processes of its own that have used a small index before, so that
nothing is counted that is loaded once: milliseconds, those of them that a processor worked (what a busy machine leaves
as it is), anonymous memory (Linux only), bytes that were read or written by calls; of a process that commits the peak,
mapped files included, how far it lies beyond that of the small commit before, and what is anonymous in the end. Prints
the median of several times.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from updates import PARAGRAPHS, paragraph, write_corpus

ROOT = Path(__file__).parent.parent
SMALL = 100

COMMON = """
import json, os, random, sys, time
from pathlib import Path
sys.path.insert(0, "benchmarks")
from memory import anonymous_mb, peak_mb
from scale import called_bytes, one_article
from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.folder.layout import IndexLayout
from paraglot.search.folder.snapshot import open_snapshot
from paraglot.search.types import SearchRequest

small, folder, asked = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
index_corpus(small, [one_article(small)])
def timed(call):
    memory, calls, started, worked = anonymous_mb(), called_bytes(), time.perf_counter(), time.process_time()
    kept = call()
    took, worked = 1000 * (time.perf_counter() - started), 1000 * (time.process_time() - worked)
    read, written = (after - before for after, before in zip(called_bytes(), calls))
    units = {"read_kb": read / 1000, "written_kb": written / 1000}
    return kept, {"ms": took, "cpu_ms": worked, "mb": anonymous_mb() - memory, **units}
"""

SEARCHED = """
with Engine(small) as engine:
    engine.warm()
    engine.search(SearchRequest(asked))
"""

OPEN = (
    SEARCHED
    + """
snapshot, opened = timed(lambda: open_snapshot(IndexLayout(folder)))
snapshot.close()
_, again = timed(lambda: open_snapshot(IndexLayout(folder)).close())
engine = Engine(folder)
_, first = timed(lambda: engine.search(SearchRequest(asked)))
_, following = timed(lambda: engine.search(SearchRequest(asked + " again")))
print(json.dumps({"open": opened, "open again": again, "first query": first, "next query": following}))
"""
)

REFRESH = (
    SEARCHED
    + """
engine = Engine(folder)
engine.warm()
engine.search(SearchRequest(asked))
os.system(sys.argv[4])
changed, refreshed = timed(engine.refresh)
assert changed
_, after = timed(lambda: engine.search(SearchRequest(asked)))
print(json.dumps({"refresh": refreshed, "query after": after}))
"""
)

COMMIT = """
article = one_article(folder)
before = peak_mb()
_, commit = timed(lambda: index_corpus(folder, [article]))
peak = {"peak_mb": peak_mb(), "beyond_mb": peak_mb() - before, "anonymous_mb": anonymous_mb()}
print(json.dumps({"commit": {**commit, **peak}}))
"""


def called_bytes() -> tuple[int, int]:
    """The bytes that this process has read and written by calls, mapped ones not counted."""
    io = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(io["rchar"]), int(io["wchar"])


def one_article(index: Path) -> Path:
    """A corpus beside an index: a new version of one of its articles."""
    chance = random.Random(time.time_ns())
    path = index.with_name(f"{index.name}-more.jsonl")
    texts = [paragraph(chance, words()) for _ in range(PARAGRAPHS)]
    path.write_text(json.dumps({"id": "a3", "title": "Article 3", "language": "en", "paragraphs": texts}) + "\n")
    return path


def words() -> list[str]:
    """The vocabulary of all made texts."""
    chance = random.Random(0)
    return ["".join(chance.choices("abcdefghiklmnoprstuvz", k=chance.randint(2, 10))) for _ in range(50_000)]


def make(folder: Path, size: int) -> float:
    """Make an index of ``size`` paragraphs where there is none. Returns the seconds that it took, 0 for none."""
    if (folder / "CURRENT").exists():
        return 0.0
    chance, known = random.Random(size), words()
    articles = [[paragraph(chance, known) for _ in range(PARAGRAPHS)] for _ in range(size // PARAGRAPHS)]
    corpus = folder.with_name(f"{folder.name}.jsonl")
    write_corpus(corpus, articles)
    started = time.perf_counter()
    command = ["-c", "from paraglot.api.cli.main import main; main()", "index", str(corpus), "--index", str(folder)]
    subprocess.run([sys.executable, *command, "--model", "fake"], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - started


def measure(small: Path, folder: Path, times: int) -> dict[str, dict[str, float]]:
    """Measurement → unit → value, the medians."""
    asked = " ".join(words()[place] for place in (3, 40, 500, 6_000, 20_000))
    probe = [sys.executable, "-c", COMMON + COMMIT, str(small), str(folder), asked]
    commit = " ".join(f"'{part}'" for part in probe) + " > /dev/null"
    found: dict[str, list[dict[str, float]]] = {}
    for _ in range(times):
        for script in (COMMIT, OPEN, REFRESH):
            command = [sys.executable, "-c", COMMON + script, str(small), str(folder), asked, commit]
            told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
            for name, values in json.loads(told).items():
                found.setdefault(name, []).append(values)
    return {
        name: {unit: median(values[unit] for values in several) for unit in several[0]}
        for name, several in found.items()
    }


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where the indexes are kept")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only-make", action="store_true", help="make the indexes and measure nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        kept = arguments.folder or Path(temporary)
        kept.mkdir(parents=True, exist_ok=True)
        make(kept / "small", SMALL)
        for size in arguments.sizes:
            folder = kept / str(size)
            if seconds := make(folder, size):
                print(f"{size:,} paragraphs: indexed in {seconds:.0f} s", flush=True)
            if arguments.only_make:
                continue
            for name, values in measure(kept / "small", folder, arguments.times).items():
                told = ", ".join(f"{value:.1f} {unit}" for unit, value in values.items())
                print(f"{size:,} paragraphs: {name}: {told}", flush=True)


if __name__ == "__main__":
    main()

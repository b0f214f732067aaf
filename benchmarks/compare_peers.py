"""Ours beside other engines that are embedded: the same paragraphs, vectors and queries for all, in turn.

    python benchmarks/compare_peers.py [--paragraphs 10000] [--engines paraglot lancedb …] [--rounds 3] [--queries 100]
        [--folder FOLDER] [--environments FOLDER] [--write docs/benchmarks.md]

Paragraphs are sentences of the seeds in new orders (`shuffled_corpus.py`), vectors hashed bags of words through a
random matrix (256 numbers), queries two to six words of a paragraph with the vector of those. Each engine runs in an
environment of its own, made below ``--environments`` with the versions of `ENGINES`, and in processes of its own, in
one thread: one builds, one a round answers its first query, 30 others to warm up, and fresh ones that are measured; the
engines take turns. Prints a table; ``--write`` writes it, with charts beside it and who is ahead of us where, as
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
DIMENSION, BUCKETS, SPARE = 256, 1 << 16, 40
"""Of vectors; words that are told apart in them; queries beyond those that are measured."""

WITH_VECTORS = "with_vectors.jsonl"
"""The corpus as an application sends it that has vectors of its own: what ours is built from."""

ENGINES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "paraglot": ("Paraglot with [fast], complete", "paraglot_engine", ("paraglot", "tantivy", "faiss-cpu")),
    "tantivy": ("bare tantivy + FAISS by hand", "tantivy_faiss", ("tantivy==0.27.0", "faiss-cpu==1.15.1", "numpy")),
    "sqlite": ("SQLite FTS5 + sqlite-vec", "sqlite_fts", ("apsw", "sqlite-vec==0.1.9", "numpy")),
    "lancedb": ("LanceDB", "lancedb_hybrid", ("lancedb==0.40.0", "pyarrow", "numpy")),
    "txtai": ("txtai", "txtai_hybrid", ("txtai==9.14.0", "torch==2.13.0", "numpy")),
    "milvus": ("Milvus Lite", "milvus_hybrid", ("milvus-lite==3.2.2", "pymilvus==3.0.2", "numpy")),
    "whoosh": ("Whoosh + FAISS by hand", "whoosh_faiss", ("whoosh==2.7.4", "faiss-cpu==1.15.1", "numpy")),
}
"""Name → what it is called, its adapter in `peers`, and what its environment needs; ours has this one."""

COLUMNS = {
    "paragraphs_per_s": ("built, paragraphs/s", True),
    "used_us": ("building, processor µs a paragraph", False),
    "peak_mb": ("building, peak MB", False),
    "disk_mb": ("disk, MB", False),
    "start_s": ("start to first answer, s", False),
    "memory_mb": ("asking, MB", False),
    "p50_ms": ("query p50, ms", False),
    "p95_ms": ("query p95, ms", False),
    "query_used_ms": ("query, processor ms", False),
    "found": ("its paragraph among the first 10", True),
}
"""Measurement → its heading, and whether more is better."""


@dataclass
class Measured:
    """What was measured of one engine; of rounds, one value each."""

    values: dict[str, list[float]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def add(self, **values: float) -> None:
        """One value more of each."""
        for name, value in values.items():
            self.values.setdefault(name, []).append(value)

    def median(self, name: str) -> float:
        """Over the rounds."""
        return statistics.median(self.values[name])


class Words:
    """Vectors of texts: each word is a direction, rare ones weigh more."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self._directions = np.random.default_rng(0).standard_normal((BUCKETS, DIMENSION), np.float32)
        share = counts / counts.sum()
        self._weights = (1e-4 / (1e-4 + share)).astype(np.float32)

    def vector(self, text: str) -> NDArray[np.float32]:
        """``float32[256]``, unit."""
        places, counts = np.unique(buckets(text), return_counts=True)
        added = (self._weights[places] * np.sqrt(counts, dtype=np.float32)) @ self._directions[places]
        vector: NDArray[np.float32] = added / np.linalg.norm(added)
        return vector


def buckets(text: str) -> list[int]:
    """The numbers of a text's words; at least one."""
    return [zlib.crc32(word.encode()) % BUCKETS for word in text.lower().split()] or [0]


def make(folder: Path, paragraphs: int, queries: int) -> None:
    """Write corpus, queries and the vectors of both, where they are not there."""
    if (folder / WITH_VECTORS).exists() and (folder / "queries.npy").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    given = [str(paragraphs), str(folder / "corpus.jsonl"), str(folder / "judged.txt")]
    subprocess.run([sys.executable, str(HERE / "shuffled_corpus.py"), *given], check=True)
    lines = (folder / "corpus.jsonl").read_text("utf-8").splitlines()
    texts = [text for article in map(json.loads, lines) for text in article["paragraphs"]]
    counts = np.zeros(BUCKETS, np.int64)
    for text in texts:
        np.add.at(counts, buckets(text), 1)
    words, chance = Words(counts), random.Random(1)
    vectors = np.stack([words.vector(text) for text in texts])
    np.save(folder / "vectors.npy", vectors)
    write_with_vectors(folder / WITH_VECTORS, lines, vectors)
    asked = [query_of(chance, chance.choice(texts)) for _ in range(queries)]
    (folder / "queries.jsonl").write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked), "utf-8")
    np.save(folder / "queries.npy", np.stack([words.vector(one["q"]) for one in asked]))


def write_with_vectors(path: Path, lines: list[str], vectors: NDArray[np.float32]) -> None:
    """Write the articles with the vectors of their paragraphs."""
    row = 0
    with path.open("w", encoding="utf-8") as file:
        for article in map(json.loads, lines):
            row, first = row + len(article["paragraphs"]), row
            shown = [[float(str(number)) for number in one] for one in vectors[first:row]]
            file.write(json.dumps({**article, "vectors": shown}, ensure_ascii=False) + "\n")


def query_of(chance: random.Random, text: str) -> dict[str, str]:
    """Two to six neighbouring words of a paragraph; of one without spaces some of its characters."""
    words = [word.strip(".,;:!?\"'()[]«»“”„…") for word in text.split()]
    words = [word for word in words if word]
    if len(words) < len(text) / 15:
        start = chance.randrange(max(1, len(text) - 10))
        return {"q": text[start : start + 10].strip() or text[:10], "text": text}
    count = chance.randint(2, 6)
    start = chance.randrange(max(1, len(words) - count))
    return {"q": " ".join(words[start : start + count]), "text": text}


def python_of(name: str, environments: Path) -> Path:
    """The interpreter of an engine's environment, which is made where it is missing. Raises `CalledProcessError`."""
    if name == "paraglot":
        return Path(sys.executable)
    python = environments / name / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environments / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *ENGINES[name][2]], check=True)
    return python


def started(python: Path, *given: str) -> subprocess.Popen[str]:
    """A worker, in one thread."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    command = [str(python), str(HERE / "peers" / "worker.py"), *given]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **one})


def told(worker: subprocess.Popen[str]) -> dict[str, Any]:
    """What a worker tells next. Raises `RuntimeError` where it ended."""
    line = worker.stdout.readline() if worker.stdout else ""
    if not line:
        raise RuntimeError(f"{worker.args!r} ended with {worker.wait()}")
    found: dict[str, Any] = json.loads(line)
    return found


def build(name: str, python: Path, folder: Path, data: Path, paragraphs: int) -> Measured:
    """Build the index of an engine."""
    measured, wanted = Measured(), [package.partition("==")[0] for package in ENGINES[name][2]]
    measured.versions = told(started(python, "versions", *wanted))["versions"]
    given = [str(data / "corpus.jsonl"), str(data / "vectors.npy")]
    worker = started(python, "build", ENGINES[name][1], str(folder), *given)
    took = told(worker)
    worker.wait()
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    measured.add(paragraphs_per_s=paragraphs / took["seconds"], used_us=1e6 * took["used_s"] / paragraphs)
    measured.add(peak_mb=took["peak_mb"], disk_mb=disk / 1e6)
    return measured


def ask(name: str, python: Path, folder: Path, data: Path, measured: Measured, first: int, last: int) -> None:
    """One round of an engine."""
    begun = time.perf_counter()
    given = [str(data / "queries.jsonl"), str(data / "queries.npy"), str(first), str(last)]
    worker = started(python, "ask", ENGINES[name][1], str(folder), *given)
    told(worker)
    measured.add(start_s=time.perf_counter() - begun)
    answers = told(worker)
    worker.wait()
    lines = (data / "queries.jsonl").read_text("utf-8").splitlines()[first:last]
    wanted = [json.loads(line)["text"] for line in lines]
    found = [bare(text) in map(bare, own) for text, own in zip(wanted, answers["found"], strict=True)]
    measured.add(memory_mb=answers["memory_mb"], query_used_ms=statistics.median(answers["used_ms"]))
    clock = answers["clock_ms"]
    measured.add(p50_ms=statistics.median(clock), p95_ms=statistics.quantiles(clock, n=20)[18])
    measured.add(found=sum(found) / len(found))


def bare(text: str) -> str:
    """A text as it is compared: an engine may tidy its spaces."""
    return "".join(filter(str.isalnum, text))


def table(found: dict[str, Measured]) -> str:
    """All measurements, a line an engine."""
    heads = ["engine", *(heading for heading, _ in COLUMNS.values())]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "--:|" * len(COLUMNS)]
    for name, own in found.items():
        lines.append(f"| {ENGINES[name][0]} | " + " | ".join(shown(own.median(column)) for column in COLUMNS) + " |")
    return "\n".join(lines)


def shown(value: float) -> str:
    """A number with three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ahead(found: dict[str, Measured]) -> list[str]:
    """Who is ahead of us in what, and how far."""
    ours, told_of = found["paraglot"], []
    for column, (heading, more_is_better) in COLUMNS.items():
        better = []
        for name, own in found.items():
            mine, other = ours.median(column), own.median(column)
            factor = (other / mine if more_is_better else mine / other) if mine and other else 1.0
            if name != "paraglot" and factor > 1.02:
                better.append(f"{ENGINES[name][0]} ({factor:.1f} times)")
        told_of.append(f"- {heading}: " + (", ".join(better) if better else "nobody"))
    return told_of


def chart(found: dict[str, Measured], path: Path) -> None:
    """Bars of a few columns."""
    from matplotlib.figure import Figure

    columns = ("query_used_ms", "used_us", "disk_mb", "memory_mb")
    figure = Figure(figsize=(9, 5), layout="constrained")
    for axes, column in zip(figure.subplots(2, 2).flat, columns, strict=True):
        names = [ENGINES[name][0] for name in reversed(found)]
        colours = ["#2b6cb0" if name == "paraglot" else "#a0aec0" for name in reversed(found)]
        bars = axes.barh(names, [own.median(column) for own in reversed(found.values())], color=colours)
        axes.bar_label(bars, [shown(own.median(column)) for own in reversed(found.values())], padding=2, fontsize=7)
        axes.set_title(COLUMNS[column][0], fontsize=9)
        axes.tick_params(labelsize=7)
        axes.margins(x=0.15)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)


def page(found: dict[str, Measured], arguments: argparse.Namespace, failed: dict[str, str]) -> str:
    """docs/benchmarks.md."""
    size, load = arguments.paragraphs, os.getloadavg()[0]
    versions = {
        ENGINES[name][0]: ", ".join(f"{package} {own}" for package, own in one.versions.items())
        for name, one in found.items()
    }
    lacking = "".join(f"\n{ENGINES[name][0]} could not be measured: {why}.\n" for name, why in failed.items())
    rounds = f"{arguments.queries} fresh queries in each of {arguments.rounds} rounds in turn"
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    machine = f"{platform.machine()}, {os.cpu_count()} processors that others used, too (load {load:.1f})"
    return f"""# Beside other engines

Written by `make bench N={size}` (`benchmarks/compare_peers.py`, whose head says what is measured), {today}.
Machine: {machine}, Python {platform.python_version()}.
{size:,} paragraphs in the languages of the seeds, vectors of {DIMENSION} numbers made beforehand, {rounds}; medians.
Times by the clock are those of a machine in use: compare them within the table alone, and rather the processor's.

{table(found)}

![](pictures/benchmarks.png)

Ours does more for each query and paragraph: it tells languages, stems and cuts in them, looks for names by their sound,
weighs the words of each candidate across languages, and gives relevance, highlights and citations with the text. The
others give ten texts by reciprocal ranks. Ours reads the vectors out of JSON lines, which are
there before it builds, the others out of an array. That a query's own paragraph is found shows that an engine answers;
it says little of quality, for which there is `docs/measured.md`.

## Who is ahead of us

{chr(10).join(ahead(found))}
{lacking}
## Versions

{chr(10).join(f"- {name}: {own}" for name, own in versions.items())}
"""


def main() -> None:
    """Make, build, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=10_000)
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "paraglot-bench")
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "paraglot-bench" / "engines")
    parser.add_argument("--write", type=Path, help="docs/benchmarks.md")
    arguments = parser.parse_args()
    data = arguments.folder / str(arguments.paragraphs)
    make(data, arguments.paragraphs, arguments.rounds * arguments.queries + SPARE)
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory(dir=data) as temporary:
        found: dict[str, Measured] = {}
        pythons: dict[str, Path] = {}
        for name in arguments.engines:
            try:
                pythons[name] = python_of(name, arguments.environments)
                found[name] = build(name, pythons[name], Path(temporary) / name, data, arguments.paragraphs)
            except (RuntimeError, subprocess.CalledProcessError) as error:
                failed[name] = str(error)
            print(f"{name}: {failed.get(name, 'built')}", flush=True)
        for number in range(arguments.rounds):
            first = number * arguments.queries
            for name, measured in found.items():
                ask(name, pythons[name], Path(temporary) / name, data, measured, first, first + arguments.queries)
                print(f"{name}: round {number + 1}", flush=True)
    print("\n" + table(found))
    if arguments.write:
        chart(found, arguments.write.parent / "pictures" / "benchmarks.png")
        arguments.write.write_text(page(found, arguments, failed), "utf-8")


if __name__ == "__main__":
    main()

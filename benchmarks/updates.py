"""What an update costs beside the whole: processor time and bytes written, on a made corpus.

    python benchmarks/updates.py [--paragraphs 100000] [--changed 100] [--model fake]

Makes articles of ten paragraphs out of words of fixed frequencies, indexes them, runs again unchanged, changes one
paragraph of each of some articles and runs again. Each run is a process of its own; the bytes are those that it handed
to the system (`wchar` of /proc/self/io, so Linux only). Exit code 1 where a bar of 3 % of the time and 5 % of the bytes
for the update, or of 2 % and no generation for the unchanged run, is not met.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARAGRAPHS = 10
WORDS = 60

RUN = """
import json, resource, sys
from pathlib import Path

sys.path.insert(0, "benchmarks")
from memory import peak_mb
from paraglot.indexer.build import index_corpus

report = index_corpus(Path(sys.argv[1]), [Path(sys.argv[2])], sys.argv[3])
io = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "cpu_s": usage.ru_utime + usage.ru_stime, "written_bytes": int(io["wchar"]), "peak_mb": peak_mb(),
    "embedded": report.paragraphs_embedded, "committed": report.committed, "paragraphs": report.paragraphs,
    "seconds": report.seconds,
}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    cpu_s: float
    written_bytes: int
    peak_mb: float
    embedded: int
    committed: bool
    paragraphs: int
    seconds: dict[str, float]


def paragraph(chance: random.Random, words: list[str]) -> str:
    """A paragraph whose words are as unequally frequent as those of a language (Zipf)."""
    taken = [words[min(int(chance.paretovariate(0.9)), len(words)) - 1] for _ in range(WORDS)]
    return " ".join(taken).capitalize() + "."


def write_corpus(path: Path, articles: list[list[str]]) -> None:
    """The corpus as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for number, paragraphs in enumerate(articles):
            one = {"id": f"a{number}", "title": f"Article {number}", "language": "en", "paragraphs": paragraphs}
            file.write(json.dumps(one) + "\n")


def run(index: Path, corpus: Path, model: str) -> Cost:
    """Index the corpus in a process of its own."""
    command = [sys.executable, "-c", RUN, str(index), str(corpus), model]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return Cost(**json.loads(done.stdout))


def measure(folder: Path, paragraphs: int, changed: int, model: str) -> dict[str, Cost]:
    """The costs of the whole, of an unchanged run and of an update."""
    chance = random.Random(0)
    words = ["".join(chance.choices("abcdefghiklmnoprstuvz", k=chance.randint(2, 10))) for _ in range(50_000)]
    articles = [[paragraph(chance, words) for _ in range(PARAGRAPHS)] for _ in range(paragraphs // PARAGRAPHS)]
    corpus, index = folder / "corpus.jsonl", folder / "index"
    write_corpus(corpus, articles)
    costs = {"whole": run(index, corpus, model), "unchanged": run(index, corpus, model)}
    for number in chance.sample(range(len(articles)), changed):
        articles[number][chance.randrange(PARAGRAPHS)] = paragraph(chance, words)
    write_corpus(corpus, articles)
    return costs | {"update": run(index, corpus, model)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--model", default="fake")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(Path(folder), arguments.paragraphs, arguments.changed, arguments.model)
    whole = costs["whole"]
    for name, cost in costs.items():
        time, size = cost.cpu_s / whole.cpu_s, cost.written_bytes / whole.written_bytes
        print(
            f"{name}: {cost.cpu_s:.1f} s of processor time ({time:.2%}), {cost.written_bytes / 1e6:.1f} MB written"
            f" ({size:.2%}), peak {cost.peak_mb:.0f} MB, {cost.embedded} embedded, {cost.seconds}",
            flush=True,
        )
    update, unchanged = costs["update"], costs["unchanged"]
    met = update.cpu_s < 0.03 * whole.cpu_s and update.written_bytes < 0.05 * whole.written_bytes
    met = met and unchanged.cpu_s < 0.02 * whole.cpu_s and not unchanged.committed
    print("bars met" if met else "bars NOT met")
    sys.exit(not met)


if __name__ == "__main__":
    main()

"""Compare Whoosh and its forks: import, indexing, small commits and BM25F search on the same texts.

The forks share the import name ``whoosh``, so each needs its own virtual environment. Give a file of texts (JSON
lines with a ``text`` key), then a ``name=python`` for each environment; ratios are to the first one named::

    python benchmarks/whoosh_forks.py texts.jsonl whoosh=env-a/bin/python whoosh3=env-b/bin/python --rounds 7

Every round runs every fork once, each round starting with another. A ratio is taken within a round; the table has the
median over the rounds and the least and greatest. If the forks do not find the same, the script stops with an error.
"""

import argparse
import hashlib
import json
import os
import platform
import random
import re
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

Results = dict[str, float | str]
WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]|\w+")  # characters if written without spaces
MEASURES = {
    "import_ms": "import, ms",
    "index_s": "index all in one commit, s",
    "commit_ms": "commit of 20 paragraphs, ms",
    "search_ms": "search for 6 words, 100 hits, ms",
    "size_mb": "size of the segments, MB",
}


def paragraphs(source: Path, count: int) -> list[list[str]]:
    """Make paragraphs of about 80 tokens, each from the end of one text and the start of another."""
    texts = [WORD.findall(json.loads(line)["text"].lower()) for line in source.read_text("utf-8").splitlines()]
    rng = random.Random(20)
    return [rng.choice(texts)[-40:] + rng.choice(texts)[: rng.randrange(20, 61)] for _ in range(count)]


def workload(source: Path, count: int) -> Results:
    """Measure once the fork installed for this interpreter."""
    start = time.perf_counter()
    from whoosh import fields, index
    from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
    from whoosh.query import compound, terms

    out: Results = {"import_ms": (time.perf_counter() - start) * 1e3, "python": platform.python_version()}
    documents = paragraphs(source, count + 200)
    tokens = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
    with tempfile.TemporaryDirectory() as folder:
        opened = index.create_in(folder, fields.Schema(tokens=tokens, row=fields.ID(stored=True)))
        commits = []
        for rows in [range(count), *(range(row, row + 20) for row in range(count, count + 200, 20))]:
            start = time.perf_counter()
            with opened.writer() as writer:
                for row in rows:
                    writer.add_document(tokens=" ".join(documents[row]), row=str(row))
            commits.append(time.perf_counter() - start)
        out["index_s"], out["commit_ms"] = commits[0], median(commits[1:]) * 1e3
        out["size_mb"] = sum(path.stat().st_size for path in Path(folder).glob("MAIN_*.seg")) / 1e6
        rng, times, digest = random.Random(21), [], hashlib.sha256()
        with opened.searcher() as searcher:
            for _ in range(100):
                words = compound.Or([terms.Term("tokens", word) for word in rng.choice(documents)[37:43]])
                start = time.perf_counter()
                hits = [(hit["row"], round(hit.score, 6)) for hit in searcher.search(words, limit=100)]
                times.append(time.perf_counter() - start)
                # Which paragraphs are in the last tie, and their order, follow the segments: compare the others.
                above = sorted(hit for hit in hits if hit[1] > hits[-1][1])
                digest.update(json.dumps([above, [score for _, score in hits]]).encode())
        out["search_ms"], out["hits"] = median(times) * 1e3, digest.hexdigest()
    return out


def table(results: dict[str, list[Results]]) -> str:
    """Show medians, and ratios to the first fork, as Markdown."""
    base = next(iter(results))
    lines = ["| | " + " | ".join(results) + " |", "|---|" + "---:|" * len(results)]
    for key, title in MEASURES.items():
        cells = []
        for name, rounds in results.items():
            values = [float(each[key]) for each in rounds]
            ratios = [value / float(first[key]) for value, first in zip(values, results[base], strict=True)]
            ratio = f" ({median(ratios):.2f}x [{min(ratios):.2f}-{max(ratios):.2f}])"
            cells.append(f"{median(values):.4g}{'' if name == base else ratio}")
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Read the command line, run the rounds and print the table."""
    parser = argparse.ArgumentParser(description="Compare Whoosh and its forks on the same texts.")
    parser.add_argument("texts", type=Path, help="JSON lines with a text key")
    parser.add_argument("forks", nargs="*", metavar="NAME=PYTHON", help="none: measure this interpreter once")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--documents", type=int, default=5000)
    args = parser.parse_args()
    if not args.forks:
        print(json.dumps(workload(args.texts, args.documents)))
        return
    forks = dict(fork.split("=", 1) for fork in args.forks)
    results: dict[str, list[Results]] = {name: [] for name in forks}
    for turn in range(-1, args.rounds):  # the first, small and not counted, leaves compiled bytecode behind
        size = f"--documents={args.documents if turn >= 0 else 9}"
        for name in [*forks][turn % len(forks) :] + [*forks][: turn % len(forks)]:
            out = subprocess.check_output([forks[name], "-W", "ignore", __file__, args.texts, size])
            results[name] += [json.loads(out)] if turn >= 0 else []
    if len({each["hits"] for rounds in results.values() for each in rounds}) > 1:
        raise SystemExit("the forks do not return the same scores")
    pythons = ", ".join(f"{name} on Python {rounds[0]['python']}" for name, rounds in results.items())
    machine = f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} {platform.machine()} cores, {pythons}"
    print(f"{machine}, {args.documents} paragraphs, {args.rounds} rounds\n\n{table(results)}")


if __name__ == "__main__":
    main()

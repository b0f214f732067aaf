"""What suggestions cost on an index: making them, their memory, and the time of a call while typing.

    python benchmarks/suggestions.py INDEX QUERIES [--queries 200]

Every query (one a line) is typed letter by letter, as it is and with two letters swapped, by a caller who sees
everything, one who sees only a language, and one whose key has a filter. Exit code 1 where the slowest percentile of
calls takes 10 ms or more.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from memory import peak_mb

from paraglot.search.engine.engine import Engine
from paraglot.search.suggest.book import PhraseBook
from paraglot.search.suggest.types import SuggestRequest

CALLERS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "everything": ((), None),
    "languages=de": (("de",), None),
    "filter language != en": ((), "NOT language = en"),
}


def swapped(typed: str) -> str:
    """With the third and the fourth letter in each other's place."""
    return typed[:2] + typed[3:4] + typed[2:3] + typed[4:]


def seconds(work: Callable[[], object]) -> float:
    """The seconds of processor time that something takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--queries", dest="most", type=int, default=200)
    arguments = parser.parse_args()
    queries = arguments.queries.read_text("utf-8").splitlines()[: arguments.most]
    slow = False
    with Engine(arguments.index) as engine:
        with engine.snapshot() as snapshot:
            book, before_mb = PhraseBook(), peak_mb()
            made_s, again_s = (seconds(lambda: book.update(snapshot.all_texts())) for _ in range(2))
        print(
            f"{engine.manifest.paragraphs} paragraphs: made in {made_s:.1f} s of processor time, {again_s:.1f} s where"
            f" nothing changed; {peak_mb() - before_mb:.0f} MB at the peak"
        )
        for name, (languages, forced) in CALLERS.items():
            engine.suggest(SuggestRequest("a", languages), forced)
            took: list[float] = []
            for query in queries:
                for length in range(1, min(len(query), 24) + 1):
                    for typed in dict.fromkeys((query[:length], swapped(query[:length]))):
                        if typed.strip():
                            took.append(engine.suggest(SuggestRequest(typed, languages), forced).took_ms)
            cuts = statistics.quantiles(took, n=100)
            slow |= cuts[98] >= 10
            print(
                f"{name}: {len(took)} calls, p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms, slowest {max(took):.1f} ms"
            )
    sys.exit(slow)


if __name__ == "__main__":
    main()

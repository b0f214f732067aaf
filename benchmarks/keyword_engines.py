"""What the keyword engines cost, side by side: writing words, opening them, asking for them.

    python benchmarks/keyword_engines.py [--sizes 10000 100000]

Paragraphs of 90 made words, frequent and rare as in a language, whose analysis is left out: what is measured is what
the engines do. Prints for each engine and size the processor's microseconds and the bytes on the disk a paragraph, and
the processor's milliseconds of opening and of 200 queries of six words (statistics, the hundred best, their scores and
coverage; the median and the 95th percentile).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from paraglot.indexer.folder.commit import KeywordChange, write_words
from paraglot.indexer.folder.words import RowWords
from paraglot.search.folder.keyword.keyword import KeywordIndex, open_keyword
from paraglot.search.folder.layout import Generation, IndexLayout
from paraglot.search.query.query_terms import KeywordQuery

LENGTH, VOCABULARY, STOP_WORDS = 90, 300_000, 60
QUERIES, WORDS = 200, 6


def made(size: int) -> list[list[int]]:
    """The words of ``size`` paragraphs, by their frequency's rank."""
    chance = np.random.default_rng(1)
    weights = np.cumsum(1 / (np.arange(VOCABULARY) + 3.0) ** 1.05)
    drawn = np.searchsorted(weights / weights[-1], chance.random((size, LENGTH)))
    words: list[list[int]] = drawn.clip(0, VOCABULARY - 1).tolist()
    return words


def write(target: Generation, engine: str, words: list[RowWords]) -> float:
    """Processor seconds of writing."""
    started = time.process_time()
    write_words(target, KeywordChange(None, [one.row for one in words], words, [], engine))
    return time.process_time() - started


def ask(index: KeywordIndex, words: list[str]) -> float:
    """Processor milliseconds of one query."""
    started = time.process_time()
    query = KeywordQuery.of_terms(words)
    index.statistics(words)
    rows = [row for row, _ in index.search(query, 100)]
    index.scores(query, rows)
    index.coverage(query, rows)
    return 1000 * (time.process_time() - started)


def measure(engine: str, words: list[list[int]]) -> None:
    """Write, open, ask and print."""
    analysed = [
        RowWords(row, (Counter(f"w{one}" for one in own), {"title": 1, f"t{row // 10}": 1}), b"")
        for row, own in enumerate(words, 1)
    ]
    chance = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as folder:
        generation = IndexLayout(Path(folder)).generation(1)
        written = write(generation, engine, analysed)
        size = sum(path.stat().st_size for path in generation.keyword.iterdir())
        started = time.process_time()
        index = open_keyword(generation, {}, engine)
        opened = 1000 * (time.process_time() - started)
        index.warm()
        asked = [chance.permutation(words[chance.integers(len(words))])[:WORDS] for _ in range(QUERIES)]
        took = [ask(index, [f"w{one}" for one in own if one >= STOP_WORDS]) for own in asked]
        index.close()
    middle, most = np.percentile(took, [50, 95])
    count = len(words)
    print(
        f"{engine:8} {count:7}: {1e6 * written / count:6.1f} µs and {size / count:6.0f} bytes a paragraph,"
        f" opened in {opened:5.1f} ms, asked in {middle:5.2f} ms ({most:5.2f})"
    )


def main() -> None:
    """Measure both engines at every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    for size in parser.parse_args().sizes:
        words = made(size)
        for engine in ("whoosh", "tantivy"):
            measure(engine, words)


if __name__ == "__main__":
    main()

"""What building an index costs, encoding apart: analysis by words and by texts, and a whole build by stage.

    python benchmarks/building.py CORPUS.jsonl [--keyword whoosh|tantivy] [--sample 2000]

CORPUS is what `shuffled_corpus.py` writes, or any other. Vectors come from outside: one of 4,096 by the checksum of the
text. Prints the processor's microseconds a paragraph of analysis word by word and, in turn, text by text as queries are
analysed (both for a sample, caches cold); then of a whole build, its workers counted, with the seconds by the clock of
each stage and the peak memory of the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import numpy as np
from memory import peak_mb

from paraglot.indexer import write
from paraglot.indexer.build import index_corpus
from paraglot.indexer.folder.stored_drafts import NewRow
from paraglot.indexer.folder.words import Words
from paraglot.search.encoders.protocols import Vectors
from paraglot.search.lexicon.lexicon import open_lexicon
from paraglot.search.query.names import name_terms
from paraglot.search.text.analysis import terms
from paraglot.search.types import EncoderSpec

DIMENSION, VECTORS = 256, 4096


class OutsideVectors:
    """An encoder that costs next to nothing."""

    spec = EncoderSpec(name="outside", fingerprint="outside-1", dimension=DIMENSION)

    def __init__(self) -> None:
        table = np.random.default_rng(0).standard_normal((VECTORS, DIMENSION), np.float32)
        self._table = table / np.linalg.norm(table, axis=1, keepdims=True)

    def encode_query(self, queries: Sequence[str]) -> Vectors:
        """``float32[n, 256]``, unit rows."""
        return self.encode_paragraphs(queries)

    def encode_paragraphs(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """``float32[n, 256]``, unit rows."""
        if progress:
            progress(len(texts))
        found: Vectors = self._table[[crc32(text.encode()) % VECTORS for text in texts]]
        return found

    def count_tokens(self, text: str) -> int:
        """About as many as a model has."""
        return len(text) // 4


def rows_of(corpus: Path, count: int) -> list[NewRow]:
    """The first paragraphs of a corpus."""
    rows: list[NewRow] = []
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)
            for text in article["paragraphs"]:
                rows.append(NewRow(len(rows) + 1, article["title"], "", text, "", article["language"]))
            if len(rows) >= count:
                break
    return rows[:count]


def by_text(row: NewRow) -> None:
    """Analyse a row as queries are."""
    body = f"{row.heading}\n{row.text}"
    Counter([*terms(body, row.language), *name_terms(body, row.language)])
    Counter(terms(row.title, row.language))
    open_lexicon().marks(f"{row.title}\n{body}", row.language)


def analysis(rows: list[NewRow]) -> None:
    """Both ways in turn, each over every other hundred of the sample: what one has met, the other has not."""
    words, took, counts = Words(), [0.0, 0.0], [0, 0]
    for number, first in enumerate(range(0, len(rows), 100)):
        some = rows[first : first + 100]
        started = time.process_time()
        if number % 2:
            for row in some:
                by_text(row)
        else:
            list(words.of(some))
        took[number % 2] += time.process_time() - started
        counts[number % 2] += len(some)
    for name, seconds, count in zip(("word by word", "text by text"), took, counts, strict=True):
        print(f"analysis {name}: {1e6 * seconds / max(1, count):.0f} µs a paragraph of processor time", flush=True)


def processor_s() -> float:
    """The processor time of this process and of those that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--keyword", default="auto")
    parser.add_argument("--sample", type=int, default=2_000)
    arguments = parser.parse_args()
    if arguments.sample:
        analysis(rows_of(arguments.corpus, arguments.sample))
    encoder = OutsideVectors()
    with tempfile.TemporaryDirectory() as folder, patch.object(write, "load_encoder", lambda _: encoder):
        started, clock = processor_s(), time.perf_counter()
        report = index_corpus(Path(folder) / "index", [arguments.corpus], "outside", keyword=arguments.keyword)
        seconds, took = processor_s() - started, time.perf_counter() - clock
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    count, peak = report.paragraphs, peak_mb()
    print(f"{count:,} paragraphs: {1e6 * seconds / count:.0f} µs of processor time each, {count / took:.0f} a second")
    print(f"seconds by the clock: {report.seconds}; peak {peak:.0f} MB; {size / count:.0f} bytes a paragraph on disk")


if __name__ == "__main__":
    main()

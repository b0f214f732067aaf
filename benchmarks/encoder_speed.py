"""Speed of the built-in encoder: paragraphs and questions a second on all cores, and its two tokenizers.

``python benchmarks/encoder_speed.py [corpus.jsonl]`` (objects with ``text``; else the seeds) from the root.
"""

import json
import lzma
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from search.encoders import MODEL_FOLDER
from search.encoders.builtin import BuiltinEncoder
from search.encoders.tokenizer import PieceTable, Tokenizer


def texts(paths: list[Path]) -> list[str]:
    """Paragraphs of about 80 words, or 250 characters where words are not separated."""
    lines = [line for path in paths for line in _lines(path)]
    found = [json.loads(line)["text"] for line in lines]
    return [" ".join(text.split()[:80]) if len(text.split()) > 20 else text[:250] for text in found]


def _lines(path: Path) -> list[str]:
    if path.suffix == ".xz":
        with lzma.open(path, "rt", encoding="utf-8") as file:
            return file.readlines()
    return path.read_text("utf-8").splitlines()


def rate(work: Callable[[list[str]], Any], items: list[str]) -> float:
    """Items a second, the best of three."""
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        work(items)
        best = max(best, len(items) / (time.perf_counter() - start))
    return best


if __name__ == "__main__":
    paragraphs = texts([Path(name) for name in sys.argv[1:]] or sorted(Path("seeds").rglob("*.jsonl")))[:1000]
    questions = [text[:60] for text in paragraphs]
    encoder, quick, compiled = BuiltinEncoder(), PieceTable(MODEL_FOLDER), Tokenizer(MODEL_FOLDER).compiled()
    tokens = sum(map(len, encoder.token_ids(paragraphs))) / len(paragraphs)
    print(f"{len(paragraphs)} paragraphs of {tokens:.0f} tokens in the mean")
    print(f"paragraphs/s                 {rate(encoder.encode_paragraphs, paragraphs):8.0f}")
    print(f"questions/s, together        {rate(encoder.encode_query, questions):8.0f}")
    print(
        f"questions/s, one by one      {rate(lambda all_: [encoder.encode_query([q]) for q in all_], questions):8.0f}"
    )
    print(f"tokenizer, mapped: texts/s   {rate(lambda all_: [quick.encode(q.encode()) for q in all_], questions):8.0f}")
    print(f"sentencepiece: texts/s       {rate(compiled.encode, questions):8.0f}")

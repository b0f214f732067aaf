"""Is anything that we judge by among the training texts? ``python -m training.overlap DATA EVALUATION``

Compares every training text with every text of the evaluation sets, both reduced to their letters and digits (NFKC,
case folded). Prints what is found and fails when a text of `LEAST` or more characters is, or a shorter one
together with its translation.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from training.data import normalized, rows
from training.retrieval import read_questions

LEAST = 15


def evaluation_texts(folder: Path) -> Iterator[tuple[str, ...]]:
    """The texts of all sets below ``folder``, by themselves or as (sentence, translation)."""
    for path in sorted(folder.rglob("*.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if path.name.endswith(".jsonl.xz"):
                    yield (json.loads(line)["text"],)
                elif not path.name.startswith("qrels"):
                    yield tuple(line.rstrip("\n").split("\t")[1:])


def main() -> None:
    """Read both folders and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("evaluation", type=Path)
    arguments = parser.parse_args()
    texts: set[str] = set()
    pairs: set[frozenset[str]] = set()
    for one in evaluation_texts(arguments.evaluation):
        found = [normalized(text) for text in one]
        texts.update(text for text in found if len(text) >= LEAST)
        if len(found) == 2 and all(found):
            pairs.add(frozenset(found))
    hits = 0
    for path in sorted(arguments.data.glob("*.xz")):
        questions = path.name.startswith("qa_")
        for row in read_questions(path) if questions else (tuple(one.values()) for one in rows(path)):
            own = {normalized(text) for text in row}
            same = own & texts or any(frozenset(two) in pairs for two in combinations(own, 2))
            if same:
                hits += 1
                print(f"{path.name}: {row}")
    print(f"{len(texts)} evaluation texts, {len(pairs)} pairs: {hits} training rows share one")
    sys.exit(1 if hits else 0)


if __name__ == "__main__":
    main()

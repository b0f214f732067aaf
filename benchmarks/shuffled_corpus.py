"""Write a corpus of any size for measurements of speed: paragraphs of sentences of the seeds, in new orders.

    python benchmarks/shuffled_corpus.py PARAGRAPHS CORPUS.jsonl QUERIES.txt

Each article has ten paragraphs of four sentences of one language, some sixty words, so hardly two paragraphs are the
same: of 100,000 with two sentences three in four were. QUERIES gets the judged queries of the
seeds, one a line. The same arguments give the same files.
"""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def sentences() -> dict[str, list[str]]:
    """The sentences of the seeds by language: the plain texts' folders."""
    found: dict[str, list[str]] = {}
    for folder in sorted(path for path in (ROOT / "seeds").iterdir() if path.is_dir()):
        text = "\n".join(file.read_text("utf-8", "replace") for file in sorted(folder.glob("*.txt")))
        found[folder.name] = [one.strip() for one in re.split(r"(?<=[.!?。])\s*|\n", text) if len(one.strip()) > 20]
    return {language: own for language, own in found.items() if len(own) > 25}


def main() -> None:
    """Write both files."""
    paragraphs, corpus, queries = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    chance, known = random.Random(0), sentences()
    with corpus.open("w", encoding="utf-8") as file:
        for number in range(paragraphs // 10):
            language = chance.choice(sorted(known))
            texts = [" ".join(chance.sample(known[language], 4)) for _ in range(10)]
            line = {"id": f"shuffled-{number}", "title": texts[0][:60], "language": language, "paragraphs": texts}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    judged = [json.loads(line) for path in sorted((ROOT / "tests/judged").glob("*.jsonl")) for line in path.open()]
    queries.write_text("\n".join(one["query"] for one in judged) + "\n", "utf-8")


if __name__ == "__main__":
    main()

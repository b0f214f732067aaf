"""How well the keyword leg ranks by itself: nDCG@10 per language, and whether a query's language is told.

    python benchmarks/keyword_quality.py DATA [--index FOLDER] [--languages ar,de,…] [--articles even] [--hint]

DATA is a folder in BEIR layout (`corpus.jsonl`, `queries.jsonl` with ``lang``, `qrels.tsv`, each perhaps ``.xz``) whose
paragraphs' ids are ``language:p17``: five to an article, as in XQuAD. Tune with questions of even articles, report odd
ones. One index holds all languages; every question is asked, as ``mode=keyword`` serves it, of the paragraphs of its
own language. The vectors are those of the fake encoder: they play no part here. ``--hint`` tells the language.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections import defaultdict
from math import log2
from pathlib import Path

from ranking_trial import questions, read

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.types import SearchRequest


def build(folder: Path, languages: list[str], index: Path) -> None:
    """Index the paragraphs of ``languages``."""
    articles = [
        {"id": one["id"], "title": one["title"], "paragraphs": [one["text"]], "language": one["lang"]}
        for one in map(json.loads, read(folder, "corpus.jsonl"))
        if one["lang"] in languages
    ]
    with tempfile.TemporaryDirectory() as temporary:
        corpus = Path(temporary) / "corpus.jsonl"
        corpus.write_text("\n".join(map(json.dumps, articles)), "utf-8")
        index_corpus(index, [corpus], "fake", sentences=False)


def gain(engine: Engine, request: SearchRequest, right: set[str]) -> float:
    """nDCG@10 of one question that has one right paragraph in its language."""
    for rank, hit in enumerate(engine.search(request).hits, start=1):
        if hit.article.id in right:
            return 1 / log2(rank + 1)
    return 0.0


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--index", type=Path, help="folder of an index made by an earlier run")
    parser.add_argument("--languages", default="ar,de,el,en,es,hi,ro,ru,th,tr,vi,zh")
    parser.add_argument("--articles", choices=["even", "odd", "all"], default="even")
    parser.add_argument("--every", type=int, default=1, help="ask every so many questions of a language")
    parser.add_argument("--hint", action="store_true", help="tell the query's language")
    arguments = parser.parse_args()
    languages = arguments.languages.split(",")
    parity = {"even": 0, "odd": 1, "all": None}[arguments.articles]
    gains, told, took = defaultdict(list), defaultdict(list), []
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.index or Path(temporary) / "index"
        if not (index / "CURRENT").exists():
            build(arguments.data, languages, index)
        with Engine(index) as engine:
            for one, right in questions(arguments.data, languages, parity, arguments.every):
                own = one["lang"]
                hint = own if arguments.hint else None
                request = SearchRequest(one["text"], mode="keyword", languages=(own,), query_language=hint)
                started = time.perf_counter()
                gains[own].append(gain(engine, request, right))
                took.append((time.perf_counter() - started) * 1000)
                three = SearchRequest(" ".join(one["text"].split()[:3]), mode="keyword", limit=1)
                told[own].append(next(iter(engine.search(three).languages), "") == own)
    print("| | mean | " + " | ".join(gains) + " |")
    print("|---|" + "---|" * (len(gains) + 1))
    for name, values in (("nDCG@10", gains), ("language of the first three words", told)):
        means = [statistics.fmean(found) for found in values.values()]
        print(f"| {name} | {statistics.fmean(means):.4f} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
    print(f"{sum(map(len, gains.values()))} questions, {statistics.median(took):.1f} ms in the median")


if __name__ == "__main__":
    main()

"""What the ranking costs beyond the two legs, by stage of a hybrid search.

    python benchmarks/ranking_cost.py [CORPUS] [--index FOLDER] [--queries FILE] [--rounds 5] [--limit 10] [--json]

Indexes CORPUS (the seeds unless named) with the built-in encoder, into a temporary folder unless one is given; an index
that is there already is taken as it is. Asks every query (one a line; those of tests/judged unless a file is named)
once to warm the engine, then twice a round, by the clock and by the processor's, which other processes disturb less;
each query counts with its median over the rounds. Prints the quartiles over the queries of each stage in `timings_ms`,
of the time beyond all stages ("rest"), of everything but the legs ("ranking") and of the whole. Exit code 1 where the
median of the ranking takes 15 ms or more by the processor's clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from unittest.mock import patch

from seeds_quality import ROOT, read_judged

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.types import SearchRequest

LEGS = ("keyword", "semantic")
BAR_MS = 15.0


def ask(engine: Engine, request: SearchRequest) -> dict[str, float]:
    """The milliseconds of each stage of one search, and of its sums."""
    response = engine.search(request)
    took = dict(response.timings_ms)
    rest = response.took_ms - sum(took.values())
    ranking = response.took_ms - sum(took[leg] for leg in LEGS)
    return {**took, "rest": rest, "ranking": ranking, "whole": response.took_ms}


def measure(engine: Engine, requests: Sequence[SearchRequest], rounds: int) -> dict[str, dict[str, list[float]]]:
    """By clock and stage the quartiles over the queries."""
    for request in requests:
        engine.search(request)
    taken: dict[str, list[list[dict[str, float]]]] = {"clock": [], "processor": []}
    for _ in range(rounds):
        taken["clock"].append([ask(engine, request) for request in requests])
        with patch.object(time, "perf_counter", time.process_time):
            taken["processor"].append([ask(engine, request) for request in requests])
    return {clock: quartiles([_medians(own) for own in zip(*asked, strict=True)]) for clock, asked in taken.items()}


def quartiles(taken: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """By stage, in their order; a stage that a query does not have takes nothing."""
    stages = dict.fromkeys(stage for own in taken for stage in own)
    return {stage: statistics.quantiles([own.get(stage, 0.0) for own in taken], n=4) for stage in stages}


def _medians(rounds: Iterable[dict[str, float]]) -> dict[str, float]:
    every = list(rounds)
    return {stage: statistics.median(own[stage] for own in every) for stage in every[0]}


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?", default=ROOT / "seeds")
    parser.add_argument("--index", type=Path, help="folder of an index, made if it is not there")
    parser.add_argument("--queries", type=Path, help="one a line")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=10)
    parser.add_argument("--explain", action="store_true", help="with aligned words")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    lines = arguments.queries.read_text("utf-8").splitlines() if arguments.queries else [q.query for q in read_judged()]
    requests = [SearchRequest(line, limit=arguments.limit, explain=arguments.explain) for line in lines if line.strip()]
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.index or Path(temporary)
        if not (folder / "CURRENT").exists():
            index_corpus(folder, [arguments.corpus])
        with Engine(folder) as engine:
            paragraphs, found = engine.manifest.paragraphs, measure(engine, requests, arguments.rounds)
    if arguments.json:
        print(json.dumps({"paragraphs": paragraphs, "queries": len(requests), "quartiles_ms": found}))
    else:
        print(f"{len(requests)} queries over {paragraphs} paragraphs, quartiles in milliseconds:\n")
        print("| stage | clock | | | processor | | |\n" + "|---" * 7 + "|")
        for stage, own in found["clock"].items():
            print(f"| {stage} | " + " | ".join(f"{value:.2f}" for value in own + found["processor"][stage]) + " |")
    sys.exit(found["processor"]["ranking"][1] >= BAR_MS)


if __name__ == "__main__":
    main()

"""The ranking on XQuAD: every leg and the hybrid, per pair of languages and in one pool of all languages.

    python benchmarks/ranking_quality.py XQUAD [--articles odd] [--every 8] [--index FOLDER] [--without lexicon,…]
        [--pool]

XQUAD is a folder in BEIR layout as `benchmarks/ranking_trial.py` takes it; tune with questions of even articles, report
odd ones. The evidence of every paragraph is gathered once a question; the candidates of each pool then go through the
engine's own stages (`paraglot.search.ranking.pipeline.STAGES`), those left out that ``--without`` names. (`paraglot
eval` asks the engine itself, for hours instead of minutes.) Prints nDCG@10 in the same language and across, for
comparison also that of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009: the sum over the legs of
1 / (60 + rank)), the cells in which hybrid falls short of its better leg by more than 0.01, and, in the pool of all
languages, the share of a question's right paragraphs among the first 20 and each language's share of right paragraphs
among the first 5. ``--pool`` leaves out the pairs of languages, which take most of the time.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ranking_trial import LANGUAGES, build, questions

from paraglot.search.candidates import Candidates, ranks
from paraglot.search.deadline import Stopwatch
from paraglot.search.engine.engine import Engine
from paraglot.search.engine.legs import WINDOW, Nearest, comparable
from paraglot.search.folder.snapshot import Snapshot, as_folder_snapshot
from paraglot.search.query.understanding import understand
from paraglot.search.ranking.pipeline import STAGES, run
from paraglot.search.ranking.question import Question
from paraglot.search.ranking.stage import Stage
from paraglot.search.types import SearchRequest

MODES = ("keyword", "semantic", "rrf", "hybrid")
RANK_CONSTANT = 60
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its language, the evidence of every paragraph of the index, ascending by row, and which are right.

    ``cosines``: those of the paragraphs' vectors, by which the semantic leg finds them.
    """

    language: str
    question: Question
    candidates: Candidates
    cosines: Array
    right: NDArray[np.bool_]


def ask_all(snapshot: Snapshot, folder: Path, parity: int, every: int) -> Iterator[Asked]:
    """Every question."""
    chosen = list(questions(folder, LANGUAGES, parity, every))
    encoder, rows = snapshot.encoder(), snapshot.store.rows()
    stored = snapshot.dense.vectors(rows)
    texts, ids = snapshot.texts(rows), snapshot.store.article_ids(rows)
    numbers = np.array([int(ids[row].rpartition(":p")[2]) for row in rows])
    queries = encoder.encode_query([one["text"] for one, _ in chosen])
    for (one, right), vector in zip(chosen, queries, strict=True):
        request = SearchRequest(one["text"])
        understood = understand(request, snapshot)
        question = comparable(snapshot, Question(request, understood), Nearest(vector, rows))
        evidence = snapshot.evidence(understood.words, rows, vector, rows, ["words"]).with_columns(texts=texts)
        number = int(min(right).rpartition(":p")[2])
        yield Asked(one["lang"], question, evidence, (stored @ vector).astype(np.float64), numbers == number)


def ranked(
    snapshot: Snapshot, asked: Asked, places: NDArray[np.intp], stages: Sequence[Stage]
) -> dict[str, NDArray[np.intp]]:
    """Per mode the places of the hits among ``places``, best first, as the engine would find them."""
    every = asked.candidates
    near = _first(asked.cosines, places)
    worded = _first(every.keyword, places[every.keyword[places] > 0])
    found = np.union1d(near, worded)
    keyword_ranks = ranks(every.keyword[found], every.rows[found], np.isin(found, worded))
    candidates = every.take(found).with_columns(keyword_ranks=keyword_ranks)
    hits = run(stages, asked.question, candidates, snapshot, Stopwatch())
    semantic_ranks = ranks(candidates.semantic, candidates.rows, ~candidates.unreadable)
    return {
        "keyword": worded,
        "semantic": _first(every.semantic, near),
        "rrf": found[np.argsort(-_reciprocal(keyword_ranks) - _reciprocal(semantic_ranks), kind="stable")],
        "hybrid": np.searchsorted(every.rows, hits.rows),
    }


def _reciprocal(ranks: NDArray[np.int64]) -> Array:
    return np.where(ranks > 0, 1 / (RANK_CONSTANT + ranks), 0.0)


def _first(scores: Array, places: NDArray[np.intp]) -> NDArray[np.intp]:
    return places[np.argsort(-scores[places], kind="stable")][:WINDOW]


def gain(places: Sequence[int] | NDArray[np.intp], right: NDArray[np.bool_]) -> float:
    """nDCG@10 with one right paragraph."""
    rank = next((rank for rank, place in enumerate(places[:10], start=1) if right[place]), None)
    return 1 / float(np.log2(rank + 1)) if rank else 0.0


def print_pairs(means: Mapping[tuple[str, str, str], float]) -> None:
    """nDCG@10 by mode, and the pairs of languages in which hybrid falls short; ``means`` by mode and both languages."""
    print("| nDCG@10 | same language | lowest | across |\n|---|---|---|---|")
    for mode in MODES:
        same = [means[mode, language, language] for language in LANGUAGES]
        across = [means[mode, one, other] for one in LANGUAGES for other in LANGUAGES if one != other]
        print(f"| {mode} | {np.mean(same):.3f} | {min(same):.3f} | {np.mean(across):.3f} |")
    short = {
        f"{one}→{other}": round(means["hybrid", one, other] - max(means[leg, one, other] for leg in MODES[:2]), 3)
        for one in LANGUAGES
        for other in LANGUAGES
    }
    print(
        f"\nhybrid short of its better leg by over 0.01: { {cell: by for cell, by in short.items() if by < -0.01} }\n"
    )


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", choices=["even", "odd"], default="odd")
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--without", default="", help="stages to leave out")
    parser.add_argument("--pool", action="store_true", help="only the pool of all languages")
    arguments = parser.parse_args()
    stages = [stage for stage in STAGES if stage.name not in arguments.without.split(",")]
    cells: dict[tuple[str, str, str], list[float]] = {}
    first_20: list[float] = []
    first_5: dict[str, list[bool]] = {language: [] for language in LANGUAGES}
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.index or Path(temporary)
        if not (index / "CURRENT").exists():
            build(arguments.data, LANGUAGES, index)
        with Engine(index) as engine, engine.snapshot() as served:
            snapshot = as_folder_snapshot(served)
            for asked in ask_all(snapshot, arguments.data, int(arguments.articles == "odd"), arguments.every):
                languages = asked.candidates.languages
                for language in () if arguments.pool else LANGUAGES:
                    by_mode = ranked(snapshot, asked, np.flatnonzero(languages == language), stages)
                    for mode, places in by_mode.items():
                        cells.setdefault((mode, asked.language, language), []).append(gain(places, asked.right))
                places = ranked(snapshot, asked, np.arange(len(languages)), stages)["hybrid"]
                first_20.append(float(asked.right[places[:20]].sum() / asked.right.sum()))
                for language in LANGUAGES:
                    others = [at for at in places if not asked.right[at] or languages[at] == language]
                    first_5[language].append(bool(asked.right[others[:5]].any()))
    print(f"{len(first_20)} questions\n")
    if cells:
        print_pairs({cell: float(np.mean(gains)) for cell, gains in cells.items()})
    print(f"one pool: right paragraphs in the first 20: {np.mean(first_20):.3f}")
    shares = {language: round(float(np.mean(own)), 2) for language, own in first_5.items()}
    print(f"in the first 5, by the language of the paragraph: {shares}, deviation {np.std(list(shares.values())):.3f}")


if __name__ == "__main__":
    main()

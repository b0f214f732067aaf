"""The ranking on XQuAD: every leg and the hybrid, per pair of languages and in one pool of all languages.

    python benchmarks/ranking_quality.py XQUAD [--articles odd] [--every 8] [--index FOLDER] [--as-one]

XQUAD is a folder in BEIR layout as `benchmarks/ranking_trial.py` takes it; tune with questions of even articles, report
odd ones. What the legs say of every paragraph is computed once a question; candidates, fusion, soft match, lexicon and
feedback are then the engine's own functions over each pool (every paragraph is an article of its own here). (`paraglot
eval` asks the engine itself, for hours instead of minutes.) Prints nDCG@10 in the same language and across, the cells
in which hybrid falls short of its better leg by more than 0.01, and, in the pool of all languages, the share of a
question's right paragraphs among the first 20 and each language's share of right paragraphs among the first 5.
``--as-one``: words and soft match are not compared within each language, to see what that does.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ranking_trial import LANGUAGES, build, questions

from paraglot.search.encoders.builtin.encoder import BuiltinEncoder
from paraglot.search.engine import Engine
from paraglot.search.folder.snapshot import Snapshot
from paraglot.search.lexicon.lexicon import Marks
from paraglot.search.query.understanding import understand
from paraglot.search.ranking.crossing import crossing_scores
from paraglot.search.ranking.fusion import crossed, fed_back, fuse, soften
from paraglot.search.ranking.gist import marks_of
from paraglot.search.ranking.meaning import SENTENCE_SHARE
from paraglot.search.ranking.ranking import SOFTENED, WINDOW, kinds_of, marks_of_query
from paraglot.search.ranking.relevance import Chance, Signals, relevance
from paraglot.search.ranking.soft_match import pieces_of, soft_scores
from paraglot.search.seams import Candidate, Ranking
from paraglot.search.text.languages import primary
from paraglot.search.types import SearchRequest

MODES = ("keyword", "semantic", "hybrid")
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pool:
    """All paragraphs, by place: language, number of the paragraph in XQuAD, text, vector."""

    rows: list[int]
    languages: NDArray[np.str_]
    numbers: NDArray[np.int64]
    texts: list[str]
    vectors: NDArray[np.float32]
    marks: list[Marks]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what is said of every paragraph of the pool."""

    language: str
    text: str
    right: NDArray[np.bool_]
    paragraph: Array
    semantic: Array
    keyword: Array
    coverage: Array
    chance: Chance
    languages: frozenset[str]
    marks: Marks


def pool_of(snapshot: Snapshot) -> Pool:
    """Every paragraph of the index."""
    rows = snapshot.store.rows()
    found = [paragraph for paragraph, _ in snapshot.store.paragraphs(rows)]
    numbers = [int(one.article_id.rpartition(":p")[2]) for one in found]
    languages, texts = np.array([one.language for one in found]), [one.text for one in found]
    marks = marks_of(snapshot, rows)
    return Pool(rows, languages, np.array(numbers), texts, snapshot.dense.vectors(rows), marks)


def asked_all(engine: Engine, folder: Path, parity: int, every: int) -> Iterator[tuple[Pool, Asked]]:
    """Every question."""
    chosen = list(questions(folder, LANGUAGES, parity, every))
    vectors = engine.encoder().encode_query([one["text"] for one, _ in chosen])
    with engine.snapshot() as snapshot:
        assert snapshot.sentences
        pool = pool_of(snapshot)
        for (one, right), vector in zip(chosen, vectors, strict=True):
            understood = understand(SearchRequest(one["text"]), snapshot)
            words = understood.words
            paragraph = np.array(snapshot.dense.scores(vector, pool.rows))
            best = snapshot.sentences.best(vector, pool.rows)
            sentence = np.array([own.score if own else at for own, at in zip(best, paragraph, strict=True)])
            yield (
                pool,
                Asked(
                    one["lang"],
                    one["text"],
                    pool.numbers == int(min(right).rpartition(":p")[2]),
                    paragraph,
                    (1 - SENTENCE_SHARE) * paragraph + SENTENCE_SHARE * sentence,
                    np.array(snapshot.keyword.scores(words, pool.rows)),
                    np.array(snapshot.keyword.coverage(words, pool.rows)),
                    Chance(snapshot.sample.scores(vector), snapshot.sample.languages),
                    understood.spoken,
                    marks_of_query(understood),
                ),
            )


def ranked(
    pool: Pool, one: Asked, places: NDArray[np.intp], encoder: BuiltinEncoder, as_one: bool
) -> dict[str, list[int]]:
    """Per mode the places of the hits among ``places``, best first, as the engine would find them."""
    compared = np.full_like(pool.languages, "und") if as_one else pool.languages
    near = _first(one.paragraph, places)
    worded = _first(one.keyword, places[one.keyword[places] > 0])
    found = np.union1d(near, worded)
    hybrid = fuse(
        [Candidate(int(at), one.semantic[at], one.keyword[at], one.coverage[at], str(compared[at])) for at in found]
    )
    first = [place for place, _ in hybrid[:SOFTENED]]
    soft = soft_scores(encoder, one.text, pieces_of(encoder, [pool.texts[place] for place in first]))
    softened: Ranking = soften(hybrid, soft, [str(compared[place]) for place in first])
    moved = [place for place, _ in softened[:SOFTENED]]
    shared = crossing_scores(one.marks, [pool.marks[place] for place in moved])
    kinds = kinds_of([str(pool.languages[place]) for place in moved], one.languages)
    softened = crossed(softened, shared, kinds)
    best = softened[0][0]
    language = str(pool.languages[best])
    trust = relevance(
        Signals(
            one.chance.deviations(one.semantic[best], language),
            dict(zip(first, soft.tolist(), strict=True)).get(best),
            float(shared[moved.index(best)]) if best in moved else None,
            one.coverage[best],
            primary(language) not in one.languages,
        )
    )
    nearness = pool.vectors[[place for place, _ in softened]] @ pool.vectors[best]
    return {
        "keyword": worded.tolist(),
        "semantic": _first(one.semantic, near).tolist(),
        "hybrid": [place for place, _ in fed_back(softened, nearness, trust)],
    }


def _first(scores: Array, places: NDArray[np.intp]) -> NDArray[np.intp]:
    return places[np.argsort(-scores[places], kind="stable")][:WINDOW]


def gain(places: Sequence[int], right: NDArray[np.bool_]) -> float:
    """nDCG@10 with one right paragraph."""
    rank = next((rank for rank, place in enumerate(places[:10], start=1) if right[place]), None)
    return 1 / float(np.log2(rank + 1)) if rank else 0.0


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", choices=["even", "odd"], default="odd")
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--as-one", action="store_true", help="compare no language with itself")
    arguments = parser.parse_args()
    cells: dict[tuple[str, str, str], list[float]] = {}
    first_20: list[float] = []
    first_5: dict[str, list[bool]] = {language: [] for language in LANGUAGES}
    encoder = BuiltinEncoder()
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.index or Path(temporary)
        if not (index / "CURRENT").exists():
            build(arguments.data, LANGUAGES, index)
        with Engine(index) as engine:
            for pool, one in asked_all(engine, arguments.data, int(arguments.articles == "odd"), arguments.every):
                for language in LANGUAGES:
                    own = ranked(pool, one, np.flatnonzero(pool.languages == language), encoder, arguments.as_one)
                    for mode, places in own.items():
                        cells.setdefault((mode, one.language, language), []).append(gain(places, one.right))
                places = ranked(pool, one, np.arange(len(pool.rows)), encoder, arguments.as_one)["hybrid"]
                first_20.append(float(one.right[places[:20]].mean() * len(places[:20]) / one.right.sum()))
                for language in LANGUAGES:
                    others = [at for at in places if not one.right[at] or pool.languages[at] == language]
                    first_5[language].append(bool(one.right[others[:5]].any()))
    means = {cell: float(np.mean(gains)) for cell, gains in cells.items()}
    print(f"{len(first_20)} questions\n\n| nDCG@10 | same language | lowest | across |\n|---|---|---|---|")
    for mode in MODES:
        same = [means[mode, language, language] for language in LANGUAGES]
        across = [means[mode, one, other] for one in LANGUAGES for other in LANGUAGES if one != other]
        print(f"| {mode} | {np.mean(same):.3f} | {min(same):.3f} | {np.mean(across):.3f} |")
    short = {
        f"{one}→{other}": round(means["hybrid", one, other] - max(means[leg, one, other] for leg in MODES[:2]), 3)
        for one in LANGUAGES
        for other in LANGUAGES
    }
    print(f"\nhybrid short of its better leg by over 0.01: { {cell: by for cell, by in short.items() if by < -0.01} }")
    print(f"one pool: right paragraphs in the first 20: {np.mean(first_20):.3f}")
    shares = {language: round(float(np.mean(own)), 2) for language, own in first_5.items()}
    print(f"in the first 5, by the language of the paragraph: {shares}, deviation {np.std(list(shares.values())):.3f}")


if __name__ == "__main__":
    main()

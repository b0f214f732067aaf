"""Which formula ranks best: sentences, fusion and window, tried on one pass over judged questions.

    python benchmarks/ranking_trial.py DATA [--languages ar,de,…] [--every 6] [--articles even] [--index FOLDER]

DATA is a folder in BEIR layout (`corpus.jsonl`, `queries.jsonl` with ``lang``, `qrels.tsv`, each perhaps ``.xz``) whose
paragraphs' ids are ``language:p17``: five to an article, the same in every language, as in XQuAD. Tune with questions
of even articles, report odd ones. Every question is asked of every language by itself; the candidates are those of the
engine, and what both legs say of them is kept, so that a formula costs nothing more. Prints nDCG@10 and the share of
questions with the right paragraph among the first 5, same language and the mean over pairs of two languages.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paraglot.indexer.build import index_corpus
from paraglot.search.engine.engine import Engine
from paraglot.search.folder.snapshot import as_folder_snapshot
from paraglot.search.query.language import query_languages
from paraglot.search.query.query_terms import keyword_query
from paraglot.search.ranking.fusion import z_scores
from paraglot.search.text.analysis import words

Array = NDArray[np.float64]
WINDOW = 100

LANGUAGES = ("ar", "de", "el", "en", "es", "hi", "ro", "ru", "th", "tr", "vi", "zh")
"""All of XQuAD."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question asked of one language: what the legs say of every candidate, and which candidates are right."""

    same: bool
    right: NDArray[np.bool_]
    paragraph: Array
    sentence: Array
    keyword: Array
    coverage: Array


def read(folder: Path, name: str) -> list[str]:
    """The lines of a file or of its compressed form."""
    packed = folder / f"{name}.xz"
    content = lzma.decompress(packed.read_bytes()) if packed.exists() else (folder / name).read_bytes()
    return [line for line in content.decode("utf-8").split("\n") if line]


def questions(
    folder: Path, languages: Sequence[str], parity: int | None, every: int
) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Each question and the ids of its paragraphs, every so many of a language."""
    right: dict[str, set[str]] = {}
    for line in read(folder, "qrels.tsv")[1:]:
        question, paragraph, _ = line.split("\t")
        right.setdefault(question, set()).add(paragraph)
    by_language: dict[str, list[dict[str, Any]]] = {language: [] for language in languages}
    for one in map(json.loads, read(folder, "queries.jsonl")):
        number = int(min(right[one["id"]]).rpartition(":p")[2])
        if one["lang"] in by_language and parity in (None, number // 5 % 2):
            by_language[one["lang"]].append(one)
    for own in by_language.values():
        yield from ((one, right[one["id"]]) for one in own[::every])


def build(folder: Path, languages: Sequence[str], index: Path, keep: Callable[[int], bool] = lambda _: True) -> None:
    """Index the paragraphs of ``languages``, those of the articles that ``keep`` lets through by number."""
    lines = [
        json.dumps({"id": one["id"], "title": one["title"], "paragraphs": [one["text"]], "language": one["lang"]})
        for one in map(json.loads, read(folder, "corpus.jsonl"))
        if one["lang"] in languages and keep(int(one["id"].rpartition(":p")[2]) // 5)
    ]
    with tempfile.TemporaryDirectory() as temporary:
        corpus = Path(temporary) / "corpus.jsonl"
        corpus.write_text("\n".join(lines), "utf-8")
        index_corpus(index, [corpus])


def cases(engine: Engine, asked: list[tuple[dict[str, Any], set[str]]], languages: list[str]) -> Iterator[Case]:
    """Every question asked of every language."""
    vectors = engine.encoder().encode_query([one["text"] for one, _ in asked])
    with engine.snapshot() as served:
        snapshot = as_folder_snapshot(served)
        assert snapshot.sentences
        allowed = {language: snapshot.store.rows_in_languages([language]) for language in languages}
        rows = sorted(row for own in allowed.values() for row in own)
        article = {row.row: row.article_id for row, _ in snapshot.store.paragraphs(rows)}
        for (one, right), vector in zip(asked, vectors, strict=True):
            written, known = list(words(one["text"])), snapshot.keyword.frequency
            asked_words = keyword_query(written, query_languages(written, snapshot.manifest.languages, known), known)
            for language in languages:
                near = snapshot.dense.search(vector, WINDOW, allowed[language])
                worded = snapshot.keyword.search(asked_words, WINDOW, allowed[language])
                found = sorted({row for row, _ in near} | {row for row, _ in worded})
                paragraph = np.array(snapshot.dense.scores(vector, found))
                best = snapshot.sentences.best(vector, found).scores
                yield Case(
                    same=one["lang"] == language,
                    right=np.array([article[row] in right for row in found]),
                    paragraph=paragraph,
                    sentence=np.where(np.isnan(best), paragraph, best),
                    keyword=np.array(snapshot.keyword.scores(asked_words, found)),
                    coverage=np.array(snapshot.keyword.coverage(asked_words, found)),
                )


def place(case: Case, scores: Array) -> int:
    """The place of the right paragraph, from 1; far off where it is no candidate."""
    order = np.argsort(-scores, kind="stable")
    found = np.flatnonzero(case.right[order])
    return int(found[0]) + 1 if len(found) else 10_000


def measured(found: list[Case], formula: Callable[[Case], Array]) -> list[float]:
    """nDCG@10 same and across, the share in the first 5 same and across."""
    places = {
        same: np.array([place(case, formula(case)) for case in found if case.same is same]) for same in (True, False)
    }
    gains = {same: np.where(own <= 10, 1 / np.log2(own + 1), 0).mean() for same, own in places.items()}
    return [*gains.values(), *(float((own <= 5).mean()) for own in places.values())]


def meaning(case: Case, share: float = 0.5) -> Array:
    """The semantic leg, the best sentence with a ``share``."""
    return (1 - share) * case.paragraph + share * case.sentence


def reciprocal_ranks(case: Case, least: float) -> Array:
    """Reciprocal rank fusion, k = 60, over paragraphs that have at least a share ``least`` of the query's terms."""
    total: Array = 1 / (61 + np.argsort(np.argsort(-meaning(case), kind="stable")))
    words = np.where((case.keyword > 0) & (case.coverage >= least), case.keyword, -1)
    return total + np.where(words > 0, 1 / (61 + np.argsort(np.argsort(-words, kind="stable"))), 0)


def added(case: Case, weight: float, by_coverage: bool) -> Array:
    """Standardized scores of both legs added."""
    factor = weight * case.coverage if by_coverage else weight
    return z_scores(meaning(case)) + factor * z_scores(case.keyword)


def formulas() -> Iterator[tuple[str, Callable[[Case], Array]]]:
    """Name and formula of each trial."""
    for share in (0.0, 0.3, 0.5, 0.7, 1.0):
        yield f"semantic, best sentence {share}", partial(meaning, share=share)
    yield "keyword", lambda case: case.keyword
    for least in (0.0, 0.3):
        yield f"RRF, coverage from {least}", partial(reciprocal_ranks, least=least)
    for weight in (0.25, 0.5, 1.0):
        yield f"z(semantic) + {weight} z(keyword)", partial(added, weight=weight, by_coverage=False)
    for weight in (0.5, 1.0, 1.5, 2.0, 3.0):
        yield f"z(semantic) + {weight} coverage · z(keyword)", partial(added, weight=weight, by_coverage=True)


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--languages", default="ar,de,en,es,ru,th,tr,zh")
    parser.add_argument("--every", type=int, default=6, help="ask every so many questions of a language")
    parser.add_argument("--articles", choices=["even", "odd", "all"], default="even")
    parser.add_argument("--index", type=Path, help="folder of an index made by an earlier run")
    arguments = parser.parse_args()
    languages = arguments.languages.split(",")
    parity = {"even": 0, "odd": 1, "all": None}[arguments.articles]
    with tempfile.TemporaryDirectory() as temporary:
        index = arguments.index or Path(temporary) / "index"
        if not (index / "CURRENT").exists():
            build(arguments.data, languages, index)
        with Engine(index) as engine:
            asked = list(questions(arguments.data, languages, parity, arguments.every))
            found = list(cases(engine, asked, languages))
    print(f"{len(asked)} questions, {len(found)} cases")
    print("| formula | nDCG@10 same | across | in the first 5, same | across |\n|---|---|---|---|---|")
    for name, formula in formulas():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in measured(found, formula)) + " |", flush=True)


if __name__ == "__main__":
    main()

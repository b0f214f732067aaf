"""Is relevance right: answerable questions of every kind keep their answer, off-topic ones get nothing; and its fit.

    python benchmarks/relevance.py DATA [--model builtin] [--every 24] [--paragraphs 240] [--fit] [--work FOLDER]

DATA has ``eval/xquad`` and ``train`` as `benchmarks/relevance_questions.py` names their files. Each question is asked
of a world and of the half that lacks its group, in all languages at once: it is answerable in the one and off-topic in
the other. What relevance is made of is kept in FOLDER, so that a fit costs
nothing more. ``--fit`` prints the weights of `search/ranking/relevance.py` fitted on even groups; what is reported is
of odd ones. Prints, by kind and by language: the share of questions that keep a right paragraph at 0.5, and one of
another language; the share of off-topic ones without a hit of 0.5; the area under the curve of the best right hit
against the best off-topic one. Further: 200 strings of gibberish, and how far letter case, politeness and punctuation
move the relevance of the right hit.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from relevance_questions import Asked, World, everyday, native, seeds, xquad
from scipy.optimize import minimize

from paraglot.search.engine.engine import Engine
from paraglot.search.ranking.relevance import AROUND, AROUND_WEIGHTS, CALIBRATED, Signals, as_written, relevance
from paraglot.search.types import SearchRequest

LETTERS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщыэюя",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "的一是在不了有和人这中大为上个国我以要他",
)
EMPTY: Mapping[str, float] = {"builtin": 0.86, "builtin-fast": 0.88}
"""The share of off-topic questions, the mean of the kinds, that the fit leaves without a hit of 0.5."""

ROUNDS = 5
"""The fit is made again so often, each time to the hits that the last one holds to be the likeliest: they decide."""

WRITTEN = ("coverage", "shared")
"""What compares words: it weighs otherwise in other languages."""

VARIANTS: Mapping[str, Sequence[Callable[[str], str]]] = {
    "case": (str.upper, str.lower, str.title),
    "politeness": ("Hello! {}".format, "{} Please!".format, "Добрый день! Подскажите, {} Спасибо!".format),
    "punctuation": ("{}…".format, lambda text: text.rstrip("?؟？。.")),
}


@dataclass(slots=True)
class Gathered:
    """A question, and the signals of its hits where it is answerable, right or not, and where it is off-topic."""

    asked: Asked
    hits: list[tuple[Signals, bool]]
    off_topic: list[Signals]


def gibberish(seed: int, count: int = 200) -> list[str]:
    """Strings of two to six made-up words."""
    draw = random.Random(seed)
    return [
        " ".join("".join(draw.choices(letters, k=draw.randint(3, 9))) for _ in range(draw.randint(2, 6)))
        for letters in (LETTERS * count)[:count]
    ]


def gather(worlds: Iterable[World], everywhere: Sequence[Asked], work: Path, model: str) -> Iterator[Gathered]:
    """Ask everything."""
    for world in worlds:
        with Engine(world.build(work / f"{world.name}-{model}", model)) as engine:
            for one in world.asked:
                yield Gathered(one, judged(engine, one), ask(engine, one.text, f"half = {1 - one.group % 2}"))
            for one in everywhere:
                yield Gathered(one, [], ask(engine, one.text))


def ask(engine: Engine, text: str, forced: str | None = None, limit: int = 10) -> list[Signals]:
    """What the relevance of the first hits is made of, among what a filter lets through."""
    return [own for _, own in engine.signals(SearchRequest(text), forced)[:limit]]


def judged(engine: Engine, asked: Asked, limit: int = 10) -> list[tuple[Signals, bool]]:
    """The same, and whether each hit is right."""
    found = engine.signals(SearchRequest(asked.text))[:limit]
    with engine.snapshot() as snapshot:
        read = snapshot.paragraphs([row for row, _ in found])
    names = [{paragraph.article_id, f"{paragraph.article_id}#{paragraph.position}"} for paragraph, _ in read]
    return [(own, bool(name & asked.right)) for (_, own), name in zip(found, names, strict=True)]


def save(path: Path, found: Iterable[Gathered]) -> None:
    """Keep what was gathered, a line for each question."""
    with path.open("w", encoding="utf-8") as file:
        for one in found:
            asked = {**asdict(one.asked), "right": sorted(one.asked.right)}
            file.write(json.dumps([asked, [[*own, right] for own, right in one.hits], one.off_topic]) + "\n")


def load(path: Path) -> list[Gathered]:
    """What `save` kept."""
    found = []
    for asked, hits, off_topic in map(json.loads, path.read_text("utf-8").splitlines()):
        asked["right"] = frozenset(asked["right"])
        read = [(Signals(*own[:-1]), own[-1]) for own in hits]
        found.append(Gathered(Asked(**asked), read, [Signals(*own) for own in off_topic]))
    return found


def row(name: str, found: Sequence[Gathered]) -> str:
    """A line of the table."""
    answerable = [one for one in found if one.asked.right]
    right = [max((relevance(own) for own, fits in one.hits if fits), default=0.0) for one in answerable]
    across = [
        max((relevance(own) for own, fits in one.hits if fits and own.cross_language), default=0.0)
        for one in answerable
    ]
    wrong = [max(map(relevance, one.off_topic), default=0.0) for one in found]
    cells = [_share(right, 0.5), _share(across, 0.5), 1 - _share(wrong, 0.5), area(right, wrong)]
    return f"| {name} | {len(answerable)} | {len(found)} | " + " | ".join(f"{cell:.3f}" for cell in cells) + " |"


def _share(values: Sequence[float], least: float) -> float:
    return float(np.mean(np.array(values) >= least)) if values else float("nan")


def area(right: Sequence[float], wrong: Sequence[float]) -> float:
    """The share of pairs in which the right one is above the wrong one; ties count half.

    >>> area([0.9, 0.4], [0.1, 0.4])
    0.875
    """
    if not right or not wrong:
        return float("nan")
    good, bad = np.array(right)[:, None], np.array(wrong)[None, :]
    return float((good > bad).mean() + (good == bad).mean() / 2)


def report(found: Sequence[Gathered]) -> None:
    """Print the tables by kind and by language."""
    for what in ("kind", "language"):
        by: dict[str, list[Gathered]] = defaultdict(list)
        for one in found:
            by[getattr(one.asked, what)].append(one)
        print(f"| {what} | answerable | off-topic | kept | kept across | empty | area |")
        print("|---|---|---|---|---|---|---|")
        for name, own in sorted(by.items()):
            if len(own) >= 20:
                print(row(name, own))
        print(row("all", found))


def fit(found: Sequence[Gathered], names: Sequence[str], share: float) -> None:
    """Print the weights of these signals, by logistic regression in which every kind of question weighs alike.

    Both sorts of hits, in the query's languages and in others, are fitted together: what says nothing of words weighs
    the same in both. The constants are moved so that ``share`` of the off-topic questions have no hit of 0.5.
    """
    weights = _fitted(found, names)
    best: dict[str, list[float]] = defaultdict(list)
    for one in found:
        highest = max((float(_design(own, names) @ weights) for own in one.off_topic), default=-50.0)
        best[one.asked.kind].append(highest)
    least = np.linspace(-4, 4, 801)
    empty = np.mean([np.mean(np.array(values)[:, None] < least, axis=0) for values in best.values()], axis=0)
    weights[0] -= least[np.argmax(empty >= share)]
    own = weights[: len(names) + 1]
    other = own.copy()
    other[[0, *(names.index(name) + 1 for name in WRITTEN)]] += weights[len(names) + 1 :]
    print(names, False, tuple(np.round(own, 2).tolist()), True, tuple(np.round(other, 2).tolist()))


def _design(signals: Signals, names: Sequence[str]) -> NDArray[np.float64]:
    """A constant and the signals, and once more those of words where the hit is in another language."""
    read = as_written(signals)
    values = [1.0, *(getattr(read, name) or 0.0 for name in names)]
    across = [read.cross_language * value for value in (1.0, *(getattr(read, name) or 0.0 for name in WRITTEN))]
    return np.array([*values, *across])


def _fitted(found: Sequence[Gathered], names: Sequence[str]) -> NDArray[np.float64]:
    weights = None
    for _ in range(ROUNDS):
        weights = _fitted_to(found, names, weights)
    assert weights is not None
    return weights


def _fitted_to(
    found: Sequence[Gathered], names: Sequence[str], before: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Fitted to the right hit of each sort and the two off-topic ones that are highest by the weights ``before``;
    without them, to the first.
    """

    def highest(hits: Sequence[Signals], count: int) -> list[NDArray[np.float64]]:
        designs = [_design(own, names) for own in hits]
        return (designs if before is None else sorted(designs, key=lambda own: -float(own @ before)))[:count]

    kinds = Counter(one.asked.kind for one in found)
    rows, signs, weighs = [], [], []
    for one in found:
        right = [own for own, fits in one.hits if fits]
        good = highest([own for own in right if not own.cross_language], 1)
        good += highest([own for own in right if own.cross_language], 1)
        for side, group in ((1.0, good), (-1.0, highest(one.off_topic, 2))):
            rows += group
            signs += [side] * len(group)
            weighs += [1 / kinds[one.asked.kind] / max(len(group), 1)] * len(group)
    sign, weigh = np.array(signs), np.array(weighs)
    for side in (1.0, -1.0):
        weigh[sign == side] *= 0.5 / float(weigh[sign == side].sum())
    design = np.array(rows)
    mean: NDArray[np.float64] = design.mean(axis=0)
    deviation = np.maximum(design.std(axis=0), 1e-9)
    mean[0], deviation[0] = 0.0, 1.0
    scaled = (design - mean) / deviation
    never_less = [(None, None) if name in ("length", "named") else (0, None) for name in names]  # than without it
    bounds = [(None, None), *never_less, *[(None, None)] * (1 + len(WRITTEN))]
    found_at = minimize(
        _loss, np.zeros(design.shape[1]), args=(scaled, sign, weigh), method="L-BFGS-B", bounds=bounds
    ).x
    slopes: NDArray[np.float64] = found_at / deviation
    slopes[0] = found_at[0] - float(slopes[1:] @ mean[1:])
    return slopes


def _loss(
    weights: NDArray[np.float64], design: NDArray[np.float64], sign: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    penalty = 3e-3 * np.square(weights[1:]).sum()
    return float((weight * np.logaddexp(0, -sign * (design @ weights))).sum() + penalty)


def moved(engine: Engine, asked: Sequence[Asked], variants: Sequence[Callable[[str], str]]) -> float:
    """The share of these variants of the questions by which the right hit's relevance moves by less than 0.1."""
    steady = []
    for one in asked:
        before = max((relevance(own) for own, fits in judged(engine, one) if fits), default=0.0)
        for text in {variant(one.text) for variant in variants} - {one.text}:
            varied = Asked(one.kind, one.language, text, one.group, one.right)
            after = max((relevance(own) for own, fits in judged(engine, varied) if fits), default=0.0)
            steady.append(abs(after - before) < 0.1)
    return float(np.mean(steady))


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--every", type=int, default=24)
    parser.add_argument("--paragraphs", type=int, default=240, help="of each language of XQuAD and each native set")
    parser.add_argument("--report", choices=["even", "odd"], default="odd")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--work", type=Path, default=Path("relevance-work"))
    arguments = parser.parse_args()
    train = arguments.data / "train"
    kept = arguments.work / f"gathered-{arguments.model}-{arguments.every}.jsonl"
    worlds = [
        xquad(
            arguments.data / "eval" / "xquad", train / "wikidict_titles.jsonl.xz", arguments.every, arguments.paragraphs
        ),
        seeds(arguments.work),
        native(train, arguments.every, arguments.paragraphs),
    ]
    if not kept.exists():
        arguments.work.mkdir(parents=True, exist_ok=True)
        save(kept, gather(worlds, everyday(train / "tatoeba.tsv.xz", 3), arguments.work, arguments.model))
    found = load(kept)
    if arguments.fit:
        for names in (CALIBRATED, AROUND) if arguments.model in AROUND_WEIGHTS else (CALIBRATED,):
            fit([one for one in found if one.asked.group % 2 == 0], names, EMPTY[arguments.model])
    parity = ["even", "odd"].index(arguments.report)
    report([one for one in found if one.asked.group % 2 == parity])
    with Engine(arguments.work / f"seeds-{arguments.model}") as engine:
        silent = [not engine.search(SearchRequest(text, min_relevance=0.5)).hits for text in gibberish(7)]
        print(f"gibberish: {np.mean(silent):.3f} of {len(silent)} without a hit")
        readers = [one for one in worlds[1].asked if one.kind == "reader" and one.group % 2 == parity]
        for name, variants in VARIANTS.items():
            print(f"another {name}: {moved(engine, readers, variants):.3f} move relevance by less than 0.1", flush=True)


if __name__ == "__main__":
    main()

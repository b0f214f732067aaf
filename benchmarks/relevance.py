"""Is relevance right: off-topic questions get nothing, answerable ones keep their answer; and the fit of its weights.

    python benchmarks/relevance.py XQUAD [--articles odd] [--every 20] [--fit] [--work FOLDER]

XQUAD is a folder in BEIR layout as `benchmarks/ranking_trial.py` takes it. Three indexes are made (kept in FOLDER): of
all paragraphs, and of those of even and of odd articles alone. A question of an odd article is answerable in the first
and off-topic in that of the even articles, and the other way round. Every question is asked of all
languages at once. ``--fit`` prints the weights of `search/ranking/relevance.py` fitted on the questions asked: fit on
even articles, report odd ones. Also asks 100 strings of gibberish (letters drawn evenly, in four scripts).
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ranking_trial import LANGUAGES, build, questions
from scipy.optimize import minimize

from paraglot.search.engine.engine import Engine
from paraglot.search.ranking.relevance import KINDS, Signals, relevance
from paraglot.search.types import SearchRequest

LETTERS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщыэюя",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "的一是在不了有和人这中大为上个国我以要他",
)


FITTED, REPORTED = 8, 7
"""Seeds of the gibberish that the weights are fitted on, and of what is reported."""

EMPTY = 0.94
"""The share of off-topic questions and gibberish that the fit leaves without a hit of 0.5."""


def opened(folder: Path, index: Path, keep: Callable[[int], bool]) -> Engine:
    """The index of the articles that ``keep`` names, made if need be."""
    if not (index / "CURRENT").exists():
        build(folder, LANGUAGES, index, keep)
    return Engine(index)


def gibberish(seed: int, count: int = 100) -> list[str]:
    """Strings of two to six made-up words."""
    draw = random.Random(seed)
    return [
        " ".join("".join(draw.choices(letters, k=draw.randint(3, 9))) for _ in range(draw.randint(2, 6)))
        for letters in (LETTERS * count)[:count]
    ]


def fit(right: list[Signals], wrong: list[list[Signals]]) -> None:
    """Print the weights for each kind of signals, by logistic regression, the two classes of equal weight.

    ``right`` are the answers, ``wrong`` the hits of each off-topic question. Hits in the question's language and in
    others are fitted apart. The constants are then moved by one share of both, so that `EMPTY` of the off-topic
    questions have no hit of 0.5 in any language.
    """
    for own_kind, other_kind in zip(KINDS[False], KINDS[True], strict=True):
        names_of = {False: own_kind[0], True: other_kind[0]}
        slopes: dict[bool, NDArray[np.float64]] = {}
        highest: dict[bool, NDArray[np.float64]] = {}
        for across, names in names_of.items():
            good = _values(names, [one for one in right if one.across == across])
            groups = [_values(names, [one for one in own if one.across == across]) for own in wrong]
            slopes[across] = _slopes(good, np.concatenate([own[:1] for own in groups]))
            highest[across] = np.array([(own @ slopes[across]).max(initial=-np.inf) for own in groups])
        kept = EMPTY
        while np.mean(np.all([own < _quantile(own, kept) for own in highest.values()], axis=0)) < EMPTY:
            kept += 0.001
        for across, own in highest.items():
            weights = (round(-_quantile(own, kept), 2), *np.round(slopes[across], 2).tolist())
            print(across, names_of[across], weights)


def _quantile(highest: NDArray[np.float64], share: float) -> float:
    return float(np.quantile(highest, share, method="higher"))


def _slopes(good: NDArray[np.float64], bad: NDArray[np.float64]) -> NDArray[np.float64]:
    design = np.column_stack([np.ones(len(good) + len(bad)), np.concatenate([good, bad])])
    sign = np.repeat([1.0, -1.0], [len(good), len(bad)])
    weight = np.where(sign > 0, 0.5 / len(good), 0.5 / len(bad))
    slopes: NDArray[np.float64] = minimize(
        _loss, np.zeros(design.shape[1]), args=(design, sign, weight), method="BFGS"
    ).x[1:]
    return slopes


def _values(names: tuple[str, ...], signals: list[Signals]) -> NDArray[np.float64]:
    rows = [[getattr(one, name) for name in names] for one in signals]
    return np.array([own for own in rows if None not in own], np.float64).reshape(-1, len(names))


def _loss(
    weights: NDArray[np.float64], design: NDArray[np.float64], sign: NDArray[np.float64], weight: NDArray[np.float64]
) -> float:
    penalty = 1e-4 * np.square(weights[1:]).sum()
    return float((weight * np.logaddexp(0, -sign * (design @ weights))).sum() + penalty)


def main() -> None:
    """Index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", choices=["even", "odd"], default="odd")
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--work", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        parity = ["even", "odd"].index(arguments.articles)
        whole = opened(arguments.data, work / "all", lambda _: True)
        without = opened(arguments.data, work / f"without-{arguments.articles}", lambda article: article % 2 != parity)
        asked = list(questions(arguments.data, LANGUAGES, parity, arguments.every))
        kept: dict[str, list[bool]] = {language: [] for language in LANGUAGES}
        kept_across: dict[str, list[bool]] = {language: [] for language in LANGUAGES}
        empty: dict[str, list[bool]] = {language: [] for language in LANGUAGES}
        good: list[Signals] = []
        wrong: list[list[Signals]] = []
        for one, right in asked:
            request = SearchRequest(one["text"], limit=10)
            with whole.snapshot() as snapshot:
                found = whole.signals(request)
                ids = [p.article_id for p, _ in snapshot.paragraphs([row for row, _ in found])]
            answers = [signals for (_, signals), name in zip(found, ids, strict=True) if name in right]
            kept[one["lang"]].append(any(relevance(signals) >= 0.5 for signals in answers))
            across = [signals for signals in answers if signals.across]
            kept_across[one["lang"]].append(any(relevance(signals) >= 0.5 for signals in across))
            good += [signals for signals in answers if not signals.across][:1] + across[:1]
            others = without.signals(request)
            empty[one["lang"]].append(all(relevance(signals) < 0.5 for _, signals in others))
            wrong.append([signals for _, signals in others])
        if arguments.fit:
            nonsense = [without.signals(SearchRequest(text, limit=10)) for text in gibberish(FITTED)]
            fit(good, wrong + [[signals for _, signals in found] for found in nonsense])
        print("| language | questions | right paragraph kept | one of another language kept | off-topic empty |")
        print("|---|---|---|---|---|")
        shown = {language: [part[language] for part in (kept, kept_across, empty)] for language in LANGUAGES}
        shown["all"] = [np.concatenate([*part.values()]).tolist() for part in (kept, kept_across, empty)]
        for language, parts in shown.items():
            cells = " | ".join(f"{np.mean(part):.3f}" for part in parts)
            print(f"| {language} | {len(parts[0])} | {cells} |")
        silent = [not whole.search(SearchRequest(text, min_relevance=0.5)).hits for text in gibberish(REPORTED)]
        print(f"gibberish: {np.mean(silent):.2f} of {len(silent)} without a hit")


if __name__ == "__main__":
    main()
